"""Ours against the accounting package's, invoice by invoice; green when nothing differs."""

import frappe
from frappe import _
from frappe.utils import flt, getdate

from wholesale_b2b.accounting.connectors.errors import SyncError
from wholesale_b2b.accounting.rules.reconciling import SAME, Row, is_green
from wholesale_b2b.accounting.service import reconciliation


def execute(filters: dict | None = None) -> tuple:
	"""filters: accounting_connection, from_date, to_date, only_differences."""
	wanted = frappe._dict(filters or {})
	for field in ("accounting_connection", "from_date", "to_date"):
		if not wanted.get(field):
			frappe.throw(_("Choose {0}.").format(_(frappe.unscrub(field))))
	frappe.get_doc("Accounting Connection", wanted.accounting_connection).check_permission("read")
	try:
		rows = reconciliation.compare(
			wanted.accounting_connection, getdate(wanted.from_date), getdate(wanted.to_date)
		)
	except SyncError as error:
		frappe.throw(f"{error.message} {getattr(error, 'todo', '')}", title=_("Accounting"))
	shown = [row for row in rows if row.problem != SAME] if wanted.only_differences else rows
	return columns(), [_shown(row) for row in shown], None, None, summary(rows)


def columns() -> list[dict]:
	def money(field: str, label: str, width: int = 115) -> dict:
		return {
			"fieldname": field,
			"label": label,
			"fieldtype": "Currency",
			"options": "currency",
			"width": width,
		}

	return [
		{"fieldname": "number", "label": _("Document"), "fieldtype": "Data", "width": 205},
		{"fieldname": "kind", "label": _("Kind"), "fieldtype": "Data", "width": 100},
		{"fieldname": "problem", "label": _("Result"), "fieldtype": "Data", "width": 150},
		money("difference", _("Difference")),
		money("our_total", _("Total Here")),
		money("their_total", _("Total There")),
		money("our_tax", _("Tax Here")),
		money("their_tax", _("Tax There")),
		money("our_outstanding", _("Outstanding Here"), 145),
		money("their_outstanding", _("Outstanding There"), 145),
		{
			"fieldname": "currency",
			"label": _("Currency"),
			"fieldtype": "Link",
			"options": "Currency",
			"width": 80,
		},
	]


def _shown(row: Row) -> dict:
	found = {
		"number": row.number,
		"kind": _(row.kind),
		"problem": _(row.problem),
		"is_same": int(row.problem == SAME),
		"difference": flt(row.difference),
		"currency": row.currency,
	}
	for prefix, side in (("our", row.ours), ("their", row.theirs)):
		for field in ("total", "tax", "outstanding"):
			found[f"{prefix}_{field}"] = flt(getattr(side, field)) if side else None
	return found


def summary(rows: list[Row]) -> list[dict]:
	differ = len([row for row in rows if row.problem != SAME])
	return [
		{"label": _("Documents"), "value": len(rows), "datatype": "Int"},
		{
			"label": _("Differences"),
			"value": differ,
			"datatype": "Int",
			"indicator": "Green" if is_green(rows) else "Red",
		},
	]
