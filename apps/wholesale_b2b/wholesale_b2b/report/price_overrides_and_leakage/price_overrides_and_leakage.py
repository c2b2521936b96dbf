"""What was sold at another price than the calculated one, why, by whom, and what that came to."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import flt

from wholesale_b2b.pricing.reporting import service


def execute(filters: dict | None = None):
	"""Columns, rows, no message, chart and summary; filters: company, from_date, to_date, customer, trade_account, item_code,
	item_group, changed_by, status.
	"""
	filters = service.period(filters)
	rows = service.overrides(filters)
	currency = frappe.get_cached_value("Company", filters.company, "default_currency")
	for row in rows:
		row.company_currency = currency
	return _columns(), rows, None, _chart(rows, currency), _summary(rows, currency)


def _columns() -> list[dict]:
	def link(fieldname: str, label: str, options: str, width: int = 130) -> dict:
		return {
			"fieldname": fieldname,
			"label": label,
			"fieldtype": "Link",
			"options": options,
			"width": width,
		}

	def money(fieldname: str, label: str, options: str = "currency") -> dict:
		return {
			"fieldname": fieldname,
			"label": label,
			"fieldtype": "Currency",
			"options": options,
			"width": 100,
		}

	return [
		{"fieldname": "day", "label": _("Date"), "fieldtype": "Date", "width": 95},
		{
			"fieldname": "reference_name",
			"label": _("Document"),
			"fieldtype": "Dynamic Link",
			"options": "reference_doctype",
			"width": 160,
		},
		link("customer", _("Customer"), "Customer", 150),
		link("item_code", _("Item"), "Item", 150),
		{"fieldname": "sold_qty", "label": _("Sold"), "fieldtype": "Float", "width": 70},
		link("uom", _("UOM"), "UOM", 60),
		money("calculated_rate", _("Calculated")),
		money("rate", _("Price")),
		money("leakage", _("Leakage"), "company_currency"),
		{"fieldname": "source", "label": _("Calculated From"), "fieldtype": "Data", "width": 130},
		{"fieldname": "reason", "label": _("Reason"), "fieldtype": "Data", "width": 200},
		link("changed_by", _("Changed By"), "User", 150),
		{"fieldname": "status", "label": _("Status"), "fieldtype": "Data", "width": 120},
		link("decided_by", _("Decided By"), "User", 150),
		link("trade_account", _("Trade Account"), "Trade Account", 150),
		{"fieldname": "reference_doctype", "label": _("Document Type"), "fieldtype": "Data", "width": 110},
		link("name", _("Price Override"), "Price Override", 110),
	]


def _chart(rows: list[frappe._dict], currency: str) -> dict | None:
	"""Leakage by who changed the price."""
	by_user: dict[str, float] = defaultdict(float)
	for row in rows:
		by_user[row.changed_by] += flt(row.leakage)
	if not by_user:
		return None
	users = sorted(by_user, key=by_user.get, reverse=True)[:12]
	return {
		"data": {
			"labels": [frappe.utils.get_fullname(user) for user in users],
			"datasets": [{"name": _("Leakage"), "values": [flt(by_user[user], 2) for user in users]}],
		},
		"type": "bar",
		"fieldtype": "Currency",
		"options": currency,
	}


def _summary(rows: list[frappe._dict], currency: str) -> list[dict]:
	lost = sum(flt(row.leakage) for row in rows if flt(row.leakage) > 0)
	won = -sum(flt(row.leakage) for row in rows if flt(row.leakage) < 0)
	waiting = sum(row.status == "Awaiting Approval" for row in rows)
	return [
		{
			"label": _("Sold Below Calculated"),
			"value": lost,
			"datatype": "Currency",
			"currency": currency,
			"indicator": "Red",
		},
		{
			"label": _("Sold Above Calculated"),
			"value": won,
			"datatype": "Currency",
			"currency": currency,
			"indicator": "Green",
		},
		{"label": _("Lines"), "value": len(rows), "datatype": "Int"},
		{
			"label": _("Awaiting Approval"),
			"value": waiting,
			"datatype": "Int",
			"indicator": "Orange" if waiting else "Gray",
		},
	]
