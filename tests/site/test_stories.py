"""The two stories that the engine exists for, on real documents."""

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
	update_items,
	warehouse,
)
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.api.v1.stock import availability

pytestmark = pytest.mark.usefixtures("promises_hold")


def figures(order, row=0):
	"""Reserved, pre-allocated, backordered and promise date of an order's line as they stand in the database."""
	order.reload()
	line = order.items[row]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty, line.b2b_promise_date


def stock(item):
	return availability([item.name], warehouse=warehouse())["items"][0]


def nothing_left_over(item):
	assert not frappe.get_all(
		"Stock Reservation Entry",
		{"item_code": item.name, "docstatus": 1, "status": ("not in", ("Delivered", "Cancelled"))},
	)
	assert not frappe.get_all("Stock Pre Allocation", {"item_code": item.name, "status": "Open"})
	assert not frappe.get_all("Allocation Key", {"item_code": item.name})
	bins = frappe.get_all("Bin", {"item_code": item.name}, ["reserved_stock", "reserved_qty"])
	assert all(b.reserved_stock == 0 and b.reserved_qty == 0 for b in bins)


def test_tuesday(item):
	add_stock(item.name, 600)
	trade = make_sales_order(item.name, 500)
	assert figures(trade)[:3] == (500, 0, 0)
	assert stock(item)["ats_qty"] == 100
	assert trade.b2b_allocation_status == "Reserved"
	assert (
		frappe.db.get_value("Bin", {"item_code": item.name, "warehouse": warehouse()}, "reserved_stock")
		== 500
	)

	retail = make_sales_order(item.name, 150)
	assert figures(retail)[:3] == (100, 0, 50)
	assert retail.items[0].b2b_promise_date is None
	assert retail.b2b_allocation_status == "Partly Backordered"
	assert stock(item)["ats_qty"] == 0

	for attempt in (
		lambda: make_delivery_note(item.name, 1),
		lambda: make_delivery_note(sales_order=retail.name, qty=150),
	):
		with pytest.raises(frappe.ValidationError, match="needed|reserved"):
			attempt()
		frappe.db.rollback()

	make_delivery_note(sales_order=trade.name)
	assert figures(trade)[:3] == (0, 0, 0)
	assert figures(retail)[:3] == (100, 0, 50)


@pytest.fixture
def forward(item):
	"""A purchase order for 100 due in ten days and a trade order for 40 that is pre-allocated to it."""
	po = make_purchase_order(item.name, 100, days=10)
	so = make_sales_order(item.name, 40)
	assert figures(so) == (0, 40, 40, getdate(add_days(nowdate(), 10)))
	answer = stock(item)
	assert (answer["ats_qty"], answer["inbound_qty"], answer["pre_allocated_qty"]) == (0, 100, 40)
	assert (answer["next_qty"], answer["next_date"]) == (60, getdate(add_days(nowdate(), 10)))
	return so, po


def test_forward_order_from_purchase_order_to_invoice(item, forward):
	so, po = forward
	receive(po, 30)
	assert figures(so)[:3] == (30, 10, 10)
	with pytest.raises(frappe.ValidationError):
		make_delivery_note(item.name, 1)
	frappe.db.rollback()
	assert stock(item)["ats_qty"] == 0

	receive(po, 70)
	assert figures(so)[:3] == (40, 0, 0)
	assert stock(item)["ats_qty"] == 60

	from erpnext.selling.doctype.sales_order.sales_order import create_pick_list as theirs
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
	from erpnext.stock.doctype.pick_list.pick_list import create_delivery_note

	from wholesale_b2b.fulfilment.overrides import create_pick_list

	with pytest.raises(frappe.ValidationError, match="reserved stock"):
		theirs(so.name)
	pick = create_pick_list(so.name)
	pick.insert()
	pick.submit()
	frappe.db.commit()
	assert [(row.qty, row.picked_qty, row.warehouse) for row in pick.locations] == [(40, 40, warehouse())]
	assert figures(so)[:3] == (40, 0, 0)

	note = create_delivery_note(pick.name)
	note.submit()
	frappe.db.commit()
	assert figures(so)[:3] == (0, 0, 0)
	invoice = make_sales_invoice(note.name)
	invoice.insert()
	invoice.submit()
	frappe.db.commit()
	so.reload()
	assert so.status == "Completed"
	assert stock(item)["ats_qty"] == 60
	nothing_left_over(item)


def test_a_purchase_order_that_is_cut_takes_pegs_from_the_last_in_line(item, forward):
	so, po = forward
	late = make_sales_order(item.name, 50)
	assert figures(late)[:3] == (0, 50, 50)
	update_items(po, {0: {"qty": 60}})
	assert figures(so)[:3] == (0, 40, 40)
	assert figures(late) == (0, 20, 50, None)


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_a_purchase_order_that_ends_takes_its_pegs_along(item, forward, how):
	so, po = forward
	po.reload()
	if how == "close":
		po.update_status("Closed")
	else:
		po.cancel()
	frappe.db.commit()
	assert figures(so) == (0, 0, 40, None)
	if how == "close":
		po.reload()
		po.update_status("Submitted")
		frappe.db.commit()
		assert figures(so)[:3] == (0, 40, 40)


def test_a_changed_date_moves_the_promise(item, forward):
	so, po = forward
	update_items(po, {0: {"schedule_date": add_days(nowdate(), 25)}})
	assert figures(so) == (0, 40, 40, getdate(add_days(nowdate(), 25)))


def test_a_cancelled_receipt_gives_the_units_back_to_the_purchase_order(item, forward):
	so, po = forward
	receipt = receive(po, 30)
	assert figures(so)[:3] == (30, 10, 10)
	receipt.cancel()
	frappe.db.commit()
	assert figures(so) == (0, 40, 40, getdate(add_days(nowdate(), 10)))
	assert stock(item)["actual_qty"] == 0


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_a_sales_order_that_ends_leaves_nothing_over(item, forward, how):
	so, po = forward
	receive(po, 30)
	so.reload()
	if how == "close":
		so.update_status("Closed")
	else:
		so.cancel()
	frappe.db.commit()
	assert figures(so)[:3] == (0, 0, 0)
	assert stock(item)["ats_qty"] == 30
	nothing_left_over(item)


def test_holding_an_order_keeps_its_pegs_and_reopening_a_closed_one_brings_them_back(item, forward):
	so, _po = forward
	so.update_status("On Hold")
	frappe.db.commit()
	assert figures(so)[:3] == (0, 40, 40)
	so.update_status("Draft")
	frappe.db.commit()
	so.update_status("Closed")
	frappe.db.commit()
	assert figures(so)[:3] == (0, 0, 0)
	so.update_status("Draft")
	frappe.db.commit()
	assert figures(so)[:3] == (0, 40, 40)


def test_update_items_keeps_reservations_and_releases_what_was_cut(item):
	add_stock(item.name, 50)
	so = make_sales_order(item.name, 40)
	update_items(so, {0: {"qty": 45}})
	assert figures(so)[:3] == (45, 0, 0)
	update_items(so, {0: {"qty": 10}})
	assert figures(so)[:3] == (10, 0, 0)
	assert stock(item)["ats_qty"] == 40


def test_update_items_keeps_what_is_picked(item):
	from wholesale_b2b.fulfilment.overrides import create_pick_list

	add_stock(item.name, 20)
	so = make_sales_order(item.name, 20)
	pick = create_pick_list(so.name)
	pick.locations[0].picked_qty = 12
	pick.insert().submit()
	frappe.db.commit()
	other = make_sales_order(item.name, 15)
	update_items(so, {0: {"qty": 15}})
	assert figures(so)[:3] == (15, 0, 0)
	assert figures(other)[:3] == (5, 0, 10)


def test_a_deleted_row_frees_its_units(item):
	second = make_item()
	add_stock(item.name, 5)
	add_stock(second.name, 5)
	so = make_sales_order([{"item_code": item.name, "qty": 5}, {"item_code": second.name, "qty": 5}])
	assert figures(so, 1)[:3] == (5, 0, 0)
	update_items(so, {}, removed=[1])
	nothing_left_over(second)
	assert figures(so)[:3] == (5, 0, 0)


def test_freed_units_go_to_the_uncovered_backorder_first_in_line(item):
	add_stock(item.name, 10)
	first, second, third = (make_sales_order(item.name, 10) for _ in range(3))
	assert figures(second)[:3] == (0, 0, 10)
	first.reload()
	first.cancel()
	frappe.db.commit()
	assert figures(second)[:3] == (10, 0, 0)
	assert figures(third)[:3] == (0, 0, 10)


def test_a_return_is_not_owed_again(item):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_return

	add_stock(item.name, 10)
	so = make_sales_order(item.name, 10)
	note = make_delivery_note(sales_order=so.name)
	back = make_sales_return(note.name)
	back.items[0].qty = -4
	back.insert().submit()
	frappe.db.commit()
	assert figures(so)[:3] == (0, 0, 0)
	assert stock(item)["ats_qty"] == 4


def test_a_cancelled_delivery_is_owed_and_reserved_again(item):
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 10)
	note = make_delivery_note(sales_order=so.name)
	note.cancel()
	frappe.db.commit()
	assert figures(so)[:3] == (10, 0, 0)


def test_a_priority_order_goes_first_among_the_waiting(item):
	plain = make_sales_order(item.name, 10)
	urgent = make_sales_order(item.name, 10, b2b_priority=1)
	add_stock(item.name, 10)
	assert figures(urgent)[:3] == (10, 0, 0)
	assert figures(plain)[:3] == (0, 0, 10)


def test_received_units_are_kept_for_the_pre_allocated_even_from_a_more_urgent_order(item, forward):
	so, po = forward
	urgent = make_sales_order(item.name, 80, b2b_priority=1)
	assert figures(urgent)[:3] == (0, 60, 80)
	receive(po, 30)
	so.reload()
	reserved = figures(so)[0] + figures(urgent)[0]
	assert reserved == 30
	assert figures(urgent)[0] == 30, "in plan order: the urgent order's own pre-allocated units come first"
	receive(po, 70)
	assert figures(so)[:3] == (40, 0, 0)
	assert figures(urgent)[:3] == (60, 0, 20)


def test_lines_that_are_not_ours_to_pledge(item):
	service_item = make_item(is_stock_item=0)
	so = make_sales_order([{"item_code": service_item.name, "qty": 3}, {"item_code": item.name, "qty": 2}])
	assert figures(so, 0)[:3] == (0, 0, 0)
	assert figures(so, 1)[:3] == (0, 0, 2)


def test_a_second_unit_of_measure(item):
	item.append("uoms", {"uom": "Box", "conversion_factor": 12})
	item.save()
	add_stock(item.name, 30)
	so = make_sales_order([{"item_code": item.name, "qty": 3, "uom": "Box", "conversion_factor": 12}])
	assert figures(so)[:3] == (30, 0, 6)


def test_the_same_customer_twice_on_one_order(item):
	add_stock(item.name, 15)
	customer = make_customer().name
	so = make_sales_order(
		[{"item_code": item.name, "qty": 10}, {"item_code": item.name, "qty": 10}], customer=customer
	)
	assert sum(figures(so, n)[0] for n in (0, 1)) == 15


def test_update_items_loses_nothing_to_a_more_urgent_order_in_the_meantime(item):
	add_stock(item.name, 20)
	so = make_sales_order(item.name, 20)
	urgent = make_sales_order(item.name, 10, b2b_priority=1)
	assert figures(urgent)[:3] == (0, 0, 10)
	update_items(so, {0: {"qty": 18}})
	assert figures(so)[:3] == (18, 0, 0)
	assert figures(urgent)[:3] == (2, 0, 8)


def test_an_amended_order_keeps_its_place_in_the_queue(item):
	first = make_sales_order(item.name, 10)
	second = make_sales_order(item.name, 10)
	first.reload()
	first.cancel()
	frappe.db.commit()
	amended = frappe.copy_doc(first)
	amended.amended_from = first.name
	amended.insert().submit()
	frappe.db.commit()
	add_stock(item.name, 10)
	assert figures(amended)[:3] == (10, 0, 0)
	assert figures(second)[:3] == (0, 0, 10)
