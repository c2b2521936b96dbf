"""Custom fields for holds, grouped by DocType, for `setup.custom_fields`."""

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Sales Order": [
		{
			"fieldname": "b2b_hold_status",
			"label": "Held",
			"fieldtype": "Select",
			"options": "\nHeld",
			"insert_after": "b2b_allocation_status",
			"in_standard_filter": 1,
			"hidden": 1,
			"search_index": 1,
			"read_only": 1,
			"no_copy": 1,
			"allow_on_submit": 1,
			"print_hide": 1,
			"translatable": 0,
		},
	],
}
