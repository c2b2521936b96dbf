"""What orders and quotations do to Stock Holds."""

from frappe.model.document import Document

from wholesale_b2b.allocation.service import amendments, holds


def on_order_submit(doc: Document, method: str | None = None) -> None:
	amendments.take_over(doc)
	holds.consume(doc)


def on_order_save(doc: Document, method: str | None = None) -> None:
	amendments.keep_longer(doc)


def before_order_cancel(doc: Document, method: str | None = None) -> None:
	amendments.keep(doc)


def on_order_trash(doc: Document, method: str | None = None) -> None:
	amendments.release_deleted(doc)


def on_quotation_update(doc: Document, method: str | None = None) -> None:
	holds.release_if_ended(doc)


def on_quotation_end(doc: Document, method: str | None = None) -> None:
	holds.release_quotation(doc.name)
