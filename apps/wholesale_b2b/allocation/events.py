"""ERPNext's document events, each the steps it takes. The table of DocTypes and events is in `hooks.py`.

Before ERPNext posts a document, the Bins it touches are locked in sorted order; afterwards they are marked and made
right before the transaction commits (ARCHITECTURE.md).
"""

from frappe.model.document import Document

from wholesale_b2b.allocation.service import documents


def before_posting(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)


def before_order_submit(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	documents.keep_place(doc)


def after_reservation_cancel(doc: Document, method: str | None = None) -> None:
	documents.remember_taken(doc)
	documents.mark(doc)


def after_posting(doc: Document, method: str | None = None) -> None:
	documents.mark(doc)


def before_order_update(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	documents.refresh_engine_fields(doc)


def before_status_change(doc: Document, method: str | None = None) -> None:
	documents.before_change(doc)


def after_status_change(doc: Document, method: str | None = None) -> None:
	documents.on_change(doc)


def before_receipt_cancel(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	documents.make_way_for_cancel(doc)


def before_ledger_entry(doc: Document, method: str | None = None) -> None:
	documents.refuse_reserved(doc)


def before_till_sale(doc: Document, method: str | None = None) -> None:
	documents.lock(doc)
	documents.refuse_reserved_at_till(doc)


def before_order_row_delete(doc: Document, method: str | None = None) -> None:
	documents.lock_row(doc)
