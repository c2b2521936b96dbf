"""Sync Messages: the outbox and the inbox. One is written in the transaction of its document."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import frappe
from frappe.utils import now, now_datetime

from wholesale_b2b.accounting.rules import messages as rules
from wholesale_b2b.accounting.rules.messages import Queued
from wholesale_b2b.setwise import insert_rows, new_hashes

DOCTYPE = "Sync Message"
OUT, IN = "Out", "In"
SEND, CANCEL, TAKE = "Send", "Cancel", "Take"
COLUMNS = (
	"name", "creation", "modified", "owner", "modified_by", "docstatus", "idx", "accounting_connection", "company",
	"direction", "kind", "action", "status", "reference_doctype", "reference_name", "their_id", "subject", "position",
	"inbound_key", "paper", "queued_at", "next_try", "attempts", "slot", "unsure",
)  # fmt: skip
# How many due messages are looked at to find the next one.
WINDOW = 20


def put(
	connection: str, company: str, direction: str, kind: str, action: str, subject: str, **more: Any
) -> str:
	"""Write a message; its name. more: reference_doctype, reference_name, their_id, inbound_key, paper."""
	(name,) = new_hashes(1)
	stamp, user = now(), frappe.session.user
	values = {
		"name": name,
		"creation": stamp,
		"modified": stamp,
		"owner": user,
		"modified_by": user,
		"docstatus": 0,
		"idx": 0,
		"accounting_connection": connection,
		"company": company,
		"direction": direction,
		"kind": kind,
		"action": action,
		"status": rules.QUEUED,
		"subject": subject[:180],
		"position": time.time_ns(),
		"queued_at": stamp,
		"attempts": 0,
		"slot": 0,
		"unsure": 0,
		**more,
	}
	insert_rows(DOCTYPE, COLUMNS, [[values.get(column) for column in COLUMNS]])
	return name


def subject_of(doctype: str, name: str) -> str:
	return f"{doctype}/{name}"[:180]


def rename(doctype: str, old: str, new: str) -> None:
	"""Messages about a document that was renamed are about the new name."""
	frappe.db.sql(
		f"update `tab{DOCTYPE}` set subject = %s where subject = %s",
		[subject_of(doctype, new), subject_of(doctype, old)],
	)


def is_under_way(connection: str, subject: str) -> bool:
	"""Whether anything about this document waits, is being sent, or needs somebody."""
	filters = {
		"accounting_connection": connection,
		"subject": subject,
		"status": ("in", rules.OPEN),
	}
	return bool(frappe.db.exists(DOCTYPE, filters))


def is_queued(connection: str, subject: str, action: str) -> bool:
	"""Whether such a message waits that nobody has begun with. It stays so until this transaction ends."""
	return bool(
		frappe.db.sql(
			"""select name from `tabSync Message` where subject = %s and accounting_connection = %s and action = %s
			and status = %s limit 1 for update""",
			[subject, connection, action, rules.QUEUED],
		)
	)


def is_known(inbound_key: str) -> bool:
	return bool(frappe.db.sql("select 1 from `tabSync Message` where inbound_key = %s", [inbound_key]))


def claim(connection: str, slot: int) -> dict | None:
	"""The next message that may go, claimed for this slot: the caller commits. None if there is nothing to do now."""
	for chosen in _next_ones(connection):
		rows = frappe.db.sql(
			"""select name, company, direction, kind, action, reference_doctype, reference_name, their_id, subject, attempts,
				unsure, answer, paper, position
			from `tabSync Message` force index (primary) where name = %s and status in %s for update skip locked""",
			[chosen.name, (rules.QUEUED, rules.WAITING)],
			as_dict=True,
		)
		if rows:
			message = rows[0]
			message.attempts += 1
			set_values(message.name, status=rules.SENDING, slot=slot, attempts=message.attempts)
			return message
	return None


def _next_ones(connection: str) -> list[Queued]:
	due = frappe.db.sql(
		"""select subject from `tabSync Message` where accounting_connection = %s and status in %s
		and ifnull(next_try, '2000-01-01') <= %s order by position limit %s""",
		[connection, (rules.QUEUED, rules.WAITING), now_datetime(), WINDOW],
	)
	if not due:
		return []
	rows = frappe.db.sql(
		"""select name, subject, position, status, ifnull(next_try, '2000-01-01') <= %s
		from `tabSync Message` where subject in %s and accounting_connection = %s and status in %s""",
		[now_datetime(), tuple({row[0] for row in due}), connection, rules.OPEN],
	)
	queue = [
		Queued(name, subject, position, status, bool(due)) for name, subject, position, status, due in rows
	]
	chosen = rules.next_ones(queue, WINDOW)
	return chosen or _beyond(connection)


def _beyond(connection: str) -> list[Queued]:
	"""The oldest due ones all stand behind something: look at all of them."""
	rows = frappe.db.sql(
		"""select name, subject, position, status, ifnull(next_try, '2000-01-01') <= %s
		from `tabSync Message` where accounting_connection = %s and status in %s""",
		[now_datetime(), connection, rules.OPEN],
	)
	return rules.next_ones((Queued(*row[:4], bool(row[4])) for row in rows), WINDOW)


def orphans(connection: str, slot: int) -> int:
	"""Put back what a worker of this slot had in hand when it died: it may have arrived. How many there were."""
	frappe.db.sql(
		"""update `tabSync Message` set status = %s, unsure = 1, slot = 0, modified = %s
		where accounting_connection = %s and status = %s and slot = %s""",
		[rules.QUEUED, now(), connection, rules.SENDING, slot],
	)
	return frappe.db._cursor.rowcount


def set_values(name: str, **values: Any) -> None:
	sets = ", ".join(f"`{column}` = %s" for column in values)
	frappe.db.sql(
		f"update `tabSync Message` force index (primary) set {sets}, modified = %s where name = %s",
		[*values.values(), now(), name],
	)


def wake(connection: str, subject: str) -> None:
	"""What waits for this document may go."""
	frappe.db.sql(
		"""update `tabSync Message` set next_try = null, waits_for = '' where waits_for = %s
		and accounting_connection = %s and status = %s""",
		[subject, connection, rules.WAITING],
	)


def replay(names: Sequence[str], states: Iterable[str], **values: Any) -> list[str]:
	"""Queue these again, those that are in one of the states; their names."""
	found = frappe.db.sql_list(
		"""select name from `tabSync Message` force index (primary) where name in %s and status in %s
		order by name for update""",
		[tuple(names) or ("",), tuple(states)],
	)
	for name in found:
		set_values(
			name,
			**{
				"status": rules.QUEUED,
				"attempts": 0,
				"next_try": None,
				"waits_for": "",
				"error": "",
				"todo": "",
				**values,
			},
		)
	return found


def open_inbound(connection: str) -> int:
	"""How many taken-in messages are not applied yet and will be tried by themselves."""
	return frappe.db.count(
		DOCTYPE,
		{
			"accounting_connection": connection,
			"direction": IN,
			"status": ("in", (rules.QUEUED, rules.SENDING, rules.WAITING)),
		},
	)


def due(connection: str) -> int:
	"""How many messages of a connection may go now, those that stand behind others included."""
	return frappe.db.sql(
		"""select count(*) from `tabSync Message` where accounting_connection = %s and status in %s
		and ifnull(next_try, '2000-01-01') <= %s""",
		[connection, (rules.QUEUED, rules.WAITING), now_datetime()],
	)[0][0]


def due_connections() -> list[str]:
	"""Connections with something to do now."""
	return frappe.db.sql_list(
		"""select distinct m.accounting_connection from `tabSync Message` m
		join `tabAccounting Connection` c on c.name = m.accounting_connection and c.enabled = 1 and c.paused = 0
		where m.status in %s and ifnull(m.next_try, '2000-01-01') <= %s
			and ifnull(c.wait_until, '2000-01-01') <= %s""",
		[(rules.QUEUED, rules.WAITING, rules.SENDING), now_datetime(), now_datetime()],
	)


def forget_before(stamp: Any) -> None:
	"""Delete finished messages that are older than this."""
	frappe.db.sql(
		"delete from `tabSync Message` where status in %s and modified < %s limit 10000",
		[rules.FINISHED, stamp],
	)
