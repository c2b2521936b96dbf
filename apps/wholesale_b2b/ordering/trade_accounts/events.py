"""What sales documents and payments ask of Trade Accounts."""

from frappe.model.document import Document

from wholesale_b2b.ordering.trade_accounts import service


def before_insert(doc: Document, method: str | None = None) -> None:
	service.fill_terms(doc)


def before_validate(doc: Document, method: str | None = None) -> None:
	service.settle(doc)
