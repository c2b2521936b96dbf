"""What documents put into the outbox, in their own transaction: a few statements, and no call to anybody."""

from functools import partial

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.store import connections, documents, links, messages
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
	"""It did not happen: over there neither."""
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
		_queue(connection, kind, action, doc.doctype, doc.name)


def _queue(connection: dict, kind: str, action: str, doctype: str, name: str) -> str | None:
	"""Write the message, unless the same waits already: it will send what is true then."""
	subject = messages.subject_of(doctype, name)
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
	)
	ask_worker(connection.name)
	return made


def send_customer(connection: Document, customer: str) -> None:
	"""A document waits for its customer: see to it that somebody sends it."""
	subject = messages.subject_of("Customer", customer)
	if not messages.is_under_way(connection.name, subject):
		_queue(connection, papers.CUSTOMER, messages.SEND, "Customer", customer)


def send_document(connection: Document, doctype: str, name: str) -> str | None:
	"""Send it (again): by hand, or because what waits for it cannot go before."""
	doc = documents.load(doctype, name)
	if not doc:
		return None
	return _queue(connection, documents.kind_of(doc), messages.SEND, doctype, name)


def payment_wanted(doc: Document) -> bool:
	"""Whether a Payment Entry is from or to a customer."""
	return doc.party_type == "Customer" and doc.payment_type in ("Receive", "Pay")


def came_from_there(doc: Document) -> list[dict]:
	"""Links of a Payment Entry that the sync has made, with their connection."""
	return [
		link
		for connection in connections.of_company(doc.company)
		if (link := links.of(connection.name, doc.doctype, doc.name)) and link.origin == "There"
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
