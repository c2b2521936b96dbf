"""Custom fields of dispatch, grouped by DocType, for `setup.custom_fields`.

The carrier is ERPNext's own Transporter, the shipment's address its Shipping Address.
"""

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Sales Order": [
		{
			"fieldname": "b2b_status_section",
			"label": "Shipments and Invoices",
			"fieldtype": "Section Break",
			"insert_after": "b2b_basket",
			"depends_on": "eval:doc.docstatus == 1 && wholesale_b2b.is_on(doc.company)",
		},
		{
			"fieldname": "b2b_status_html",
			"label": "Order Status Panel",
			"fieldtype": "HTML",
			"insert_after": "b2b_status_section",
		},
	],
	"Sales Order Item": [
		{
			"fieldname": "b2b_delivery_address",
			"label": "Delivery Address",
			"fieldtype": "Link",
			"options": "Address",
			"insert_after": "delivery_date",
			"allow_on_submit": 1,
			"search_index": 0,
			"depends_on": "eval:wholesale_b2b.is_on(parent.company)",
			"description": "Where this line goes. Empty: to the order's shipping address.",
		},
	],
	"Delivery Note": [
		{
			"fieldname": "b2b_tracking_number",
			"label": "Tracking Number",
			"fieldtype": "Data",
			"insert_after": "transporter",
			"allow_on_submit": 1,
			"no_copy": 1,
			"translatable": 0,
			"in_standard_filter": 1,
			"description": "The carrier's number of this parcel; it may follow after dispatch.",
		},
		{
			"fieldname": "b2b_requested_date",
			"label": "Requested Delivery Date",
			"fieldtype": "Date",
			"insert_after": "posting_time",
			"read_only": 1,
			"depends_on": "b2b_requested_date",
			"description": "When the customer asked for what is in this shipment.",
		},
	],
}
