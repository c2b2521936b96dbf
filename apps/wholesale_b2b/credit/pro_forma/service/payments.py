"""Payments come and go: which orders they are for, and what follows."""

from collections.abc import Iterable

from frappe.model.document import Document

from wholesale_b2b.credit.pro_forma.service import advances, news, paperwork
from wholesale_b2b.credit.pro_forma.store import facts, papers
from wholesale_b2b.setup.switch import is_enabled


def lock_orders(payment: Document) -> None:
	"""Lock the orders that a payment is for, by name, before ERPNext writes to them in the order of its rows."""
	if is_enabled(payment.company):
		facts.lock(orders_of(payment))


def changed(payment: Document) -> None:
	"""A payment has been posted, cancelled or allocated anew: gates open and close at once."""
	if not is_enabled(payment.company):
		return
	if payment.docstatus == 2:
		advances.payment_cancelled(payment)
	if orders := orders_of(payment):
		cause = f"{payment.doctype} {payment.name}"
		paperwork.refresh(orders, cause)
		news.after_commit(orders, cause)


def unreconciled(document: Document) -> None:
	"""A payment has been un-reconciled from its orders or invoices."""
	if is_enabled(document.company):
		advances.unreconciled(document)
		changed(document)


def orders_of(payment: Document) -> set[str]:
	"""Sales Orders that a Payment Entry, Journal Entry or Unreconcile Payment names, or names an invoice of; before the
	change that is being saved as well as after it."""
	before = payment.get_doc_before_save()
	pairs = {pair for doc in (payment, before) if doc for pair in _references(doc)}
	return papers.orders_behind(pairs)


def _references(doc: Document) -> Iterable[tuple[str, str]]:
	for row in doc.get("references") or doc.get("allocations") or ():
		yield row.reference_doctype, row.reference_name
	for row in doc.get("accounts") or ():
		yield row.reference_type, row.reference_name
