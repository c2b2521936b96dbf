"""How each connection runs: for the form, the workspace and the alerts."""

import frappe
from frappe.utils import add_days, get_datetime, now_datetime, time_diff_in_seconds

from wholesale_b2b.accounting.rules.health import health
from wholesale_b2b.accounting.store import figures


def of(connection: str, days: int = 7) -> dict:
	"""See `store.figures.of`; and since when they count."""
	since = add_days(now_datetime(), -days)
	return {**figures.of(connection, since), "days": days}


def refresh() -> None:
	"""Say on each connection how it is. A change is saved as one, so that notifications hear of it."""
	for connection in figures.connections():
		found = figures.of(connection.name, add_days(now_datetime(), -1)) if connection.enabled else None
		oldest = found and found["oldest"]
		now_is = health(
			bool(connection.enabled),
			bool(connection.paused),
			bool(connection.trouble),
			found["attention"] if found else 0,
			found["conflicts"] if found else 0,
			time_diff_in_seconds(now_datetime(), get_datetime(oldest)) if oldest else None,
		)
		if now_is != (connection.health or ""):
			doc = frappe.get_doc("Accounting Connection", connection.name)
			doc.db_set("health", now_is, update_modified=False)
			frappe.db.commit()  # nosemgrep
