"""How the sync runs, in figures."""

from statistics import median
from typing import Any

import frappe

from wholesale_b2b.setwise import new_hashes


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


def last_look(connection: str) -> Any:
	"""When the package was looked at last; None if it never was."""
	return frappe.db.sql(
		"select max(modified) from `tabSync Day` where accounting_connection = %s", [connection]
	)[0][0]


def add_look(connection: str, day: Any, at: Any, seconds: int, up_seconds: int) -> None:
	"""Add a look to its day, in one statement: looks of one connection are made one at a time."""
	(name,) = new_hashes(1)
	frappe.db.sql(
		"""insert into `tabSync Day` (name, creation, modified, owner, modified_by, docstatus, idx, accounting_connection, day,
			seconds, up_seconds)
		values (%(name)s, %(at)s, %(at)s, 'Administrator', 'Administrator', 0, 0, %(connection)s, %(day)s, %(seconds)s, %(up)s)
		on duplicate key update seconds = seconds + %(seconds)s, up_seconds = up_seconds + %(up)s, modified = %(at)s""",
		{
			"name": name,
			"at": at,
			"connection": connection,
			"day": day,
			"seconds": seconds,
			"up": up_seconds,
		},
	)


def looked(connection: str, since: Any) -> tuple[int, int]:
	"""(seconds that were looked at since this day, seconds in which the package answered)."""
	found = frappe.db.sql(
		"select sum(seconds), sum(up_seconds) from `tabSync Day` where accounting_connection = %s and day >= %s",
		[connection, since],
	)[0]
	return int(found[0] or 0), int(found[1] or 0)


def forget_before(day: Any) -> None:
	"""Delete days that are older than this."""
	frappe.db.sql("delete from `tabSync Day` where day < %s", [day])


def connections() -> list[dict]:
	return frappe.get_all("Accounting Connection", fields=["name", "enabled", "paused", "health", "trouble"])
