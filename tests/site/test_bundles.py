"""Product Bundles, promised by component: reserved, pre-allocated, picked, delivered in parts, changed and cancelled."""

import frappe
import pytest
from builders import (
	add_stock,
	make_bundle,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_quotation,
	make_sales_order,
	order_quotation,
	receive,
	update_items,
	warehouse,
)
from frappe.utils import add_days, add_to_date, getdate, nowdate

from wholesale_b2b.allocation.service import answers
from wholesale_b2b.fulfilment import service as fulfilment

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def kit():
	"""A bundle of two of one item and one of another."""
	return make_bundle({make_item().name: 2, make_item().name: 1})


def figures(order):
	order.reload()
	return [
		(row.b2b_reserved_qty, row.b2b_pre_allocated_qty, row.b2b_backorder_qty) for row in order.packed_items
	]


def bundle_figures(order):
	order.reload()
	row = order.items[0]
	return row.b2b_reserved_qty, row.b2b_pre_allocated_qty, row.b2b_backorder_qty


def reserved(order):
	"""Item → units of its open entries, which name the order's packed rows."""
	names = {row.name for row in order.packed_items}
	entries = frappe.get_all(
		"Stock Reservation Entry",
		{"voucher_no": order.name, "docstatus": 1, "status": ("not in", ("Delivered", "Cancelled"))},
		["item_code", "voucher_detail_no", "reserved_qty", "delivered_qty"],
	)
	assert {entry.voucher_detail_no for entry in entries} <= names
	found = {}
	for entry in entries:
		found[entry.item_code] = found.get(entry.item_code, 0) + entry.reserved_qty - entry.delivered_qty
	return found


def test_components_are_reserved_and_pre_allocated(kit):
	two, one = kit.components
	add_stock(two, 10)
	add_stock(one, 2)
	po = make_purchase_order(one, 3, days=5)
	order = make_sales_order(kit.name, 5)

	assert figures(order) == [(10, 0, 0), (2, 3, 3)]
	assert bundle_figures(order) == (2, 3, 3)
	assert order.items[0].b2b_promise_date == getdate(add_days(nowdate(), 5))
	assert order.b2b_allocation_status == "Reserved and Pre-Allocated"
	promise = frappe.get_doc("Stock Pre Allocation", {"sales_order": order.name})
	assert (promise.sales_order_item, promise.packed_item) == (
		order.items[0].name,
		order.packed_items[1].name,
	)

	receive(po)
	assert figures(order) == [(10, 0, 0), (5, 0, 0)]
	assert bundle_figures(order) == (5, 0, 0)
	assert order.b2b_allocation_status == "Reserved"


def test_a_bundle_is_as_far_as_the_least_of_its_components(kit):
	two, one = kit.components
	add_stock(two, 3)
	add_stock(one, 9)
	order = make_sales_order(kit.name, 5)
	assert bundle_figures(order) == (1, 0, 4)
	assert order.items[0].b2b_promise_date is None
	assert order.b2b_allocation_status == "Partly Backordered"


def test_delivery_takes_what_is_reserved_for_the_components(kit):
	two, one = kit.components
	add_stock(two, 10)
	add_stock(one, 5)
	order = make_sales_order(kit.name, 5)
	other = make_sales_order(two, 4)
	make_delivery_note(sales_order=order.name, qty=5)
	assert reserved(order) == {}
	assert figures(order) == [(0, 0, 0), (0, 0, 0)]
	assert bundle_figures(order) == (0, 0, 0)
	other.reload()
	assert other.items[0].b2b_reserved_qty == 0
	statuses = frappe.get_all("Stock Reservation Entry", {"voucher_no": order.name}, pluck="status")
	assert set(statuses) == {"Delivered"}


def test_delivered_in_two_parts_and_one_of_them_cancelled(kit):
	two, one = kit.components
	add_stock(two, 10)
	add_stock(one, 5)
	order = make_sales_order(kit.name, 5)
	waiting = make_sales_order([{"item_code": two, "qty": 6}, {"item_code": one, "qty": 3}], b2b_priority=1)
	first = make_delivery_note(sales_order=order.name, qty=2)
	assert reserved(order) == {two: 6, one: 3}
	assert bundle_figures(order) == (3, 0, 0)
	make_delivery_note(sales_order=order.name, qty=3)
	assert reserved(order) == {}

	first.reload()
	first.cancel()
	frappe.db.commit()

	# What came back is the bundle's again, though a more urgent order waits.
	assert reserved(order) == {two: 4, one: 2}
	assert bundle_figures(order) == (2, 0, 0)
	waiting.reload()
	assert [row.b2b_reserved_qty for row in waiting.items] == [0, 0]
	make_delivery_note(sales_order=order.name, qty=2)
	assert reserved(order) == {}


def test_invoice_with_stock_takes_them_too(kit):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	two, one = kit.components
	add_stock(two, 4)
	add_stock(one, 2)
	order = make_sales_order(kit.name, 2)
	invoice = make_sales_invoice(order.name)
	invoice.update_stock = 1
	invoice.insert()
	invoice.submit()
	frappe.db.commit()
	assert reserved(order) == {}
	invoice.cancel()
	frappe.db.commit()
	assert reserved(order) == {two: 4, one: 2}


def test_reserved_components_are_kept_from_others(kit):
	two, one = kit.components
	add_stock(two, 4)
	add_stock(one, 2)
	make_sales_order(kit.name, 2)
	with pytest.raises(frappe.ValidationError):
		make_delivery_note(two, 1)
	frappe.db.rollback()
	other = make_sales_order(kit.name, 1)
	with pytest.raises(frappe.ValidationError):
		make_delivery_note(sales_order=other.name)
	frappe.db.rollback()


def test_update_items_keeps_the_components(kit):
	two, one = kit.components
	add_stock(two, 10)
	add_stock(one, 5)
	order = make_sales_order([{"item_code": kit.name, "qty": 4}, {"item_code": make_item().name, "qty": 1}])
	urgent = make_sales_order(kit.name, 5, b2b_priority=1)
	before = [row.name for row in order.packed_items]
	assert bundle_figures(urgent) == (1, 0, 4)

	update_items(order, {1: {"qty": 2}})

	assert [row.name for row in order.packed_items] != before
	assert reserved(order) == {two: 8, one: 4}
	assert bundle_figures(order) == (4, 0, 0)
	assert bundle_figures(urgent) == (1, 0, 4)

	update_items(order, {0: {"qty": 3}})
	assert reserved(order) == {two: 6, one: 3}
	assert bundle_figures(urgent) == (2, 0, 3)


def test_what_names_a_component_follows_its_new_name(kit):
	"""ERPNext makes the Packed Items anew: what was asked for a component, and what was picked short of it."""
	order = make_sales_order(kit.name, 1)
	(old, *_others) = [part.name for part in order.packed_items]
	item = order.packed_items[0].item_code
	asked = frappe.get_doc(
		{
			"doctype": "Material Request",
			"material_request_type": "Purchase",
			"company": order.company,
			"schedule_date": nowdate(),
			"items": [
				{
					"item_code": item,
					"qty": 1,
					"schedule_date": nowdate(),
					"warehouse": order.packed_items[0].warehouse,
					"sales_order": order.name,
					"b2b_demand_line": old,
				}
			],
		}
	).insert()
	update_items(order, {0: {"qty": 3}})
	order.reload()
	new = next(part.name for part in order.packed_items if part.item_code == item)
	asked.reload()
	assert (new == old, asked.items[0].b2b_demand_line) == (False, new)


def test_update_items_deletes_a_bundle(kit):
	two, one = kit.components
	order = make_sales_order([{"item_code": kit.name, "qty": 4}, {"item_code": make_item().name, "qty": 1}])
	make_sales_order(kit.name, 1)
	assert [ordered(two), ordered(one)] == [10, 5]
	update_items(order, {}, removed=[0])
	assert [ordered(two), ordered(one)] == [2, 1]


def ordered(item):
	"""What ERPNext says customers have ordered of it."""
	return frappe.db.get_value("Bin", {"item_code": item, "warehouse": warehouse()}, "reserved_qty")


def test_update_items_after_a_part_was_delivered(kit):
	two, one = kit.components
	add_stock(two, 10)
	add_stock(one, 5)
	order = make_sales_order(kit.name, 5)
	make_delivery_note(sales_order=order.name, qty=2)
	order.reload()
	update_items(order, {0: {"qty": 4}})
	assert reserved(order) == {two: 4, one: 2}
	assert bundle_figures(order) == (2, 0, 0)
	make_delivery_note(sales_order=order.name, qty=2)
	assert reserved(order) == {}


def test_closed_cancelled_and_reopened(kit):
	two, one = kit.components
	add_stock(two, 4)
	add_stock(one, 2)
	order = make_sales_order(kit.name, 2)
	order.update_status("Closed")
	frappe.db.commit()
	assert reserved(order) == {}
	assert bundle_figures(order) == (0, 0, 0)
	order.update_status("Draft")
	frappe.db.commit()
	assert reserved(order) == {two: 4, one: 2}
	order.reload()
	order.cancel()
	frappe.db.commit()
	assert not frappe.get_all("Stock Reservation Entry", {"voucher_no": order.name, "docstatus": 1})


def test_picked_and_delivered_by_pick_list(kit):
	two, one = kit.components
	add_stock(two, 7)
	add_stock(one, 5)
	order = make_sales_order(kit.name, 5)
	pick = fulfilment.make_pick_list(order.name)
	assert {row.item_code: row.stock_qty for row in pick.locations} == {two: 6, one: 3}
	assert {row.sales_order_item for row in pick.locations} == {order.items[0].name}
	pick.insert()
	pick.submit()
	frappe.db.commit()

	update_items(order, {0: {"rate": 11, "b2b_override_reason": "agreed on the phone"}})
	assert reserved(order) == {two: 7, one: 5}

	from erpnext.stock.doctype.pick_list.pick_list import create_delivery_note

	note = create_delivery_note(pick.name)
	note = frappe.get_doc("Delivery Note", note.name)
	assert note.items[0].qty == 3
	note.submit()
	frappe.db.commit()
	assert reserved(order) == {two: 1, one: 2}
	assert bundle_figures(order) == (0, 0, 2)

	pick.reload()
	assert (pick.status, {row.item_code: row.delivered_qty for row in pick.locations}) == (
		"Completed",
		{two: 6, one: 3},
	)

	add_stock(two, 3)
	rest = fulfilment.make_pick_list(order.name)
	assert {row.item_code: row.stock_qty for row in rest.locations} == {two: 4, one: 2}

	note.reload()
	note.cancel()
	frappe.db.commit()
	pick.reload()
	assert (pick.status, [row.delivered_qty for row in pick.locations]) == ("Open", [0, 0])
	assert reserved(order) == {two: 10, one: 5}


def test_delivery_note_for_what_is_reserved(kit):
	"""*Create > Delivery Note* of an order with reservations."""
	two, one = kit.components
	plain = make_item().name
	add_stock(two, 6)
	add_stock(one, 3)
	add_stock(plain, 2)
	order = make_sales_order([{"item_code": kit.name, "qty": 5}, {"item_code": plain, "qty": 4}])
	frappe.flags.args = frappe._dict(for_reserved_stock=True, delivery_dates=[])
	try:
		note = fulfilment.make_delivery_note(order.name)
	finally:
		frappe.flags.pop("args")
	assert [(row.item_code, row.qty) for row in note.items] == [(kit.name, 3), (plain, 2)]
	note.insert()
	note.submit()
	frappe.db.commit()
	assert reserved(order) == {}


def test_the_order_says_what_covers_each_component(kit):
	two, one = kit.components
	add_stock(two, 10)
	po = make_purchase_order(one, 5)
	order = make_sales_order(kit.name, 5)
	(line,) = answers.order_cover(order.name)
	assert line["state"] == "covered"
	assert [part["item_code"] for part in line["components"]] == [two, one]
	assert [part["state"] for part in line["components"]] == ["ready", "covered"]
	assert [peg["name"] for peg in line["components"][1]["cover"]] == [po.name]


def test_a_bundle_of_services_asks_for_nothing():
	kit = make_bundle({make_item(is_stock_item=0).name: 1})
	order = make_sales_order(kit.name, 2)
	(line,) = answers.order_cover(order.name)
	assert line["state"] == "not_goods"
	assert bundle_figures(order) == (0, 0, 0)


def test_components_in_another_warehouse(kit):
	"""A component may come from where its row says, whatever the bundle's own warehouse is."""
	two, one = kit.components
	north = warehouse("North")
	add_stock(two, 4, into=north)
	add_stock(one, 2)
	draft = make_sales_order(kit.name, 2, do_not_submit=True, commit=False)
	draft.packed_items[0].warehouse = north
	draft.save()
	draft.submit()
	frappe.db.commit()
	assert bundle_figures(draft) == (2, 0, 0)
	make_delivery_note(sales_order=draft.name, qty=2)
	assert reserved(draft) == {}


def test_what_there_is_of_a_bundle(kit):
	two, one = kit.components
	add_stock(two, 9)
	add_stock(one, 2)
	make_purchase_order(one, 10, days=4)
	make_purchase_order(two, 4, days=9)
	(found,) = answers.availability([kit.name], [warehouse()])
	assert (found["actual_qty"], found["ats_qty"], found["atp_qty"]) == (2, 2, 6)
	assert (found["next_date"], found["next_qty"]) == (getdate(add_days(nowdate(), 4)), 2)

	make_sales_order(two, 7)
	(found,) = answers.availability([kit.name], [warehouse()])
	assert (found["actual_qty"], found["ats_qty"]) == (2, 1)

	lines = [{"item_code": kit.name, "qty": 3}, {"item_code": one, "qty": 1}]
	promised, single = answers.promise(lines, [warehouse()])
	assert (promised["now_qty"], promised["promise_date"]) == (1, getdate(add_days(nowdate(), 9)))
	# The bundles asked first: the units on the shelf are theirs.
	assert (single["now_qty"], single["promise_date"]) == (0, getdate(add_days(nowdate(), 4)))


def test_a_quotation_holds_the_components(kit):
	from wholesale_b2b.allocation.service import holds

	two, one = kit.components
	add_stock(two, 10)
	add_stock(one, 5)
	quotation = make_quotation(kit.name, 4)
	rows = holds.hold_quotation(quotation, add_to_date(None, hours=2, as_datetime=True))
	frappe.db.commit()
	assert [(row["item_code"], row["held"], row["note"]) for row in rows] == [(two, 8, ""), (one, 4, "")]
	(found,) = answers.availability([kit.name], [warehouse()])
	assert found["ats_qty"] == 1

	urgent = make_sales_order(kit.name, 5, b2b_priority=1)
	assert bundle_figures(urgent) == (1, 0, 4)
	order = order_quotation(quotation)
	assert reserved(order) == {two: 8, one: 4}
	assert bundle_figures(urgent) == (1, 0, 4)
	assert not frappe.get_all("Stock Hold", {"for_name": quotation.name, "status": "Active"})


def test_an_amended_order_keeps_its_components(kit):
	two, one = kit.components
	add_stock(two, 4)
	add_stock(one, 2)
	order = make_sales_order(kit.name, 2)
	urgent = make_sales_order(kit.name, 2, b2b_priority=1)
	frappe.db.set_single_value("Wholesale Settings", "keep_cancelled_minutes", 15)
	try:
		order.cancel()
		frappe.db.commit()
		amended = frappe.copy_doc(order)
		amended.amended_from = order.name
		amended.insert()
		amended.submit()
		frappe.db.commit()
	finally:
		frappe.db.rollback()
		frappe.db.set_single_value("Wholesale Settings", "keep_cancelled_minutes", 0)
		frappe.db.commit()
	assert reserved(amended) == {two: 4, one: 2}
	assert bundle_figures(urgent) == (0, 0, 2)


def test_boxes_of_bundles_are_delivered_whole(kit):
	two, one = kit.components
	kit.append("uoms", {"uom": "Box", "conversion_factor": 4})
	kit.save()
	frappe.db.commit()
	assert frappe.db.get_value("UOM", "Box", "must_be_whole_number")
	add_stock(two, 14)
	add_stock(one, 7)
	order = make_sales_order([{"item_code": kit.name, "qty": 2, "uom": "Box", "conversion_factor": 4}])
	assert bundle_figures(order) == (7, 0, 1)
	note = fulfilment.make_delivery_note(order.name)
	assert [(row.qty, row.uom) for row in note.items] == [(1, "Box")]
	note.insert()
	note.submit()
	frappe.db.commit()
	assert bundle_figures(order) == (3, 0, 1)
