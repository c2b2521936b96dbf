"""What deliveries and invoices tell the queue."""

from frappe.model.document import Document

from wholesale_b2b.credit.invoicing import service


def after_note(doc: Document, method: str | None = None) -> None:
	service.note_submitted(doc)


def after_note_cancel(doc: Document, method: str | None = None) -> None:
	service.note_cancelled(doc)


def after_invoice(doc: Document, method: str | None = None) -> None:
	service.invoice_submitted(doc)


def after_invoice_cancel(doc: Document, method: str | None = None) -> None:
	service.invoice_cancelled(doc)
