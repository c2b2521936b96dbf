"""Stock Protections on a site: what may stand, what they expand to, and what a change marks."""

from dataclasses import astuple
from datetime import date
from decimal import Decimal

import frappe
import pytest
from builders import (
	add_stock,
	make_customer,
	make_item,
	make_protection,
	make_sales_order,
	make_user,
	unique,
	warehouse,
)
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.allocation.store import protections as store


@pytest.fixture(autouse=True)
def no_protections(site):
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	for name in frappe.get_all("Stock Protection", pluck="name"):
		frappe.delete_doc("Stock Protection", name)
	frappe.db.commit()


@pytest.fixture
def item():
	item = make_item()
	frappe.db.commit()
	return item


def expanded(*items, today=None, into=None):
	return [astuple(guard) for guard in store.guards(items, [into or warehouse()], today or getdate())]


def group(doctype, parent=None, is_group=0):
	field = frappe.scrub(doctype)
	root = frappe.db.get_value(doctype, {f"parent_{field}": ("is", "not set"), "is_group": 1})
	doc = {"doctype": doctype, f"{field}_name": unique(doctype), f"parent_{field}": parent or root}
	return frappe.get_doc({**doc, "is_group": is_group}).insert().name


# ---- what they expand to ----------------------------------------------------------------------------------------


def test_a_floor_and_a_ceiling_for_an_item(item):
	make_protection(item_code=item.name, channel="Web Shop", floor=4, has_ceiling=1, ceiling=10)
	assert expanded(item.name) == [(item.name, warehouse(), "channel:web shop", Decimal(4), Decimal(10))]
	assert expanded(make_item().name) == []
	assert expanded(item.name, into=warehouse("Second Stores")) == []


def test_no_ceiling_and_a_ceiling_of_nothing_are_not_the_same(item):
	make_protection(item_code=item.name, channel="A", floor=1)
	make_protection(item_code=item.name, channel="B", has_ceiling=1)
	assert [row[4] for row in expanded(item.name)] == [None, Decimal(0)]


def test_groups_and_brands_cover_their_items_and_the_closest_counts():
	wide = group("Item Group", is_group=1)
	narrow = group("Item Group", parent=wide)
	brand = frappe.get_doc({"doctype": "Brand", "brand": unique("Brand")}).insert().name
	plain, branded = make_item(item_group=narrow).name, make_item(item_group=narrow, brand=brand).name
	make_protection(item_group=wide, channel="Web", floor=1)
	assert {row[0]: row[3] for row in expanded(plain, branded)} == {plain: 1, branded: 1}
	make_protection(item_group=narrow, channel="Web", floor=2)
	make_protection(brand=brand, channel="Web", floor=3)
	assert {row[0]: row[3] for row in expanded(plain, branded)} == {plain: 2, branded: 3}
	make_protection(item_code=branded, channel="Web", floor=4)
	assert {row[0]: row[3] for row in expanded(plain, branded)} == {plain: 2, branded: 4}


def test_dates_and_the_switch(item):
	rule = make_protection(
		item_code=item.name, channel="Web", floor=1, valid_from="2026-12-01", valid_upto="2026-12-24"
	)
	in_force = [
		day for day in (30, 1, 24, 25) if expanded(item.name, today=date(2026, 11 if day == 30 else 12, day))
	]
	assert in_force == [1, 24]
	rule.enabled = 0
	rule.save()
	assert expanded(item.name, today=date(2026, 12, 5)) == []


def test_segments_include_all_groups_above():
	top = group("Customer Group", is_group=1)
	low = group("Customer Group", parent=top)
	buyer = ("C-1", low, " Web Shop")
	found = store.segments([buyer, (None, None, None)])
	assert found[buyer][:3] == ("customer:C-1", f"customer_group:{low}", f"customer_group:{top}")
	assert found[buyer][-1] == "channel:web shop"
	assert found[None, None, None] == ()


def test_what_a_segment_has_taken(item):
	add_stock(item.name, 10)
	customer = make_customer()
	make_sales_order(item.name, 3, customer=customer.name, b2b_channel="Web")
	make_sales_order(item.name, 2, b2b_channel="Web")
	taken = store.taken([item.name], [warehouse()])
	assert taken[item.name, warehouse(), "channel:web"] == 5
	assert taken[item.name, warehouse(), f"customer:{customer.name}"] == 3


# ---- what may stand ---------------------------------------------------------------------------------------------


def test_a_floor_above_the_ceiling_is_refused(item):
	with pytest.raises(frappe.ValidationError, match="above the ceiling"):
		make_protection(item_code=item.name, channel="Web", floor=5, has_ceiling=1, ceiling=4, commit=False)


def test_a_group_of_warehouses_is_refused(item, company):
	top = frappe.db.get_value("Warehouse", {"company": company, "is_group": 1})
	with pytest.raises(frappe.ValidationError, match="group of warehouses"):
		make_protection(item_code=item.name, channel="Web", floor=5, into=top, commit=False)


def test_one_that_protects_nothing_is_refused(item):
	with pytest.raises(frappe.ValidationError, match="protects nothing"):
		make_protection(item_code=item.name, channel="Web", commit=False)


@pytest.mark.parametrize("missing", ["item_code", "channel"])
def test_target_and_segment_are_needed(item, missing):
	fields = {"item_code": item.name, "channel": "Web", "floor": 1, missing: None}
	with pytest.raises(frappe.MandatoryError):
		make_protection(**fields, commit=False)


def test_overlapping_identical_ones_are_refused(item):
	first = make_protection(item_code=item.name, channel="Web", floor=1, valid_upto=add_days(nowdate(), 10))
	with pytest.raises(frappe.ValidationError, match=first.name):
		make_protection(item_code=item.name, channel="Web", floor=2, commit=False)
	make_protection(item_code=item.name, channel="Web", floor=2, valid_from=add_days(nowdate(), 11))
	make_protection(item_code=item.name, channel="Till", floor=2)
	make_protection(item_code=item.name, channel="Web", floor=2, into=warehouse("Second Stores"))
	make_protection(item_code=item.name, channel="Web", floor=2, enabled=0)


def test_what_is_not_chosen_is_emptied(item):
	rule = make_protection(item_code=item.name, channel="Web", floor=1)
	rule.update({"apply_on": "Item Group", "item_group": item.item_group})
	rule.save()
	assert (rule.item_code, rule.item_group) == (None, item.item_group)


def test_sellers_read_and_do_not_write(item):
	rule = make_protection(item_code=item.name, channel="Web", floor=1)
	frappe.db.commit()
	frappe.set_user(make_user("Sales User").name)
	frappe.get_doc("Stock Protection", rule.name).check_permission("read")
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc("Stock Protection", rule.name).save()


# ---- what a change marks ----------------------------------------------------------------------------------------


def test_a_change_marks_what_it_covered_and_what_it_covers(item, monkeypatch):
	other, unstocked = make_item(), make_item()
	for goods in (item, other):
		add_stock(goods.name, 1)
	marked = []
	monkeypatch.setattr(
		"wholesale_b2b.allocation.service.marking.mark", lambda keys, cause: marked.append(set(keys))
	)
	rule = make_protection(item_code=item.name, channel="Web", floor=1)
	assert marked.pop() == {(item.name, warehouse())}
	rule.item_code = other.name
	rule.save()
	assert marked.pop() == {(item.name, warehouse()), (other.name, warehouse())}
	rule.enabled = 0
	rule.save()
	assert marked.pop() == {(other.name, warehouse())}
	frappe.delete_doc("Stock Protection", rule.name)
	assert marked.pop() == set()

	make_protection(item_group=item.item_group, channel="Web", floor=1)
	assert {(item.name, warehouse()), (other.name, warehouse())} <= marked[0]
	assert (unstocked.name, warehouse()) not in marked[0]
