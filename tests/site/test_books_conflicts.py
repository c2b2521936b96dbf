"""What nobody but a person can decide, with every package: both sides stand in the list, and one click settles it."""

import frappe
import pytest
from books import SERVERS, opened
from books.world import invoice, outstanding, paid_here, voided_there
from builders import make_user, unique

from wholesale_b2b.wholesale_b2b.doctype.sync_conflict.sync_conflict import decide
from wholesale_b2b.wholesale_b2b.doctype.sync_message import sync_message


@pytest.fixture(params=sorted(SERVERS))
def world(request, fresh_transaction):
	yield from opened(SERVERS[request.param]())


def payments_of(doc):
	rows = frappe.get_all(
		"Payment Entry Reference", {"reference_name": doc.name, "docstatus": 1}, "allocated_amount"
	)
	return sorted(row.allocated_amount for row in rows)


def the_conflict(world, kind):
	"""The only one there is, with both sides and answers that can be given."""
	(conflict,) = world.conflicts()
	assert conflict.kind == kind, (conflict.kind, conflict.text)
	assert conflict.text and conflict.suggestion in conflict.answers.split("\n")
	assert conflict.theirs
	return conflict


@pytest.mark.parametrize("answer", ["Take Theirs", "Keep Ours"])
def test_a_payment_of_ours_that_is_changed_over_there(world, answer):
	doc = invoice()
	entry = paid_here(doc, 20)
	world.drain_all()
	world.look()
	link = world.link(entry)
	world.change_payment(link.their_id, 15)
	world.look()
	if world.provider == "Xero":
		# there a payment is never changed: it is removed and another entered
		assert payments_of(doc) == [15] and not world.conflicts()
		return
	conflict = the_conflict(world, "Both Sides Changed")
	assert conflict.ours and payments_of(doc) == [20]
	decide(conflict.name, answer)
	world.drain_all()
	assert payments_of(doc) == ([15] if answer == "Take Theirs" else [20])
	assert not world.conflicts()
	world.look()
	assert not world.conflicts()


def test_a_payment_of_an_invoice_that_nobody_knows_here(world):
	doc = invoice()
	world.drain()
	number = unique("BY-HAND")[:20]
	world.take_number(number, doc.name)
	world.look()
	world.pay(number, 10)
	world.look()
	conflict = the_conflict(world, "Unknown Invoice")
	assert "which is not a document of this customer here" in conflict.text
	decide(conflict.name, "Pay What Is Open")
	world.drain_all()
	(entry,) = frappe.get_all(
		"Payment Entry", {"party": doc.customer, "docstatus": 1}, ["unallocated_amount"]
	)
	assert entry.unallocated_amount == 10 and outstanding(doc) == 36


@pytest.mark.parametrize("answer", ["Keep Ours", "Take Theirs", "Leave It"])
def test_the_same_money_entered_on_both_sides(world, answer):
	world.connection.reload()
	world.connection.send_payments = 0
	world.connection.save()
	doc = invoice()
	world.drain()
	paid_here(doc, 36, "CHEQUE 4711")
	link = {"accounting_connection": world.connection.name, "reference_name": doc.customer}
	world.prepay(frappe.db.get_value("Sync Link", link, "their_id"), 36, "CHEQUE 4711")
	world.look()
	conflict = the_conflict(world, "Duplicate")
	assert conflict.suggestion == "Keep Ours"
	decide(conflict.name, answer)
	world.drain_all()
	world.look()
	assert not world.conflicts()
	expected = 2 if answer == "Take Theirs" else 1
	assert frappe.db.count("Payment Entry", {"party": doc.customer, "docstatus": 1}) == expected
	assert outstanding(doc) == 0


def test_a_period_that_is_closed_over_there_is_told_in_its_words_and_goes_once_it_is_open(world):
	world.closed = True
	doc = invoice()
	world.drain_all()
	(message,) = world.messages(doc)
	assert message.status == "Needs Attention"
	assert "clos" in message.error.lower() or "lock" in message.error.lower(), message.error
	assert (
		"period" in message.todo and [bill for bill in world.booked(doc.name) if bill.state == "Open"] == []
	)
	world.closed = False
	sync_message.replay([message.name])
	world.drain_all()
	assert [bill.state for bill in world.booked(doc.name) if bill.state != "Voided"] == ["Open"]
	assert {m.status for m in world.messages(doc)} == {"Done"}


def test_an_answer_that_is_not_offered_one_given_twice_and_one_by_a_stranger_are_refused(world):
	doc, conflict = voided_there(world)
	with pytest.raises(frappe.ValidationError, match="no answer"):
		decide(conflict.name, "Burn It")
	for user in ("Guest", make_user("Sales User").name, make_user("Accounts User").name):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			decide(conflict.name, "Leave It")
	frappe.set_user("Administrator")
	decide(conflict.name, "Leave It")
	assert frappe.db.get_value("Sales Invoice", doc.name, "docstatus") == 1
	with pytest.raises(frappe.ValidationError, match="decided already"):
		decide(conflict.name, "Cancel Ours")


def test_an_invoice_that_was_changed_over_there_is_sent_again_if_told_so(world):
	"""Where it may be changed; its number is looked up, so there is one afterwards."""
	doc, conflict = voided_there(world)
	decide(conflict.name, "Send Again")
	world.drain_all()
	if hasattr(world, "free_number"):
		conflict = the_conflict_about_the_number(world)
		world.free_number(doc.name)
		decide(conflict.name, "Send Again")
		world.drain_all()
	assert [
		bill.total for bill in world.booked(doc.name) if bill.state not in ("Voided", "Removed", "Credited")
	] == [36]
	assert not world.conflicts()


def the_conflict_about_the_number(world):
	"""Where what is voided keeps its number."""
	(conflict,) = world.conflicts(kind="Duplicate")
	assert "voided" in conflict.text and "another number" in conflict.text
	return conflict
