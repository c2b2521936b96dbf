"""Custom fields for Fulfilment Policies, grouped by DocType, for `setup.custom_fields`."""

_OURS = {"read_only": 1, "no_copy": 1, "allow_on_submit": 1, "print_hide": 1, "translatable": 0}

_ASKED_FOR = {
	"fieldname": "b2b_demand_line",
	"label": "Asked For by Order Line",
	"fieldtype": "Data",
	"insert_after": "sales_order_item",
	"hidden": 1,
	"read_only": 1,
	"print_hide": 1,
	"translatable": 0,
	"description": "The Sales Order Item, or the Packed Item of one, that a Fulfilment Policy asked it for.",
}

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Sales Order": [
		{
			"fieldname": "b2b_fulfilment_policy",
			"label": "Fulfilment Policy",
			"fieldtype": "Link",
			"options": "Fulfilment Policy",
			"insert_after": "b2b_channel",
			"allow_on_submit": 1,
			"print_hide": 1,
			"search_index": 1,
			"depends_on": "eval:wholesale_b2b.is_on(doc.company)",
			"description": "What of this order ships when. Empty: as the Order Rule, the Trade Account or Wholesale Settings say.",
		},
		{
			"fieldname": "b2b_policy_html",
			"label": "What Ships",
			"fieldtype": "HTML",
			"insert_after": "b2b_allocation_section",
			"depends_on": "eval:doc.docstatus == 1",
		},
		{
			"fieldname": "b2b_stock_given_up",
			"label": "Stock Given Up",
			"fieldtype": "Check",
			"default": "0",
			"insert_after": "b2b_ship_now",
			"hidden": 1,
			"description": "It is held, and its policy leaves its units to others until it is released.",
			**_OURS,
		},
		{
			"fieldname": "b2b_ship_now",
			"label": "Ship Now",
			"fieldtype": "Small Text",
			"insert_after": "b2b_hold_status",
			"hidden": 1,
			"description": "Why the next shipment need not keep the policy; empty where it must.",
			**_OURS,
		},
	],
	"Material Request": [
		{
			"fieldname": "b2b_supplier",
			"label": "Default Supplier",
			"fieldtype": "Link",
			"options": "Supplier",
			"insert_after": "material_request_type",
			"depends_on": "b2b_supplier",
			"read_only": 1,
			"in_standard_filter": 1,
			"description": "Of all items of a request that a Fulfilment Policy has raised.",
		},
	],
	"Material Request Item": [{**_ASKED_FOR, "search_index": 1}],
	"Purchase Order Item": [_ASKED_FOR],
	"Sales Order Item": [
		{
			"fieldname": "b2b_ship_with",
			"label": "Travels With",
			"fieldtype": "Data",
			"insert_after": "b2b_delivery_address",
			"allow_on_submit": 1,
			"print_hide": 1,
			"translatable": 0,
			"depends_on": "eval:wholesale_b2b.is_on(parent.company)",
			"description": "Lines with the same mark ship together, where the Fulfilment Policy keeps marked lines together.",
		},
		{
			"fieldname": "b2b_restored",
			"label": "Restored",
			"fieldtype": "Check",
			"default": "0",
			"insert_after": "b2b_cancelled_qty",
			"hidden": 1,
			"description": "Somebody has brought back what was cancelled: no policy cancels it again.",
			**_OURS,
		},
		{
			"fieldname": "b2b_cancelled_qty",
			"label": "Cancelled (Stock UOM)",
			"fieldtype": "Float",
			"insert_after": "b2b_backorder_qty",
			"description": "Units that are not delivered any more. The ordered quantity stays as it was.",
			**_OURS,
		},
	],
}
