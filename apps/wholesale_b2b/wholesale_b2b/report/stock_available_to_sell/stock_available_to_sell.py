"""Per item and warehouse: what is there, what is promised, what can be sold, what comes and when."""

import frappe
from frappe import _

from wholesale_b2b.allocation.service import answers

FIGURES = (
	("actual_qty", "On Hand"),
	("expired_qty", "Expired"),
	("reserved_qty", "Reserved"),
	("ats_qty", "Available to Sell"),
	("in_transit_qty", "In Transit"),
	("inbound_qty", "Inbound"),
	("pre_allocated_qty", "Pre-Allocated"),
	("atp_qty", "Available to Promise"),
)


def execute(filters: dict | None = None) -> tuple[list[dict], list[dict]]:
	"""Columns and rows; filters: warehouse (a group for all below), item_code, item_group, only_free."""
	filters = frappe._dict(filters or {})
	return _columns(), _rows(filters)


def _columns() -> list[dict]:
	return [
		{"fieldname": "item_code", "label": _("Item"), "fieldtype": "Link", "options": "Item", "width": 220},
		{
			"fieldname": "warehouse",
			"label": _("Warehouse"),
			"fieldtype": "Link",
			"options": "Warehouse",
			"width": 170,
		},
		*(
			{"fieldname": name, "label": _(label), "fieldtype": "Float", "width": 110}
			for name, label in FIGURES
		),
		{"fieldname": "next_date", "label": _("Next Free Units"), "fieldtype": "Date", "width": 120},
		{"fieldname": "next_qty", "label": _("Next Free Qty"), "fieldtype": "Float", "width": 110},
		{"fieldname": "stock_uom", "label": _("UOM"), "fieldtype": "Link", "options": "UOM", "width": 70},
	]


def _rows(filters: frappe._dict) -> list[dict]:
	items = answers.items_with_figures(filters.get("item_code"), filters.get("item_group"))
	warehouses = answers.permitted_warehouses(filters.get("warehouse"))
	return [
		{"item_code": item["item_code"], "stock_uom": item["stock_uom"], **place}
		for item in answers.availability(items, warehouses)
		for place in item["warehouses"]
		if place["ats_qty"] > 0 or not filters.get("only_free")
	]
