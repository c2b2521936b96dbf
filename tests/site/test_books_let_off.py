"""Invoices that are paid with less than money: bank charges, write-offs, points; with every package both sides stay the same."""

from decimal import Decimal

import frappe
import pytest
from books import NO_REFUNDS, SERVERS, WORLDS, opened
from books.world import (
	account,
	agree,
	bank_account,
	compared,
	credit_note,
	invoice,
	outstanding,
	paid_here,
	write_off_account,
)
from builders import COMPANY, make_customer, unique
from frappe.utils import nowdate
from paying import bank, debtors

from wholesale_b2b.accounting.rules import reconciling
from wholesale_b2b.accounting.service import outbox, replay
from wholesale_b2b.accounting.store import messages, unsent
from wholesale_b2b.patches import messages_say_what_they_are_about
from wholesale_b2b.wholesale_b2b.doctype.accounting_connection import accounting_connection as doors
from wholesale_b2b.wholesale_b2b.doctype.sync_message import sync_message

D = Decimal


def charges():
	"""Another account than write-offs go to."""
	found = frappe.get_all(
		"Account",
		{"company": COMPANY, "root_type": "Expense", "is_group": 0, "name": ("!=", write_off_account())},
		pluck="name",
		order_by="name",
	)
	return found[0]


def cost_center():
	return frappe.get_cached_value("Company", COMPANY, "cost_center")


@pytest.fixture(params=sorted(WORLDS))
def world(request, fresh_transaction):
	bank()
	for found in opened(WORLDS[request.param]()):
		found.takes(bank_account(), write_off_account(), charges())
		yield found


@pytest.fixture(params=sorted(SERVERS))
def servers(request, fresh_transaction):
	bank()
	for found in opened(SERVERS[request.param]()):
		found.takes(write_off_account())
		yield found


def deducted(doc, paid, *taken):
	"""A Payment Entry that settles an invoice with so much in the bank, and (account, amount) taken off."""
	entry = paid_here(doc, doc.outstanding_amount, submit=False, paid_amount=paid, received_amount=paid)
	for where, amount in taken:
		entry.append(
			"deductions",
			{
				"account": where,
				"amount": amount,
				"cost_center": cost_center(),
			},
		)
	entry.insert()
	entry.submit()
	frappe.db.commit()
	assert outstanding(doc) == 0
	return entry


def about(doc):
	"""Fields of a journal's row that names an invoice, or only a customer."""
	if not doc:
		return {}
	if isinstance(doc, str):
		return {"party_type": "Customer", "party": doc}
	return {**about(doc.customer), "reference_type": "Sales Invoice", "reference_name": doc.name}


def journal(*rows, kind="Write Off Entry"):
	"""rows: (account, debit, credit, invoice, customer or None)."""
	made = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": kind,
			"company": COMPANY,
			"posting_date": nowdate(),
			"cheque_no": unique("JV"),
			"cheque_date": nowdate(),
			"accounts": [
				{
					"account": where,
					"debit_in_account_currency": debit,
					"credit_in_account_currency": credit,
					"cost_center": cost_center(),
					**about(doc),
				}
				for where, debit, credit, doc in rows
			],
		}
	).insert()
	made.submit()
	frappe.db.commit()
	return made


def reconcile(entry, *docs):
	"""Payment Reconciliation: a journal that names no invoice pays all of these."""
	tool = frappe.get_doc("Payment Reconciliation")
	tool.update(
		{
			"company": COMPANY,
			"party_type": "Customer",
			"party": docs[0].customer,
			"receivable_payable_account": docs[0].debit_to,
		}
	)
	tool.get_unreconciled_entries()
	names = {doc.name for doc in docs}
	bills = [row.as_dict() for row in tool.invoices if row.invoice_number in names]
	payments = [row.as_dict() for row in tool.payments if row.reference_name == entry.name]
	tool.allocate_entries(frappe._dict(invoices=bills, payments=payments))
	tool.reconcile()
	frappe.db.commit()
	entry.reload()


def unreconcile(entry, *docs):
	undo = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": COMPANY,
			"voucher_type": entry.doctype,
			"voucher_no": entry.name,
		}
	)
	undo.add_references()
	names = {doc.name for doc in docs}
	undo.allocations = [row for row in undo.allocations if row.reference_name in names]
	undo.insert().submit()
	frappe.db.commit()
	entry.reload()


def written_off(doc, amount, where=None):
	return journal((where or write_off_account(), amount, 0, None), (doc.debit_to, 0, amount, doc))


def amounts(world):
	return sorted(payment["amount"] for payment in world.payments())


def unsent_of(world, doc):
	"""What *Send Earlier Documents* would send of a document and its rows."""
	rows = {row.name for field in ("deductions", "accounts") for row in doc.get(field) or ()}
	return [one for one in unsent.unsent(world.connection) if one[1] in rows | {doc.name}]


def attention(world):
	(message,) = world.messages(status="Needs Attention")
	assert message.todo
	return message


# ---- what is taken off a payment -------------------------------------------------------------------------------------


def comes_back(world, entry, doc):
	"""Cancelled here, a payment leaves over there, and the invoice is open again."""
	entry.reload()
	entry.cancel()
	frappe.db.commit()
	world.drain_all()
	assert amounts(world) == [] and [bill.outstanding for bill in world.booked(doc.name)] == [36]
	world.look()
	world.drain_all()
	agree(world, doc)


def test_bank_charges_go_beside_the_payment_and_leave_with_it(world):
	doc = invoice()
	entry = deducted(doc, 33, (charges(), 2), (write_off_account(), 1))
	world.drain_all()
	assert amounts(world) == [1, 2, 33]
	assert [bill.outstanding for bill in world.booked(doc.name)] == [0]
	world.look()
	world.drain_all()
	agree(world, doc)
	assert not unsent_of(world, entry)
	comes_back(world, entry, doc)


def test_what_is_paid_on_top_and_booked_as_income_stays_on_account_there_and_a_person_is_told(world):
	doc = invoice()
	deducted(doc, 36.4, (write_off_account(), -0.4))
	world.drain_all()
	assert [round(D(amount), 2) for amount in amounts(world)] == [D("36.4")]
	assert [bill.outstanding for bill in world.booked(doc.name)] == [0]
	message = attention(world)
	assert "0.4" in message.error and "on top" in message.error and write_off_account() in message.error
	assert {row.problem for row in compared(world, [doc])} == {reconciling.SAME}


def test_charges_of_a_refund_are_not_the_customers_and_a_person_is_told(world):
	doc = invoice()
	note = credit_note(doc, 1, own=True)
	entry = paid_here(note, None, submit=False)
	entry.update({"paid_amount": 13, "received_amount": 13})
	entry.append("deductions", {"account": charges(), "amount": 1, "cost_center": cost_center()})
	entry.insert()
	assert (entry.payment_type, entry.unallocated_amount, entry.difference_amount) == ("Pay", 0, 0)
	entry.submit()
	frappe.db.commit()
	world.drain_all()
	told = {message.error for message in world.messages(status="Needs Attention")}
	assert [error for error in told if f"1 for {charges()} were paid beside the refund itself" in error]
	if world.provider in NO_REFUNDS:
		assert len(told) == 2 and any("is a refund" in error for error in told)
		return
	assert len(told) == 1
	assert [bill.outstanding for bill in world.booked(note.name)] == [0]
	assert {row.problem for row in compared(world, [doc])} == {reconciling.SAME}


def test_messages_are_called_by_the_document_that_people_know(world):
	# as on a site that has sent no customer before
	frappe.cache.set_value("dynamic_link_map::Sync Message::reference_doctype", ["Sales Invoice"])
	doc = invoice()
	other = invoice(doc.customer)
	entry = deducted(doc, 34, (charges(), 2))
	written = written_off(other, 4)
	world.drain_all()
	world.look()
	known = [doc.name, other.name, entry.name, entry.name, written.name, doc.customer]
	titles = {message.name: message.title for message in world.messages(direction="Out")}
	assert sorted(titles.values()) == sorted(known)
	assert all(message.title for message in world.messages(direction="In"))
	# those of before the title was written
	frappe.db.set_value("Sync Message", {"name": ("in", list(titles))}, "title", "")
	messages_say_what_they_are_about.execute()
	assert {message.name: message.title for message in world.messages(direction="Out")} == titles
	# Frappe keeps for the length of a request which DocTypes anything refers to
	frappe.local.dynamic_link_map = None
	frappe.rename_doc("Customer", doc.customer, unique("Renamed"))
	(message,) = world.messages(kind="Customer")
	assert message.title == message.reference_name


# ---- journals --------------------------------------------------------------------------------------------------------


def test_a_write_off_by_journal_is_paid_over_there_and_comes_back_with_the_journal(world):
	doc = invoice()
	world.drain_all()
	entry = written_off(doc, 6)
	world.drain_all()
	assert amounts(world) == [6] and [bill.outstanding for bill in world.booked(doc.name)] == [30]
	world.look()
	world.drain_all()
	agree(world, doc)
	assert outstanding(doc) == 30
	comes_back(world, entry, doc)


def test_a_write_off_leaves_with_an_invoice_that_is_cancelled_without_its_journal(world):
	"""ERPNext unlinks the journal, which stands."""
	doc = invoice()
	entry = written_off(doc, 4)
	world.drain_all()
	assert amounts(world) == [4]
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	world.drain_all()
	assert {m.status for m in world.messages()} == {"Done"}, [(m.error, m.todo) for m in world.messages()]
	assert amounts(world) == []
	assert frappe.db.get_value("Journal Entry", entry.name, "docstatus") == 1


def test_one_journal_writes_off_invoices_of_several_customers(world):
	docs = [invoice(), invoice()]
	journal((write_off_account(), 3, 0, None), *[(doc.debit_to, 0, 1.5, doc) for doc in docs])
	world.drain_all()
	assert amounts(world) == [D("1.5"), D("1.5")]
	world.look()
	world.drain_all()
	agree(world, *docs)


def test_a_bad_debt_and_its_tax_are_two_payments(world):
	doc = invoice()
	journal((write_off_account(), 30, 0, None), (charges(), 6, 0, None), (doc.debit_to, 0, 36, doc))
	world.drain_all()
	assert amounts(world) == [6, 30] and [bill.outstanding for bill in world.booked(doc.name)] == [0]
	world.look()
	world.drain_all()
	agree(world, doc)


def test_a_journal_that_no_package_could_be_told_is_told_to_a_person(world):
	doc = invoice()
	world.drain_all()
	entry = journal((doc.debit_to, 4, 0, doc), (account("Income"), 0, 4, None), kind="Journal Entry")
	world.drain_all()
	message = attention(world)
	assert entry.name in message.error and f"adds 4 to what is open on {doc.name}" in message.error
	(row,) = compared(world, [doc])
	assert (row.problem, row.difference) == (reconciling.OUTSTANDING, 4)
	entry.reload()
	entry.cancel()
	frappe.db.commit()
	(row,) = compared(world, [doc])
	assert row.problem == reconciling.SAME


def test_journals_that_allocate_a_return_are_no_payments(world):
	first, second = (invoice(customer) for customer in [make_customer().name] * 2)
	note = credit_note(first, 2, own=True)
	world.drain_all()
	entry = journal((second.debit_to, 10, 0, note), (second.debit_to, 0, 10, second), kind="Credit Note")
	world.drain_all()
	parts = {entry.name} | {row.name for row in entry.accounts}
	assert amounts(world) == [] and not [m for m in world.messages() if m.reference_name in parts]
	agree(world, first, second, note)


def test_money_by_journal_that_is_allocated_to_two_invoices_goes_row_by_row_and_comes_back(world):
	customer = make_customer().name
	docs = [invoice(customer), invoice(customer, rows=((2, 10.0),))]
	world.drain_all()
	entry = journal((bank_account(), 60, 0, None), (docs[0].debit_to, 0, 60, customer), kind="Bank Entry")
	world.drain_all()
	assert world.messages(entry) == [] and amounts(world) == []
	reconcile(entry, *docs)
	assert [outstanding(doc) for doc in docs] == [0, 0]
	world.drain_all()
	assert amounts(world) == [24, 36]
	world.look()
	world.drain_all()
	agree(world, *docs)
	unreconcile(entry, *docs)
	assert [outstanding(doc) for doc in docs] == [36, 24]
	world.drain_all()
	assert amounts(world) == []
	world.look()
	world.drain_all()
	agree(world, *docs)


def test_a_journal_that_is_allocated_on_two_days_is_told_once_all_of_it_is(world):
	customer = make_customer().name
	docs = [invoice(customer), invoice(customer, rows=((2, 10.0),))]
	world.drain_all()
	entry = journal((bank_account(), 60, 0, None), (docs[0].debit_to, 0, 60, customer), kind="Bank Entry")
	reconcile(entry, docs[0])
	world.drain_all()
	assert "nobody can say what pays the invoice" in attention(world).error
	reconcile(entry, docs[1])
	world.drain_all()
	assert amounts(world) == [24, 36]
	world.look()
	world.drain_all()
	agree(world, *docs)
	(message,) = world.messages(entry)
	assert (message.status, message.result) == ("Superseded", "told row by row by now, or it pays no invoice")


def test_a_journal_that_nobody_could_be_told_and_is_unreconciled_needs_nobody(world):
	customer = make_customer().name
	doc = invoice(customer)
	world.drain_all()
	entry = journal((bank_account(), 60, 0, None), (doc.debit_to, 0, 60, customer), kind="Bank Entry")
	reconcile(entry, doc)
	world.drain_all()
	attention(world)
	unreconcile(entry, doc)
	world.drain_all()
	assert amounts(world) == []
	agree(world, doc)


def test_a_row_of_a_journal_that_may_have_arrived_is_removed_when_it_is_unreconciled_meanwhile(servers):
	world = servers
	doc = invoice()
	world.drain_all()
	entry = written_off(doc, 6)
	world.fail("after", world.create_payment)
	world.drain()
	assert [m.status for m in world.messages(kind="Payment")] == ["Waiting"] and amounts(world) == [6]
	unreconcile(entry, doc)
	world.drain_all()
	assert amounts(world) == [] and {m.status for m in world.messages()} == {"Done"}
	world.look()
	world.drain_all()
	agree(world, doc)


def test_what_a_journal_of_before_paid_is_queued_by_hand(world):
	doc = invoice()
	world.drain_all()
	frappe.db.set_value("Accounting Connection", world.connection.name, "enabled", 0)
	frappe.db.commit()
	entry = written_off(doc, 6)
	frappe.db.set_value("Accounting Connection", world.connection.name, "enabled", 1)
	frappe.db.commit()
	(missed,) = unsent_of(world, entry)
	outbox.send_document(world.connection, *missed)
	assert not unsent_of(world, entry)
	world.drain_all()
	agree(world, doc)


# ---- points ----------------------------------------------------------------------------------------------------------


def loyalty(customer):
	"""A program of this customer in which a point is worth one in the company's currency."""
	program = frappe.get_doc(
		{
			"doctype": "Loyalty Program",
			"loyalty_program_name": unique("Points"),
			"loyalty_program_type": "Single Tier Program",
			"company": COMPANY,
			"from_date": "2020-01-01",
			"conversion_factor": 1,
			"expense_account": charges(),
			"cost_center": cost_center(),
			"collection_rules": [{"tier_name": "All", "min_spent": 0, "collection_factor": 1}],
		}
	).insert()
	frappe.db.set_value("Customer", customer, "loyalty_program", program.name)
	return program.name


def test_points_that_are_redeemed_pay_over_there_and_come_back_with_the_invoice(world):
	customer = make_customer().name
	program = loyalty(customer)
	earning = invoice(customer, loyalty_program=program)
	doc = invoice(
		customer, loyalty_program=program, redeem_loyalty_points=1, loyalty_points=5, loyalty_amount=5
	)
	assert outstanding(doc) == 31
	world.drain_all()
	assert amounts(world) == [5] and [bill.outstanding for bill in world.booked(doc.name)] == [31]
	world.look()
	world.drain_all()
	agree(world, earning, doc)
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	world.drain_all()
	assert amounts(world) == [] and {m.status for m in world.messages()} == {"Done"}


# ---- currencies ------------------------------------------------------------------------------------------------------


def test_what_the_bank_made_of_a_foreign_payment_is_its_rate(world):
	"""A difference of exchange is no payment beside it: the package reckons its own from the rate."""
	receivable = debtors("USD")
	customer = make_customer(
		default_currency="USD", accounts=[{"company": COMPANY, "account": receivable}]
	).name
	doc = invoice(
		customer,
		rows=((3, 12.5),),
		currency="USD",
		conversion_rate=0.8,
		plc_conversion_rate=0.8,
		debit_to=receivable,
	)
	entry = paid_here(doc, doc.grand_total, submit=False)
	entry.update({"paid_amount": doc.grand_total, "received_amount": round(doc.grand_total * 0.85, 2)})
	entry.insert()
	assert [row.is_exchange_gain_loss for row in entry.deductions] == [1]
	entry.submit()
	frappe.db.commit()
	world.drain_all()
	assert amounts(world) == [D(str(doc.grand_total))]
	link = world.link(entry)
	assert '"rate": "0.85' in link.paper, link.paper
	assert [round(p["rate"], 4) for p in world.payments()] == [D("0.85")]
	assert outstanding(doc) == 0
	assert [bill.outstanding for bill in world.booked(doc.name)] == [0]


def euros(rate):
	"""What makes an invoice one in euros, on an account of its own."""
	own = debtors("EUR")
	customer = make_customer(default_currency="EUR", accounts=[{"company": COMPANY, "account": own}]).name
	return customer, {
		"currency": "EUR",
		"conversion_rate": rate,
		"plc_conversion_rate": rate,
		"debit_to": own,
	}


def test_points_on_a_foreign_invoice_pay_whole_cents(world):
	customer, foreign = euros(1.17)
	program = loyalty(customer)
	invoice(customer, loyalty_program=program, **foreign)
	doc = invoice(
		customer,
		loyalty_program=program,
		redeem_loyalty_points=1,
		loyalty_points=10,
		loyalty_amount=10,
		**foreign,
	)
	world.drain_all()
	(paid,) = amounts(world)
	assert D(str(paid)) == D("8.55"), paid
	assert [bill.outstanding for bill in world.booked(doc.name)] == [D("27.45")]


def test_what_was_taken_off_and_comes_to_nothing_in_the_customer_s_currency_is_not_sent(world):
	customer, foreign = euros(5)
	doc = invoice(customer, **foreign)
	entry = paid_here(doc, 36, submit=False)
	entry.update({"paid_amount": 36, "source_exchange_rate": 5, "received_amount": 179.98})
	entry.append("deductions", {"account": charges(), "amount": 0.02, "cost_center": cost_center()})
	entry.insert()
	entry.submit()
	frappe.db.commit()
	world.drain_all()
	assert amounts(world) == [36] and [bill.outstanding for bill in world.booked(doc.name)] == [0]
	(row,) = [row for row in entry.deductions if not row.is_exchange_gain_loss]
	(message,) = [m for m in world.messages() if m.reference_name == row.name]
	assert (message.status, message.result) == ("Done", "it comes to nothing")


# ---- what was sent before this was known -----------------------------------------------------------------------------


def test_a_payment_that_stood_before_its_charges_were_sent_brings_them_when_it_is_replayed(world):
	doc = invoice()
	entry = deducted(doc, 34, (charges(), 2))
	frappe.db.sql("delete from `tabSync Message` where reference_name = %s", entry.deductions[0].name)
	(stuck,) = world.messages(entry)
	messages.set_values(stuck.name, status="Needs Attention", error="it cannot be sent")
	frappe.db.commit()
	replay.replay([stuck.name])
	world.drain_all()
	assert amounts(world) == [2, 34]
	agree(world, doc)


def test_earlier_documents_are_told_by_sort_and_charges_of_a_payment_that_was_left_are_none_of_them(world):
	before = doors.earlier(world.connection.name)
	frappe.db.set_value("Accounting Connection", world.connection.name, "enabled", 0)
	frappe.db.commit()
	doc, other = invoice(), invoice()
	deducted(doc, 34, (charges(), 2))
	left = deducted(other, 33, (charges(), 3))
	frappe.db.set_value("Accounting Connection", world.connection.name, "enabled", 1)
	world.connection.reload()
	outbox.send_document(world.connection, left.doctype, left.name)
	frappe.db.sql("delete from `tabSync Message` where reference_name = %s", left.deductions[0].name)
	(message,) = world.messages(left)
	sync_message.leave([message.name])
	now = doors.earlier(world.connection.name)
	more = {sort: count - before.get(sort, 0) for sort, count in now.items() if count != before.get(sort, 0)}
	assert more == {"Invoice": 2, "Payment Entry": 2, "Deduction from a Payment Entry": 1}
	assert not [one for one in unsent_of(world, left) if one[0] == "Payment Entry Deduction"]
