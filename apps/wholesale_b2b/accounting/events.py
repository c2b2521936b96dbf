"""What documents tell the accounting sync."""

from frappe.model.document import Document

from wholesale_b2b.accounting.service import outbox, payments


def after_submit(doc: Document, method: str | None = None) -> None:
	outbox.changed(doc)


def after_update(doc: Document, method: str | None = None) -> None:
	outbox.changed(doc)


def after_cancel(doc: Document, method: str | None = None) -> None:
	outbox.cancelled(doc)


def before_invoice_cancel(doc: Document, method: str | None = None) -> None:
	payments.let_go_of(doc)


def after_payment(doc: Document, method: str | None = None) -> None:
	payments.changed_here(doc)


def after_payment_cancel(doc: Document, method: str | None = None) -> None:
	payments.cancelled_here(doc)


def after_journal(doc: Document, method: str | None = None) -> None:
	outbox.credits_allocated(doc)
	outbox.changed(doc)


def after_journal_change(doc: Document, method: str | None = None) -> None:
	outbox.journal_changed(doc)


def after_unreconcile(doc: Document, method: str | None = None) -> None:
	payments.unreconciled(doc)


def after_customer_save(doc: Document, method: str | None = None) -> None:
	outbox.customer_changed(doc)


def after_rename(doc: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	outbox.renamed(doc.doctype, old, new)
