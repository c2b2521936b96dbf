"""The desk opens for a demo user, with its assets and its realtime connection."""

from __future__ import annotations


def test_a_sales_user_reaches_the_forward_order(login, page, api, shot) -> None:
	login("sales")
	(order,) = api.names("Sales Order", po_no="FORWARD-ORDER")
	page.goto(f"/app/sales-order/{order}")
	page.get_by_text("The Pantry & Home Co").first.wait_for()
	page.wait_for_function("frappe.realtime.socket && frappe.realtime.socket.connected")
	shot("forward-order")
