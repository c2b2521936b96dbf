"""What was agreed with one customer on real documents: packing units, minimum quantities, accounts, Blanket Orders; and that a
document's own word about its prices is not taken."""

import json

import frappe
import pytest
from builders import COMPANY, make_sales_order, make_trade_account, make_user
from frappe.utils import add_days, nowdate
from pricing_case import (
	TRADE,
	forget_settings,
	item_price,
	make_tier,
	priced_item,
	rates,
	tier_row,
	trade_customer,
)

WHY = {"b2b_override_reason": "end of line"}


@pytest.fixture
def customer():
	return trade_customer(make_tier(tier_row(20), tier_row(25, min_qty=24)).name)


def order(customer, *rows, **fields):
	return make_sales_order([{"rate": None, **row} for row in rows], customer=customer.name, **fields)


@pytest.mark.parametrize(
	("qty", "rate", "source"), [(12, 6, "Net Price"), (13, 8, "Tier Discount"), (24, 6, "Net Price")]
)
def test_a_packing_unit_that_does_not_fit_leaves_the_tier(customer, qty, rate, source):
	item = priced_item()
	item_price(item.name, 6, customer=customer.name, packing_unit=12)
	frappe.db.commit()
	made = order(customer, {"item_code": item.name, "qty": qty})
	assert (rates(made), made.items[0].b2b_price_source.split(" – ")[0]) == ([rate], source)


@pytest.mark.parametrize(("qty", "rate"), [(9, 8), (10, 6), (11, 6)])
def test_a_net_price_from_a_quantity_on(customer, qty, rate):
	item = priced_item()
	item_price(item.name, 6, customer=customer.name, b2b_min_qty=10)
	frappe.db.commit()
	assert rates(order(customer, {"item_code": item.name, "qty": qty})) == [rate]


def test_a_net_price_of_one_account(customer):
	item = priced_item()
	second = make_trade_account(customer.name, price_list=TRADE)
	item_price(item.name, 6, customer=customer.name, b2b_trade_account=second.name)
	frappe.db.commit()
	assert rates(order(customer, {"item_code": item.name, "qty": 1}, b2b_trade_account=second.name)) == [6]
	assert rates(order(customer, {"item_code": item.name, "qty": 1}, b2b_trade_account=customer.account)) == [
		8
	]


def test_a_net_price_takes_no_break_of_the_tier(customer):
	item = priced_item()
	item_price(item.name, 9, customer=customer.name)
	frappe.db.commit()
	assert rates(order(customer, {"item_code": item.name, "qty": 24})) == [9]


def test_a_blanket_order_is_kept_to(customer):
	from erpnext.manufacturing.doctype.blanket_order.blanket_order import make_order

	item = priced_item()
	blanket = frappe.get_doc(
		{
			"doctype": "Blanket Order",
			"blanket_order_type": "Selling",
			"company": COMPANY,
			"customer": customer.name,
			"from_date": nowdate(),
			"to_date": add_days(nowdate(), 30),
			"items": [{"item_code": item.name, "qty": 100, "rate": 6.5}],
		}
	)
	blanket.insert().submit()
	frappe.db.commit()
	frappe.flags.args = frappe._dict(doctype="Sales Order")
	made = make_order(blanket.name)
	made.update({"delivery_date": add_days(nowdate(), 7), "selling_price_list": TRADE})
	made.items[0].qty = 10
	made.insert()
	assert (rates(made), made.items[0].b2b_price_source) == ([6.5], f"Blanket Order – {blanket.name}")


@pytest.fixture
def floors():
	forget_settings(floor_by="Cost", floor_percent=20)
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	forget_settings(floor_by="", floor_percent=0)


@pytest.mark.parametrize(
	"forged",
	[
		{"b2b_price_decision": "{}"},
		{"b2b_price_decision": None, "b2b_price_source": None},
		{"b2b_calculated_rate": 5.5, "b2b_price_source": "Tier Price", "b2b_override_reason": None},
	],
)
def test_a_draft_that_denies_its_override_is_held_all_the_same(floors, customer, forged):
	from frappe.client import submit

	item = priced_item()
	frappe.set_user(make_user("Sales User", "Stock User").name)
	made = order(customer, {"item_code": item.name, "qty": 5, "rate": 5.5, **WHY}, do_not_submit=True)
	sent = frappe.get_doc("Sales Order", made.name).as_dict(convert_dates_to_str=True)
	sent["items"][0].update(forged)
	try:
		submit(json.dumps(sent, default=str))
	except frappe.ValidationError:
		frappe.db.rollback()
		return
	frappe.db.commit()
	made.reload()
	held = frappe.get_all("Order Hold", {"sales_order": made.name, "status": "Open"}, pluck="kind")
	assert held == ["Price Below Floor"] if made.items[0].rate < 6 else made.items[0].rate >= 6
