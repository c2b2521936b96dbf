"""The list of what a person must decide, and what follows from the answer."""

import json

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now

from wholesale_b2b.accounting.rules import conflicts as rules
from wholesale_b2b.accounting.rules import messages as states
from wholesale_b2b.accounting.service import outbox
from wholesale_b2b.accounting.service.judging import Undecided
from wholesale_b2b.accounting.store import documents, links, messages

DOCTYPE = "Sync Conflict"


def open_one(connection: Document, message: dict, undecided: Undecided) -> str:
	"""Put it on the list, once: the same question about the same document is filled in anew."""
	found = undecided.conflict
	values = {
		"kind": found.kind,
		"text": found.text,
		"suggestion": found.suggestion,
		"answers": "\n".join(found.answers),
		"sync_message": message.name,
		"reference_doctype": undecided.doctype or message.reference_doctype,
		"reference_name": undecided.name or message.reference_name,
		"their_id": message.their_id,
		"ours": _shown(undecided.ours),
		"theirs": _shown(undecided.theirs),
		"status": "Open",
	}
	key = {"accounting_connection": connection.name, "subject": message.subject, "status": "Open"}
	if name := frappe.db.exists(DOCTYPE, key):
		frappe.db.set_value(DOCTYPE, name, values)
		return name
	return frappe.get_doc({"doctype": DOCTYPE, **key, **values}).insert(ignore_permissions=True).name


def _shown(side: object) -> str:
	return json.dumps(side, default=str, indent=1, ensure_ascii=False) if side else ""


def decide(name: str, answer: str) -> str:
	"""Settle a conflict; what happens now, in plain words. answer: one of those it offers."""
	conflict = frappe.get_doc(DOCTYPE, name, for_update=True)
	if conflict.status != "Open":
		frappe.throw(_("{0} has been decided already: {1}.").format(conflict.text, conflict.resolution))
	if answer not in (conflict.answers or "").split("\n"):
		frappe.throw(
			_("{0} is no answer to this. Choose one of: {1}.").format(
				frappe.bold(answer), ", ".join(conflict.answers.split("\n"))
			)
		)
	said = _follow(conflict, answer)
	conflict.update(
		{"status": "Resolved", "resolution": answer, "resolved_by": frappe.session.user, "resolved_at": now()}
	)
	conflict.save(ignore_permissions=True)
	outbox.ask_worker(conflict.accounting_connection)
	return said


def _follow(conflict: Document, answer: str) -> str:
	message = conflict.sync_message
	if answer == rules.CANCEL_OURS:
		return _cancel_ours(conflict, message)
	outgoing = frappe.db.get_value(messages.DOCTYPE, message, "direction") == messages.OUT
	if answer == rules.LEAVE or (
		answer == rules.KEEP_OURS and outgoing and conflict.kind == rules.BOTH_CHANGED
	):
		messages.set_values(
			message,
			status=states.SUPERSEDED,
			answer=answer,
			result="left as it is, as decided",
			error="",
			todo="",
			done_at=now(),
		)
		return _("It is left as it is.")
	if answer == rules.KEEP_OURS and outgoing:
		# theirs is what ours is: look for it first
		messages.replay([message], (states.NEEDS_ATTENTION,), answer=answer, unsure=1)
		return _("It is linked to the one that is there.")
	if answer == rules.SEND_AGAIN and not outgoing:
		_send_again(conflict)
		messages.set_values(
			message,
			status=states.SUPERSEDED,
			answer=answer,
			result="sent again, as decided",
			error="",
			todo="",
			done_at=now(),
		)
		return _("It is sent again.")
	messages.replay([message], (states.NEEDS_ATTENTION,), answer=answer)
	return _("It is done as decided.")


def _send_again(conflict: Document) -> None:
	connection = conflict.accounting_connection
	doctype, name = conflict.reference_doctype, conflict.reference_name
	link = links.of(connection, doctype, name)
	gone = conflict.kind in (rules.VOIDED_THERE, rules.DELETED_THERE)
	if link and gone:
		links.put(connection, doctype, name, state="Cancelled")
	elif link:
		links.put(connection, doctype, name, content_hash="")
	outbox.send_document(frappe.get_doc("Accounting Connection", connection), doctype, name)


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
		state="Cancelled",
		by_sync=1,
	)
	messages.set_values(
		message,
		status=states.SUPERSEDED,
		answer=rules.CANCEL_OURS,
		result="cancelled here, as decided",
		error="",
		todo="",
		done_at=now(),
	)
	return _("{0} is cancelled.").format(conflict.reference_name)


def close_of(message: str) -> None:
	"""A message that went through after all leaves no question open."""
	for name in frappe.get_all(DOCTYPE, {"sync_message": message, "status": "Open"}, pluck="name"):
		frappe.db.set_value(
			DOCTYPE, name, {"status": "Resolved", "resolution": "Replayed", "resolved_at": now()}
		)
