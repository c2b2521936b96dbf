"""Sales and purchase orders."""

import frappe
from builders import (
	add_stock,
	make_purchase_order,
	update_items_request,
)
from frappe.utils import add_days, getdate, nowdate

from event_deeds.words import Deed, both, cancels, covered, deed, here, placed, submits


@deed("Sales Order", "on_submit")
def an_order_is_placed(item):
	add_stock(item.name, 5)
	so = placed(item, 3, do_not_submit=True)
	return Deed(submits(so), here(item), covered(so, 3, 0, 0))


@deed("Sales Order", "on_cancel")
def an_order_is_cancelled(item):
	add_stock(item.name, 5)
	so, waiting = placed(item, 5), placed(item, 4)
	return Deed(cancels(so), here(item), covered(waiting, 4, 0, 0))


@deed("Sales Order", "on_update_after_submit")
def an_order_is_cut(item):
	add_stock(item.name, 5)
	so, waiting = placed(item, 5), placed(item, 4)
	return Deed(
		lambda: update_items_request(frappe.get_doc("Sales Order", so.name), {0: {"qty": 2}}),
		here(item),
		both(covered(so, 2, 0, 0), covered(waiting, 3, 0, 1)),
	)


@deed("Sales Order", "on_change")
def an_order_is_closed(item):
	add_stock(item.name, 5)
	so, waiting = placed(item, 5), placed(item, 4)
	return Deed(
		lambda: frappe.get_doc("Sales Order", so.name).update_status("Closed"),
		here(item),
		covered(waiting, 4, 0, 0),
	)


@deed("Sales Order", "on_change")
def an_order_is_opened_again(item):
	add_stock(item.name, 5)
	so = placed(item, 5)
	so.update_status("Closed")
	frappe.db.commit()
	return Deed(
		lambda: frappe.get_doc("Sales Order", so.name).update_status("Draft"),
		here(item),
		covered(so, 5, 0, 0),
	)


@deed("Purchase Order", "on_submit")
def a_purchase_order_is_placed(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6, do_not_submit=True)
	return Deed(submits(po), here(item), covered(so, 0, 4, 4))


@deed("Purchase Order", "on_cancel")
def a_purchase_order_is_cancelled(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6)
	return Deed(cancels(po), here(item), covered(so, 0, 0, 4))


@deed("Purchase Order", "on_update_after_submit")
def a_purchase_order_is_cut(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6)
	return Deed(
		lambda: update_items_request(frappe.get_doc("Purchase Order", po.name), {0: {"qty": 3}}),
		here(item),
		covered(so, 0, 3, 4),
	)


@deed("Purchase Order", "on_update_after_submit")
def a_purchase_order_is_put_off(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6, days=5)
	later = add_days(nowdate(), 25)

	def put_off():
		order = frappe.get_doc("Purchase Order", po.name)
		update_items_request(order, {0: {"schedule_date": later}})

	def then():
		so.reload()
		assert so.items[0].b2b_promise_date == getdate(later)

	return Deed(put_off, here(item), then)


@deed("Purchase Order", "on_change")
def a_purchase_order_is_closed(item):
	so, po = placed(item, 4), make_purchase_order(item.name, 6)
	return Deed(
		lambda: frappe.get_doc("Purchase Order", po.name).update_status("Closed"),
		here(item),
		covered(so, 0, 0, 4),
	)
