"""How each connection runs: for the form, the workspace and the alerts."""

import frappe
from frappe.utils import add_days, get_datetime, getdate, now_datetime, time_diff_in_seconds

from wholesale_b2b.accounting.rules.health import health, step, uptime
from wholesale_b2b.accounting.store import figures

KEEP_DAYS = 400


def of(connection: str, days: int = 7) -> dict:
	"""See `store.figures.of`; since when they count; and the uptime in percent, of a week and a month."""
	since = add_days(now_datetime(), -days)
	return {
		**figures.of(connection, since),
		"days": days,
		"uptime_week": uptime(*figures.looked(connection, add_days(getdate(), -6))),
		"uptime_month": uptime(*figures.looked(connection, add_days(getdate(), -29))),
	}


def looked(connection: str, answered: bool) -> None:
	"""Somebody has looked what has changed over there, and was answered or not. Without a commit."""
	at, last = now_datetime(), figures.last_look(connection)
	seconds = step(time_diff_in_seconds(at, last) if last else None)
	figures.add_look(connection, getdate(at), at, seconds, seconds if answered else 0)


def forget() -> None:
	"""Days that no figure counts any more."""
	figures.forget_before(add_days(getdate(), -KEEP_DAYS))
	frappe.db.commit()  # nosemgrep


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
