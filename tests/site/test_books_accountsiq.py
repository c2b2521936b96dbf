"""What is AccountsIQ's own: saved and then posted, no way back from there, allocations that are taken back without a word."""

from datetime import timedelta
from decimal import Decimal

import frappe
import pytest
from books import opened
from books.accountsiq import AccountsIQWorld
from books.world import bank_account, credit_note, invoice, mapping, outstanding
from builders import add_stock, make_customer, make_sales_order
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import add_days, getdate, nowdate
from paying import paper_of, pay, prepaying

from wholesale_b2b.accounting.connectors.accountsiq.connector import AccountsIQConnector
from wholesale_b2b.accounting.rules import reconciling
from wholesale_b2b.accounting.service import outbox, reconciliation, replay
from wholesale_b2b.wholesale_b2b.doctype.accounting_connection import accounting_connection as doors

D = Decimal
POST = r"^POST /PostInvoiceGetBackTransactionID$"


@pytest.fixture
def world(fresh_transaction):
	yield from opened(AccountsIQWorld())


@pytest.fixture
def swept(world, monkeypatch):
	"""As if an hour went by between two looks."""
	monkeypatch.setattr(AccountsIQConnector, "sweep", timedelta(0))
	return world


def message_of(world, doc):
	return world.messages(doc)[-1]


def entries(doc):
	return frappe.get_all(
		"Payment Entry Reference",
		{"reference_name": doc.name, "docstatus": 1},
		["parent", "allocated_amount"],
	)


# ---- saved, then posted ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["500", "before", "after", "half"])
def test_what_was_saved_and_not_posted_is_posted_and_never_saved_twice(world, kind):
	doc = invoice()
	world.fail(kind, POST)
	world.drain()
	assert message_of(world, doc).status == "Waiting"
	(booked,) = world.booked(doc.name)
	assert booked.total == 36
	world.drain_all()
	assert message_of(world, doc).status == "Done"
	assert len(world.sent("/SaveInvoiceGetBackInvoiceID")) == 1
	assert [row["ExternalReference"] for row in world.transactions.values()] == [doc.name]
	assert world.link(doc).their_id in world.transactions


def test_what_may_not_be_posted_is_cancelled_there_told_in_their_words_and_goes_after_the_fix(world):
	doc = invoice()
	world.closed = True
	world.drain()
	message = message_of(world, doc)
	assert message.status == "Needs Attention" and "period of the sales ledger is closed" in message.error
	assert [booked.state for booked in world.booked(doc.name)] == ["Voided"] and not world.transactions
	world.closed = False
	replay.replay([message.name])
	world.drain()
	assert [booked.state for booked in world.booked(doc.name)] == ["Voided", "Open"]


def test_what_they_reckon_otherwise_is_not_posted(world):
	doc = invoice(rows=((1, 10.03),))
	world.rounds_down = True
	world.drain()
	message = message_of(world, doc)
	assert message.status == "Needs Attention" and "2.00 tax" in message.error and "2.01" in message.error
	assert not world.transactions and world.booked(doc.name)[0].state == "Voided"


def test_a_saved_invoice_whose_answer_was_lost_is_looked_at_before_it_is_posted(world):
	doc = invoice(rows=((1, 10.03),))
	world.rounds_down = True
	world.fail("after", world.create_invoice)
	world.drain_all()
	message = message_of(world, doc)
	assert message.status == "Needs Attention" and "2.00 tax" in message.error and "2.01" in message.error
	assert not world.transactions and {bill.state for bill in world.booked(doc.name)} == {"Voided"}


def test_a_saved_invoice_that_is_cancelled_meanwhile_is_not_posted_to_be_credited(world):
	doc = invoice()
	world.fail("after", world.create_invoice)
	world.drain()
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	world.drain_all()
	assert {message.status for message in world.messages(doc)} == {"Done"}
	assert not world.transactions and [bill.state for bill in world.booked(doc.name)] == ["Voided"]


def test_a_draft_of_somebody_else_with_our_number_is_left_alone(world):
	doc = invoice()
	world.fail("after", world.create_invoice)
	world.drain()
	(draft,) = world.documents.values()
	draft["code"] = "SOMEBODY-ELSE"
	world.drain_all()
	assert message_of(world, doc).status == "Needs Attention" and "in use" in message_of(world, doc).error
	assert not world.transactions and draft["Status"] != "Posted"


# ---- cancelled here --------------------------------------------------------------------------------------------------


def test_a_cancelled_invoice_is_credited_once_and_both_stay_out_of_the_reconciliation(world):
	customer = make_customer().name
	kept, doc = invoice(customer), invoice(customer)
	world.drain()
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	world.fail("after", r"/AllocateTransactions$")
	world.drain_all()
	assert [b.outstanding for b in world.booked(doc.name)] == [0]
	assert len([row for row in world.transactions.values() if row["TransactionType"] == "SN"]) == 1
	world.look()
	assert not world.conflicts()
	day = getdate(nowdate())
	rows = [
		r
		for r in reconciliation.compare(world.connection.name, day, day)
		if "CANCEL" in r.number or r.number in (kept.name, doc.name)
	]
	assert [row.number for row in rows] == [kept.name] and reconciling.is_green(rows)


def test_a_cancelled_credit_note_is_debited_and_its_invoice_is_owed_again(world):
	doc = invoice()
	note = credit_note(doc, 1)
	world.drain_all()
	assert world.booked(doc.name)[0].outstanding == 24
	note.reload()
	note.cancel()
	frappe.db.commit()
	world.drain_all()
	assert world.booked(doc.name)[0].outstanding == 36
	assert (world.booked(note.name)[0].outstanding, world.booked(note.name)[0].state) == (0, "Credited")
	world.look()
	assert not world.conflicts()


def test_a_paid_invoice_that_is_cancelled_here_cannot_be_there_until_its_receipt_is_taken_off(world):
	doc = invoice()
	world.drain()
	receipt = world.pay(doc.name, 36)
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	world.drain()
	message = message_of(world, doc)
	assert message.status == "Needs Attention" and "paid or allocated" in message.error
	assert "Take its receipts" in message.todo
	world.take_back(receipt)
	replay.replay([message.name])
	world.drain()
	assert message_of(world, doc).status == "Done" and world.booked(doc.name)[0].state == "Credited"


def test_a_pro_forma_is_saved_only_and_one_that_was_posted_there_is_said_to_be_owed(world, item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10, rate=10, customer=prepaying().customer)
	world.drain()
	paper = paper_of(order)
	(found,) = [row for row in world.documents.values() if row["ExternalReference"] == paper.name]
	assert (found["Status"], found["Notes"]) == ("Processed", f"Pro forma {paper.name}: not to be posted.")
	assert not world.transactions
	with world.lock:
		world.post(found["InvoiceID"], "SI")
	order.reload()
	order.cancel()
	frappe.db.commit()
	world.drain()
	message = message_of(world, paper)
	assert message.status == "Needs Attention", [
		(m.action, m.status, m.result) for m in world.messages(paper)
	]
	assert "was posted in AccountsIQ" in message.error


# ---- money -----------------------------------------------------------------------------------------------------------


def paid_here(world, doc, amount=30):
	entry = pay(doc, amount)
	entry.reload()
	world.connection.reload()
	if entry.paid_to not in {row.document for row in world.connection.mappings}:
		world.connection.append("mappings", mapping("Bank Account", entry.paid_to, world.bank_code))
		world.connection.save()
	frappe.db.commit()
	return entry


@pytest.mark.parametrize("kind", ["500", "before", "after"])
def test_a_receipt_whose_allocation_was_cut_off_is_allocated_and_not_sent_again(world, kind):
	doc = invoice()
	world.drain()
	entry = paid_here(world, doc)
	world.fail(kind, r"/AllocateTransactions$")
	world.drain()
	assert message_of(world, entry).status == "Waiting"
	world.drain_all()
	assert message_of(world, entry).status == "Done", message_of(world, entry).error
	assert len(world.payments()) == 1 and world.booked(doc.name)[0].outstanding == 6
	world.look()
	assert not world.conflicts() and outstanding(doc) == 6


def test_a_receipt_that_is_cancelled_here_is_undone_there_once(world):
	doc = invoice()
	world.drain()
	entry = paid_here(world, doc)
	world.drain()
	entry.reload()
	entry.cancel()
	frappe.db.commit()
	world.fail("after", r"/PostSalesDebitJournal")
	world.drain_all()
	kinds = [row["TransactionType"] for row in world.transactions.values()]
	assert kinds == ["SI", "SR", "SD"] and world.booked(doc.name)[0].outstanding == 36
	assert all(world.left(row) == 0 for row in world.transactions.values() if row["TransactionType"] != "SI")
	world.look()
	assert not world.conflicts() and outstanding(doc) == 36


def test_a_changed_receipt_whose_answer_was_lost_is_taken_as_sent(world):
	doc = invoice()
	world.drain()
	entry = paid_here(world, doc)
	world.drain()
	# as if it had been of another day when it was sent
	(receipt,) = (row for row in world.transactions.values() if row["TransactionType"] == "SR")
	receipt["TransactionDate"] = f"{add_days(entry.posting_date, -1)}T00:00:00"
	frappe.db.set_value("Sync Link", world.link(entry).name, "content_hash", "")
	outbox.changed(entry)
	frappe.db.commit()
	world.fail("after", "/SaveSalesReceipt")
	world.drain_all()
	assert message_of(world, entry).status == "Done", message_of(world, entry).error
	kinds = [row["TransactionType"] for row in world.transactions.values()]
	assert kinds == ["SI", "SR", "SD", "SR"] and world.booked(doc.name)[0].outstanding == 6
	assert world.link(entry).their_id == list(world.transactions)[-1]


def test_a_refund_is_not_sent_and_says_what_to_do(world):
	doc = invoice()
	note = credit_note(doc, 1, own=True)
	world.drain()
	entry = get_payment_entry("Sales Invoice", note.name, bank_account=bank_account())
	entry.update({"reference_no": "R-1", "reference_date": nowdate()})
	entry.insert()
	entry.submit()
	frappe.db.commit()
	world.drain()
	message = message_of(world, entry)
	assert message.status == "Needs Attention" and "refund" in message.error and "by hand" in message.todo


def test_a_refund_made_there_comes_in(world):
	doc = invoice()
	note = credit_note(doc, 1, own=True)
	world.drain()
	world.refund(note.name, 12)
	world.look()
	(row,) = entries(note)
	entry = frappe.get_doc("Payment Entry", row.parent)
	assert (entry.payment_type, entry.paid_amount, outstanding(note)) == ("Pay", 12, 0)


def test_an_overpayment_stays_on_account_and_more_receipts_than_a_page_has_all_come(world):
	docs = [invoice() for _ in range(5)]
	world.drain()
	for doc in docs:
		world.pay(doc.name, 36)
	payment = world.receive(
		docs[0].customer and world.link(frappe.get_doc("Customer", docs[0].customer)).their_id, 50
	)
	world.look()
	assert [outstanding(doc) for doc in docs] == [0] * 5
	link = frappe.get_doc("Sync Link", {"accounting_connection": world.connection.name, "their_id": payment})
	assert frappe.db.get_value("Payment Entry", link.reference_name, "unallocated_amount") == 50
	other = invoice(docs[0].customer)
	world.drain()
	world.allocate_money(payment, other.name, 36)
	world.look()
	assert outstanding(other) == 0 and not world.conflicts()


def test_an_allocation_that_is_taken_back_there_is_noticed_again_and_again(swept):
	world = swept
	doc = invoice()
	world.drain()
	payment = world.pay(doc.name, 36)
	for _ in range(2):
		world.look()
		assert outstanding(doc) == 0
		world.take_back(payment)
		world.look()
		assert outstanding(doc) == 36 and not entries(doc)
		world.look()
		assert not world.conflicts()
		world.allocate_money(payment, doc.name, 36)
	world.look()
	assert outstanding(doc) == 0
	before = len(world.messages())
	world.look()
	world.look()
	assert len(world.messages()) == before


def test_a_receipt_that_vanishes_without_a_word_is_noticed(swept):
	world = swept
	doc = invoice()
	world.drain()
	payment = world.pay(doc.name, 36)
	world.look()
	with world.lock:
		world.unallocate(payment)
		del world.transactions[payment]
	world.look()
	assert outstanding(doc) == 36 and not world.conflicts()


# ---- being let in, customers -----------------------------------------------------------------------------------------


def test_an_expired_token_is_refreshed_and_where_that_is_spent_a_new_one_is_got(world):
	invoice()
	world.drain()
	assert len(world.sent("/TokenGet$")) == 1
	world.expire_tokens()
	doc = invoice()
	world.drain()
	assert message_of(world, doc).status == "Done" and len(world.sent("/TokenRefresh$")) == 1
	world.expire_tokens()
	world.refresh_token = "spent elsewhere"
	doc = invoice()
	world.drain()
	assert message_of(world, doc).status == "Done"
	assert (len(world.sent("/TokenRefresh$")), len(world.sent("/TokenGet$"))) == (2, 2)


def test_an_entity_that_is_not_ours_stops_everything_and_moves_no_cursor(world):
	doc = invoice()
	world.drain()
	world.look()
	cursor = frappe.db.get_value("Accounting Connection", world.connection.name, "cursor_text")
	frappe.db.set_value("Accounting Connection", world.connection.name, "tenant_id", "SOMEBODY")
	frappe.db.commit()
	world.pay(doc.name, 36)
	other = invoice(doc.customer)
	world.look()
	world.drain()
	found = frappe.get_doc("Accounting Connection", world.connection.name)
	assert (
		found.cursor_text == cursor
		and "entity is not one of yours" in found.trouble
		and "Organisation" in found.trouble
	)
	assert message_of(world, other).status in ("Queued", "Waiting") and world.booked(other.name) == []
	answer = doors.test_connection(found.name)
	assert not answer["ok"] and "Northgate (NORTHGATE)" in answer["text"]
	frappe.db.set_value("Accounting Connection", found.name, "tenant_id", "NORTHGATE")
	frappe.db.commit()
	doors.replay_all(found.name)
	world.hurry()
	world.drain_all()
	world.look()
	assert len(world.booked(other.name)) == 1 and outstanding(doc) == 0


def test_a_code_that_is_another_customers_over_there_is_not_taken(world):
	customer = make_customer()
	code = customer.name.upper()
	world.customers[code] = {"Code": code, "Name": "Somebody Else", "RowVersionNumber": "1"}
	doc = invoice(customer.name)
	world.drain()
	(message,) = world.messages(customer)
	assert (
		message.status == "Needs Attention"
		and "Somebody Else" in message.error
		and "Map customer" in message.todo
	)
	assert world.customers[code]["Name"] == "Somebody Else" and world.booked(doc.name) == []


def test_a_customer_that_changes_here_changes_there(world):
	customer = make_customer()
	invoice(customer.name)
	world.drain()
	customer.reload()
	customer.customer_name = f"{customer.customer_name} & Sons <Ltd>"
	customer.save()
	frappe.db.commit()
	world.drain()
	(found,) = world.customers.values()
	assert found["Name"] == customer.customer_name[:50]
