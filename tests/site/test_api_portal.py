"""What customers see on the website: their own, reduced; and lists page by page."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_item,
	make_protection,
	make_purchase_order,
	make_sales_order,
	make_user,
	unique,
	warehouse,
)
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.api import v1


def portal_user(*customers):
	"""A website user of these customers."""
	user = make_user("Wholesale Buyer", user_type="Website User").name
	for customer in customers:
		customer.append("portal_users", {"user": user})
		customer.save()
	frappe.db.commit()
	return user


@pytest.fixture
def customer():
	return make_customer()


@pytest.fixture
def buyer(customer):
	return portal_user(customer)


def test_a_customer_sees_what_can_be_had_and_nothing_else(item, buyer):
	add_stock(item.name, 10)
	make_sales_order(item.name, 4)
	make_purchase_order(item.name, 7, days=3)
	frappe.set_user(buyer)
	answer = v1.availability([item.name], warehouse="NO-SUCH", needed_by=add_days(nowdate(), 5))
	assert answer["items"] == [
		{
			"item_code": item.name,
			"stock_uom": "Nos",
			"ats_qty": 6,
			"atp_qty": 13,
			"next_date": getdate(add_days(nowdate(), 3)),
		}
	]
	(line,) = v1.promise([{"item_code": item.name, "qty": 8, "name": "a"}])["lines"]
	assert line == {
		"name": "a",
		"item_code": item.name,
		"qty": 8,
		"stock_uom": "Nos",
		"now_qty": 6,
		"promise_date": getdate(add_days(nowdate(), 3)),
	}


def test_protections_count_for_the_customer_who_asks(item, customer, buyer):
	add_stock(item.name, 10)
	make_protection(item_code=item.name, customer=customer.name, floor=4)
	other = portal_user(make_customer())
	for user, qty in ((buyer, 10), (other, 6)):
		frappe.set_user(user)
		assert v1.availability([item.name])["items"][0]["ats_qty"] == qty
		assert v1.promise([{"item_code": item.name, "qty": 10}])["lines"][0]["now_qty"] == qty


def test_a_customer_asks_for_itself_only(item, customer, buyer):
	stranger = make_customer()
	frappe.db.commit()
	frappe.set_user(buyer)
	assert v1.availability([item.name], customer=customer.name)["items"]
	for name in (stranger.name, "NO-SUCH"):
		with pytest.raises(frappe.PermissionError):
			v1.availability([item.name], customer=name)
		with pytest.raises(frappe.PermissionError):
			v1.promise([{"item_code": item.name, "qty": 1}], customer=name)


def test_who_buys_for_two_customers_says_for_which(item):
	first, second = make_customer(), make_customer()
	user = portal_user(first, second)
	frappe.set_user(user)
	with pytest.raises(frappe.ValidationError, match="Say for which customer"):
		v1.availability([item.name])
	assert v1.availability([item.name], customer=second.name)["items"]


@pytest.mark.parametrize("change", [{"disabled": 1}, {"is_sales_item": 0}])
def test_what_is_not_sold_is_not_there(item, buyer, change):
	add_stock(item.name, 10)
	frappe.db.set_value("Item", item.name, change)
	frappe.db.commit()
	frappe.set_user(buyer)
	for ask in (
		lambda: v1.availability([item.name]),
		lambda: v1.promise([{"item_code": item.name, "qty": 1}]),
	):
		with pytest.raises(frappe.DoesNotExistError, match="no Item"):
			ask()
	assert item.name not in [row["item_code"] for row in v1.availability(page_length=10_000)["items"]]


def test_only_warehouses_from_which_is_sold(item, buyer):
	add_stock(item.name, 10)
	rejects = warehouse(unique("Rejects"))
	frappe.db.set_value("Warehouse", rejects, "is_rejected_warehouse", 1)
	add_stock(item.name, 5, into=rejects)
	frappe.set_user(buyer)
	assert v1.availability([item.name])["items"][0]["ats_qty"] == 10


def test_nothing_is_sold_for_companies_that_are_switched_off(item, buyer):
	add_stock(item.name, 10)
	settings = frappe.get_doc("Wholesale Settings")
	row = next(row for row in settings.companies if row.company == COMPANY)
	frappe.db.set_value("Wholesale Company", row.name, "enabled", 0)
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")
	frappe.set_user(buyer)
	assert v1.availability([item.name])["items"][0]["ats_qty"] == 0
	frappe.db.rollback()
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")


def test_a_disabled_customer_sees_nothing(item, customer, buyer):
	frappe.db.set_value("Customer", customer.name, "disabled", 1)
	frappe.db.commit()
	frappe.set_user(buyer)
	with pytest.raises(frappe.PermissionError):
		v1.availability([item.name])


def test_the_own_order_and_nobody_elses(item, customer, buyer):
	add_stock(item.name, 5)
	make_purchase_order(item.name, 20, days=10)
	own = make_sales_order(item.name, 12, customer=customer.name)
	draft = make_sales_order(item.name, 1, customer=customer.name, do_not_submit=True)
	foreign = make_sales_order(item.name, 1)
	frappe.set_user(buyer)
	(line,) = v1.order_allocation(own.name)["lines"]
	assert (line["owed_qty"], line["ready_qty"], line["state"], line["promise_date"]) == (
		12,
		5,
		"covered",
		getdate(add_days(nowdate(), 10)),
	)
	assert not {"cover", "components", "warehouse", "reserved_qty", "pre_allocated_qty"} & set(line)
	for name in (foreign.name, draft.name, "NO-SUCH"):
		with pytest.raises(frappe.PermissionError):
			v1.order_allocation(name)
	with pytest.raises(frappe.PermissionError):
		v1.purchase_order_allocation(frappe.get_all("Purchase Order", limit=1, pluck="name")[0])


def test_page_by_page(item):
	names = sorted(make_item().name for _ in range(5))
	page = v1.availability(names, start=0, page_length=2)
	assert ([row["item_code"] for row in page["items"]], page["total"], page["next_start"]) == (
		names[:2],
		5,
		2,
	)
	last = v1.availability(names, start=4, page_length=2)
	assert ([row["item_code"] for row in last["items"]], last["next_start"]) == (names[4:], None)
	whole = v1.availability(names)
	assert (len(whole["items"]), whole["total"], whole["next_start"]) == (5, 5, None)
	assert v1.availability([])["items"] == []


def test_all_items_without_naming_them(item, buyer):
	add_stock(item.name, 3)
	seen, start = [], 0
	while start is not None:
		page = v1.availability(start=start, page_length=40)
		seen += [row["item_code"] for row in page["items"]]
		start = page["next_start"]
	assert item.name in seen
	assert len(seen) == len(set(seen)) == page["total"]
	assert len(v1.availability()["items"]) == min(500, page["total"])
	frappe.set_user(buyer)
	assert set(v1.availability(page_length=10_000)["items"][0]) == {
		"item_code",
		"stock_uom",
		"ats_qty",
		"atp_qty",
		"next_date",
	}


@pytest.mark.parametrize(("start", "page_length"), [(-1, 10), (0, -5), (0, 10_001)])
def test_pages_that_are_none(start, page_length):
	with pytest.raises(frappe.ValidationError, match="page_length"):
		v1.availability(start=start, page_length=page_length)


@pytest.mark.parametrize("items", ["[broken", '{"a": 1}', [1, 2], [""]])
def test_items_that_are_none(items):
	with pytest.raises((frappe.ValidationError, frappe.exceptions.FrappeTypeError)):
		v1.availability(items)


@pytest.mark.parametrize("lines", ["[broken", [{"qty": 1}], [{"item_code": 5, "qty": 1}], "7", ["x"]])
def test_lines_that_are_none(lines):
	with pytest.raises((frappe.ValidationError, frappe.exceptions.FrappeTypeError)):
		v1.promise(lines)
