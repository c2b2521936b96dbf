"""Looking what has changed over there: from a cursor that moves once what it covers is applied."""

import frappe
from frappe.utils import add_to_date, now_datetime

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.errors import Retry, Stop, SyncError
from wholesale_b2b.accounting.rules import messages as rules
from wholesale_b2b.accounting.rules.papers import Hint
from wholesale_b2b.accounting.service import figures, paperbox, registry, worker
from wholesale_b2b.accounting.store import connections, links, messages

JOB = "wholesale_b2b.accounting.jobs.look"
MOST_PAGES = 200
# The place that looks are made from: one at a time for each connection.
LOOKING = "look"


def look(name: str) -> int:
	"""Take in everything that has changed since the last look; how many things were new.

	Page by page: what a page tells is stored, then applied, then the cursor moves. One that cannot be applied yet keeps the
	cursor where it is; one that needs a person does not, since it stands in the list.
	"""
	frappe.db.commit()  # nosemgrep
	connection = connections.load(name)
	if not connection.enabled or connection.paused or not connection.take_payments:
		return 0
	if not connections.take_slot(f"{name}/{LOOKING}", 1):
		return 0
	new = 0
	try:
		connector = registry.connect(connection)
		if base.PAYMENTS_IN not in connector.can:
			return 0
		cursor = connection.cursor_text or ""
		for count in range(MOST_PAGES):
			page = connector.changes(cursor)
			if not count:
				figures.looked(name, answered=True)
			new += len([hint for hint in page.hints if store(name, connection.company, hint)])
			frappe.db.commit()  # nosemgrep
			worker.drain(name)
			if messages.open_inbound(name):
				# not all of it is applied: the same page again next time
				return new
			connector.applied(page.cursor)
			connections.put(name, cursor_text=page.cursor, polled_at=now_datetime(), trouble="")
			frappe.db.commit()  # nosemgrep
			cursor = page.cursor
			if not page.more:
				break
	except SyncError as error:
		frappe.db.rollback()
		_failed(name, error)
	finally:
		connections.free_slot(f"{name}/{LOOKING}", 1)
	return new


def store(connection: str, company: str, hint: Hint) -> str | None:
	"""Keep what we were told, unless we know it already; the message's name."""
	if hint.paper and _is_echo(connection, hint):
		return None
	key = rules.inbound_key(connection, hint.kind, hint.their_id, hint.event)
	if messages.is_known(key):
		return None
	try:
		return messages.put(
			connection,
			company,
			messages.IN,
			hint.kind,
			messages.TAKE,
			f"{hint.kind}/{hint.their_id}",
			their_id=hint.their_id,
			inbound_key=key,
			paper=paperbox.packed(hint.paper) if hint.paper else None,
			title=(hint.paper.number if hint.paper else "") or hint.their_id,
		)
	except frappe.UniqueValidationError:
		return None
	except Exception as error:
		if frappe.db.is_duplicate_entry(error):
			return None
		raise


def _is_echo(connection: str, hint: Hint) -> bool:
	"""Whether this is what we have just made or changed there ourselves."""
	link = links.of_theirs(connection, hint.kind, hint.their_id)
	return bool(link and link.version and link.version == hint.paper.version and link.state == "Open")


def _failed(name: str, error: SyncError) -> None:
	# one that refuses a thing has answered; one that lets nobody in, or says nothing, is of no use to anybody
	figures.looked(name, answered=isinstance(error, Stop) and not error.everyone)
	seconds = error.seconds if isinstance(error, Retry) else None
	connections.put(
		name,
		polled_at=now_datetime(),
		trouble=f"{error.message} {getattr(error, 'todo', '')}".strip(),
		**({"wait_until": add_to_date(now_datetime(), seconds=seconds)} if seconds else {}),
	)
	frappe.db.commit()  # nosemgrep


def sweep() -> None:
	"""Ask a worker to look, for every connection whose time has come."""
	at = now_datetime()
	for connection in connections.running():
		if not connection.take_payments or (connection.wait_until and connection.wait_until > at):
			continue
		due = connection.polled_at and add_to_date(connection.polled_at, minutes=connection.poll_minutes or 5)
		if not due or due <= at:
			ask(connection.name)


def ask(connection: str) -> None:
	try:
		frappe.enqueue(
			JOB,
			queue="default",
			connection=connection,
			job_id=f"b2b_sync_look::{connection}",
			deduplicate=True,
		)
	except Exception:
		frappe.logger("wholesale_b2b").warning("the queue is down: looked at later", exc_info=True)
