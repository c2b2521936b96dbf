"""What orders and quotations do to Stock Holds."""

from frappe.model.document import Document

from wholesale_b2b.allocation.service import holds


def on_order_submit(doc: Document, method: str | None = None) -> None:
	holds.consume(doc)


def on_quotation_update(doc: Document, method: str | None = None) -> None:
	holds.release_if_ended(doc)


def on_quotation_end(doc: Document, method: str | None = None) -> None:
	holds.release_quotation(doc.name)
