"""Reports about prices: what they add up to, and for whom they are."""

import frappe
import pytest
from builders import COMPANY, add_stock, make_sales_order, make_user
from frappe.desk.query_report import run
from frappe.utils import add_days, nowdate
from pricing_case import item_price, make_tier, other_company, priced_item, tier_row, trade_customer

BUYING = ("Wholesale Buyer",)


@pytest.fixture
def brand():
	return frappe.get_doc({"doctype": "Brand", "brand": frappe.generate_hash(length=12)}).insert().name


def report(name, **filters):
	return run(name, filters={"company": COMPANY, **filters}, ignore_prepared_report=True)


def rows(name, **filters):
	return [row for row in report(name, **filters)["result"] if isinstance(row, dict)]


def test_overrides_and_what_leaked():
	item, customer = priced_item(), trade_customer(make_tier(tier_row(20)).name)
	line = {"item_code": item.name, "qty": 10, "rate": 7, "b2b_override_reason": "matches the competition"}
	order = make_sales_order([line], customer=customer.name)
	make_sales_order([{**line, "qty": 3}], customer=customer.name, do_not_submit=True)
	(row,) = rows("Price Overrides and Leakage", item_code=item.name)
	assert (row["reference_name"], row["customer"], row["changed_by"]) == (
		order.name,
		customer.name,
		"Administrator",
	)
	# 10 at 7 instead of 8; the draft has sold nothing
	assert (row["sold_qty"], row["calculated_rate"], row["rate"], row["leakage"]) == (10, 8, 7, 10)
	assert not rows("Price Overrides and Leakage", item_code=item.name, to_date=add_days(nowdate(), -1))


def test_a_period_that_ends_before_it_begins():
	with pytest.raises(frappe.ValidationError, match="before it begins"):
		report("Price Overrides and Leakage", from_date=nowdate(), to_date=add_days(nowdate(), -1))


def test_margins_by_account_and_by_tier():
	tier = make_tier(tier_row(20))
	item, customer = priced_item(), trade_customer(tier.name)
	add_stock(item.name, 10)
	frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": COMPANY,
			"customer": customer.name,
			"b2b_trade_account": customer.account,
			"update_stock": 0,
			"items": [{"item_code": item.name, "qty": 10}],
		}
	).insert().submit()
	frappe.db.commit()
	for by, name in (("Trade Account", customer.account), ("Price Tier", tier.name)):
		(row,) = rows("Margin by Account and Tier", customer=customer.name, group_by=by)
		assert (row["name"], row["invoices"], row["at_list"], row["revenue"]) == (name, 1, 100, 80)
		assert (row["discount"], row["discount_percent"], row["leakage"]) == (20, 20, 0)
		assert (row["cost"], row["margin"], row["margin_percent"]) == (50, 30, 37.5)
	with pytest.raises(frappe.ValidationError, match="nothing to group by"):
		report("Margin by Account and Tier", group_by="1; drop")


def test_items_without_a_trade_price(brand):
	named, listed, bare = priced_item(brand=brand), priced_item(brand=brand), priced_item(brand=brand)
	frappe.db.delete("Item Price", {"item_code": bare.name})
	frappe.db.commit()
	tier = make_tier(tier_row(item_code=named.name, rate=8))
	found = {
		row["item_code"]: row["state"]
		for row in rows("Items Without Trade Price", tier=tier.name, brand=brand)
	}
	assert found == {listed.name: "Only the price list", bare.name: "No price at all"}
	only = rows("Items Without Trade Price", tier=tier.name, brand=brand, only_unpriced=1)
	assert [row["item_code"] for row in only] == [bare.name]


def test_a_tier_that_has_ended_has_only_the_price_list(brand):
	item = priced_item(brand=brand)
	ended = make_tier(tier_row(5), valid_upto=add_days(nowdate(), -1)).name
	told = [
		(row["item_code"], row["state"]) for row in rows("Items Without Trade Price", tier=ended, brand=brand)
	]
	assert told == [(item.name, "Only the price list")]
	assert not rows("Items Without Trade Price", tier=ended, brand=brand, only_unpriced=1)


def test_prices_about_to_end():
	soon, late = add_days(nowdate(), 5), add_days(nowdate(), 90)
	item, customer = priced_item(), trade_customer()
	tier = make_tier(
		tier_row(item_code=item.name, rate=8, valid_upto=soon),
		tier_row(item_code=item.name, rate=9, valid_from=add_days(soon, 1)),
		tier_row(5, valid_upto=nowdate()),
		tier_row(7, min_qty=5, valid_upto=late),
	)
	found = rows("Prices About to End", tier=tier.name)
	# a last day that is today is still to come
	assert [(row["days_left"], row["followed"]) for row in found] == [(0, "No"), (5, "Yes")]
	item_price(item.name, 6, customer=customer.name, valid_upto=soon)
	(net,) = rows("Prices About to End", customer=customer.name)
	assert (net["what"], net["target"], net["days_left"]) == ("Net Price", item.name, 5)
	assert not rows("Prices About to End", customer=customer.name, days=4)


def test_ends_are_told_of_what_the_user_may_see():
	from frappe.permissions import add_user_permission

	item, soon = priced_item(), add_days(nowdate(), 3)
	mine, other = (make_tier(tier_row(5, valid_upto=soon), valid_upto=soon) for _both in range(2))
	customer, stranger = trade_customer(), trade_customer()
	for one in (customer, stranger):
		item_price(item.name, 6, customer=one.name, valid_upto=soon)
	item_price(item.name, 11, uom="Box", valid_upto=soon)
	user = make_user("Sales User").name
	add_user_permission("Trade Price Tier", mine.name, user)
	add_user_permission("Customer", customer.name, user)
	frappe.db.commit()
	frappe.set_user(user)
	found = rows("Prices About to End")
	told = {row["name"] for row in found}
	assert mine.name in told and other.name not in told
	about = [row for row in found if row.get("item_code") == item.name]
	assert {row["customer"] for row in about} == {customer.name, None}
	for asked in ({"tier": other.name}, {"customer": stranger.name}):
		with pytest.raises(frappe.PermissionError):
			rows("Prices About to End", **asked)


def test_tiers_that_nobody_names_are_those_that_the_user_may_see(brand):
	from frappe.permissions import add_user_permission

	priced_item(brand=brand)
	mine, other = make_tier(tier_row(5)), make_tier(tier_row(6))
	user = make_user("Sales User").name
	add_user_permission("Trade Price Tier", mine.name, user)
	frappe.db.commit()
	frappe.set_user(user)
	(row,) = rows("Tier Comparison", brand=brand)
	assert row["tier_0"] == 9.5 and "tier_1" not in row
	assert {row["tier"] for row in rows("Items Without Trade Price", brand=brand)} <= {mine.name}
	with pytest.raises(frappe.PermissionError):
		rows("Tier Comparison", brand=brand, tiers=[other.name])


@pytest.mark.parametrize("name", ["Items Without Trade Price", "Tier Comparison"])
def test_the_trade_desk_asks_for_its_own_companies(name):
	"""It has no right to the master of companies; User Permissions count."""
	from frappe.permissions import add_user_permission

	user = make_user("Trade Desk User").name
	frappe.set_user(user)
	rows(name, company=COMPANY)
	frappe.set_user("Administrator")
	add_user_permission("Company", other_company(), user)
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		rows(name, company=COMPANY)


def test_tiers_side_by_side(brand):
	item = priced_item(brand=brand)
	silver = make_tier(tier_row(20), tier_row(30, min_qty=10))
	gold = make_tier(parent_tier=silver.name, change_percent=-5)
	tiers = [silver.name, gold.name]
	(row,) = rows("Tier Comparison", tiers=tiers, brand=brand)
	assert (row["item_code"], row["list_rate"], row["tier_0"], row["tier_1"]) == (item.name, 10, 8, 7.6)
	(row,) = rows("Tier Comparison", tiers=tiers, brand=brand, qty=10)
	assert (row["tier_0"], row["tier_1"]) == (7, 6.65)


def test_who_may_not_see_costs_compares_prices_alone(brand):
	item, tier = priced_item(brand=brand), make_tier(tier_row(20))
	add_stock(item.name, 1)
	asked = {"tiers": [tier.name], "brand": brand}
	assert rows("Tier Comparison", **asked)[0]["margin_0"] == 37.5
	user = make_user("Sales User").name
	frappe.db.commit()
	frappe.set_user(user)
	(row,) = rows("Tier Comparison", **asked)
	assert row["tier_0"] == 8 and not [key for key in row if key.startswith("margin")]


@pytest.mark.parametrize("roles", [(), BUYING, ("Sales User",)])
@pytest.mark.parametrize("name", ["Price Overrides and Leakage", "Margin by Account and Tier"])
def test_margins_and_leakage_are_for_managers(name, roles):
	frappe.set_user(make_user(*roles).name if roles else "Guest")
	with pytest.raises(frappe.PermissionError):
		report(name)


@pytest.mark.parametrize("roles", [(), BUYING, ("HR User",)])
@pytest.mark.parametrize("name", ["Items Without Trade Price", "Prices About to End", "Tier Comparison"])
def test_reports_are_for_staff_who_sell(name, roles):
	frappe.set_user(make_user(*roles).name if roles else "Guest")
	with pytest.raises(frappe.PermissionError):
		report(name)
