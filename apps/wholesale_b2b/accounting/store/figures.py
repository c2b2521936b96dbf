"""How the sync runs, in figures."""

from statistics import median
from typing import Any

import frappe


def of(connection: str, since: Any) -> dict:
	"""lag_median, lag_worst (seconds from the document to the package, of what was sent since), sent, taken, failed, error_rate
	(percent of attempts), backlog, attention, oldest (when the oldest unresolved was queued), conflicts."""
	lags = [
		float(seconds)
		for (seconds,) in frappe.db.sql(
			"""select timestampdiff(microsecond, queued_at, done_at) / 1000000 from `tabSync Message`
			where accounting_connection = %s and direction = 'Out' and status = 'Done' and done_at >= %s""",
			[connection, since],
		)
		if seconds is not None
	]
	sent, taken, attempts, done = frappe.db.sql(
		"""select sum(direction = 'Out' and status = 'Done'), sum(direction = 'In' and status = 'Done'),
			sum(greatest(attempts, 1)), sum(status in ('Done', 'Dry Run', 'Superseded'))
		from `tabSync Message` where accounting_connection = %s and modified >= %s
			and status not in ('Queued', 'Sending')""",
		[connection, since],
	)[0]
	backlog, attention, oldest = frappe.db.sql(
		"""select sum(status in ('Queued', 'Sending', 'Waiting')), sum(status = 'Needs Attention'), min(queued_at)
		from `tabSync Message` where accounting_connection = %s
			and status in ('Queued', 'Sending', 'Waiting', 'Needs Attention')""",
		[connection],
	)[0]
	failed = int(attempts or 0) - int(done or 0)
	return {
		"lag_median": median(lags) if lags else None,
		"lag_worst": max(lags) if lags else None,
		"sent": int(sent or 0),
		"taken": int(taken or 0),
		"failed": failed,
		"error_rate": round(100 * failed / attempts, 1) if attempts else 0.0,
		"backlog": int(backlog or 0),
		"attention": int(attention or 0),
		"oldest": oldest,
		"conflicts": frappe.db.count(
			"Sync Conflict", {"accounting_connection": connection, "status": "Open"}
		),
	}


def connections() -> list[dict]:
	return frappe.get_all("Accounting Connection", fields=["name", "enabled", "paused", "health", "trouble"])
