"""Payments that are entered, changed or cancelled here."""

from frappe.model.document import Document

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.service import outbox
from wholesale_b2b.accounting.store import connections, documents, messages, moneys
from wholesale_b2b.setup.switch import is_enabled


def changed_here(entry: Document) -> None:
	if outbox.payment_wanted(entry):
		outbox.changed(entry)


def unreconciled(document: Document) -> None:
	"""What an Unreconcile Payment took off invoices is taken off over there."""
	doc = documents.load(document.voucher_type, document.voucher_no)
	if doc and doc.doctype == documents.JOURNAL:
		outbox.journal_changed(doc)
	elif doc and doc.doctype == documents.PAYMENT:
		changed_here(doc)


def let_go_of(invoice: Document) -> None:
	"""ERPNext takes what paid an invoice off it as it is cancelled, and no event tells of that: it goes out anew, before the void."""
	if not is_enabled(invoice.company) or not connections.any_on():
		return
	for doctype, name in moneys.paying(invoice.name):
		doc = documents.load(doctype, name)
		if doctype == documents.JOURNAL:
			outbox.journal_changed(doc)
		else:
			changed_here(doc)


def cancelled_here(entry: Document) -> None:
	"""One that was entered here is removed over there; one that came from there is looked at by a person."""
	if not outbox.payment_wanted(entry) or entry.flags.b2b_from_accounting or not is_enabled(entry.company):
		return
	came = outbox.came_from_there(entry)
	if not came:
		outbox.cancelled(entry)
	for link in came:
		# taken in again as it stands over there, which a person then decides about
		messages.put(
			link.accounting_connection,
			entry.company,
			messages.IN,
			papers.PAYMENT,
			messages.TAKE,
			f"{papers.PAYMENT}/{link.their_id}",
			their_id=link.their_id,
			paper=link.paper,
			title=link.reference_name,
		)
		outbox.ask_worker(link.accounting_connection)
