"""What sales documents ask of trade pricing."""

from frappe.model.document import Document

from wholesale_b2b.pricing.service import documents, overrides, update_items


def before_validate(doc: Document, method: str | None = None) -> None:
	documents.before_save(doc)


def on_save(doc: Document, method: str | None = None) -> None:
	documents.after_validate(doc)


def after_mapping(doc: Document, method: str | None = None) -> None:
	documents.after_mapping(doc)


def after_mapping_all(doc: Document, method: str | None = None, source: Document | None = None) -> None:
	if source and source.doctype == "Quotation":
		documents.after_mapping_quotation(doc, source)


def after_save(doc: Document, method: str | None = None) -> None:
	overrides.keep(doc)


def before_submit(doc: Document, method: str | None = None) -> None:
	overrides.refuse_unapproved(doc)


def on_cancel(doc: Document, method: str | None = None) -> None:
	overrides.cancelled(doc)


def on_trash(doc: Document, method: str | None = None) -> None:
	overrides.deleted(doc)


def before_order_row(doc: Document, method: str | None = None) -> None:
	update_items.price_row(doc)


def before_order_update(doc: Document, method: str | None = None) -> None:
	update_items.price_order(doc)
