"""Invoices that are paid as they are made, at a till: with every package the totals and what is open are the same on both sides."""

from decimal import Decimal

import frappe
import pytest
from books import NO_REFUNDS, SERVERS, WORLDS, opened
from books.world import agree, bank_account, invoice, outstanding, write_off_account
from builders import COMPANY, add_stock
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from paying import bank
from till import Till

from wholesale_b2b.wholesale_b2b.doctype.accounting_connection import accounting_connection as doors
from wholesale_b2b.wholesale_b2b.doctype.sync_conflict.sync_conflict import decide

D = Decimal


def till():
	"""The account of the till: cash, or another bank account."""
	return (
		bank()
		if bank() != bank_account()
		else frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0})
	)


def with_accounts(world, *more):
	"""The till's cash, the bank and write-offs go to the account that the stand-in knows."""
	world.takes(till(), bank_account(), write_off_account(), *more)
	return world


@pytest.fixture(params=sorted(WORLDS))
def world(request, fresh_transaction):
	for found in opened(WORLDS[request.param]()):
		yield with_accounts(found)


@pytest.fixture(params=sorted(SERVERS))
def server(request, fresh_transaction):
	for found in opened(SERVERS[request.param]()):
		yield with_accounts(found)


def mode(account):
	"""A Mode of Payment into this account."""
	kind = "Cash" if account == till() else "Bank"
	name = f"{kind} into {account}"[:140]
	if not frappe.db.exists("Mode of Payment", name):
		row = {"company": COMPANY, "default_account": account}
		frappe.get_doc(
			{
				"doctype": "Mode of Payment",
				"mode_of_payment": name,
				"type": "Cash" if account == till() else "Bank",
				"accounts": [row],
			}
		).insert()
	return name


def sale(*paid, **fields):
	"""An invoice of 36 with the money that was taken with it: (account, amount) each."""
	rows = [
		{"mode_of_payment": mode(account), "account": account, "amount": amount} for account, amount in paid
	]
	return invoice(is_pos=1, payments=rows, **fields)


def test_what_was_paid_in_cash_and_by_card_is_paid_over_there(world):
	doc = sale((till(), 20), (bank_account(), 10))
	assert outstanding(doc) == 6
	world.drain_all()
	(booked,) = world.booked(doc.name)
	assert (booked.total, booked.outstanding) == (36, 6)
	assert sorted(payment["amount"] for payment in world.payments()) == [10, 20]
	world.look()
	world.drain_all()
	world.look()
	assert outstanding(doc) == 6
	assert frappe.db.count("Payment Entry", {"party": doc.customer}) == 0
	agree(world, doc)


def test_change_comes_off_the_cash(world):
	doc = sale((till(), 50), account_for_change_amount=till())
	assert (outstanding(doc), doc.change_amount) == (0, 14)
	world.drain_all()
	assert [payment["amount"] for payment in world.payments()] == [36]
	world.look()
	agree(world, doc)


def test_what_was_paid_by_card_beyond_the_total_stays_on_account_over_there(world):
	doc = sale((bank_account(), 50))
	world.drain_all()
	(booked,) = world.booked(doc.name)
	assert (booked.total, booked.outstanding) == (36, 0)
	assert [payment["amount"] for payment in world.payments()] == [50]
	world.look()
	world.drain_all()
	agree(world, doc)


def test_what_the_till_writes_off_is_not_open_over_there_either(world):
	doc = sale((till(), 35.5), write_off_amount=0.5, write_off_account=write_off_account())
	assert outstanding(doc) == 0
	world.drain_all()
	(booked,) = world.booked(doc.name)
	assert (booked.total, booked.outstanding) == (36, 0)
	assert sorted(payment["amount"] for payment in world.payments()) == [D("0.5"), D("35.5")]
	world.look()
	world.drain_all()
	agree(world, doc)


def test_a_cancelled_sale_takes_its_payments_with_it(world):
	doc = sale((till(), 35.5), write_off_amount=0.5, write_off_account=write_off_account())
	world.drain_all()
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	world.drain_all()
	assert {m.status for m in world.messages()} == {"Done"}, [(m.error, m.todo) for m in world.messages()]
	assert world.payments() == []
	assert [bill for bill in world.booked(doc.name) if bill.state == "Open"] == []
	world.look()
	world.drain_all()
	assert not world.conflicts()


def test_money_given_back_with_a_return_is_refunded_over_there(world):
	doc = sale((till(), 36))
	world.drain_all()
	note = make_sales_return(doc.name)
	note.items[0].qty = -1
	note.payments = []
	note.append("payments", {"mode_of_payment": mode(till()), "account": till(), "amount": -12})
	note.insert()
	note.submit()
	frappe.db.commit()
	assert note.outstanding_amount == 0
	world.drain_all()
	if world.provider in NO_REFUNDS:
		(message,) = world.messages(status="Needs Attention")
		assert "refund" in message.error and message.todo
		assert [bill.total for bill in world.booked(note.name)] == [12]
		return
	assert [(bill.total, bill.outstanding) for bill in world.booked(note.name)] == [(12, 0)]
	world.look()
	world.drain_all()
	agree(world, doc, note)


def test_the_day_of_a_shop_goes_out_consolidated_with_what_was_in_its_drawer(world, item):
	add_stock(item.name, 10)
	shop = Till()
	sold = [shop.sell(item.name, 3), shop.sell(item.name, 2)]
	shop.take_back(sold[0], 1)
	shop.close()
	day = frappe.get_all(
		"Sales Invoice", {"customer": shop.customer, "docstatus": 1}, ["name", "grand_total", "is_return"]
	)
	assert sum(doc.grand_total for doc in day) == 40
	drawer = frappe.get_all(
		"Sales Invoice Payment",
		{"parent": ("in", [doc.name for doc in day]), "amount": ("!=", 0)},
		pluck="account",
	)
	with_accounts(world, *drawer)
	world.drain_all()
	refunds = {m.reference_name for m in world.messages(status="Needs Attention")}
	if world.provider in NO_REFUNDS:
		assert len(refunds) == len([doc for doc in day if doc.is_return])
		return
	assert not refunds
	world.look()
	world.drain_all()
	agree(world, *day)


def test_an_account_of_the_till_that_is_not_mapped_is_named_and_the_invoice_goes(server):
	world = server
	world.connection.reload()
	world.connection.mappings = [row for row in world.connection.mappings if row.document != till()]
	world.connection.save()
	doc = sale((till(), 36))
	assert ("Bank Account", till()) in {
		(row["kind"], row["name"]) for row in doors.overview(world.connection.name)["missing"]
	}
	world.drain_all()
	(message,) = world.messages(status="Needs Attention")
	assert message.kind == "Payment" and f"Bank Account {till()}" in message.error
	assert len(world.booked(doc.name)) == 1
	with_accounts(world)
	assert doors.replay_all(world.connection.name) == 1
	world.drain_all()
	agree(world, doc)


def test_a_payment_of_a_sale_that_is_removed_over_there_is_asked_about_and_sent_again(server):
	world = server
	doc = sale((till(), 36))
	world.drain_all()
	world.look()
	link = frappe.get_last_doc(
		"Sync Link", {"accounting_connection": world.connection.name, "kind": "Payment"}
	)
	world.remove_payment(link.their_id)
	world.look()
	(conflict,) = world.conflicts()
	assert (conflict.kind, conflict.suggestion) == ("Deleted There", "Send Again")
	assert conflict.ours and conflict.theirs and "36" in conflict.text
	decide(conflict.name, "Send Again")
	world.drain_all()
	assert [payment["amount"] for payment in world.payments()] == [36]
	world.look()
	world.drain_all()
	agree(world, doc)


def test_sales_of_before_are_sent_with_their_payments(fresh_transaction):
	doc = sale((till(), 36))
	for world in opened(SERVERS["Xero"]()):
		with_accounts(world)
		world.connection.reload()
		world.connection.go_live = doc.posting_date
		world.connection.save()
		from wholesale_b2b.accounting.service import outbox

		outbox.send_document(world.connection, "Sales Invoice", doc.name)
		world.drain_all()
		assert [bill.outstanding for bill in world.booked(doc.name)] == [0]
