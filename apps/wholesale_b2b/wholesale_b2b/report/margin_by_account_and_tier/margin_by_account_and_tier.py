"""What is earned: revenue, discount off the list and margin, by account, tier, customer, item group or sales rep."""

import frappe
from frappe import _

from wholesale_b2b.pricing.reporting import service

LINKS = {
	"Trade Account": "Trade Account",
	"Price Tier": "Trade Price Tier",
	"Customer": "Customer",
	"Item Group": "Item Group",
	"Sales Rep": "User",
}


def execute(filters: dict | None = None):
	"""Columns and rows of the invoices of a period; filters: company, from_date, to_date, group_by, customer, item_group."""
	filters = service.period(filters)
	by = filters.group_by or "Trade Account"
	rows = service.margins(filters)
	currency = frappe.get_cached_value("Company", filters.company, "default_currency")
	for row in rows:
		row.currency = currency
	return _columns(by), rows, None, _chart(rows)


def _columns(by: str) -> list[dict]:
	def money(fieldname: str, label: str) -> dict:
		return {
			"fieldname": fieldname,
			"label": label,
			"fieldtype": "Currency",
			"options": "currency",
			"width": 125,
		}

	def percent(fieldname: str, label: str) -> dict:
		return {"fieldname": fieldname, "label": label, "fieldtype": "Percent", "precision": 1, "width": 95}

	return [
		{"fieldname": "name", "label": _(by), "fieldtype": "Link", "options": LINKS.get(by), "width": 220},
		{"fieldname": "invoices", "label": _("Invoices"), "fieldtype": "Int", "width": 85},
		money("at_list", _("At List Price")),
		money("discount", _("Discount")),
		percent("discount_percent", _("Discount %")),
		money("revenue", _("Revenue")),
		money("cost", _("Cost")),
		money("margin", _("Margin")),
		percent("margin_percent", _("Margin %")),
		money("leakage", _("Below Calculated")),
		money("uncosted", _("Revenue Without Known Cost")),
	]


def _chart(rows: list[frappe._dict]) -> dict | None:
	shown = [row for row in rows if row.margin_percent is not None][:12]
	if not shown:
		return None
	return {
		"data": {
			"labels": [row.name or _("None") for row in shown],
			"datasets": [{"name": _("Margin %"), "values": [round(row.margin_percent, 1) for row in shown]}],
		},
		"type": "bar",
		"fieldtype": "Percent",
	}
