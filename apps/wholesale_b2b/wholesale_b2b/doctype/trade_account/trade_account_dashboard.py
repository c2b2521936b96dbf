"""What is linked to a Trade Account, on its form."""

from frappe import _


def get_data() -> dict:
	"""The connections: documents that name the account."""
	own = ("Trade Pro Forma", "Order Hold", "Dispatch Invoice", "Customer Mail")
	return {
		"fieldname": "b2b_trade_account",
		"non_standard_fieldnames": dict.fromkeys(own, "trade_account"),
		"transactions": [
			{"label": _("Orders"), "items": ["Quotation", "Sales Order", "Trade Pro Forma", "Order Hold"]},
			{"label": _("Deliveries"), "items": ["Delivery Note", "Dispatch Invoice"]},
			{"label": _("Invoices and Payments"), "items": ["Sales Invoice", "POS Invoice", "Payment Entry"]},
			{"label": _("Mail"), "items": ["Customer Mail"]},
		],
	}
