"""What documents ask of Fulfilment Policies."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.policies.service import cancelling, following, keeping


def on_order_save(doc: Document, method: str | None = None) -> None:
	keeping.keep(doc)


def before_order_row(doc: Document, method: str | None = None) -> None:
	keeping.keep_row(doc)


def after_picking(doc: Document, method: str | None = None) -> None:
	following.document_changed(doc)


def after_shipment(doc: Document, method: str | None = None) -> None:
	if doc.doctype == "Delivery Note" or doc.get("update_stock"):
		cancelling.shipped(doc)
		following.document_changed(doc)


def after_shipment_cancel(doc: Document, method: str | None = None) -> None:
	following.document_changed(doc)


def before_invoice(doc: Document, method: str | None = None) -> None:
	cancelling.refuse_invoice(doc)


def after_invoice(doc: Document, method: str | None = None) -> None:
	cancelling.invoiced(doc)
