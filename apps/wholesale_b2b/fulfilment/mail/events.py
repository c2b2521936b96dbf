"""Which event of which document is told to the customer."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.mail import service


def after_order(doc: Document, method: str | None = None) -> None:
	service.tell("Order", doc)


def after_note(doc: Document, method: str | None = None) -> None:
	if not doc.is_return:
		service.tell("Dispatch", doc)


def after_invoice(doc: Document, method: str | None = None) -> None:
	if not (doc.is_return or doc.is_pos or doc.is_opening == "Yes"):
		service.tell("Invoice", doc)
