"""Tiers, their rows and Item Prices that end soon, and whether another price follows."""

import frappe
from frappe import _

from wholesale_b2b.pricing.reporting import service


def execute(filters: dict | None = None):
	"""Columns and rows; filters: days (30), tier, price_list, customer."""
	return _columns(), service.ending(frappe._dict(filters or {}))


def _columns() -> list[dict]:
	return [
		{"fieldname": "valid_upto", "label": _("Last Day"), "fieldtype": "Date", "width": 100},
		{"fieldname": "days_left", "label": _("Days Left"), "fieldtype": "Int", "width": 85},
		{"fieldname": "what", "label": _("What"), "fieldtype": "Data", "width": 110},
		{
			"fieldname": "name",
			"label": _("Document"),
			"fieldtype": "Dynamic Link",
			"options": "doctype",
			"width": 170,
		},
		{"fieldname": "target", "label": _("For"), "fieldtype": "Data", "width": 180},
		{"fieldname": "figure", "label": _("Price or Discount"), "fieldtype": "Data", "width": 130},
		{"fieldname": "followed", "label": _("Another Follows"), "fieldtype": "Data", "width": 120},
		{
			"fieldname": "price_list",
			"label": _("Price List"),
			"fieldtype": "Link",
			"options": "Price List",
			"width": 140,
		},
		{
			"fieldname": "customer",
			"label": _("Customer"),
			"fieldtype": "Link",
			"options": "Customer",
			"width": 160,
		},
		{"fieldname": "doctype", "label": _("Document Type"), "fieldtype": "Data", "hidden": 1},
	]
