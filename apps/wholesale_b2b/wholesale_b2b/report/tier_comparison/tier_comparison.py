"""What an item costs on each tier, side by side."""

import frappe
from frappe import _

from wholesale_b2b.pricing.reporting import service


def execute(filters: dict | None = None):
	"""Columns and rows; filters: tiers (up to eight; all enabled ones without it), qty (1), company, item_group, brand."""
	filters = frappe._dict(filters or {})
	tiers, currency, rows = service.comparison(filters)
	for row in rows:
		row["currency"] = currency
	return _columns(tiers, any(key.startswith("margin_") for row in rows for key in row)), rows


def _columns(tiers: list[str], with_margins: bool) -> list[dict]:
	def money(fieldname: str, label: str) -> dict:
		return {
			"fieldname": fieldname,
			"label": label,
			"fieldtype": "Currency",
			"options": "currency",
			"width": 110,
		}

	columns = [
		{"fieldname": "item_code", "label": _("Item"), "fieldtype": "Link", "options": "Item", "width": 170},
		{"fieldname": "item_name", "label": _("Name"), "fieldtype": "Data", "width": 200},
		money("list_rate", _("List")),
	]
	for place, tier in enumerate(tiers):
		columns.append(money(f"tier_{place}", tier))
		if with_margins:
			columns.append(
				{
					"fieldname": f"margin_{place}",
					"label": _("Margin {0}").format(tier),
					"fieldtype": "Percent",
					"precision": 1,
					"width": 90,
				}
			)
	return columns
