"""What pick lists, orders, payments, deliveries and counts ask of automatic picking."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.release.service import following, heading, recount, shortage, triggers
from wholesale_b2b.setup.switch import is_enabled


def before_list_insert(doc: Document, method: str | None = None) -> None:
	heading.before_insert(doc)


def on_list_save(doc: Document, method: str | None = None) -> None:
	heading.refuse_doubles(doc)
	heading.fill(doc)


def after_list_submit(doc: Document, method: str | None = None) -> None:
	shortage.settle(doc)


def after_list_end(doc: Document, method: str | None = None) -> None:
	"""Cancelled or deleted."""
	if is_enabled(doc.company):
		shortage.free(doc)


def after_order_change(doc: Document, method: str | None = None) -> None:
	following.order_changed(doc)


def after_order_status(doc: Document, method: str | None = None) -> None:
	if doc.status == "Closed":
		following.order_changed(doc)


def after_payment(doc: Document, method: str | None = None) -> None:
	if is_enabled(doc.company):
		triggers.paid(doc)


def after_delivery(doc: Document, method: str | None = None) -> None:
	following.delivered(doc)


def after_count(doc: Document, method: str | None = None) -> None:
	recount.counted(doc)


def after_loss(doc: Document, method: str | None = None) -> None:
	recount.lost(doc)
