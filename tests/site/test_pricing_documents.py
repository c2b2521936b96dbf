"""Every sales document costs the same by whatever door it is saved; ERPNext's own fields say so too."""

import frappe
import pytest
from builders import make_customer, make_sales_order
from frappe.utils import add_days, nowdate
from pricing_case import make_tier, other_company, price_list, priced_item, rates, tier_row, trade_customer
from till import Till


@pytest.fixture
def silver():
	"""A tier of 20 % off, from 24 on 25 %."""
	return make_tier(tier_row(20), tier_row(25, min_qty=24))


def order(item, qty=1, customer=None, **fields):
	return make_sales_order(item, qty, rate=None, customer=customer.name, **fields)


def test_an_order_is_priced_and_erpnexts_fields_agree(silver):
	item, customer = priced_item(), trade_customer(silver.name)
	made = order(item.name, 5, customer)
	row = made.items[0]
	assert (row.rate, row.price_list_rate, row.discount_percentage, row.discount_amount) == (8, 10, 20, 2)
	assert (row.amount, made.net_total, made.total) == (40, 40, 40)
	assert (row.b2b_calculated_rate, row.b2b_price_source) == (8, f"Tier Discount – {silver.name}")
	assert row.b2b_price_tier == silver.name and row.margin_type in ("", None)
	kept = frappe.parse_json(row.b2b_price_decision)
	assert [reason["what"] for reason in kept["reasons"] if reason["outcome"] == "won"] == ["Tier Discount"]


def test_the_price_follows_the_quantity(silver):
	item, customer = priced_item(), trade_customer(silver.name)
	made = order(item.name, 23, customer, do_not_submit=True)
	assert rates(made) == [8]
	made.items[0].qty = 24
	made.save()
	assert rates(made) == [7.5] and made.net_total == 180
	made.items[0].qty = 1
	made.save()
	assert rates(made) == [8] and made.items[0].discount_percentage == 20


def test_the_price_follows_customer_and_date():
	tier = make_tier(tier_row(20, valid_upto=nowdate(), valid_from=nowdate()))
	item, customer = priced_item(), trade_customer(tier.name)
	made = order(item.name, 1, customer, do_not_submit=True)
	assert rates(made) == [8]
	made.transaction_date = add_days(nowdate(), -1)
	made.save()
	assert rates(made) == [10] and made.items[0].discount_percentage == 0
	made.transaction_date = nowdate()
	made.save()
	assert rates(made) == [8]
	made.update({"customer": make_customer(default_price_list=price_list()).name, "b2b_trade_account": None})
	made.save()
	assert rates(made) == [10] and not made.items[0].b2b_price_tier


@pytest.mark.parametrize(
	"doctype", ["Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice"]
)
def test_each_document(silver, doctype):
	item, customer = priced_item(is_stock_item=0), trade_customer(silver.name)
	doc = frappe.get_doc(
		{
			"doctype": doctype,
			"company": "Northgate Wholesale Ltd",
			"customer": customer.name,
			"quotation_to": "Customer",
			"party_name": customer.name,
			"delivery_date": add_days(nowdate(), 7),
			"selling_price_list": price_list(),
			"items": [{"item_code": item.name, "qty": 24}],
		}
	)
	if doctype == "POS Invoice":
		doc.pos_profile = Till().profile
		doc.is_pos = 1
		doc.append("payments", {"mode_of_payment": "Cash", "amount": 180})
	doc.insert()
	assert (rates(doc), doc.items[0].discount_percentage, doc.net_total) == ([7.5], 25, 180)
	assert not doc.ignore_pricing_rule


def test_nothing_happens_for_other_companies(silver):
	item, customer = priced_item(), trade_customer(silver.name)
	made = frappe.get_doc(
		{
			"doctype": "Quotation",
			"company": other_company(),
			"quotation_to": "Customer",
			"party_name": customer.name,
			"selling_price_list": price_list(),
			"items": [{"item_code": item.name, "qty": 24}],
		}
	).insert()
	assert rates(made) == [10] and not made.items[0].b2b_price_source
