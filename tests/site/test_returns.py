"""Returns both ways: what customers send back, for good or to be replaced, and what goes back to the supplier."""

import frappe
import pytest
from builders import (
	add_stock,
	make_bundle,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	receive,
	warehouse,
)

from wholesale_b2b.allocation.service import answers, audit

pytestmark = pytest.mark.usefixtures("promises_hold")


def figures(order, row=0):
	"""reserved, pre-allocated, backordered."""
	return frappe.db.get_value(
		"Sales Order Item",
		{"parent": order.name, "idx": row + 1},
		["b2b_reserved_qty", "b2b_pre_allocated_qty", "b2b_backorder_qty"],
	)


def stock(item):
	found = answers.availability([item.name], [warehouse()])[0]
	return found["actual_qty"], found["reserved_qty"], found["ats_qty"]


def demanded(item):
	"""What ERPNext's Bin says that customers have ordered."""
	return frappe.db.get_value("Bin", {"item_code": item.name, "warehouse": warehouse()}, "reserved_qty")


def by_note(order, qty):
	return make_delivery_note(sales_order=order.name, qty=qty)


def by_invoice(order, qty):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	invoice = make_sales_invoice(order.name)
	invoice.update_stock = 1
	invoice.items[0].qty = qty
	invoice.insert().submit()
	frappe.db.commit()
	return invoice


def send_back(document, qty, submit=True, **fields):
	"""A return of `qty` of the document's first row."""
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	back = make_return_doc(document.doctype, document.name)
	back.update(fields)
	back.items = back.items[:1]
	back.items[0].qty = -qty
	if document.doctype == "Purchase Receipt":
		back.items[0].received_qty = -qty
	back.insert()
	if submit:
		back.submit()
		frappe.db.commit()
	return back


@pytest.fixture(params=[by_note, by_invoice])
def deliver(request):
	return request.param


def test_a_return_marked_replace_is_owed_again(item, deliver):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	out = deliver(order, 10)
	back = send_back(out, 4, b2b_replace=1)
	assert figures(order) == (4, 0, 0)
	assert stock(item) == (4, 4, 0)
	assert demanded(item) == 4
	assert audit.run() == []
	order.reload()
	# what was invoiced is not invoiced again
	again = by_note(order, 4)
	assert figures(order) == (0, 0, 0)
	assert stock(item) == (0, 0, 0)
	again.cancel()
	back.reload()
	back.cancel()
	frappe.db.commit()
	assert figures(order) == (0, 0, 0)
	assert stock(item) == (0, 0, 0)
	assert demanded(item) == 0


def test_one_row_of_a_return_can_be_replaced(item, deliver):
	add_stock(item.name, 10)
	other = make_item()
	add_stock(other.name, 10)
	order = make_sales_order([{"item_code": item.name, "qty": 5}, {"item_code": other.name, "qty": 5}])
	out = deliver(order, 5)
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	back = make_return_doc(out.doctype, out.name)
	assert [row.b2b_replace for row in back.items] == [0, 0]
	back.items[1].b2b_replace = 1
	back.insert().submit()
	frappe.db.commit()
	assert figures(order, 0) == (0, 0, 0)
	assert figures(order, 1) == (5, 0, 0)
	assert stock(item) == (10, 0, 10)
	assert stock(other) == (10, 5, 5)
	back.cancel()
	frappe.db.commit()
	assert figures(order, 1) == (0, 0, 0)
	assert stock(other) == (5, 0, 5)


def test_a_return_for_good_is_not_owed_again_and_can_be_cancelled(item, deliver):
	add_stock(item.name, 10)
	order = make_sales_order(item.name, 10)
	out = deliver(order, 10)
	back = send_back(out, 4)
	assert back.b2b_replace == 0
	assert figures(order) == (0, 0, 0)
	assert stock(item) == (4, 0, 4)
	back.cancel()
	frappe.db.commit()
	assert figures(order) == (0, 0, 0)
	assert stock(item) == (0, 0, 0)


def test_replaced_units_wait_their_turn_and_are_backordered_if_others_have_them(item, deliver):
	add_stock(item.name, 10)
	urgent = make_sales_order(item.name, 10, b2b_priority=1, do_not_submit=True)
	order = make_sales_order(item.name, 10)
	out = deliver(order, 10)
	urgent.submit()
	frappe.db.commit()
	back = send_back(out, 4, b2b_replace=1)
	assert figures(urgent) == (4, 0, 6)
	assert figures(order) == (0, 0, 4)
	# they are another order's now: the return stands
	with pytest.raises(frappe.ValidationError):
		back.cancel()
	frappe.db.rollback()
	assert figures(urgent) == (4, 0, 6)


def test_a_bundle_sent_back_to_be_replaced():
	first, second = make_item(), make_item()
	kit = make_bundle({first.name: 2, second.name: 1})
	add_stock(first.name, 10)
	add_stock(second.name, 5)
	order = make_sales_order(kit.name, 5)
	note = by_note(order, 5)
	back = send_back(note, 2, b2b_replace=1)
	assert (stock(first), stock(second)) == ((4, 4, 0), (2, 2, 0))
	assert audit.run() == []
	back.cancel()
	frappe.db.commit()
	assert (stock(first), stock(second)) == ((0, 0, 0), (0, 0, 0))


# ---- to the supplier --------------------------------------------------------------------------------------------


def test_free_units_go_back_to_the_supplier_and_may_come_again(item):
	po = make_purchase_order(item.name, 10)
	receipt = receive(po)
	back = send_back(receipt, 4)
	assert stock(item) == (6, 0, 6)
	order = make_sales_order(item.name, 10)
	assert figures(order) == (6, 4, 4)
	po.reload()
	receive(po, 3)
	assert figures(order) == (9, 1, 1)
	po.reload()
	receive(po)
	assert figures(order) == (10, 0, 0)
	back.reload()


def test_reserved_units_do_not_go_back_to_the_supplier(item):
	po = make_purchase_order(item.name, 10)
	receipt = receive(po)
	order = make_sales_order(item.name, 8)
	with pytest.raises(frappe.ValidationError):
		send_back(receipt, 4)
	frappe.db.rollback()
	assert figures(order) == (8, 0, 0)
	send_back(receipt, 2)
	assert figures(order) == (8, 0, 0)


def test_a_return_to_the_supplier_is_cancelled(item):
	po = make_purchase_order(item.name, 10)
	receipt = receive(po)
	back = send_back(receipt, 4)
	order = make_sales_order(item.name, 10)
	assert figures(order) == (6, 4, 4)
	back.cancel()
	frappe.db.commit()
	assert figures(order) == (10, 0, 0)
