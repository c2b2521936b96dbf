"""What staff see of a customer's accounts: orders, backorders, promise dates; nothing that they may not read."""

import frappe
import pytest
from builders import (
	add_stock,
	make_customer,
	make_purchase_order,
	make_sales_order,
	make_trade_account,
	make_user,
	unique,
)
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.api.v1 import account_overview

KEYS = {"count", "value", "held", "backordered", "uncovered", "next_date", "last_date"}


def overview(customer, **fields):
	return account_overview(customer, **fields)["accounts"]


def test_a_customer_without_an_account_has_none():
	assert overview(make_customer().name) == []


def test_what_is_on_order_stands_with_its_account(item):
	customer = make_customer().name
	trade = make_trade_account(customer)
	shop = make_trade_account(customer, channel="Staff Shop")
	add_stock(item.name, 6)
	first = make_sales_order(item.name, 4, customer=customer, po_no="FIRST")
	second = make_sales_order(item.name, 4, customer=customer, b2b_channel="staff shop")
	make_sales_order(item.name, 1)
	of_trade, of_shop = overview(customer)
	assert (of_trade["trade_account"], of_shop["trade_account"]) == (trade.name, shop.name)
	assert (of_trade["is_default"], of_shop["is_default"]) == (True, False)
	assert set(of_trade["open"]) == KEYS
	assert (of_trade["open"]["count"], of_trade["open"]["value"], of_trade["open"]["backordered"]) == (
		1,
		40,
		0,
	)
	assert [(row["name"], row["po_no"]) for row in of_trade["orders"]] == [(first.name, "FIRST")]
	assert of_trade["orders"][0]["allocation_status"] == "Reserved"
	assert of_trade["backorders"] == []
	# half of it is there, nothing covers the rest
	assert (of_shop["open"]["backordered"], of_shop["open"]["uncovered"]) == (1, 1)
	assert of_shop["open"]["next_date"] is None
	make_purchase_order(item.name, 5, days=9)
	(line,) = overview(customer)[1]["backorders"]
	assert (line["sales_order"], line["item_code"]) == (second.name, item.name)
	assert (line["backorder_qty"], line["pre_allocated_qty"]) == (2, 2)
	assert getdate(line["promise_date"]) == getdate(add_days(nowdate(), 9))
	assert overview(customer)[1]["open"]["uncovered"] == 0


def test_orders_that_name_no_account_are_the_default_ones(item):
	customer = make_customer().name
	order = make_sales_order(item.name, 1, customer=customer)
	make_trade_account(customer)
	(account,) = overview(customer)
	assert [row["name"] for row in account["orders"]] == [order.name]
	assert [row["name"] for row in account["last_orders"]] == [order.name]


def test_what_is_delivered_or_held(item):
	from builders import make_delivery_note

	customer = make_customer().name
	account = make_trade_account(customer)
	add_stock(item.name, 10)
	done, half = (make_sales_order(item.name, 4, customer=customer) for _ in range(2))
	make_delivery_note(sales_order=done.name, qty=4)
	make_delivery_note(sales_order=half.name, qty=2)
	account.reload()
	account.update({"status": "On Hold", "status_reason": "Late."})
	account.save()
	frappe.db.commit()
	(found,) = overview(customer)
	assert (found["open"]["count"], found["open"]["value"], found["open"]["held"]) == (1, 20, 1)
	assert found["orders"][0]["held"]
	assert {row["name"] for row in found["last_orders"]} == {done.name, half.name}
	assert (found["status"], found["status_reason"]) == ("On Hold", "Late.")


def test_a_few_are_shown_and_all_are_counted(item):
	customer = make_customer().name
	make_trade_account(customer)
	for _ in range(7):
		make_sales_order(item.name, 1, customer=customer)
	(found,) = overview(customer)
	assert (found["open"]["count"], found["line_count"]) == (7, 7)
	assert [len(found[name]) for name in ("orders", "backorders", "last_orders")] == [5, 5, 5]


def test_only_who_may_read_sees_it(item):
	customer = make_customer().name
	make_trade_account(customer)
	order = make_sales_order(item.name, 1, customer=customer)
	seller, stock, buyer = make_user("Sales User"), make_user("Stock User"), make_user("Purchase User")
	frappe.db.commit()
	frappe.set_user(seller.name)
	assert overview(customer)[0]["orders"][0]["name"] == order.name
	for user in (buyer.name, "Guest", make_website_user(customer)):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			account_overview(customer)
		frappe.set_user("Administrator")
	assert stock.name
	with pytest.raises(frappe.DoesNotExistError):
		account_overview(unique("Nobody"))


def make_website_user(customer):
	frappe.set_user("Administrator")
	return make_user("Wholesale Buyer", user_type="Website User").name


def test_orders_that_a_user_may_not_see_are_left_out(item):
	customer = make_customer().name
	mine = make_trade_account(customer)
	make_trade_account(customer)
	order = make_sales_order(item.name, 1, customer=customer)
	seller = make_user("Sales User").name
	frappe.get_doc(
		{"doctype": "User Permission", "user": seller, "allow": "Trade Account", "for_value": mine.name}
	).insert()
	frappe.db.commit()
	frappe.set_user(seller)
	assert [row["trade_account"] for row in overview(customer)] == [mine.name]
	assert overview(customer)[0]["orders"][0]["name"] == order.name


def test_the_accounts_form_counts_what_names_it(item):
	from frappe.desk.notifications import get_open_count

	customer = make_customer().name
	account = make_trade_account(customer)
	make_sales_order(item.name, 1, customer=customer)
	data = frappe.get_meta("Trade Account").get_dashboard_data()
	names = [name for group in data.transactions for name in group["items"]]
	assert {"Sales Order", "Delivery Note", "Sales Invoice", "Trade Pro Forma", "Order Hold"} <= set(names)
	for name in names:
		field = data.non_standard_fieldnames.get(name, data.fieldname)
		assert frappe.get_meta(name).get_field(field).options == "Trade Account"
	counted = {
		row["doctype"]: row["count"]
		for row in get_open_count("Trade Account", account.name, names)["count"]["external_links_found"]
	}
	assert counted["Sales Order"] == 1
	assert counted["Delivery Note"] == 0
