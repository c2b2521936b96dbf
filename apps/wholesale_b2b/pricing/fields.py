"""Custom fields that trade pricing needs, grouped by DocType, for `setup.custom_fields`."""

ROWS = (
	"Quotation Item",
	"Sales Order Item",
	"Delivery Note Item",
	"Sales Invoice Item",
	"POS Invoice Item",
)

_SHOWN = {"read_only": 1, "print_hide": 1, "translatable": 0}


def _row() -> list[dict]:
	"""What each priced line keeps: what it costs by the rules, from what, and why somebody changed it."""
	return [
		{
			"fieldname": "b2b_price_section",
			"label": "Trade Price",
			"fieldtype": "Section Break",
			"insert_after": "base_rate_with_margin",
			"depends_on": "eval:wholesale_b2b.is_on(parent.company)",
		},
		{
			"fieldname": "b2b_calculated_rate",
			"label": "Calculated Price",
			"fieldtype": "Currency",
			"options": "currency",
			"insert_after": "b2b_price_section",
			"description": "What it costs unless somebody changes it.",
			**_SHOWN,
		},
		{
			"fieldname": "b2b_price_source",
			"label": "Price From",
			"fieldtype": "Data",
			"insert_after": "b2b_calculated_rate",
			**_SHOWN,
		},
		{
			"fieldname": "b2b_price_tier",
			"label": "Price Tier",
			"fieldtype": "Link",
			"options": "Trade Price Tier",
			"insert_after": "b2b_price_source",
			"depends_on": "b2b_price_tier",
			**_SHOWN,
		},
		{"fieldname": "b2b_price_column", "fieldtype": "Column Break", "insert_after": "b2b_price_tier"},
		{
			"fieldname": "b2b_override_reason",
			"label": "Reason for Changed Price",
			"fieldtype": "Small Text",
			"insert_after": "b2b_price_column",
			"print_hide": 1,
			"translatable": 0,
			"description": "Why the price is not the calculated one. It is logged.",
		},
		{
			"fieldname": "b2b_price_html",
			"label": "Why This Price?",
			"fieldtype": "HTML",
			"insert_after": "b2b_override_reason",
		},
		{
			"fieldname": "b2b_price_decision",
			"label": "Price Decision",
			"fieldtype": "Long Text",
			"insert_after": "b2b_price_html",
			"hidden": 1,
			"report_hide": 1,
			**_SHOWN,
		},
	]


def _panel() -> list[dict]:
	return [
		{
			"fieldname": "b2b_prices_section",
			"label": "Prices",
			"fieldtype": "Section Break",
			"insert_after": "items",
			"depends_on": "eval:wholesale_b2b.is_on(doc.company)",
		},
		{
			"fieldname": "b2b_prices_html",
			"label": "Prices Panel",
			"fieldtype": "HTML",
			"insert_after": "b2b_prices_section",
		},
	]


# ERPNext links rows of an order to those of its quotation, and of an invoice not.
_OF_QUOTATION = {
	"fieldname": "b2b_quotation_item",
	"label": "Quotation Item",
	"fieldtype": "Data",
	"insert_after": "b2b_price_decision",
	"hidden": 1,
	"report_hide": 1,
	**_SHOWN,
	"no_copy": 1,
}


CUSTOM_FIELDS: dict[str, list[dict]] = {
	**{doctype: _row() for doctype in ROWS},
	"Sales Invoice Item": [*_row(), _OF_QUOTATION],
	**{doctype.removesuffix(" Item"): _panel() for doctype in ROWS},
	"Item": [
		{
			"fieldname": "b2b_case_pack",
			"label": "Case Pack",
			"fieldtype": "Float",
			"insert_after": "sales_uom",
			"non_negative": 1,
			"description": "Units of the stock UOM in a case.",
		},
		{
			"fieldname": "b2b_case_rounding",
			"label": "Quantities That Are No Full Cases",
			"fieldtype": "Select",
			"options": "\nRound Up\nRefuse",
			"insert_after": "b2b_case_pack",
			"depends_on": "b2b_case_pack",
			"translatable": 0,
			"description": "On quotations and orders of trade accounts. Empty: they are taken.",
		},
	],
	"Item Price": [
		{
			"fieldname": "b2b_min_qty",
			"label": "Minimum Quantity",
			"fieldtype": "Float",
			"insert_after": "packing_unit",
			"non_negative": 1,
			"depends_on": "selling",
			"description": "Of its UOM. It holds from exactly so many on.",
		},
		{
			"fieldname": "b2b_trade_account",
			"label": "Trade Account",
			"fieldtype": "Link",
			"options": "Trade Account",
			"insert_after": "customer",
			"depends_on": "eval:doc.selling && doc.customer",
			"description": "Only on this account of the customer's. Empty: on all of them.",
		},
		{
			"fieldname": "b2b_below_floor",
			"label": "May Be Below the Floor",
			"fieldtype": "Check",
			"insert_after": "price_list_rate",
			"depends_on": "eval:doc.selling && doc.customer",
			"description": "Orders at this price need no approval, whatever the goods cost.",
		},
	],
	"Customer Group": [
		{
			"fieldname": "b2b_price_tier",
			"label": "Trade Price Tier",
			"fieldtype": "Link",
			"options": "Trade Price Tier",
			"insert_after": "default_price_list",
			"description": "For customers of this group, and of groups below it, whose Trade Account names none.",
		},
	],
}
