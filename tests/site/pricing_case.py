"""Trade customers with tiers and prices, for the tests of pricing."""

import frappe
from builders import COMPANY, make_customer, make_item, make_trade_account, unique

TRADE = "Pricing Test Trade"
EURO = "Pricing Test Euro"


def price_list(name=TRADE, currency="GBP", **fields):
	if not frappe.db.exists("Price List", name):
		frappe.get_doc(
			{
				"doctype": "Price List",
				"price_list_name": name,
				"currency": currency,
				"selling": 1,
				"enabled": 1,
				**fields,
			}
		).insert()
	return name


def item_price(item_code, rate, on=TRADE, **fields):
	return frappe.get_doc(
		{
			"doctype": "Item Price",
			"item_code": item_code,
			"price_list": price_list(on),
			"price_list_rate": rate,
			"valid_from": "2020-01-01",
			**fields,
		}
	).insert()


def priced_item(rate=10, on=TRADE, **fields):
	"""An item with a price for everybody."""
	made = make_item(**fields)
	item_price(made.name, rate, on)
	frappe.db.commit()
	return made


def tier_row(discount=None, rate=None, **fields):
	kinds = {"item_code": "Item Code", "item_group": "Item Group", "brand": "Brand"}
	return {
		"apply_on": next((kind for field, kind in kinds.items() if fields.get(field)), "All Items"),
		"price_or_discount": "Discount" if rate is None else "Price",
		"discount_percentage": discount,
		"rate": rate,
		**fields,
	}


def make_tier(*rows, do_not_save=False, **fields):
	"""A Trade Price Tier on the tests' trade list, committed."""
	if not fields.get("parent_tier"):
		fields = {"price_list": price_list(), **fields}
	doc = frappe.get_doc(
		{"doctype": "Trade Price Tier", "tier_name": unique("Tier"), "rows": list(rows), **fields}
	)
	if not do_not_save:
		doc.insert()
		frappe.db.commit()
	return doc


def trade_customer(tier=None, **account):
	"""A customer on the trade list, with a Trade Account on this tier."""
	made = make_customer(default_price_list=price_list())
	made.account = make_trade_account(made.name, price_tier=tier, **{"price_list": TRADE, **account}).name
	return made


def rates(doc):
	return [row.rate for row in doc.items]


def forget_settings(**fields):
	"""Set fields of Wholesale Settings; committed."""
	for field, value in fields.items():
		frappe.db.set_single_value("Wholesale Settings", field, value)
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")
	frappe.db.commit()


COMPANY = COMPANY


def other_company() -> str:
	"""A company that is not switched on."""
	name = "Southgate Retail Ltd"
	if not frappe.db.exists("Company", name):
		frappe.get_doc(
			{
				"doctype": "Company",
				"company_name": name,
				"abbr": "SRL",
				"default_currency": "GBP",
				"country": "United Kingdom",
				"chart_of_accounts": "Standard",
			}
		).insert()
		frappe.db.commit()
	return name
