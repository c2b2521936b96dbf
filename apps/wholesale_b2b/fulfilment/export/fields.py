"""Custom fields of export, grouped by DocType, for `setup.custom_fields`."""

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Company": [
		{
			"fieldname": "b2b_eori",
			"label": "EORI",
			"fieldtype": "Data",
			"insert_after": "tax_id",
			"translatable": 0,
			"description": "The company's own, for customs papers: country's two letters and up to 15 letters or digits.",
		},
	],
	"Delivery Note": [
		{
			"fieldname": "b2b_packages",
			"label": "Number of Packages",
			"fieldtype": "Int",
			"insert_after": "b2b_tracking_number",
			"allow_on_submit": 1,
			"non_negative": 1,
			"no_copy": 1,
			"description": "Shown on the packing list.",
		},
	],
}
