"""What returns by Delivery Note, Sales Invoice and till ask of Return Policies."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.returns import service
from wholesale_b2b.fulfilment.returns.service import judging, money, picked


def before_validate(doc: Document, method: str | None = None) -> None:
	if _is_written(doc):
		service.follow(doc)


def on_save(doc: Document, method: str | None = None) -> None:
	if doc.get("is_return"):
		judging.move_components(doc)
		money.check_waiver(doc)
		service.reckon(doc)


def on_till_save(doc: Document, method: str | None = None) -> None:
	if doc.get("is_return"):
		judging.move_components(doc)


def before_submit(doc: Document, method: str | None = None) -> None:
	if doc.get("is_return"):
		service.refuse_unapproved(doc)


def after_submit(doc: Document, method: str | None = None) -> None:
	picked.came_back(doc)


def after_cancel(doc: Document, method: str | None = None) -> None:
	picked.came_back(doc, cancelled=True)


def _is_written(doc: Document) -> bool:
	"""Frappe validates cancellations and changes after submit too."""
	return bool(doc.get("is_return")) and getattr(doc, "_action", None) in ("save", "submit")
