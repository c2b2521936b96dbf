"""Holds follow at once what changes exposure: payments, invoices, orders, limits."""

from collections.abc import Iterable

from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.credit import store
from wholesale_b2b.credit.store import rates
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.setup.switch import enabled_companies, is_enabled


def document_posted(doc: Document) -> None:
	"""A document with a customer was submitted, changed or cancelled."""
	customer = doc.get("customer")
	if doc.doctype == "Payment Entry":
		customer = doc.party if doc.party_type == "Customer" else None
	if customer and is_enabled(doc.company):
		_refresh([(customer, doc.company)], _cause(doc))


def order_submitted(doc: Document) -> None:
	"""A new order is the last in line and holds nobody else; one that keeps an older place may."""
	if doc.amended_from or any(row.blanket_order for row in doc.items):
		document_posted(doc)


def journal_posted(doc: Document) -> None:
	"""The same of a Journal Entry, which may name several customers."""
	_rows_changed(doc, doc.accounts)


def payment_unreconciled(doc: Document) -> None:
	"""The same of an Unreconcile Payment: what a payment had settled is owed by the account of the invoice or order again."""
	_rows_changed(doc, doc.allocations)


def _rows_changed(doc: Document, rows: Iterable[Document]) -> None:
	if is_enabled(doc.company):
		customers = {row.party for row in rows if row.party_type == "Customer" and row.party}
		_refresh([(customer, doc.company) for customer in customers], _cause(doc))


def rate_changed(doc: Document) -> None:
	"""A Currency Exchange was saved or deleted: a worker looks at the accounts with something open in its currency. Rates
	of days to come count from that day on, when the night has looked."""
	if companies := enabled_companies():
		sides = rates.sides_with_orders_in(doc.from_currency, doc.to_currency)
		_refresh([side for side in sides if side[1] in companies], _cause(doc), at_once=False)


def account_saved(doc: Document) -> None:
	"""A Trade Account was saved: its own orders are looked at by `fulfilment.holds`, here those that share a total limit."""
	before = doc.get_doc_before_save()
	fields = ("customer_limit", "is_default", "status")
	if is_enabled(doc.company) and (
		not before or any(before.get(field) != doc.get(field) for field in fields)
	):
		for account in store.accounts_of_sides([(doc.customer, doc.company)]).values():
			if account.name != doc.name:
				holds.refresh_account(account.name, _cause(doc))


def customer_saved(doc: Document) -> None:
	"""A Customer was saved: ERPNext's own limits."""
	before = doc.get_doc_before_save()
	if before and _totals(before) != _totals(doc):
		sides = [(doc.name, company) for company in enabled_companies()]
		_refresh(sides, _cause(doc), always=True)


def _totals(customer: Document) -> set[tuple]:
	return {
		(row.company, flt(row.credit_limit), flt(row.get("b2b_total_limit")))
		for row in customer.credit_limits
	}


def _refresh(
	sides: Iterable[tuple[str, str]], cause: str, always: bool = False, at_once: bool = True
) -> None:
	"""always: a limit may just have gone. at_once: not by a worker."""
	for account in store.accounts_of_sides(sides).values():
		if always or account.is_limited:
			holds.refresh_account(account.name, cause, at_once)


def _cause(doc: Document) -> str:
	return f"{doc.doctype} {doc.name}"
