"""availability and the allocation answers: figures, shapes, and who may ask."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_user,
	warehouse,
)
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.api import v1


def test_many_items_in_one_call_in_the_order_asked(item):
	other = make_item()
	add_stock(item.name, 10)
	add_stock(item.name, 5, into=warehouse("Leeds"))
	make_sales_order(item.name, 4)
	make_purchase_order(item.name, 7, days=3)
	rows = v1.availability([other.name, item.name])["items"]
	assert [row["item_code"] for row in rows] == [other.name, item.name]
	assert (rows[0]["actual_qty"], rows[0]["ats_qty"], rows[0]["warehouses"]) == (0, 0, [])
	total = rows[1]
	assert (total["actual_qty"], total["reserved_qty"], total["ats_qty"]) == (15, 4, 11)
	assert (total["inbound_qty"], total["next_qty"], total["next_date"]) == (
		7,
		7,
		getdate(add_days(nowdate(), 3)),
	)
	places = {row["warehouse"]: row["ats_qty"] for row in total["warehouses"]}
	assert places == {warehouse(): 6, warehouse("Leeds"): 5}


def test_each_item_in_its_own_unit_whether_it_has_stock_or_not(item):
	weighed, unseen = make_item(stock_uom="Kg"), make_item(stock_uom="Box")
	for item_code in (item.name, weighed.name):
		add_stock(item_code, 5)
	asked = [unseen.name, weighed.name, item.name]
	assert [row["stock_uom"] for row in v1.availability(asked)["items"]] == ["Box", "Kg", "Nos"]
	lines = v1.promise([{"item_code": code, "qty": 1} for code in asked])["lines"]
	assert [line["stock_uom"] for line in lines] == ["Box", "Kg", "Nos"]
	with pytest.raises(frappe.DoesNotExistError, match="no Item NO-SUCH"):
		v1.availability([*asked, "NO-SUCH"])


def test_promise_by_a_date(item):
	make_purchase_order(item.name, 7, days=3)
	make_purchase_order(item.name, 9, days=20)
	rows = v1.availability([item.name], needed_by=add_days(nowdate(), 5))["items"]
	assert rows[0]["atp_qty"] == 7
	assert v1.availability([item.name])["items"][0]["atp_qty"] == 16


def test_a_group_warehouse_means_all_below_it(item):
	add_stock(item.name, 10)
	root = frappe.db.get_value(
		"Warehouse", {"company": COMPANY, "is_group": 1, "parent_warehouse": ("is", "not set")}
	)
	assert v1.availability([item.name], warehouse=root)["items"][0]["actual_qty"] == 10
	assert v1.availability([item.name], warehouse=warehouse("Leeds"))["items"][0]["actual_qty"] == 0


def test_goods_in_transit_are_shown_and_not_sold(item):
	transit = frappe.db.get_value("Warehouse", {"company": COMPANY, "warehouse_type": "Transit"})
	add_stock(item.name, 10)
	frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Transfer",
			"company": COMPANY,
			"add_to_transit": 1,
			"items": [{"item_code": item.name, "qty": 6, "s_warehouse": warehouse(), "t_warehouse": transit}],
		}
	).insert().submit()
	frappe.db.commit()
	total = v1.availability([item.name])["items"][0]
	assert (total["ats_qty"], total["in_transit_qty"]) == (4, 6)


@pytest.mark.parametrize("asked", ['["{0}"]', "{0}"])
def test_as_json_and_as_one_code(item, asked):
	assert v1.availability(asked.format(item.name))["items"][0]["item_code"] == item.name


def test_clear_errors(item):
	with pytest.raises(frappe.DoesNotExistError, match="no Item NO-SUCH"):
		v1.availability(["NO-SUCH"])
	with pytest.raises(frappe.DoesNotExistError, match="no Warehouse"):
		v1.availability([item.name], warehouse="NO-SUCH")
	with pytest.raises(frappe.ValidationError, match="YYYY-MM-DD"):
		v1.availability([item.name], needed_by="next Tuesday or so")
	with pytest.raises(frappe.ValidationError, match="At most"):
		v1.availability([item.name] * 10_001)


def test_what_covers_an_order_and_who_waits(item):
	add_stock(item.name, 5)
	po = make_purchase_order(item.name, 20)
	so = make_sales_order(item.name, 12)
	line = v1.order_allocation(so.name)["lines"][0]
	assert (line["state"], line["owed_qty"], line["reserved_qty"], line["pre_allocated_qty"]) == (
		"covered",
		12,
		5,
		7,
	)
	assert [(peg["kind"], peg["qty"]) for peg in line["cover"]] == [("on_hand", 5), ("inbound", 7)]
	assert line["cover"][1]["name"] == po.name
	row = v1.purchase_order_allocation(po.name)["lines"][0]
	assert (row["open_qty"], row["pre_allocated_qty"], row["free_qty"]) == (20, 7, 13)
	assert [(waiter["sales_order"], waiter["qty"]) for waiter in row["waiting"]] == [(so.name, 7)]


def test_suppliers_are_no_business_of_those_who_may_not_read_purchase_orders(item):
	make_purchase_order(item.name, 20)
	so = make_sales_order(item.name, 12)
	assert v1.order_allocation(so.name)["lines"][0]["cover"][0]["supplier"]
	frappe.set_user(make_user("Sales User").name)
	assert v1.order_allocation(so.name)["lines"][0]["cover"][0]["supplier"] is None


@pytest.mark.parametrize("role", ["Sales User", "Stock User", "Wholesale Manager", "Trade Desk User"])
def test_who_may_see_stock(item, role):
	user = make_user(role, *(["Sales User"] if role in ("Wholesale Manager", "Trade Desk User") else []))
	frappe.set_user(user.name)
	assert v1.availability([item.name])["items"][0]["item_code"] == item.name


@pytest.mark.parametrize("role", ["Guest", "Customer", "Wholesale Buyer", "HR User"])
def test_who_may_not(item, role):
	so = make_sales_order(item.name, 1)
	po = make_purchase_order(item.name, 1)
	if role == "Guest":
		user = "Guest"
	else:
		if not frappe.db.exists("Role", role):
			frappe.get_doc({"doctype": "Role", "role_name": role}).insert()
		user = make_user(role).name
	frappe.set_user(user)
	for ask in (
		lambda: v1.availability([item.name]),
		lambda: v1.promise([{"item_code": item.name, "qty": 1}]),
		lambda: v1.order_allocation(so.name),
		lambda: v1.purchase_order_allocation(po.name),
	):
		with pytest.raises(frappe.PermissionError):
			ask()


def test_a_user_who_is_kept_to_one_warehouse_sees_only_that(item):
	add_stock(item.name, 10)
	add_stock(item.name, 3, into=warehouse("Leeds"))
	user = make_user("Sales User")
	frappe.get_doc(
		{
			"doctype": "User Permission",
			"user": user.name,
			"allow": "Warehouse",
			"for_value": warehouse("Leeds"),
		}
	).insert()
	frappe.set_user(user.name)
	assert v1.availability([item.name])["items"][0]["actual_qty"] == 3


def test_guests_are_refused_over_http_too():
	for name in ("availability", "promise", "order_allocation", "purchase_order_allocation"):
		method = frappe.get_attr(f"wholesale_b2b.api.v1.{name}")
		frappe.set_user("Guest")
		with pytest.raises(frappe.PermissionError):
			frappe.is_whitelisted(method)
		frappe.set_user("Administrator")


def test_the_report_shows_the_same_figures(item):
	from wholesale_b2b.wholesale_b2b.report.stock_available_to_sell.stock_available_to_sell import execute

	add_stock(item.name, 600)
	make_sales_order(item.name, 500)
	columns, rows = execute({"item_code": item.name})
	assert [(row["warehouse"], row["actual_qty"], row["reserved_qty"], row["ats_qty"]) for row in rows] == [
		(warehouse(), 600, 500, 100)
	]
	assert {column["fieldname"] for column in columns} <= set(rows[0])


def test_a_promise_before_the_order(item):
	item.lead_time_days = 30
	item.save()
	add_stock(item.name, 5)
	make_purchase_order(item.name, 10, days=10)
	lines = [{"item_code": item.name, "qty": 8, "name": "first"}, {"item_code": item.name, "qty": 9}]
	first, second = v1.promise(lines)["lines"]
	assert (first["name"], first["now_qty"], first["promise_date"]) == (
		"first",
		5,
		getdate(add_days(nowdate(), 10)),
	)
	assert [(p["qty"], p["source"]) for p in second["parts"]] == [(7, "inbound"), (2, "lead time")]
	assert second["promise_date"] == getdate(add_days(nowdate(), 30))
	assert not frappe.get_all("Stock Pre Allocation", {"item_code": item.name})


@pytest.mark.parametrize("qty", [0, -1, "many", None, float("nan"), 1e30])
def test_a_promise_of_no_quantity(item, qty):
	with pytest.raises(frappe.ValidationError, match="not a quantity"):
		v1.promise([{"item_code": item.name, "qty": qty}])
