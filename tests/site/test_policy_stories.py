"""Policies from order to shipment: 500 ordered and 300 on hand, served in three ways; one shipment out of three receipts."""

import frappe
import pytest
from builders import (
	add_stock,
	make_customer,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	receive,
)
from dispatching import make_account, pick
from frappe.utils import add_days, getdate, nowdate
from policies import decided, holds_of, make_policy

from wholesale_b2b.api.v1 import dispatch, order_status
from wholesale_b2b.fulfilment.dispatch.service.papers import b2b_packing_slip
from wholesale_b2b.fulfilment.holds.service.veto import Held
from wholesale_b2b.fulfilment.overrides import create_pick_list

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def vectis():
	"""`vectis(mode)`: an order of 500 on an account that is served so; 300 are on hand, 200 are due in nine days."""
	customer = make_customer()

	def order(mode):
		item = make_item()
		account = make_account(customer.name, fulfilment_policy=make_policy(mode).name)
		add_stock(item.name, 300)
		made = make_sales_order(item.name, 500, customer=customer.name, b2b_trade_account=account.name)
		made.purchase = make_purchase_order(item.name, 200, days=9)
		return made

	return order


def ship(order, worker):
	"""Pick and dispatch all that may go: the Delivery Note, its packing slip, its invoice."""
	(name,) = dispatch(pick(order).name, submit=True)["made"]
	worker()
	note = frappe.get_doc("Delivery Note", name)
	(invoice,) = next(row["invoices"] for row in order_status(order.name)["shipments"] if row["name"] == name)
	return note, b2b_packing_slip(note), frappe.get_doc("Sales Invoice", invoice)


def units(rows):
	return [row["qty"] for row in rows]


def test_ship_and_backorder(vectis, worker):
	order = vectis("Ship and Backorder")
	assert (decided(order)[0], holds_of(order)) == (300, [])
	first, slip, invoice = ship(order, worker)
	assert (first.items[0].qty, invoice.items[0].qty, invoice.net_total) == (300, 300, 3000)
	(follows,) = slip["following"]
	due = getdate(add_days(nowdate(), 9))
	assert [(part.qty, part.when) for part in follows["parts"]] == [(200, due)]
	assert slip["cancelled"] == []
	receive(order.purchase)
	second, slip, invoice = ship(order, worker)
	assert (second.items[0].qty, invoice.net_total) == (200, 2000)
	assert (slip["following"], slip["cancelled"]) == ([], [])
	status = order_status(order.name)
	assert len({name for note in status["shipments"] for name in note["invoices"]}) == 2
	assert (status["status"], status["next"], status["money"]["invoiced"]) == ("Completed", None, 5000)


def test_wait_until_complete(vectis, worker):
	order = vectis("Wait Until Complete")
	assert [hold.kind for hold in holds_of(order)] == ["Waiting to Be Complete"]
	with pytest.raises(Held):
		create_pick_list(order.name)
	frappe.db.rollback()
	receive(order.purchase)
	assert holds_of(order) == []
	note, slip, invoice = ship(order, worker)
	assert (note.items[0].qty, invoice.net_total, slip["following"]) == (500, 5000, [])
	assert order_status(order.name)["status"] == "Completed"


def test_what_a_closed_order_does_not_deliver_is_said_to_be_cancelled(vectis, worker):
	order = vectis("Ship and Backorder")
	note, slip, _invoice = ship(order, worker)
	assert (units(slip["boxed"]), slip["cancelled"]) == ([300], [])
	frappe.get_doc("Sales Order", order.name).update_status("Closed")
	frappe.db.commit()
	slip = b2b_packing_slip(note)
	assert (slip["following"], units(slip["cancelled"])) == ([], [200])
	assert slip["ending"] == "Nothing more: what was not shipped is cancelled."


def test_ship_and_cancel_the_rest(vectis, worker):
	order = vectis("Ship and Cancel the Rest")
	(name,) = dispatch(pick(order).name, submit=False)["made"]
	draft = b2b_packing_slip(frappe.get_doc("Delivery Note", name))
	assert (units(draft["boxed"]), draft["following"], units(draft["cancelled"])) == ([300], [], [200])
	note = frappe.get_doc("Delivery Note", name)
	note.submit()
	frappe.db.commit()
	worker()
	slip = b2b_packing_slip(note)
	assert (units(slip["boxed"]), slip["following"], units(slip["cancelled"])) == ([300], [], [200])
	(line,) = order_status(order.name)["lines"]
	assert (line["ordered_qty"], line["shipped_qty"], line["cancelled_qty"]) == (500, 300, 200)
	status = order_status(order.name)
	assert (status["status"], status["money"]["invoiced"], status["money"]["to_invoice"]) == (
		"Closed",
		3000,
		0,
	)
	receive(order.purchase)
	other = make_sales_order(order.items[0].item_code, 200)
	assert decided(other)[0] == 200


@pytest.mark.parametrize("fill, shipments", [(0, [(3, 500)]), (80, [(2, 400), (3, 100)])])
def test_three_receipts(fill, shipments, worker):
	"""What is received by the third (or, at 80 %, by the second) receipt goes in one shipment, and nothing before."""
	item = make_item()
	policy = make_policy("Wait Until Complete", min_fill_percent=fill)
	account = make_account(fulfilment_policy=policy.name)
	order = make_sales_order(item.name, 500, customer=account.customer, b2b_trade_account=account.name)
	purchases = [
		make_purchase_order(item.name, qty, days=days) for qty, days in ((150, 2), (250, 5), (100, 9))
	]
	expected = dict(shipments)
	for number, purchase in enumerate(purchases, 1):
		receive(purchase)
		if number not in expected:
			assert decided(order)[0] == 0
			assert [hold.kind for hold in holds_of(order)] == ["Waiting to Be Complete"]
			with pytest.raises(Held):
				create_pick_list(order.name)
			with pytest.raises(Held):
				make_delivery_note(sales_order=order.name, qty=2)
			frappe.db.rollback()
			continue
		assert (decided(order)[0], holds_of(order)) == (expected[number], [])
		note, _slip, invoice = ship(order, worker)
		assert (note.items[0].qty, invoice.items[0].qty) == (expected[number], expected[number])
	status = order_status(order.name)
	assert len(status["shipments"]) == len(shipments)
	assert status["status"] == "Completed"
