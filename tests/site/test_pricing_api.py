"""`api.v1.price`: staff get reasons and, with the right, margins; customers what concerns them; guests nothing."""

import frappe
import pytest
from builders import COMPANY, make_bundle, make_customer, make_item, make_trade_account, make_user
from frappe.utils import add_days, nowdate
from pricing_case import (
	EURO,
	forget_settings,
	item_price,
	make_tier,
	other_company,
	price_list,
	priced_item,
	tier_row,
	trade_customer,
)

from wholesale_b2b.api.v1 import price, price_document

SECRET = {"why", "floor", "cost", "margin", "source", "source_name", "tier"}


@pytest.fixture
def silver():
	return make_tier(tier_row(20), tier_row(25, min_qty=24), floor_by="Cost", floor_percent=10)


@pytest.fixture
def customer(silver):
	return trade_customer(silver.name)


def ask(customer, *lines, **args):
	rows = [{"item_code": item, "qty": qty} for item, qty in lines]
	return price(customer=customer.name if customer else None, lines=rows, **args)


def portal_user(customer):
	user = make_user("Wholesale Buyer", user_type="Website User").name
	doc = frappe.get_doc("Customer", customer.name)
	doc.append("portal_users", {"user": user})
	doc.save()
	frappe.db.commit()
	return user


def test_a_batch_with_reasons(customer, silver):
	one, other = priced_item(), priced_item(20)
	answer = ask(customer, (one.name, 20), (other.name, 30))
	assert (answer["currency"], answer["trade_account"]) == ("GBP", customer.account)
	first, second = answer["lines"]
	assert (first["rate"], first["list_rate"], first["discount_percentage"], first["amount"]) == (
		8,
		10,
		20,
		160,
	)
	assert first["why"] == [
		f"Tier {silver.name}: price list Pricing Test Trade: £ 10.00 (not the lowest)",
		f"Tier {silver.name}: 20 % on everything: £ 8.00",
		f"Quantity break of {silver.name} from 24 on: here are 20",
	] or sorted(first["why"]) == sorted(
		[
			f"Tier {silver.name}: price list Pricing Test Trade: £ 10.00 (not the lowest)",
			f"Tier {silver.name}: 20 % on everything: £ 8.00",
			f"Quantity break of {silver.name} from 24 on: here are 20",
		]
	)
	assert first["next_break"]["text"] == "4 Nos more and each costs £ 0.50 less"
	assert (second["rate"], second["source"], second["tier"]) == (15, "Quantity Break", silver.name)
	assert (first["cost"], first["margin"], first["floor"]) == (5, 37.5, 5.5)


def test_lines_are_a_list_or_its_json(customer):
	item = priced_item()
	rows = frappe.as_json([{"item_code": item.name, "qty": 1, "name": "row-7"}])
	assert price(customer=customer.name, lines=rows)["lines"][0]["name"] == "row-7"


def test_the_api_says_what_an_order_says(customer):
	from builders import make_sales_order

	items = [priced_item(rate).name for rate in (10, 3.33, 250)]
	answer = ask(customer, *((item, qty) for item, qty in zip(items, (1, 24, 7), strict=True)))
	made = make_sales_order(
		[{"item_code": item, "qty": qty, "rate": None} for item, qty in zip(items, (1, 24, 7), strict=True)],
		customer=customer.name,
	)
	assert [row.rate for row in made.items] == [line["rate"] for line in answer["lines"]]
	assert made.net_total == round(sum(line["amount"] for line in answer["lines"]), 2)


def test_staff_without_a_right_to_costs_see_none(customer):
	item = priced_item()
	frappe.set_user(make_user("Sales User").name)
	line = ask(customer, (item.name, 1))["lines"][0]
	assert line["why"] and not {"floor", "cost", "margin"} & set(line)


def test_reasons_that_tell_of_floors_are_for_those_who_may_see_costs(silver):
	low = make_tier(tier_row(90), parent_tier=silver.name)
	customer, item = trade_customer(low.name), priced_item()
	assert any("floor" in text for text in ask(customer, (item.name, 1))["lines"][0]["why"])
	frappe.set_user(make_user("Sales User").name)
	line = ask(customer, (item.name, 1))["lines"][0]
	assert line["rate"] == 5.5 and not any("floor" in text for text in line["why"])


def test_a_customer_sees_their_own_prices_and_nothing_else(customer):
	item, stranger = priced_item(), trade_customer()
	frappe.set_user(portal_user(customer))
	answer = ask(None, (item.name, 24))
	line = answer["lines"][0]
	assert (line["rate"], answer["customer"]) == (7.5, customer.name)
	assert not SECRET & set(line)
	assert ask(customer, (item.name, 24))["lines"] == answer["lines"]
	# what they may not choose does not count
	other = ask(None, (item.name, 24), price_list="Standard Selling", currency="EUR", company="Elsewhere")
	assert (other["price_list"], other["currency"]) == (price_list(), "GBP")
	with pytest.raises(frappe.PermissionError, match="prices of this customer"):
		ask(stranger, (item.name, 1))
	with pytest.raises(frappe.PermissionError, match="no Trade Account"):
		ask(None, (item.name, 1), trade_account=stranger.account)
	with pytest.raises(frappe.DoesNotExistError):
		ask(None, ("Nowhere", 1))
	assert price_document(frappe.as_json({"doctype": "Sales Order", "customer": stranger.name})) == {
		"rows": {}
	}


def test_items_that_are_not_sold_are_not_known_to_customers(customer):
	item = priced_item(is_sales_item=0)
	frappe.set_user(portal_user(customer))
	with pytest.raises(frappe.DoesNotExistError):
		ask(None, (item.name, 1))


@pytest.mark.parametrize("roles", [(), ("Wholesale Buyer",), ("HR User",)])
def test_others_see_nothing(customer, roles):
	item = priced_item()
	frappe.set_user(make_user(*roles).name if roles else "Guest")
	with pytest.raises(frappe.PermissionError):
		ask(customer, (item.name, 1))
	frappe.set_user("Administrator")


def test_a_user_of_two_customers_says_which(customer):
	item, second = priced_item(), make_customer()
	user = portal_user(customer)
	second.append("portal_users", {"user": user})
	second.save()
	frappe.set_user(user)
	with pytest.raises(frappe.ValidationError, match="Say for which customer"):
		ask(None, (item.name, 1))
	assert ask(customer, (item.name, 1))["lines"][0]["rate"] == 8


def test_staff_see_only_customers_that_they_may_see(customer):
	from frappe.permissions import add_user_permission

	item, mine = priced_item(), trade_customer()
	user = make_user("Sales User").name
	add_user_permission("Customer", mine.name, user)
	frappe.set_user(user)
	assert ask(mine, (item.name, 1))["lines"][0]["rate"] == 10
	with pytest.raises(frappe.PermissionError):
		ask(customer, (item.name, 1))


def test_staff_see_prices_and_costs_only_of_companies_that_they_may_see(customer):
	from frappe.permissions import add_user_permission

	item, user = priced_item(), make_user("Sales Manager").name
	add_user_permission("Company", other_company(), user)
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		ask(customer, (item.name, 1))
	with pytest.raises(frappe.PermissionError):
		ask(customer, (item.name, 1), company=COMPANY)


def test_the_account_date_currency_and_list_that_are_asked_for(silver):
	item = priced_item()
	customer = trade_customer(silver.name)
	staff = make_trade_account(customer.name, price_list=price_list())
	assert ask(customer, (item.name, 1), trade_account=staff.name)["lines"][0]["rate"] == 10
	ended = make_tier(tier_row(50, valid_upto=nowdate(), valid_from=nowdate()))
	on = trade_customer(ended.name)
	assert ask(on, (item.name, 1))["lines"][0]["rate"] == 5
	assert ask(on, (item.name, 1), date=add_days(nowdate(), 1))["lines"][0]["rate"] == 10
	item_price(item.name, 30, "Pricing Test Retail")
	line = ask(customer, (item.name, 1), price_list="Pricing Test Retail")["lines"][0]
	assert (line["rate"], line["list_rate"]) == (8, 30)


@pytest.mark.parametrize(
	("lines", "match"),
	[
		([], "must be a list"),
		("nonsense", "must be a list"),
		([{"qty": 1}], "must be a list"),
		([{"item_code": "X", "qty": 0}], "not a quantity"),
		([{"item_code": "X", "qty": "many"}], "not a quantity"),
		([{"item_code": "X", "qty": -1}], "not a quantity"),
		([{"item_code": "X", "qty": float("nan")}], "not a quantity"),
	],
)
def test_lines_that_are_none(customer, lines, match):
	with pytest.raises(frappe.ValidationError, match=match):
		price(customer=customer.name, lines=lines)


def test_what_cannot_be_priced_says_why(customer):
	item = priced_item()
	with pytest.raises(frappe.DoesNotExistError, match="no Item Nowhere"):
		ask(customer, ("Nowhere", 1))
	with pytest.raises(frappe.DoesNotExistError, match="no Customer"):
		price(customer="Nobody", lines=[{"item_code": item.name, "qty": 1}])
	with pytest.raises(frappe.ValidationError, match="Line 1: .*Box.* is not known"):
		price(customer=customer.name, lines=[{"item_code": item.name, "qty": 1, "uom": "Box"}])
	with pytest.raises(frappe.ValidationError, match="no exchange rate for .*JPY"):
		ask(customer, (item.name, 1), currency="JPY")
	with pytest.raises(frappe.ValidationError, match="is not a date"):
		ask(customer, (item.name, 1), date="soon")
	item.disabled = 1
	item.save()
	with pytest.raises(frappe.ValidationError, match="is disabled"):
		ask(customer, (item.name, 1))


def test_quantities_in_full_cases(customer):
	rounded = priced_item(b2b_case_pack=6, b2b_case_rounding="Round Up")
	line = ask(customer, (rounded.name, 20))["lines"][0]
	assert (line["qty"], line["asked_qty"], line["rate"], line["case_pack"]) == (24, 20, 7.5, 6)
	refused = priced_item(b2b_case_pack=6, b2b_case_rounding="Refuse")
	with pytest.raises(frappe.ValidationError, match="full cases of 6; 20 is no multiple"):
		ask(customer, (refused.name, 20))


def test_a_bundle_costs_what_its_components_do(customer):
	parts = {make_item(valuation_rate=3).name: 2, make_item(valuation_rate=1).name: 1}
	kit = make_bundle(parts)
	item_price(kit.name, 10)
	line = ask(customer, (kit.name, 1))["lines"][0]
	assert (line["rate"], line["cost"], line["floor"]) == (8, 7, 7.7)


def test_a_euro_account_on_a_list_in_pounds(silver):
	if not frappe.db.exists("Currency Exchange", {"from_currency": "EUR", "to_currency": "GBP"}):
		frappe.get_doc(
			{
				"doctype": "Currency Exchange",
				"date": nowdate(),
				"from_currency": "EUR",
				"to_currency": "GBP",
				"exchange_rate": 0.8,
				"for_selling": 1,
			}
		).insert()
	customer = trade_customer(silver.name, currency="EUR")
	answer = ask(customer, (priced_item().name, 1))
	assert (answer["currency"], answer["lines"][0]["rate"], answer["lines"][0]["list_rate"]) == (
		"EUR",
		10,
		12.5,
	)
	price_list(EURO, "EUR")
	item = priced_item(on=EURO)
	line = ask(customer, (item.name, 1), price_list=EURO)["lines"][0]
	assert line["rate"] == 10


def test_settings_give_the_floor_where_no_tier_does():
	forget_settings(floor_by="Margin", floor_percent=60)
	try:
		line = ask(trade_customer(), (priced_item().name, 1))["lines"][0]
		assert (line["rate"], line["floor"], line["margin"]) == (12.5, 12.5, 60)
	finally:
		forget_settings(floor_by="", floor_percent=0)
