"""What deliveries and bundles of batches ask for."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.binding.service import deliveries


def before_delivery_save(doc: Document, method: str | None = None) -> None:
	deliveries.note_named(doc)


def after_mapping(doc: Document, method: str | None = None) -> None:
	deliveries.forget_filled_in(doc)


def on_delivery_save(doc: Document, method: str | None = None) -> None:
	deliveries.leave_pick_lists_alone(doc)


def before_delivery(doc: Document, method: str | None = None) -> None:
	deliveries.bind_delivery(doc)


def before_bundle(doc: Document, method: str | None = None) -> None:
	deliveries.refuse_picked(doc)
