"""Items that are sold and that a tier has no price for, or nothing but the price list."""

import frappe
from frappe import _

from wholesale_b2b.pricing.reporting import service


def execute(filters: dict | None = None):
	"""Columns and rows; filters: tier, company, item_group, brand, only_unpriced."""
	return _columns(), service.unpriced(frappe._dict(filters or {}))


def _columns() -> list[dict]:
	return [
		{
			"fieldname": "tier",
			"label": _("Tier"),
			"fieldtype": "Link",
			"options": "Trade Price Tier",
			"width": 150,
		},
		{"fieldname": "item_code", "label": _("Item"), "fieldtype": "Link", "options": "Item", "width": 170},
		{"fieldname": "item_name", "label": _("Name"), "fieldtype": "Data", "width": 220},
		{
			"fieldname": "item_group",
			"label": _("Item Group"),
			"fieldtype": "Link",
			"options": "Item Group",
			"width": 140,
		},
		# no link: a report with one is refused to roles that may not read brands
		{"fieldname": "brand", "label": _("Brand"), "fieldtype": "Data", "width": 120},
		{
			"fieldname": "list_rate",
			"label": _("Base Price List"),
			"fieldtype": "Float",
			"precision": 2,
			"width": 120,
		},
		{"fieldname": "state", "label": _("State"), "fieldtype": "Data", "width": 160},
	]
