"""Sync Messages: the outbox and the inbox. One is written in the transaction of its document."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import frappe
from frappe.model.dynamic_links import invalidate_distinct_link_doctypes
from frappe.utils import now, now_datetime

from wholesale_b2b.accounting.rules import messages as rules
from wholesale_b2b.accounting.rules.messages import Queued
from wholesale_b2b.accounting.rules.papers import PAYMENT
from wholesale_b2b.accounting.store import documents
from wholesale_b2b.setwise import insert_rows, new_hashes

DOCTYPE = "Sync Message"
OUT, IN = "Out", "In"
SEND, CANCEL, TAKE = "Send", "Cancel", "Take"
COLUMNS = (
	"name", "creation", "modified", "owner", "modified_by", "docstatus", "idx", "accounting_connection", "company",
	"direction", "kind", "action", "status", "reference_doctype", "reference_name", "their_id", "subject", "position",
	"inbound_key", "paper", "title", "queued_at", "next_try", "attempts", "slot", "unsure", "round",
)  # fmt: skip
# The position before all others.
FRONT = 0
# How many due messages are looked at to find the next one.
WINDOW = 20


def put(
	connection: str, company: str, direction: str, kind: str, action: str, subject: str, **more: Any
) -> str:
	"""Write a message; its name. more: reference_doctype, reference_name, their_id, inbound_key,
	paper, position (without it at the end of the line), title (what people know it by)."""
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
		"round": 0,
		**more,
		"title": _title(**more)[:140],
	}
	insert_rows(DOCTYPE, COLUMNS, [[values.get(column) for column in COLUMNS]])
	if values.get("reference_doctype"):
		# for half a day Frappe goes by what it knows of a link: else a renamed customer would not be followed
		invalidate_distinct_link_doctypes(DOCTYPE, "reference_doctype", values["reference_doctype"])
	return name


def _title(
	title: str = "", reference_doctype: str = "", reference_name: str = "", their_id: str = "", **_more: Any
) -> str:
	ours = documents.title_at(reference_doctype, reference_name) if reference_name and not title else ""
	return title or ours or their_id


def subject_of(doctype: str, name: str, kind: str = "") -> str:
	"""What messages are kept in order by. What an invoice wrote off is beside the invoice itself."""
	beside = f"/{PAYMENT}" if (doctype, kind) == ("Sales Invoice", PAYMENT) else ""
	return f"{doctype}/{name}"[:170] + beside


def rename(doctype: str, old: str, new: str) -> None:
	"""Messages about a document that was renamed are about the new name."""
	frappe.db.sql(
		f"update `tab{DOCTYPE}` set subject = %s, title = %s where subject = %s",
		[subject_of(doctype, new), new, subject_of(doctype, old)],
	)


def is_under_way(connection: str, subject: str) -> bool:
	"""Whether anything about this document waits, is being sent, or needs somebody."""
	return bool(under_way(connection, [subject]))


def under_way(connection: str, subjects: Iterable[str]) -> set[str]:
	"""Which of these documents anything is open about."""
	filters = {
		"accounting_connection": connection,
		"subject": ("in", list(subjects) or [""]),
		"status": ("in", rules.OPEN),
	}
	return set(frappe.get_all(DOCTYPE, filters, pluck="subject"))


def is_coming(connection: str, subject: str) -> bool:
	"""Whether something about this document waits or is being sent, without a person's help."""
	states = rules.COMING
	return bool(
		frappe.db.exists(
			DOCTYPE, {"accounting_connection": connection, "subject": subject, "status": ("in", states)}
		)
	)


def payment_before(connection: str, customer: str, position: int) -> str:
	"""The subject of a customer's Payment Entry that was queued before this, and waits or is being sent; empty if there is none."""
	found = frappe.db.sql(
		"""select m.subject from `tabSync Message` m join `tabPayment Entry` pe on pe.name = m.reference_name
		where m.accounting_connection = %s and m.status in %s and m.reference_doctype = 'Payment Entry'
			and m.position < %s and pe.party_type = 'Customer' and pe.party = %s order by m.position limit 1""",
		[connection, rules.COMING, position, customer],
	)
	return found[0][0] if found else ""


def is_known_of(connection: str, subject: str, given_up: bool = False) -> bool:
	"""Whether there is a message about this document. given_up: one that was counts too."""
	filters: dict[str, Any] = {"accounting_connection": connection, "subject": subject}
	if not given_up:
		filters["status"] = ("!=", rules.SUPERSEDED)
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
				unsure, round, answer, paper, position
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


def kind_of(name: str) -> str:
	return frappe.db.get_value(DOCTYPE, name, "kind") or ""


def is_outgoing(name: str) -> bool:
	return frappe.db.get_value(DOCTYPE, name, "direction") == OUT


def supersede(name: str, result: str, answer: str | None = None) -> None:
	"""Nothing more is done about it. result: why, in plain words; answer: what a person decided."""
	decided = {} if answer is None else {"answer": answer}
	set_values(name, status=rules.SUPERSEDED, result=result, error="", todo="", done_at=now(), **decided)


def drop(connection: str, subject: str, result: str) -> None:
	"""What waits about this document, or needs somebody, and nobody has in hand: there is nothing to do any more."""
	states = (rules.QUEUED, rules.WAITING, rules.NEEDS_ATTENTION)
	found = frappe.db.sql_list(
		"""select name from `tabSync Message` where subject = %s and accounting_connection = %s and status in %s
		order by name for update""",
		[subject, connection, states],
	)
	for name in found:
		supersede(name, result)


def stuck(connection: str) -> list[str]:
	"""Those that need attention or wait for their next try."""
	return frappe.get_all(
		DOCTYPE,
		{"accounting_connection": connection, "status": ("in", (rules.NEEDS_ATTENTION, rules.WAITING))},
		pluck="name",
	)


def connections_of(names: Sequence[str]) -> set[str]:
	"""The connections that these belong to."""
	found = frappe.get_all(DOCTYPE, {"name": ("in", list(names) or [""])}, pluck="accounting_connection")
	return set(found)


def wake(connection: str, subject: str) -> None:
	"""What waits for this document may go."""
	frappe.db.sql(
		"""update `tabSync Message` set next_try = null, waits_for = '' where waits_for = %s
		and accounting_connection = %s and status = %s""",
		[subject, connection, rules.WAITING],
	)


def replay(names: Sequence[str], states: Iterable[str], **values: Any) -> list[str]:
	"""Queue these again, those that are in one of the states; their names."""
	found = frappe.db.sql(
		"""select name, round from `tabSync Message` force index (primary) where name in %s and status in %s
		order by name for update""",
		[tuple(names) or ("",), tuple(states)],
	)
	for name, before in found:
		set_values(
			name,
			round=before + 1,
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
	return [name for name, _before in found]


def open_inbound(connection: str) -> int:
	"""How many taken-in messages are not applied yet and will be tried by themselves."""
	return frappe.db.count(
		DOCTYPE,
		{
			"accounting_connection": connection,
			"direction": IN,
			"status": ("in", rules.COMING),
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
		[rules.COMING, now_datetime(), now_datetime()],
	)


def forget_before(stamp: Any) -> None:
	"""Delete finished messages that are older than this."""
	frappe.db.sql(
		"delete from `tabSync Message` where status in %s and modified < %s limit 10000",
		[rules.FINISHED, stamp],
	)
