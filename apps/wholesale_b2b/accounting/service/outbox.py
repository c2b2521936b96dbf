"""What documents put into the outbox, in their own transaction: a few statements, and no call to anybody."""

from functools import partial

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.store import connections, documents, links, messages, moneys
from wholesale_b2b.setup.switch import is_enabled

JOB = "wholesale_b2b.accounting.jobs.drain"
SENDS = {
	papers.INVOICE: "send_invoices",
	papers.CREDIT_NOTE: "send_credit_notes",
	papers.PRO_FORMA: "send_pro_formas",
	papers.PAYMENT: "send_payments",
}


def changed(doc: Document) -> None:
	"""An invoice, return, payment or pro forma is there, or is another: it is to be sent."""
	if is_enabled(doc.company) and not doc.flags.b2b_from_accounting:
		_put(doc, messages.SEND)


def cancelled(doc: Document) -> None:
	"""It did not happen: over there neither. What was paid with it goes first, as the sending sees to."""
	if is_enabled(doc.company) and not doc.flags.b2b_from_accounting:
		_put(doc, messages.CANCEL)


def customer_changed(customer: Document) -> None:
	"""A customer that is over there is another."""
	for connection in connections.that_know("Customer", customer.name):
		_queue(connection, papers.CUSTOMER, messages.SEND, "Customer", customer.name)


def credits_allocated(journal: Document) -> None:
	"""A return was allocated to other invoices here: there too."""
	if not is_enabled(journal.company) or not connections.any_on():
		return
	for name in documents.returns_in(journal):
		for connection in connections.that_know(documents.INVOICE, name):
			_queue(connection, papers.CREDIT_NOTE, messages.SEND, documents.INVOICE, name)


def journal_changed(journal: Document) -> None:
	"""A journal pays invoices, or does so no more: as payments out of what it booked them to."""
	if not is_enabled(journal.company) or journal.flags.b2b_from_accounting:
		return
	action = messages.CANCEL if journal.docstatus == 2 else messages.SEND
	if action == messages.SEND:
		_put(journal, action)
	subject = messages.subject_of(documents.JOURNAL, journal.name, papers.PAYMENT)
	said_otherwise = action == messages.SEND and moneys.pays_nothing(journal)
	for connection in connections.of_company(journal.company):
		if said_otherwise:
			# allocating it in several steps, ERPNext saves it after each
			messages.drop(connection.name, subject, "told row by row by now, or it pays no invoice")
		for doctype, name in _known_parts(connection.name, journal):
			_queue(connection, papers.PAYMENT, action, doctype, name)


def _known_parts(connection: str, journal: Document) -> list[tuple[str, str]]:
	"""What of a journal is over there or on its way, whatever it pays by now."""
	rows = [(documents.JOURNAL_ROW, row.name) for row in journal.accounts]
	parts = [*rows, (documents.JOURNAL, journal.name)]
	subjects = {part: messages.subject_of(*part, papers.PAYMENT) for part in parts}
	coming = messages.under_way(connection, subjects.values())
	there = links.among(connection, papers.PAYMENT, parts)
	return [part for part in parts if part in there or subjects[part] in coming]


def renamed(doctype: str, old: str, new: str) -> None:
	"""Links and messages follow by Frappe's own renaming; what waits must stand behind the new name too."""
	messages.rename(doctype, old, new)


def _put(doc: Document, action: str) -> None:
	kind = documents.kind_of(doc)
	for connection in connections.of_company(doc.company):
		if not connection[SENDS[kind]] or not connection.go_live:
			continue
		if getdate(doc.posting_date) < getdate(connection.go_live):
			continue
		_queue_all(connection, kind, action, doc)


def _queue_all(connection: dict, kind: str, action: str, doc: Document) -> str | None:
	"""A document, and what is paid beside it; of a journal that alone."""
	made = (
		_queue(connection, kind, action, doc.doctype, doc.name) if doc.doctype != documents.JOURNAL else None
	)
	for doctype, name in moneys.parts_of(doc) if connection.send_payments else ():
		made = _queue(connection, papers.PAYMENT, action, doctype, name) or made
	return made


def with_parts(connection: dict, doc: Document) -> None:
	"""A document goes out: what is paid beside it too, where nobody was told of it yet. One may be of before it was known."""
	for doctype, name in moneys.parts_of(doc):
		subject = messages.subject_of(doctype, name, papers.PAYMENT)
		if not messages.is_known_of(connection.name, subject, given_up=True):
			_queue(connection, papers.PAYMENT, messages.SEND, doctype, name)


def _queue(connection: dict, kind: str, action: str, doctype: str, name: str, **more: int) -> str | None:
	"""Write the message, unless the same waits already: it will send what is true then. more: position in line."""
	subject = messages.subject_of(doctype, name, kind)
	if messages.is_queued(connection.name, subject, action):
		return None
	made = messages.put(
		connection.name,
		connection.company,
		messages.OUT,
		kind,
		action,
		subject,
		reference_doctype=doctype,
		reference_name=name,
		**more,
	)
	ask_worker(connection.name)
	return made


def first(connection: Document, kind: str, action: str, doctype: str, name: str, **more: int) -> None:
	"""Another message waits for this: see to it that somebody does it, if nobody is about to. more: position in line."""
	if not messages.is_under_way(connection.name, messages.subject_of(doctype, name, kind)):
		_queue(connection, kind, action, doctype, name, **more)


def send_document(connection: Document, doctype: str, name: str, kind: str = "") -> str | None:
	"""Send it (again), by hand. kind: of a part of it alone."""
	doc = documents.load(doctype, name)
	if not doc:
		return None
	if kind and kind != documents.kind_of(doc):
		return _queue(connection, kind, messages.SEND, doctype, name)
	return _queue_all(connection, documents.kind_of(doc), messages.SEND, doc)


def payment_wanted(doc: Document) -> bool:
	"""Whether a Payment Entry is from or to a customer."""
	return doc.party_type == "Customer" and doc.payment_type in ("Receive", "Pay")


def came_from_there(doc: Document) -> list[dict]:
	"""Links of a Payment Entry that the sync has made, with their connection."""
	return [
		link
		for connection in connections.of_company(doc.company)
		if (link := links.of(connection.name, doc.doctype, doc.name, papers.PAYMENT))
		and link.origin == "There"
	]


def ask_worker(connection: str) -> None:
	"""Have a worker see to a connection once this transaction has committed; without a queue the next sweep does."""
	frappe.db.after_commit.add(partial(ask_now, connection))


def ask_now(connection: str, extra: int = 0) -> None:
	"""The same at once. extra: another worker beside the first."""
	try:
		frappe.enqueue(
			JOB,
			queue="short",
			connection=connection,
			job_id=f"b2b_sync::{connection}::{extra}",
			deduplicate=True,
		)
	except Exception:
		frappe.logger("wholesale_b2b").warning(
			"accounting messages wait for the next sweep: the queue is down", exc_info=True
		)
