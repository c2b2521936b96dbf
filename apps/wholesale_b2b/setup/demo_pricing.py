"""The demo's story of prices: two tiers, a quotation that shows breaks over a mix, a hint and a net price, a price that waits
for approval.

Harbour Gifts is on Gold.
"""

from __future__ import annotations

import frappe
from frappe.utils import add_days, getdate

from wholesale_b2b.setup.demo_steps import ensure

SILVER, GOLD = "Silver", "Gold"
CUSTOMER = "Harbour Gifts Ltd"
REFERENCE = "TWENTY-FOUR MORE"

SILVER_ROWS = (
	{"apply_on": "Item Group", "item_group": "Homeware", "discount_percentage": 5},
	{
		"apply_on": "Item Group",
		"item_group": "Homeware",
		"discount_percentage": 10,
		"min_qty": 48,
		"mix": "homeware",
	},
	{
		"apply_on": "Item Group",
		"item_group": "Homeware",
		"discount_percentage": 15,
		"min_qty": 144,
		"mix": "homeware",
	},
	{"apply_on": "Item Code", "item_code": "THROW-WOOL", "discount_percentage": 2, "net": 1},
	{
		"apply_on": "Item Code",
		"item_code": "CANDLE-FIG",
		"price_or_discount": "Price",
		"rate": 5.6,
		"min_qty": 24,
	},
	{
		"apply_on": "Item Code",
		"item_code": "CANDLE-CEDAR",
		"price_or_discount": "Price",
		"rate": 5.6,
		"min_qty": 24,
	},
)


def create(company: str, price_list: str) -> None:
	"""Make what is missing; the orders of the other stories are there already and keep their prices."""
	ensure(
		"Trade Price Tier",
		SILVER,
		tier_name=SILVER,
		description="What shops pay.",
		price_list=price_list,
		rounding="0.05",
		floor_by="Margin",
		floor_percent=20,
		rows=[{"price_or_discount": "Discount", **row} for row in SILVER_ROWS],
	)
	ensure(
		"Trade Price Tier",
		GOLD,
		tier_name=GOLD,
		description="3 % less than Silver, for those who have been with us longest.",
		parent_tier=SILVER,
		change_percent=-3,
		rows=[
			{
				"apply_on": "Item Group",
				"item_group": "Giftware",
				"discount_percentage": 8,
				"price_or_discount": "Discount",
			}
		],
	)
	frappe.db.set_value("Item", "THROW-WOOL", {"b2b_case_pack": 2, "b2b_case_rounding": "Round Up"})
	customer = frappe.db.get_value("Customer", {"customer_name": CUSTOMER})
	account = _account(customer, company, price_list)
	if account.price_tier != GOLD:
		account.price_tier = GOLD
		account.save()
	ensure(
		"Item Price",
		{"item_code": "TEATOWEL-3", "price_list": price_list, "customer": customer},
		item_code="TEATOWEL-3",
		price_list=price_list,
		price_list_rate=5.95,
		customer=customer,
		valid_from=add_days(getdate(), -30),
		valid_upto=add_days(getdate(), 20),
	)
	_quotation(company, customer, account.name, price_list)
	frappe.db.commit()  # nosemgrep


def _account(customer: str, company: str, price_list: str):
	found = frappe.db.get_value("Trade Account", {"customer": customer, "company": company})
	if found:
		return frappe.get_doc("Trade Account", found)
	return frappe.get_doc(
		{
			"doctype": "Trade Account",
			"account_name": CUSTOMER,
			"customer": customer,
			"company": company,
			"price_list": price_list,
		}
	).insert()


def _quotation(company: str, customer: str, account: str, price_list: str) -> None:
	if frappe.db.exists(
		"Quotation", {"party_name": customer, "customer_name": CUSTOMER, "b2b_channel": REFERENCE}
	):
		return
	frappe.get_doc(
		{
			"doctype": "Quotation",
			"company": company,
			"quotation_to": "Customer",
			"party_name": customer,
			"b2b_trade_account": account,
			"b2b_channel": REFERENCE,
			"selling_price_list": price_list,
			"transaction_date": getdate(),
			"valid_till": add_days(getdate(), 30),
			"items": [
				{"item_code": "MUG-OCHRE", "qty": 24},
				{"item_code": "VASE-BUD", "qty": 12},
				{"item_code": "THROW-WOOL", "qty": 5},
				{"item_code": "TEATOWEL-3", "qty": 20},
				{"item_code": "NOTEBOOK-A5", "qty": 30},
				{
					"item_code": "CANDLE-FIG",
					"qty": 12,
					"rate": 5.25,
					"b2b_override_reason": "Matches the offer of another wholesaler",
				},
			],
		}
	).insert()
