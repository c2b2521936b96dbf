"""What orders and deliveries ask of dispatch."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.dispatch.service import addresses, shipping
from wholesale_b2b.setup.switch import is_enabled


def on_order_save(doc: Document, method: str | None = None) -> None:
	if is_enabled(doc.company):
		shipping.refuse_foreign_addresses(doc)


def before_shipment(doc: Document, method: str | None = None) -> None:
	addresses.refuse_others(doc)
