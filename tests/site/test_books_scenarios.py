"""The same stories with every accounting package: invoices out once, payments in, the gate of pro formas, reconciliation."""

from decimal import Decimal

import frappe
import pytest
from books import WORLDS, opened
from books.world import compared, credit_note, invoice, outstanding, paid_here
from builders import add_stock, make_customer, make_sales_order
from frappe.utils import add_days, nowdate
from paying import bank, paper_of, pay, prepaying

from wholesale_b2b.accounting.rules import reconciling
from wholesale_b2b.accounting.service import replay
from wholesale_b2b.credit.pro_forma.service import gate, paperwork
from wholesale_b2b.patches import take_back_lapsed_pro_formas

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


def test_a_pro_forma_whose_order_is_cancelled_is_taken_back_over_there(world, item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10, rate=10, customer=prepaying().customer)
	world.drain()
	paper = paper_of(order)
	assert len(world.booked(paper.name)) == 1
	order.reload()
	order.cancel()
	frappe.db.commit()
	world.drain()
	done(world, paper)
	assert [bill.state for bill in world.booked(paper.name)] in (["Voided"], ["Removed"], [])


def test_a_pro_forma_that_lapses_is_taken_back_over_there_and_sent_again_when_it_is_extended(world, item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10, rate=10, customer=prepaying().customer)
	world.drain()
	paper = paper_of(order)
	frappe.db.set_value("Trade Pro Forma", paper.name, "valid_until", add_days(nowdate(), -1))
	frappe.db.commit()
	paperwork.expire()
	assert paper_of(order).status == "Expired"
	world.drain()
	done(world, paper)
	assert [bill.state for bill in world.booked(paper.name)] in (["Voided"], ["Removed"], [])
	paperwork.extend(paper.name, add_days(nowdate(), 5))
	frappe.db.commit()
	world.drain()
	done(world, paper)
	assert [bill.total for bill in world.booked(paper.name) if bill.state == "Open"] == [100]


def test_a_pro_forma_that_had_lapsed_before_that_was_told_is_taken_back_by_a_patch_once(world, item):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10, rate=10, customer=prepaying().customer)
	world.drain()
	paper = paper_of(order)
	frappe.db.set_value("Trade Pro Forma", paper.name, "status", "Expired")
	frappe.db.commit()
	for _time in range(2):
		take_back_lapsed_pro_formas.execute()
		frappe.db.commit()
	assert [message.status for message in world.messages(paper)] == ["Done", "Queued"]
	world.drain()
	done(world, paper)
	assert [bill.state for bill in world.booked(paper.name)] in (["Voided"], ["Removed"], [])
	take_back_lapsed_pro_formas.execute()
	frappe.db.commit()
	assert world.messages_left() == 0


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
	# where what is posted cannot be voided, it is credited
	assert [bill.state for bill in world.booked(doc.name)] in (["Voided"], ["Removed"], ["Credited"], [])
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
	world.takes(entry.paid_to)
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


@pytest.mark.parametrize("more", [0, 14])
def test_what_paid_a_cancelled_invoice_is_taken_off_it_before_it_is_voided(world, more):
	"""ERPNext unlinks the payment, which nobody has changed."""
	bank()
	doc = invoice()
	entry = paid_here(doc, 36, paid_amount=36 + more, received_amount=36 + more)
	world.drain_all()
	assert [bill.outstanding for bill in world.booked(doc.name)] == [0]
	doc.reload()
	doc.cancel()
	if hasattr(world, "fail"):
		# the payment has to be tried again, and the void waits for it
		world.fail("500")
	world.drain_all()
	done(world)
	assert [bill.state for bill in world.booked(doc.name)] in (["Voided"], ["Removed"], ["Credited"])
	assert [p["amount"] for p in world.payments()] == [36 + more]
	for _look in range(2):
		world.look()
	entry.reload()
	assert (entry.docstatus, entry.unallocated_amount) == (1, 36 + more)
	other = invoice(doc.customer)
	world.drain_all()
	assert not world.conflicts() and [bill.outstanding for bill in world.booked(other.name)] == [36]


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
