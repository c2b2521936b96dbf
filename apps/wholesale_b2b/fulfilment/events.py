"""What deliveries tell pick lists."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment import service


def after_delivery(doc: Document, method: str | None = None) -> None:
	service.count_delivered_bundles(doc)
