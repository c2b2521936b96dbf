"""Custom fields that Order Rules and Stock Holds need, grouped by DocType, for `setup.custom_fields`."""

CHANNEL = {
	"fieldname": "b2b_channel",
	"label": "Channel",
	"fieldtype": "Data",
	"allow_on_submit": 1,
	"print_hide": 1,
	"translatable": 0,
	"in_standard_filter": 1,
	"depends_on": "eval:wholesale_b2b.is_on(doc.company)",
	"description": "Through which channel the order came, as Order Rules and Stock Protections name it.",
}

# Set whenever the order is saved, and when rules change. An empty one leaves the default of Wholesale Settings.
RULED = {"read_only": 1, "no_copy": 1, "allow_on_submit": 1, "print_hide": 1, "translatable": 0}

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Quotation": [
		{**CHANNEL, "insert_after": "valid_till"},
	],
	"Sales Order": [
		{**CHANNEL, "insert_after": "b2b_priority"},
		{
			"fieldname": "b2b_rule_section",
			"label": "Order Rule",
			"fieldtype": "Section Break",
			"insert_after": "b2b_promise_date",
			"collapsible": 1,
			"depends_on": "eval:doc.b2b_order_rule",
		},
		{
			"fieldname": "b2b_order_rule",
			"label": "Order Rule",
			"fieldtype": "Link",
			"options": "Order Rule",
			"insert_after": "b2b_rule_section",
			"search_index": 1,
			"description": "The first Order Rule that this order matches.",
			**RULED,
		},
		{
			"fieldname": "b2b_rule_priority",
			"label": "Priority by Rule",
			"fieldtype": "Int",
			"insert_after": "b2b_order_rule",
			"depends_on": "b2b_rule_priority",
			"description": "The Allocation Priority of the order itself, where it has one, comes before it.",
			**RULED,
		},
		{
			"fieldname": "b2b_rule_policy",
			"label": "Fulfilment Policy by Rule",
			"fieldtype": "Link",
			"options": "Fulfilment Policy",
			"insert_after": "b2b_rule_priority",
			"depends_on": "b2b_rule_policy",
			"description": "The Fulfilment Policy of the order itself, where it has one, comes before it.",
			**RULED,
		},
		{
			"fieldname": "b2b_rule_released",
			"label": "Released From Rule",
			"fieldtype": "Data",
			"insert_after": "b2b_rule_policy",
			"hidden": 1,
			"description": "The Order Rule whose hold somebody has released.",
			**RULED,
		},
		{
			"fieldname": "b2b_rule_column",
			"fieldtype": "Column Break",
			"insert_after": "b2b_rule_policy",
		},
		{
			"fieldname": "b2b_strategy",
			"label": "Strategy by Rule",
			"fieldtype": "Select",
			"options": "\nEarliest\nJust in Time\nFair Share",
			"insert_after": "b2b_rule_column",
			"depends_on": "b2b_strategy",
			**RULED,
		},
		{
			"fieldname": "b2b_horizon_days",
			"label": "Reservation Horizon by Rule (Days)",
			"fieldtype": "Int",
			"insert_after": "b2b_strategy",
			"depends_on": "b2b_horizon_days",
			**RULED,
		},
		{
			"fieldname": "b2b_basket",
			"label": "Basket",
			"fieldtype": "Data",
			"insert_after": "b2b_horizon_days",
			"hidden": 1,
			"no_copy": 1,
			"print_hide": 1,
			"translatable": 0,
			"description": "The basket that this order was made from; its Stock Holds go to the order.",
		},
	],
}
