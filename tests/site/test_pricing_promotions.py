"""ERPNext's Pricing Rules: without a tier a line costs what ERPNext alone would make of it, with one what the tier admits."""

from datetime import date, timedelta

import frappe
import pytest
from builders import COMPANY, make_customer, make_sales_order, unique
from frappe.utils import add_days, nowdate
from pricing_case import TRADE, make_tier, price_list, priced_item, rates, tier_row, trade_customer

from wholesale_b2b.pricing.service import documents


@pytest.fixture
def group():
	name = unique("Promotion Group")
	frappe.get_doc(
		{
			"doctype": "Item Group",
			"item_group_name": name,
			"parent_item_group": "All Item Groups",
			"is_group": 1,
		}
	).insert()
	return name


@pytest.fixture
def things(group):
	"""Three items: two of a brand and in a group below `group`, one elsewhere."""
	brand = unique("Brand")
	frappe.get_doc({"doctype": "Brand", "brand": brand}).insert()
	below = unique("Promotion Group")
	frappe.get_doc({"doctype": "Item Group", "item_group_name": below, "parent_item_group": group}).insert()
	uoms = [{"uom": "Nos", "conversion_factor": 1}, {"uom": "Box", "conversion_factor": 12}]
	one = priced_item(10, item_group=below, brand=brand, uoms=uoms)
	two = priced_item(20, item_group=below, brand=brand)
	three = priced_item(40)
	return frappe._dict(one=one.name, two=two.name, three=three.name, brand=brand, group=group)


@pytest.fixture
def rules():
	"""`rules(on, target, ...)` makes a Pricing Rule; all are gone after the test."""
	made = []

	def make(on, target, uom=None, **fields):
		field = {"Item Code": "item_code", "Item Group": "item_group", "Brand": "brand"}[on]
		table = {"Item Code": "items", "Item Group": "item_groups", "Brand": "brands"}[on]
		doc = frappe.get_doc(
			{
				"doctype": "Pricing Rule",
				"title": unique("Rule"),
				"apply_on": on,
				table: [{field: target, "uom": uom}],
				"selling": 1,
				"company": COMPANY,
				"currency": "GBP",
				"rate_or_discount": "Discount Percentage",
				"price_or_product_discount": "Price",
				**fields,
			}
		).insert()
		made.append(doc.name)
		frappe.db.commit()
		return doc

	yield make
	frappe.db.rollback()
	for name in made:
		frappe.db.delete("Coupon Code", {"pricing_rule": name})
		frappe.delete_doc("Pricing Rule", name, force=True)
	frappe.db.commit()


def draft(customer, *lines, **fields):
	rows = [
		{"item_code": item, "qty": qty, "uom": uom or "Nos", "conversion_factor": 12 if uom == "Box" else 1}
		for item, qty, uom in lines
	]
	doc = make_sales_order(rows, customer=customer, do_not_save=True, **fields)
	for row in doc.items:
		row.rate = None
		# as on every document that was saved or comes from a form; without them ERPNext counts quantities and amounts wrongly
		row.stock_qty = row.qty * row.conversion_factor
		row.price_list_rate = row.conversion_factor * frappe.db.get_value(
			"Item Price", {"item_code": row.item_code, "price_list": TRADE}, "price_list_rate"
		)
	doc.selling_price_list = price_list()
	return doc


def both(customer, *lines, **fields):
	"""The rates that ERPNext alone comes to, and ours."""
	theirs = draft(customer, *lines, **fields)
	# called on the document itself these bring no event of ours
	theirs.set_missing_values(for_validate=True)
	theirs.calculate_taxes_and_totals()
	ours = draft(customer, *lines, **fields)
	documents.price(ours)
	return (
		[round(row.rate, 2) for row in theirs.items if not row.is_free_item],
		[round(row.rate, 2) for row in ours.items if not row.is_free_item],
	)


def lines(things, qty=5):
	return (
		(things.one, qty, None),
		(things.two, qty, None),
		(things.three, qty, None),
		(things.one, 1, "Box"),
	)


TODAY = date.today()
PRICE_RULES = {
	"percent": {"discount_percentage": 12.5},
	"amount": {"rate_or_discount": "Discount Amount", "discount_amount": 1.5},
	"rate": {"rate_or_discount": "Rate", "rate": 7},
	"margin percent": {"margin_type": "Percentage", "margin_rate_or_amount": 10},
	"margin amount": {"margin_type": "Amount", "margin_rate_or_amount": 2},
	"margin and discount": {"margin_type": "Amount", "margin_rate_or_amount": 2, "discount_percentage": 10},
	"from a quantity": {"discount_percentage": 10, "min_qty": 5},
	"from a larger quantity": {"discount_percentage": 10, "min_qty": 6},
	"up to a quantity": {"discount_percentage": 10, "max_qty": 5},
	"from an amount": {"discount_percentage": 10, "min_amt": 100},
	"up to an amount": {"discount_percentage": 10, "max_amt": 90},
	"today alone": {"discount_percentage": 10, "valid_from": TODAY, "valid_upto": TODAY},
	"ended": {
		"discount_percentage": 10,
		"valid_from": TODAY - timedelta(days=9),
		"valid_upto": TODAY - timedelta(days=1),
	},
	"on this list": {"discount_percentage": 10, "for_price_list": TRADE},
	"on another list": {"discount_percentage": 10, "for_price_list": "Standard Selling"},
	"rate in another currency": {"rate_or_discount": "Rate", "rate": 7, "currency": "EUR"},
}


@pytest.mark.parametrize("fields", PRICE_RULES.values(), ids=PRICE_RULES)
@pytest.mark.parametrize("on", ["Item Code", "Item Group", "Brand"])
def test_one_rule(things, rules, on, fields):
	rules(on, {"Item Code": things.one, "Item Group": things.group, "Brand": things.brand}[on], **fields)
	theirs, ours = both(make_customer().name, *lines(things))
	assert ours == theirs


def test_rules_for_some_customers(things, rules):
	group = unique("Group")
	frappe.get_doc(
		{
			"doctype": "Customer Group",
			"customer_group_name": group,
			"parent_customer_group": "All Customer Groups",
			"is_group": 1,
		}
	).insert()
	below = unique("Group")
	frappe.get_doc(
		{"doctype": "Customer Group", "customer_group_name": below, "parent_customer_group": group}
	).insert()
	mine, other = make_customer(customer_group=below).name, make_customer().name
	rules("Item Code", things.one, discount_percentage=10, applicable_for="Customer", customer=mine)
	rules(
		"Item Code", things.two, discount_percentage=20, applicable_for="Customer Group", customer_group=group
	)
	rules(
		"Item Code",
		things.three,
		discount_percentage=30,
		applicable_for="Territory",
		territory="All Territories",
	)
	for customer in (mine, other):
		theirs, ours = both(customer, *lines(things))
		assert ours == theirs
	assert both(mine, *lines(things))[1][:3] == [9, 16, 28]


def test_the_item_comes_before_group_and_brand(things, rules):
	rules("Item Code", things.one, discount_percentage=10)
	rules("Item Group", things.group, discount_percentage=20)
	rules("Brand", things.brand, discount_percentage=30)
	theirs, ours = both(make_customer().name, *lines(things))
	assert ours == theirs and ours[:2] == [9, 16]


def test_priorities(things, rules):
	rules("Item Code", things.one, discount_percentage=10, has_priority=1, priority="1")
	rules("Item Code", things.one, discount_percentage=30, has_priority=1, priority="3")
	rules("Item Group", things.group, discount_percentage=20, has_priority=1, priority="2")
	theirs, ours = both(make_customer().name, *lines(things))
	assert ours == theirs and ours[:2] == [7, 16]


def test_several_rules_together(things, rules):
	several = {"apply_multiple_pricing_rules": 1}
	rules("Item Code", things.one, rate_or_discount="Discount Amount", discount_amount=2, **several)
	rules("Item Group", things.group, discount_percentage=10, **several)
	theirs, ours = both(make_customer().name, *lines(things))
	assert ours == theirs and ours[0] == 7


@pytest.mark.parametrize("qty", [4, 5, 6])
def test_conditions_over_several_items(things, rules, qty):
	rules("Item Group", things.group, discount_percentage=10, mixed_conditions=1, min_qty=11 + 12)
	theirs, ours = both(make_customer().name, *lines(things, qty))
	assert ours == theirs


def test_a_unit_of_the_rules_own(things, rules):
	rules("Item Code", things.one, uom="Box", discount_percentage=10)
	theirs, ours = both(make_customer().name, *lines(things))
	assert ours == theirs and ours[0] == 10 and ours[3] == 108


def test_python_conditions(things, rules):
	rules("Item Code", things.one, discount_percentage=10, condition="po_no == 'PROMO'")
	customer = make_customer().name
	for reference in ("PROMO", "OTHER"):
		theirs, ours = both(customer, *lines(things), po_no=reference)
		assert ours == theirs


def test_ignoring_rules_on_the_document(things, rules):
	rules("Item Code", things.one, discount_percentage=10)
	theirs, ours = both(make_customer().name, *lines(things), ignore_pricing_rule=1)
	assert ours == theirs and ours[0] == 10


def saved(customer, *rows, **fields):
	return make_sales_order(
		[{"item_code": item, "qty": qty, "rate": None} for item, qty in rows],
		customer=customer,
		selling_price_list=price_list(),
		do_not_submit=True,
		**fields,
	)


def test_a_saved_order_names_its_promotion(things, rules):
	rule = rules("Item Code", things.one, discount_percentage=10)
	made = saved(make_customer().name, (things.one, 5), (things.three, 1))
	assert (rates(made), made.items[0].b2b_price_source) == ([9, 40], f"Promotion – {rule.name}")
	assert not made.ignore_pricing_rule
	made.items[0].qty = 7
	made.save()
	assert rates(made) == [9, 40]


@pytest.mark.parametrize(
	("policy", "rate"),
	[("No Promotions", 8), ("On Top of Tier Prices", 7.2), ("Instead of Tier Prices", 8)],
)
def test_what_a_tier_admits(things, rules, policy, rate):
	rules("Item Code", things.one, discount_percentage=10)
	customer = trade_customer(make_tier(tier_row(20), promotions=policy).name)
	assert rates(saved(customer.name, (things.one, 5))) == [rate]
	better = rules("Item Code", things.one, discount_percentage=50, has_priority=1, priority="9")
	half = saved(customer.name, (things.one, 5))
	expected = {"No Promotions": 8, "On Top of Tier Prices": 4, "Instead of Tier Prices": 5}[policy]
	assert rates(half) == [expected]
	if policy == "Instead of Tier Prices":
		assert half.items[0].b2b_price_source == f"Promotion – {better.name}"


def test_free_goods_come_and_go(things, rules):
	rules(
		"Item Code",
		things.one,
		price_or_product_discount="Product",
		free_item=things.three,
		free_qty=1,
		min_qty=10,
		rate_or_discount="Discount Percentage",
	)
	made = saved(make_customer().name, (things.one, 10))
	assert [(row.item_code, row.rate, row.is_free_item) for row in made.items] == [
		(things.one, 10, 0),
		(things.three, 0, 1),
	]
	assert made.net_total == 100
	made.items[0].qty = 9
	made.save()
	assert [row.item_code for row in made.items] == [things.one]
	made.items[0].qty = 12
	made.save()
	made.save()
	assert [(row.item_code, row.qty) for row in made.items] == [(things.one, 12), (things.three, 1)]
	tiered = trade_customer(make_tier(tier_row(20)).name)
	assert len(saved(tiered.name, (things.one, 10)).items) == 1


def test_discounts_on_the_whole_document(things, rules):
	rule = frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			"title": unique("Whole"),
			"apply_on": "Transaction",
			"selling": 1,
			"company": COMPANY,
			"currency": "GBP",
			"min_amt": 100,
			"rate_or_discount": "Discount Percentage",
			"price_or_product_discount": "Price",
			"discount_percentage": 10,
		}
	).insert()
	frappe.db.commit()
	try:
		made = saved(make_customer().name, (things.one, 20))
		assert (made.additional_discount_percentage, made.total, made.grand_total) == (10, 200, 180)
		tiered = trade_customer(make_tier(tier_row(20)).name)
		assert saved(tiered.name, (things.one, 20)).grand_total == 160
	finally:
		rule.delete()
		frappe.db.commit()


def test_coupons(things, rules):
	rule = rules("Item Code", things.one, discount_percentage=40, coupon_code_based=1)
	coupon = frappe.get_doc(
		{
			"doctype": "Coupon Code",
			"coupon_name": unique("Coupon"),
			"coupon_type": "Promotional",
			"pricing_rule": rule.name,
			"maximum_use": 9,
		}
	).insert()
	frappe.db.commit()
	customer = make_customer().name
	for code in (None, coupon.name):
		theirs, ours = both(customer, *lines(things), coupon_code=code)
		assert ours == theirs
	assert ours[0] == 6


def test_rules_that_count_the_past(things, rules):
	customer = make_customer().name
	past = saved(customer, (things.one, 30))
	past.submit()
	frappe.db.commit()
	rules(
		"Item Code",
		things.one,
		discount_percentage=10,
		is_cumulative=1,
		min_qty=33,
		valid_from=add_days(nowdate(), -1),
		valid_upto=add_days(nowdate(), 1),
	)
	for qty in (2, 3):
		theirs, ours = both(customer, (things.one, qty, None))
		assert ours == theirs == [[10], [9]][qty - 2]


def test_a_rule_that_gives_its_discount_on_another_item(things, rules):
	rules(
		"Item Code",
		things.one,
		apply_rule_on_other="Item Code",
		other_item_code=things.two,
		discount_percentage=50,
		min_qty=5,
	)
	customer = make_customer().name
	made = saved(customer, (things.one, 5), (things.two, 1))
	assert rates(made) == [10, 10]
	made.items[0].qty = 4
	made.save()
	assert rates(made) == [10, 20]
