"""What is QuickBooks's own: a refund is an expense that a payment of nothing sets off against credit memos."""

from dataclasses import replace
from decimal import Decimal

import frappe
import pytest
from books import opened
from books.quickbooks import SPENT, QuickBooksWorld
from books.world import bank_account, credit_note, invoice, outstanding, paid_here
from paying import bank, debtors
from test_books_money import entry_of, in_euros
from test_books_webhooks import post

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.service import registry


@pytest.fixture
def world(fresh_transaction):
	yield from opened(QuickBooksWorld())


def a_credit(world):
	note = credit_note(invoice(), 1, own=True)
	world.drain()
	return note, world.link(frappe.get_doc("Customer", note.customer)).their_id


def entries(doc):
	return frappe.get_all("Payment Entry Reference", {"reference_name": doc.name, "docstatus": 1})


def test_a_refund_is_sent_and_taken_back(world):
	note, _contact = a_credit(world)
	entry = paid_here(note, None)
	world.drain_all()
	assert [bill.outstanding for bill in world.booked(note.name)] == [0]
	assert [payment["amount"] for payment in world.payments()] == [12]
	world.look()
	world.drain_all()
	assert (outstanding(note), len(entries(note)), world.conflicts()) == (0, 1, [])
	entry.reload()
	entry.cancel()
	frappe.db.commit()
	world.drain_all()
	assert [bill.outstanding for bill in world.booked(note.name)] == [12]
	assert world.payments() == []
	world.look()
	assert not world.conflicts()


def test_a_refund_that_was_sent_is_changed_and_stays_one(world):
	note, _contact = a_credit(world)
	entry = paid_here(note, None)
	world.drain_all()
	connector = registry.connect(world.connection)
	(sent,) = connector.read(papers.PAYMENT, world.link(entry).their_id)
	assert (sent.direction, sent.amount, sent.on_account) == (papers.REFUNDED, 12, 0)
	(use,) = sent.uses
	connector.send_money(replace(sent, uses=(replace(use, amount=Decimal(5)),)), "another")
	assert [bill.outstanding for bill in world.booked(note.name)] == [7]
	assert [payment["amount"] for payment in world.payments()] == [12]
	(changed,) = connector.read(papers.PAYMENT, sent.their_id)
	assert (changed.amount, changed.on_account) == (12, 7)


@pytest.mark.parametrize("kind", ["500", "before", "after"])
@pytest.mark.parametrize("step", ["purchase", "payment"])
def test_a_refund_that_was_cut_off_is_gone_on_with_and_not_made_again(world, kind, step):
	note, _contact = a_credit(world)
	paid_here(note, None)
	world.fail(kind, rf"^POST .*/{step}$")
	world.drain()
	# days later nobody there knows the id of the request any more
	world.answers.clear()
	world.drain_all()
	assert {message.status for message in world.messages()} == {"Done"}
	assert [payment["amount"] for payment in world.payments()] == [12]
	assert [bill.outstanding for bill in world.booked(note.name)] == [0]
	world.look()
	assert (outstanding(note), len(entries(note)), world.conflicts()) == (0, 1, [])


def test_an_expense_that_is_set_off_later_is_allocated_then(world):
	note, contact = a_credit(world)
	purchase = world.spend(contact, 12, number="BACS-7")
	world.look()
	(entry,) = frappe.get_all(
		"Payment Entry",
		{"party": note.customer, "docstatus": 1},
		["name", "payment_type", "unallocated_amount"],
	)
	assert (entry.payment_type, entry.unallocated_amount, outstanding(note)) == ("Pay", 12, -12)
	world.set_off(note.name, purchase, 12)
	world.look()
	assert (outstanding(note), len(entries(note)), world.conflicts()) == (0, 1, [])


def a_foreign_credit(world):
	"""In euros, at 0.8."""
	bank()
	note = credit_note(in_euros(debtors("EUR")), 1, own=True)
	world.drain()
	return note


def test_a_refund_in_another_currency_is_booked_to_what_is_owed_in_it(world):
	note = a_foreign_credit(world)
	entry = paid_here(note, None, target_exchange_rate=0.85)
	world.drain_all()
	(purchase,) = world.books["Purchase"].values()
	assert purchase["CurrencyRef"] == {"value": "EUR"}
	assert [line[SPENT]["AccountRef"]["value"] for line in purchase["Line"]] == ["85"]
	assert purchase["ExchangeRate"] == pytest.approx(float(entry.base_paid_amount) / -float(note.grand_total))
	assert [bill.outstanding for bill in world.booked(note.name)] == [0]
	world.look()
	world.drain_all()
	assert (outstanding(note), len(entries(note)), world.conflicts()) == (0, 1, [])


def test_a_refund_in_another_currency_comes_in_at_what_the_bank_gave(world):
	note = a_foreign_credit(world)
	world.refund(note.name, -note.grand_total, rate=0.85)
	world.look()
	assert (outstanding(note), world.conflicts()) == (0, [])
	entry = entry_of(note)
	assert (entry.payment_type, entry.paid_from) == ("Pay", bank_account())
	assert entry.paid_amount == pytest.approx(-note.grand_total * 0.85, abs=0.01)


def test_a_refund_that_is_deleted_there_is_cancelled_here(world):
	note, _contact = a_credit(world)
	purchase = world.refund(note.name, 12)
	world.look()
	assert outstanding(note) == 0
	world.remove_expense(purchase)
	world.look()
	assert (outstanding(note), world.conflicts()) == (-12, [])


def test_other_expenses_are_nobodys_refund(world):
	note, contact = a_credit(world)
	world.spend(contact, 12, account="61")
	world.spend(contact, 12, payee="Vendor")
	world.look()
	assert not frappe.db.exists("Payment Entry", {"party": note.customer})
	assert (outstanding(note), world.conflicts()) == (-12, [])


def test_an_expense_is_told_of_by_webhook(world):
	note, contact = a_credit(world)
	purchase = world.refund(note.name, 12)
	other = world.spend(contact, 5, payee="Vendor")
	assert post(world, *world.told_of("purchase", purchase, other))[0] == 200
	world.drain()
	assert (outstanding(note), len(entries(note)), world.conflicts()) == (0, 1, [])
