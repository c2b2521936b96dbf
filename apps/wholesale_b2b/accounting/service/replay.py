"""*Fix and replay*: messages that need attention go again, one or many."""

from collections.abc import Sequence

import frappe
from frappe.model.document import Document

from wholesale_b2b.accounting.rules import messages as rules
from wholesale_b2b.accounting.service import outbox
from wholesale_b2b.accounting.store import messages, unsent


def replay(names: Sequence[str]) -> int:
	"""Queue these again, those that can be; how many."""
	again = messages.replay(names, rules.REPLAYABLE, answer="")
	_ask(again)
	return len(again)


def leave(names: Sequence[str]) -> int:
	"""Do nothing more about these; later messages of their documents may go."""
	done = 0
	for name in messages.replay(names, (rules.NEEDS_ATTENTION, rules.WAITING, rules.QUEUED)):
		messages.supersede(name, f"left by {frappe.session.user}")
		done += 1
	_ask(names)
	return done


def all_of(connection: str) -> int:
	"""Everything of a connection that needs attention or waits for its next try."""
	return replay(messages.stuck(connection))


def count_unsent(connection: Document) -> dict[str, int]:
	"""How many of each sort `send_unsent` would queue."""
	return unsent.counted(unsent.unsent(connection))


def send_unsent(connection: Document) -> int:
	"""Queue invoices, returns and payments since going live that neither are over there nor wait; how many."""
	found = unsent.unsent(connection)
	for doctype, name, kind in found:
		outbox.send_document(connection, doctype, name, kind)
	return len(found)


def _ask(names: Sequence[str]) -> None:
	for connection in messages.connections_of(names):
		outbox.ask_worker(connection)
