"""Custom fields that credit needs, grouped by DocType, for `setup.custom_fields`."""


def _panel(after: str) -> list[dict]:
	return [
		{
			"fieldname": "b2b_credit_section",
			"label": "Credit",
			"fieldtype": "Section Break",
			"insert_after": after,
			"depends_on": "eval:doc.docstatus < 2",
		},
		{
			"fieldname": "b2b_credit_html",
			"label": "Credit Panel",
			"fieldtype": "HTML",
			"insert_after": "b2b_credit_section",
		},
	]


CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Quotation": _panel("in_words"),
	"Sales Order": _panel("disable_rounded_total"),
	"Delivery Note": [
		{
			"fieldname": "b2b_not_queued",
			"label": "Left Out of the Invoicing Queue",
			"fieldtype": "Check",
			"default": "0",
			"insert_after": "b2b_tracking_number",
			"hidden": 1,
			"no_copy": 1,
			"print_hide": 1,
			"search_index": 1,
		}
	],
}
