"""What is held, why, since when, and by whom to release: orders, and accounts as a whole."""

import frappe
from frappe import _
from frappe.utils import flt

from wholesale_b2b.fulfilment.holds import service


def execute(filters: dict | None = None) -> tuple:
	"""Columns, rows (the oldest first), and a summary. filters: company, kind, customer, trade_account, release_role, days
	(held for at least so many), mine (only what one of the user's roles releases)."""
	rows = service.list_held(frappe._dict(filters or {}))
	return _columns(), rows, None, None, _summary(rows)


def _columns() -> list[dict]:
	return [
		_column("sales_order", _("Sales Order"), "Link", 190, "Sales Order"),
		_column("customer_name", _("Customer"), "Data", 170),
		_column("kind", _("Held For"), "Data", 200),
		_column("reason", _("Why"), "Data", 380),
		_column("days", _("Days"), "Int", 60),
		_column("release_role", _("Who Releases It"), "Data", 160),
		_column("opened_at", _("Since"), "Datetime", 180),
		_column("released_by_what", _("What Releases It"), "Data", 260),
		_column("value", _("Order Value"), "Currency", 120, "currency"),
		_column("delivery_date", _("Wanted"), "Date", 100),
		_column("trade_account", _("Trade Account"), "Link", 150, "Trade Account"),
		_column("opened_by", _("Opened By"), "Link", 150, "User"),
		_column("cause", _("Cause"), "Data", 190),
		_column("name", _("Hold"), "Link", 110, "Order Hold"),
	]


def _column(name: str, label: str, kind: str, width: int, options: str | None = None) -> dict:
	return {"fieldname": name, "label": label, "fieldtype": kind, "width": width, "options": options}


def _summary(rows: list[dict]) -> list[dict]:
	"""An order with several holds counts once; money is added up where all of it is in one currency."""
	orders = {row.sales_order: row for row in rows if row.sales_order}
	currencies = {row.currency for row in orders.values()}
	oldest = max((row.days for row in rows), default=0)
	found = [
		{
			"label": _("Held Orders"),
			"value": len(orders),
			"datatype": "Int",
			"indicator": "Red" if orders else "Green",
		},
		{
			"label": _("Oldest (Days)"),
			"value": oldest,
			"datatype": "Int",
			"indicator": "Red" if oldest >= 7 else "Blue",
		},
	]
	if len(currencies) == 1:
		value = sum(flt(row.value) for row in orders.values())
		found.insert(
			1,
			{
				"label": _("Value Held"),
				"value": value,
				"datatype": "Currency",
				"currency": currencies.pop(),
				"indicator": "Blue",
			},
		)
	return found
