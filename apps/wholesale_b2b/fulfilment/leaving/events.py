"""What documents that ship tell about their rows."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.leaving import service


def on_save(doc: Document, method: str | None = None) -> None:
	service.complete(doc)


def before_ledger_entry(doc: Document, method: str | None = None) -> None:
	service.note_return(doc)
