"""What documents ask of holds."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.holds import service
from wholesale_b2b.fulfilment.holds.service import changes


def on_order_change(doc: Document, method: str | None = None) -> None:
	changes.order_changed(doc)


def before_order_cancel(doc: Document, method: str | None = None) -> None:
	service.outlast(doc)


def before_order_status(doc: Document, method: str | None = None) -> None:
	changes.note_status(doc)


def after_order_status(doc: Document, method: str | None = None) -> None:
	changes.status_changed(doc)


def after_account_save(doc: Document, method: str | None = None) -> None:
	changes.account_changed(doc)


def on_shipping_save(doc: Document, method: str | None = None) -> None:
	changes.on_draft(doc)


def before_shipping(doc: Document, method: str | None = None) -> None:
	service.refuse_document(doc)


def before_more_is_bought(doc: Document, method: str | None = None) -> None:
	service.refuse_more(doc)


def before_ledger_entry(doc: Document, method: str | None = None) -> None:
	service.refuse_posting(doc)
