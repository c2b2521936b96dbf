"""The Trade Account on ERPNext's documents, for `setup.custom_fields`."""

AFTER = {
	"Quotation": "party_name",
	"Sales Order": "customer",
	"Delivery Note": "customer",
	"Sales Invoice": "customer",
	"POS Invoice": "customer",
	"Payment Entry": "party",
}

CUSTOM_FIELDS: dict[str, list[dict]] = {
	doctype: [
		{
			"fieldname": "b2b_trade_account",
			"label": "Trade Account",
			"fieldtype": "Link",
			"options": "Trade Account",
			"insert_after": after,
			"depends_on": "eval:wholesale_b2b.is_on(doc.company)",
			"in_standard_filter": 1,
			"search_index": 1,
			"print_hide": 1,
			"description": "On which of the customer's accounts it is. Filled in by itself: by channel, then the customer's default.",
		}
	]
	for doctype, after in AFTER.items()
}

CUSTOM_FIELDS["Customer"] = [
	{
		"fieldname": "b2b_accounts_section",
		"label": "Trade Accounts",
		"fieldtype": "Section Break",
		"insert_after": "image",
		"depends_on": "eval:!doc.__islocal && wholesale_b2b.companies().length",
	},
	{
		"fieldname": "b2b_accounts_html",
		"label": "Accounts Panel",
		"fieldtype": "HTML",
		"insert_after": "b2b_accounts_section",
	},
]
CUSTOM_FIELDS["Customer Credit Limit"] = [
	{
		"fieldname": "b2b_trade_account",
		"label": "Moved to Trade Account",
		"fieldtype": "Link",
		"options": "Trade Account",
		"insert_after": "bypass_credit_limit_check",
		"read_only": 1,
		"in_list_view": 1,
		"depends_on": "b2b_trade_account",
		"description": "The limit is kept there, and looked at there. It comes back when Wholesale B2B is switched off for the company.",
	},
	*(
		{
			"fieldname": name,
			"label": label,
			"fieldtype": kind,
			"hidden": 1,
			"insert_after": "b2b_trade_account",
		}
		for name, label, kind in (
			("b2b_credit_limit", "Limit Before", "Currency"),
			("b2b_bypass", "Bypass Before", "Check"),
			("b2b_added", "Added by Wholesale B2B", "Check"),
		)
	),
]
