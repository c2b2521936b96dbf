"""What nothing covers so many days after it was ordered is asked of purchasing once, and bought for who waited."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_supplier,
	update_items,
)
from erpnext.stock.doctype.material_request.material_request import make_purchase_order as order_request
from frappe.utils import add_days, getdate, nowdate
from policies import make_policy, timeline

from wholesale_b2b.fulfilment.policies import jobs

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def policy():
	return make_policy(escalate_after_days=5).name


@pytest.fixture
def supplier():
	return make_supplier().name


def bought_from(supplier, **fields):
	return make_item(item_defaults=[{"company": COMPANY, "default_supplier": supplier}], **fields).name


def old_order(items, policy, days=6, **fields):
	"""An order that was placed so many days ago."""
	order = make_sales_order(
		items, transaction_date=add_days(nowdate(), -days), b2b_fulfilment_policy=policy, **fields
	)
	frappe.db.set_value(
		"Sales Order", order.name, "b2b_placed_at", add_days(nowdate(), -days), update_modified=False
	)
	frappe.db.commit()
	return order


def asked(supplier):
	"""The requests of a supplier, each the (item, units, order, line) of its rows."""
	names = frappe.get_all(
		"Material Request", {"b2b_supplier": supplier, "docstatus": ("<", 2)}, pluck="name", order_by="name"
	)
	return [
		sorted(
			(row.item_code, row.qty, row.sales_order, row.b2b_demand_line)
			for row in frappe.get_doc("Material Request", name).items
		)
		for name in names
	]


def test_one_request_per_supplier_once(policy, supplier):
	one, other, third = (
		bought_from(supplier),
		bought_from(supplier, lead_time_days=21),
		bought_from(make_supplier().name),
	)
	add_stock(one, 3)
	make_purchase_order(other, 4)
	first = old_order(
		[{"item_code": one, "qty": 10}, {"item_code": other, "qty": 10}, {"item_code": third, "qty": 1}],
		policy,
	)
	second = old_order([{"item_code": one, "qty": 5}], policy)
	young = old_order([{"item_code": one, "qty": 50}], policy, days=4)
	jobs.daily()
	assert asked(supplier) == [
		sorted(
			[
				(one, 7, first.name, first.items[0].name),
				(other, 6, first.name, first.items[1].name),
				(one, 5, second.name, second.items[0].name),
			]
		)
	]
	(name,) = frappe.get_all("Material Request", {"b2b_supplier": supplier}, pluck="name")
	request = frappe.get_doc("Material Request", name)
	assert (request.docstatus, request.material_request_type, request.company) == (1, "Purchase", COMPANY)
	assert {row.sales_order_item for row in request.items} == {
		*(row.name for row in first.items[:2]),
		second.items[0].name,
	}
	days = {row.item_code: row.schedule_date for row in request.items}
	assert days == {one: getdate(add_days(nowdate(), 7)), other: getdate(add_days(nowdate(), 21))}
	assert name in timeline(first)[-1] + timeline(first)[-2] and name in timeline(second)[-1]
	assert timeline(young) == []
	jobs.daily()
	assert len(asked(supplier)) == 1


def test_what_is_missing_on_top_is_asked_on_top(policy, supplier):
	item = bought_from(supplier)
	order = old_order([{"item_code": item, "qty": 10}], policy)
	jobs.daily()
	update_items(order, {0: {"qty": 14}})
	jobs.daily()
	assert [rows[0][1] for rows in asked(supplier)] == [10, 4]
	request = frappe.get_doc(
		"Material Request",
		frappe.get_all("Material Request", {"b2b_supplier": supplier}, pluck="name", order_by="name")[0],
	)
	request.update_status("Stopped")
	frappe.db.commit()
	jobs.daily()
	assert len(asked(supplier)) == 2
	request.reload()
	request.update_status("Submitted")
	request.cancel()
	frappe.db.commit()
	jobs.daily()
	assert sorted(rows[0][1] for rows in asked(supplier)) == [4, 10]


def test_what_is_bought_for_a_line_goes_to_that_line(policy, supplier):
	"""Somebody who is first in line and did not ask for it does not get it; what nobody asked for goes in line."""
	item = bought_from(supplier)
	first = make_sales_order(item, 8, b2b_priority=1)
	late = old_order([{"item_code": item, "qty": 10}], policy)
	jobs.daily()
	(name,) = frappe.get_all("Material Request", {"b2b_supplier": supplier}, pluck="name")
	purchase = order_request(name)
	purchase.update({"supplier": supplier, "schedule_date": add_days(nowdate(), 3)})
	purchase.insert().submit()
	frappe.db.commit()
	assert (pre_allocated(late), pre_allocated(first)) == (10, 0)
	make_purchase_order(item, 3, days=1)
	assert (pre_allocated(late), pre_allocated(first)) == (10, 3)
	jobs.daily()
	assert len(asked(supplier)) == 1


def pre_allocated(order):
	return frappe.db.get_value("Sales Order Item", order.items[0].name, "b2b_pre_allocated_qty")


def test_who_gave_it_up_has_no_claim_on_it_any_more(policy, supplier):
	item = bought_from(supplier)
	other = make_sales_order(item, 4)
	late = old_order([{"item_code": item, "qty": 10}], policy)
	jobs.daily()
	(name,) = frappe.get_all("Material Request", {"b2b_supplier": supplier}, pluck="name")
	purchase = order_request(name)
	purchase.update({"supplier": supplier, "schedule_date": add_days(nowdate(), 3)})
	purchase.insert().submit()
	frappe.db.commit()
	assert (pre_allocated(late), pre_allocated(other)) == (10, 0)
	frappe.get_doc("Sales Order", late.name).update_status("Closed")
	frappe.db.commit()
	assert pre_allocated(other) == 4
	frappe.get_doc("Sales Order", late.name).update_status("Draft")
	frappe.db.commit()
	assert (pre_allocated(late), pre_allocated(other)) == (6, 4)


def test_components_of_bundles_are_asked_one_by_one(policy, supplier):
	one, other = bought_from(supplier), bought_from(supplier)
	kit = make_bundle({one: 1, other: 2})
	add_stock(one, 4)
	order = old_order([{"item_code": kit.name, "qty": 5}], policy)
	jobs.daily()
	(rows,) = asked(supplier)
	parts = {row.item_code: row.name for row in order.packed_items}
	assert rows == sorted([(one, 1, order.name, parts[one]), (other, 10, order.name, parts[other])])
	(name,) = frappe.get_all("Material Request", {"b2b_supplier": supplier}, pluck="name")
	purchase = order_request(name)
	purchase.update({"supplier": supplier, "schedule_date": add_days(nowdate(), 3)})
	purchase.insert().submit()
	frappe.db.commit()
	order.reload()
	assert sorted(row.b2b_pre_allocated_qty for row in order.packed_items) == [1, 10]


def test_items_without_a_supplier_share_a_request_and_held_orders_wait(policy):
	item = make_item().name
	order, held = (
		old_order([{"item_code": item, "qty": 3}], policy),
		old_order([{"item_code": item, "qty": 2}], policy),
	)
	held.update_status("On Hold")
	frappe.db.commit()
	jobs.daily()
	found = frappe.get_all(
		"Material Request Item", {"item_code": item, "docstatus": 1}, ["qty", "sales_order", "parent"]
	)
	assert [(row.qty, row.sales_order) for row in found] == [(3, order.name)]
	assert not frappe.db.get_value("Material Request", found[0].parent, "b2b_supplier")


def test_an_item_stands_in_a_request_once_where_erpnext_wants_it_so(policy, supplier):
	item = bought_from(supplier)
	for qty in (3, 4):
		old_order([{"item_code": item, "qty": qty}], policy)
	before = frappe.db.get_single_value("Buying Settings", "allow_multiple_items")
	frappe.db.set_single_value("Buying Settings", "allow_multiple_items", 0)
	frappe.db.commit()
	try:
		jobs.daily()
		assert sorted(rows[0][1] for rows in asked(supplier)) == [3, 4]
	finally:
		frappe.db.set_single_value("Buying Settings", "allow_multiple_items", before)
		frappe.db.commit()


def test_what_cannot_be_asked_stops_nobody_else(policy, supplier):
	broken, fine = bought_from(supplier), bought_from(make_supplier().name)
	order = old_order([{"item_code": broken, "qty": 3}, {"item_code": fine, "qty": 2}], policy)
	frappe.db.set_value("Item", broken, "disabled", 1)
	frappe.db.commit()
	try:
		jobs.daily()
		assert asked(supplier) == []
		assert frappe.db.exists("Material Request Item", {"item_code": fine, "sales_order": order.name})
		assert frappe.get_all("Error Log", {"method": ("like", f"%{supplier}%")})
	finally:
		frappe.db.set_value("Item", broken, "disabled", 0)
		frappe.db.commit()
	jobs.daily()
	assert len(asked(supplier)) == 1
