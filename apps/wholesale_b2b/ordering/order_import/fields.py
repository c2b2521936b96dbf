"""Custom fields that Order Import needs, grouped by DocType, for `setup.custom_fields`."""

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Sales Order": [
		{
			"fieldname": "b2b_external_section",
			"label": "External Order",
			"fieldtype": "Section Break",
			"insert_after": "party_account_currency",
			"collapsible": 1,
			"depends_on": "b2b_external_order_no",
		},
		{
			"fieldname": "b2b_external_order_no",
			"label": "External Order Number",
			"fieldtype": "Data",
			"insert_after": "b2b_external_section",
			"read_only": 1,
			"no_copy": 1,
			"search_index": 1,
			"in_standard_filter": 1,
			"description": "Unique per company and source; an Imported Order stands for each",
		},
		{
			"fieldname": "b2b_external_source",
			"label": "External Source",
			"fieldtype": "Data",
			"insert_after": "b2b_external_order_no",
			"read_only": 1,
			"no_copy": 1,
		},
		{
			"fieldname": "b2b_external_column",
			"fieldtype": "Column Break",
			"insert_after": "b2b_external_source",
		},
		{
			"fieldname": "b2b_external_order_part",
			"label": "External Order Part",
			"fieldtype": "Int",
			"insert_after": "b2b_external_column",
			"read_only": 1,
			"no_copy": 1,
			"description": "1 is the order itself; higher numbers supplement it with rows corrected later",
		},
		{
			"fieldname": "b2b_order_import",
			"label": "Order Import",
			"fieldtype": "Link",
			"options": "Order Import",
			"insert_after": "b2b_external_order_part",
			"read_only": 1,
			"no_copy": 1,
			"search_index": 1,
		},
	],
}
