"""The list of what a person must decide, and what follows from the answer."""

import json
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.accounting.rules import conflicts as rules
from wholesale_b2b.accounting.rules import messages as states
from wholesale_b2b.accounting.rules.amounts import shown
from wholesale_b2b.accounting.service import outbox
from wholesale_b2b.accounting.service.judging import Undecided
from wholesale_b2b.accounting.store import conflicts as store
from wholesale_b2b.accounting.store import connections, documents, links, messages


def open_one(connection: Document, message: dict, undecided: Undecided) -> str:
	"""Put it on the list, once: the same question about the same document is filled in anew."""
	found = undecided.conflict
	return store.put(
		connection.name,
		message.subject,
		kind=found.kind,
		text=found.text,
		suggestion=found.suggestion,
		answers="\n".join(found.answers),
		sync_message=message.name,
		reference_doctype=undecided.doctype or message.reference_doctype,
		reference_name=undecided.name or message.reference_name,
		their_id=message.their_id,
		ours=_shown(undecided.ours),
		theirs=_shown(undecided.theirs),
	)


def _shown(side: object) -> str:
	return json.dumps(side, default=_words, indent=1, ensure_ascii=False) if side else ""


def _words(value: object) -> str:
	return shown(value) if isinstance(value, Decimal) else str(value)


def decide(name: str, answer: str) -> str:
	"""Settle a conflict; what happens now, in plain words. answer: one of those it offers."""
	conflict = store.load(name)
	if conflict.status != "Open":
		frappe.throw(_("{0} has been decided already: {1}.").format(conflict.text, conflict.resolution))
	if answer not in (conflict.answers or "").split("\n"):
		frappe.throw(
			_("{0} is no answer to this. Choose one of: {1}.").format(
				frappe.bold(answer), ", ".join(conflict.answers.split("\n"))
			)
		)
	said = _follow(conflict, answer)
	store.resolve(conflict, answer)
	outbox.ask_worker(conflict.accounting_connection)
	return said


def _follow(conflict: Document, answer: str) -> str:
	message = conflict.sync_message
	if answer == rules.CANCEL_OURS:
		return _cancel_ours(conflict, message)
	outgoing = messages.is_outgoing(message)
	if answer == rules.LEAVE or (
		answer == rules.KEEP_OURS and outgoing and conflict.kind == rules.BOTH_CHANGED
	):
		messages.supersede(message, "left as it is, as decided", answer)
		return _("It is left as it is.")
	if answer == rules.KEEP_OURS and outgoing:
		# theirs is what ours is: look for it first
		messages.replay([message], (states.NEEDS_ATTENTION,), answer=answer, unsure=1)
		return _("It is linked to the one that is there.")
	if answer == rules.SEND_AGAIN and not outgoing:
		_send_again(conflict)
		messages.supersede(message, "sent again, as decided", answer)
		return _("It is sent again.")
	messages.replay([message], (states.NEEDS_ATTENTION,), answer=answer)
	return _("It is done as decided.")


def _send_again(conflict: Document) -> None:
	connection = conflict.accounting_connection
	doctype, name = conflict.reference_doctype, conflict.reference_name
	kind = messages.kind_of(conflict.sync_message)
	link = links.of(connection, doctype, name, kind)
	gone = conflict.kind in (rules.VOIDED_THERE, rules.DELETED_THERE)
	if link and gone:
		links.put(connection, doctype, name, link.kind, state="Cancelled")
	elif link and conflict.kind == rules.CANCELLED_HERE:
		# it stands over there after all: sent again it is taken back, as what it was paid for is cancelled
		links.put(connection, doctype, name, link.kind, state="Open")
	elif link:
		links.put(connection, doctype, name, link.kind, content_hash="")
	outbox.send_document(connections.load(connection), doctype, name, kind)


def _cancel_ours(conflict: Document, message: str) -> str:
	doc = documents.load(conflict.reference_doctype, conflict.reference_name)
	if doc and doc.docstatus == 1:
		doc.check_permission("cancel")
		doc.flags.b2b_from_accounting = True
		doc.cancel()
	links.put(
		conflict.accounting_connection,
		conflict.reference_doctype,
		conflict.reference_name,
		messages.kind_of(message),
		state="Cancelled",
		by_sync=1,
	)
	messages.supersede(message, "cancelled here, as decided", rules.CANCEL_OURS)
	return _("{0} is cancelled.").format(conflict.reference_name)
