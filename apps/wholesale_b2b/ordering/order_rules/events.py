"""What a Sales Order asks of the rules."""

from frappe.model.document import Document

from wholesale_b2b.ordering.order_rules import service


def on_save(doc: Document, method: str | None = None) -> None:
	service.evaluate(doc)
