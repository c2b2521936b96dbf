"""Custom fields of automatic picking, grouped by DocType, for `setup.custom_fields`."""

_SHOWN = {"read_only": 1, "no_copy": 1, "allow_on_submit": 1, "print_hide": 1, "translatable": 0}

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Pick List": [
		{
			**_SHOWN,
			"fieldname": "b2b_ship_date",
			"label": "Wanted",
			"fieldtype": "Date",
			"insert_after": "customer_name",
			"in_list_view": 1,
			"print_hide": 0,
			"depends_on": "b2b_ship_date",
			"description": "The earliest day on which something of it is to be delivered.",
		},
		{
			**_SHOWN,
			"fieldname": "b2b_order_count",
			"label": "Orders",
			"fieldtype": "Int",
			"insert_after": "b2b_ship_date",
			"depends_on": "eval:doc.b2b_order_count > 1",
		},
		{
			**_SHOWN,
			"fieldname": "b2b_hold_status",
			"label": "Held",
			"fieldtype": "Select",
			"options": "\nHeld",
			"insert_after": "b2b_order_count",
			"in_standard_filter": 1,
			"hidden": 1,
		},
	],
	"Pick List Item": [
		{
			"fieldname": "b2b_short_section",
			"label": "Picked Short",
			"fieldtype": "Section Break",
			"insert_after": "delivered_qty",
			"depends_on": "eval:parent.docstatus === 0 && parent.purpose === 'Delivery' && wholesale_b2b.is_on(parent.company)",
		},
		{
			"fieldname": "b2b_short_reason",
			"label": "Why Not All",
			"fieldtype": "Select",
			"options": "\nMissing\nDamaged\nExpired\nLeft for Later",
			"insert_after": "b2b_short_section",
			"no_copy": 1,
			"print_hide": 1,
			"description": "With a reason, nothing picked means nothing.",
		},
		{
			"fieldname": "b2b_scanned_serials",
			"label": "Scanned Serial Numbers",
			"fieldtype": "Small Text",
			"insert_after": "b2b_short_note",
			"no_copy": 1,
			"print_hide": 1,
			"read_only": 1,
			"depends_on": "b2b_scanned_serials",
		},
		{
			"fieldname": "b2b_short_note",
			"label": "Note",
			"fieldtype": "Data",
			"insert_after": "b2b_short_reason",
			"no_copy": 1,
			"print_hide": 1,
			"translatable": 0,
		},
	],
}
