"""What became of an order: shipments, what is to come, what is owed; for staff and for the customer's own users."""

import frappe
import pytest
from builders import (
	add_stock,
	make_bundle,
	make_customer,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_user,
)
from dispatching import make_account, make_address, pick
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.api.v1 import dispatch, order_status
from wholesale_b2b.fulfilment.dispatch.service.papers import b2b_packing_slip

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def half_shipped(item, worker):
	"""10 ordered, 4 shipped and invoiced, 3 on a purchase order due in ten days, 3 of which nobody knows; a buyer."""
	account = make_account()
	buyer = make_user("Wholesale Buyer", user_type="Website User")
	customer = frappe.get_doc("Customer", account.customer)
	customer.append("portal_users", {"user": buyer.name})
	customer.save()
	add_stock(item.name, 4)
	order = make_sales_order(
		item.name, 10, customer=account.customer, b2b_trade_account=account.name, po_no="PO-77"
	)
	(note,) = dispatch(pick(order).name, tracking_number="JD-1", submit=True)["made"]
	worker()
	make_purchase_order(item.name, 3, days=10)
	frappe.db.commit()
	return frappe._dict(order=order.name, note=note, buyer=buyer.name, account=account)


def test_it_says_what_shipped_what_comes_and_what_is_owed(half_shipped):
	status = order_status(half_shipped.order)
	(shipment,) = status["shipments"]
	(invoice,) = status["invoices"]
	assert (shipment["name"], shipment["tracking_number"], shipment["date"]) == (
		half_shipped.note,
		"JD-1",
		getdate(),
	)
	assert [(line["qty"], line["uom"]) for line in shipment["lines"]] == [(4, "Nos")]
	assert shipment["invoices"] == [invoice["name"]]
	(line,) = status["lines"]
	assert (line["ordered_qty"], line["shipped_qty"], line["outstanding_qty"]) == (10, 4, 6)
	due = getdate(add_days(nowdate(), 10))
	assert line["parts"] == [
		{"qty": 3, "when": due, "ready": False},
		{"qty": 3, "when": None, "ready": False},
	]
	assert status["next"] == {"qty": 3, "when": due, "ready": False}
	assert status["money"] == {
		"currency": "GBP",
		"invoiced": 40,
		"owed": 40,
		"overdue": 0,
		"advance": 0,
		"to_invoice": 60,
	}
	assert status["po_no"] == "PO-77"
	frappe.get_doc("Sales Order", half_shipped.order).update_status("Closed")
	frappe.db.commit()
	status = order_status(half_shipped.order)
	assert [(line["cancelled_qty"], line["outstanding_qty"], line["parts"]) for line in status["lines"]] == [
		(6, 0, [])
	]
	assert (status["next"], status["money"]["to_invoice"]) == (None, 0)


def test_orders_that_share_an_invoice_owe_their_own_part(item, worker):
	from wholesale_b2b.wholesale_b2b.doctype.dispatch_invoice.dispatch_invoice import retry

	account = make_account(invoicing="Monthly")
	add_stock(item.name, 10)
	orders, notes = [], []
	for qty in (3, 7):
		order = make_sales_order(item.name, qty, customer=account.customer, b2b_trade_account=account.name)
		orders.append(order.name)
		notes += dispatch(pick(order).name, submit=True)["made"]
	frappe.db.commit()
	waiting = order_status(orders[0])["waiting_invoices"]
	assert [(row["delivery_note"], row["status"]) for row in waiting] == [(notes[0], "Waiting")]
	frappe.db.set_value("Dispatch Invoice", {"name": ("in", notes)}, "due_on", nowdate())
	frappe.db.commit()
	from wholesale_b2b.credit.invoicing import service

	service.work(notes)
	assert [order_status(order)["money"]["owed"] for order in orders] == [30, 70]
	assert len({order_status(order)["invoices"][0]["name"] for order in orders}) == 1
	assert retry(notes) == 0


def test_a_buyer_sees_the_own_order_without_our_own_affairs(half_shipped):
	frappe.set_user(half_shipped.buyer)
	status = order_status(half_shipped.order)
	assert status["shipments"][0]["name"] == half_shipped.note
	assert status["money"]["owed"] == 40
	assert "waiting_invoices" not in status


def test_drafts_are_not_shown_to_buyers(item, half_shipped):
	add_stock(item.name, 3)
	order = frappe.get_doc("Sales Order", half_shipped.order)
	dispatch(pick(order).name, submit=False)
	frappe.db.commit()
	assert len(order_status(half_shipped.order)["shipments"]) == 2
	frappe.set_user(half_shipped.buyer)
	assert len(order_status(half_shipped.order)["shipments"]) == 1


def test_nobody_else_sees_it(half_shipped):
	stranger = make_user("Wholesale Buyer", user_type="Website User")
	other = make_customer()
	other.append("portal_users", {"user": stranger.name})
	other.save()
	clerk = make_user("Purchase User").name
	frappe.db.commit()
	for user in ("Guest", stranger.name, clerk):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			order_status(half_shipped.order)
	frappe.set_user(stranger.name)
	with pytest.raises(frappe.PermissionError):
		order_status("SAL-ORD-NOT-THERE")


def test_the_warehouse_is_told_no_money(half_shipped):
	for role, sees in (("Stock User", False), ("Sales User", True), ("Accounts User", True)):
		user = make_user(role).name
		frappe.set_user(user)
		status = order_status(half_shipped.order)
		assert bool(status["money"]) is sees, role
		assert [bool(note["invoices"]) for note in status["shipments"]] == [sees], role
		frappe.set_user("Administrator")


def test_a_draft_has_no_status(item):
	draft = make_sales_order(item.name, 1, do_not_submit=True)
	with pytest.raises(frappe.ValidationError, match="not a submitted order"):
		order_status(draft.name)


def test_the_packing_slip_says_what_is_in_the_box_and_what_follows(half_shipped):
	html = frappe.get_print("Delivery Note", half_shipped.note, "Wholesale Packing Slip")
	due = frappe.utils.formatdate(add_days(nowdate(), 10))
	for words in ("PO-77", "JD-1", "Still to follow", due, "we will tell you"):
		assert words in html
	box, rest = html.split("Still to follow", 1)
	assert "4" in box and due not in box
	assert rest.count("3.0") == 2 or rest.count("3 ") >= 2


def test_the_slip_of_a_draft_leaves_out_what_is_in_it_and_other_stores(item):
	customer = make_customer()
	here, there = (make_address(customer.name).name for _ in range(2))
	elsewhere = make_item()
	frappe.db.commit()
	add_stock(item.name, 2)
	order = make_sales_order(
		[
			{"item_code": item.name, "qty": 2, "b2b_delivery_address": here},
			{"item_code": elsewhere.name, "qty": 5, "b2b_delivery_address": there},
		],
		customer=customer.name,
	)
	(note,) = dispatch(pick(order).name, submit=False)["made"]
	html = frappe.get_print("Delivery Note", note, "Wholesale Packing Slip")
	assert "Nothing more to this address. The rest of your order goes to your other addresses." in html
	assert "complete" not in html
	assert elsewhere.name not in html
	assert "Draft" in html
	add_stock(elsewhere.name, 5)
	frappe.get_doc("Delivery Note", note).submit()
	(last,) = dispatch(pick(order).name, submit=True)["made"]
	html = frappe.get_print("Delivery Note", last, "Wholesale Packing Slip")
	assert "with this shipment your order is complete" in html


def test_the_slip_names_the_components_of_a_bundle_and_completes_no_order_without_one():
	parts = [make_item().name, make_item().name]
	for part in parts:
		add_stock(part, 10)
	kit = make_bundle(dict(zip(parts, (2, 1), strict=True)))
	note = make_delivery_note(kit.name, 3)
	boxed = b2b_packing_slip(note)["boxed"]
	assert [(row["item_code"], row["qty"], row["is_part"]) for row in boxed] == [
		(kit.name, 3, False),
		(parts[0], 6, True),
		(parts[1], 3, True),
	]
	html = frappe.get_print("Delivery Note", note.name, "Wholesale Packing Slip")
	assert all(part in html for part in parts)
	assert "Still to follow" not in html and "complete" not in html
