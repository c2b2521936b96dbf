"""The same stories with every accounting package: invoices out once, payments in, the gate of pro formas, reconciliation."""

from decimal import Decimal

import frappe
import pytest
from books import WORLDS, opened
from books.world import credit_note, invoice, mapping, outstanding
from builders import add_stock, make_customer, make_sales_order
from frappe.utils import add_days, getdate, nowdate
from paying import paper_of, pay, prepaying

from wholesale_b2b.accounting.rules import reconciling
from wholesale_b2b.accounting.service import reconciliation, replay
from wholesale_b2b.credit.pro_forma.service import gate

D = Decimal


@pytest.fixture(params=sorted(WORLDS))
def world(request, fresh_transaction):
	yield from opened(WORLDS[request.param]())


def done(world, doc=None):
	"""Every message went through; what they came to."""
	found = world.messages(doc)
	assert found
	assert {message.status for message in found} == {"Done"}, [(m.error, m.todo) for m in found]
	return [message.result for message in found]


def entries(doc):
	return frappe.get_all(
		"Payment Entry Reference",
		{"reference_name": doc.name, "docstatus": 1},
		["parent", "allocated_amount"],
		order_by="creation",
	)


# ---- out -------------------------------------------------------------------------------------------------------------


def test_an_invoice_is_sent_once_part_paid_over_there_and_settled(world):
	doc = invoice(rows=((3, 10.0), (7, 1.43)), freight=4.5)
	world.drain()
	done(world)
	(booked,) = world.booked(doc.name)
	total = D(str(doc.grand_total))
	assert (booked.total, booked.tax, booked.outstanding) == (total, D(str(doc.taxes[0].tax_amount)), total)
	assert booked.lines == 3
	world.drain()
	assert len(world.booked(doc.name)) == 1

	world.pay(doc.name, 20)
	world.look()
	assert outstanding(doc) == total - 20
	world.look()
	assert outstanding(doc) == total - 20 and len(entries(doc)) == 1
	world.pay(doc.name, total - 20)
	world.look()
	assert outstanding(doc) == 0
	assert frappe.db.get_value("Sales Invoice", doc.name, "status") == "Paid"
	assert world.booked(doc.name)[0].outstanding == 0
	assert not world.conflicts()


def test_a_payment_over_there_opens_the_gate_of_a_pro_forma_and_its_removal_closes_it(world, item):
	add_stock(item.name, 10)
	account = prepaying()
	order = make_sales_order(item.name, 10, rate=10, customer=account.customer)
	world.drain()
	paper = paper_of(order)
	(booked,) = world.booked(paper.name)
	assert (booked.kind, booked.total) == ("Pro Forma", 100)
	assert not gate.gates([order.name])[order.name].gate.open

	payment = world.prepay(contact_of(world, account.customer), 100, f"Payment {paper.name}")
	world.look()
	frappe.db.rollback()
	assert gate.gates([order.name])[order.name].gate.open
	assert paper_of(order).status == "Paid"
	assert frappe.db.get_value("Sales Order", order.name, "advance_paid") == 100

	world.remove_payment(payment)
	world.look()
	frappe.db.rollback()
	assert not gate.gates([order.name])[order.name].gate.open
	assert paper_of(order).status == "Unpaid"
	assert not entries(order)


def contact_of(world, customer):
	return frappe.db.get_value(
		"Sync Link",
		{
			"accounting_connection": world.connection.name,
			"reference_doctype": "Customer",
			"reference_name": customer,
		},
		"their_id",
	)


def test_a_payment_that_is_changed_over_there_is_replaced_and_a_removed_one_cancelled(world):
	doc = invoice()
	world.drain()
	payment = world.pay(doc.name, 10)
	world.look()
	assert outstanding(doc) == 26
	world.change_payment(payment, 15)
	world.look()
	assert outstanding(doc) == 21 and [row.allocated_amount for row in entries(doc)] == [15]
	world.remove_payment(payment)
	world.look()
	assert outstanding(doc) == 36 and not entries(doc)
	assert not world.conflicts()


def test_a_credit_note_goes_out_allocated_to_its_invoice(world):
	doc = invoice()
	note = credit_note(doc, 1)
	world.drain()
	done(world)
	(booked,) = world.booked(note.name)
	assert (booked.kind, booked.total, booked.tax) == ("Credit Note", 12, 2)
	assert booked.outstanding == 0
	assert world.booked(doc.name)[0].outstanding == 24
	assert outstanding(doc) == 24


def test_a_cancelled_invoice_is_voided_and_its_amendment_sent(world):
	doc = invoice()
	world.drain()
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	amended = frappe.copy_doc(doc)
	amended.amended_from = doc.name
	amended.items[0].qty = 4
	amended.submit()
	frappe.db.commit()
	world.drain()
	done(world)
	assert [bill.state for bill in world.booked(doc.name)] in (["Voided"], ["Removed"], [])
	assert [bill.total for bill in world.booked(amended.name)] == [D("48")]


def test_an_invoice_cancelled_before_it_was_sent_is_never_there(world):
	doc = invoice()
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	world.drain()
	done(world)
	assert world.booked(doc.name) == []


def test_a_payment_taken_here_goes_out_once_and_is_removed_when_it_is_cancelled(world):
	doc = invoice()
	entry = pay(doc, 30)
	entry.reload()
	world.connection.reload()
	if not frappe.db.exists(
		"Accounting Mapping", {"parent": world.connection.name, "document": entry.paid_to}
	):
		world.connection.append("mappings", mapping("Bank Account", entry.paid_to, world.bank_code))
		world.connection.save()
		frappe.db.commit()
	world.drain()
	done(world)
	assert [(p["amount"]) for p in world.payments()] == [30]
	assert outstanding(doc) == 6
	world.look()
	assert outstanding(doc) == 6 and len(entries(doc)) == 1
	entry.cancel()
	frappe.db.commit()
	world.drain()
	done(world)
	assert world.payments() == []
	world.look()
	assert outstanding(doc) == 36
	assert not world.conflicts()


# ---- in what cannot be done ------------------------------------------------------------------------------------------


def test_what_is_not_mapped_is_named_waits_for_a_person_and_goes_after_the_fix(world):
	world.connection.mappings = []
	world.connection.no_tax_code = ""
	world.connection.save()
	doc = invoice(freight=2)
	world.drain()
	(message,) = world.messages(doc)
	assert message.status == "Needs Attention"
	for words in ("Income Account Sales", "Tax Account", "Freight Charged", "Tax Code Where There Is No Tax"):
		assert words in message.error, message.error
	assert "Mappings" in message.todo
	assert world.booked(doc.name) == []
	world.connection.reload()
	world.connection.update({"mappings": world.mappings(), "no_tax_code": world.no_tax_code})
	world.connection.save()
	assert replay.replay([message.name]) == 1
	world.drain()
	assert len(world.booked(doc.name)) == 1
	assert {m.status for m in world.messages(doc)} == {"Done"}


def test_more_than_is_open_is_a_conflict_that_one_click_settles(world):
	from wholesale_b2b.wholesale_b2b.doctype.sync_conflict.sync_conflict import decide

	doc = invoice()
	world.drain()
	pay(doc, 30)
	world.pay(doc.name, 36)
	world.drain()
	world.look()
	(conflict,) = world.conflicts(kind="Amounts Differ")
	assert conflict.suggestion == "Pay What Is Open" and "36" in conflict.text and "6" in conflict.text
	assert outstanding(doc) == 6
	decide(conflict.name, "Pay What Is Open")
	world.drain()
	assert outstanding(doc) == 0
	assert not world.conflicts(kind="Amounts Differ")
	entry = frappe.get_doc("Payment Entry", entries(doc)[-1].parent)
	assert (entry.paid_amount, entry.unallocated_amount) == (36, 30)


def test_a_payment_cancelled_here_is_asked_about_and_comes_back_if_told_so(world):
	from wholesale_b2b.wholesale_b2b.doctype.sync_conflict.sync_conflict import decide

	doc = invoice()
	world.drain()
	world.pay(doc.name, 36)
	world.look()
	entry = frappe.get_doc("Payment Entry", entries(doc)[0].parent)
	entry.cancel()
	frappe.db.commit()
	world.drain()
	(conflict,) = world.conflicts(kind="Cancelled Here")
	assert outstanding(doc) == 36
	decide(conflict.name, "Take Theirs")
	world.drain()
	assert outstanding(doc) == 0 and not world.conflicts()


def test_a_closed_period_is_asked_about(world):
	from wholesale_b2b.wholesale_b2b.doctype.sync_conflict.sync_conflict import decide

	doc = invoice()
	world.drain()
	frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", nowdate())
	frappe.db.commit()
	try:
		world.pay(doc.name, 36)
		world.look()
		(conflict,) = world.conflicts(kind="Closed Period")
		assert conflict.suggestion == "Post Today" and outstanding(doc) == 36
	finally:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", None)
		frappe.db.commit()
	decide(conflict.name, "Post Today")
	world.drain()
	assert outstanding(doc) == 0


# ---- both sides ------------------------------------------------------------------------------------------------------


def test_the_reconciliation_is_zero_and_finds_a_penny(world):
	customer = make_customer().name
	docs = [invoice(customer, rows=((3, 3.33 + n),)) for n in range(3)]
	credit_note(docs[0], 1)
	world.drain()
	world.pay(docs[1].name, 5)
	world.look()
	rows = compared(world, docs)
	assert len(rows) == 4 and {row.problem for row in rows} == {reconciling.SAME}
	pay(docs[2], 1)
	(row,) = [row for row in compared(world, docs) if row.problem != reconciling.SAME]
	assert (row.number, row.problem, row.difference) == (docs[2].name, reconciling.OUTSTANDING, D(-1))


def compared(world, docs):
	if hasattr(world, "balances"):
		world.balances()
	numbers = {doc.name for doc in docs}
	found = reconciliation.compare(
		world.connection.name, getdate(add_days(nowdate(), -1)), getdate(nowdate())
	)
	returns = set(frappe.get_all("Sales Invoice", {"return_against": ("in", list(numbers))}, pluck="name"))
	return [row for row in found if row.number in numbers | returns]
