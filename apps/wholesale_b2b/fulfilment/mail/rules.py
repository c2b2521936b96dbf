"""Which event is told to whom, with what attached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
	"""Something that is told to the customer.

	name: as it stands in the queue. preference: the field of the Trade Account that asks for it. template: the Email
	Template. paper: what is attached: (DocType, print format), the format empty for the DocType's default.
	"""

	name: str
	preference: str
	template: str
	paper: tuple[str, str] | None = None


EVENTS = {
	event.name: event
	for event in (
		Event("Order", "mail_order", "Wholesale Order Confirmation", ("Sales Order", "")),
		Event("Dispatch", "mail_dispatch", "Wholesale Dispatch", ("Delivery Note", "Wholesale Packing Slip")),
		Event("Invoice", "mail_invoice", "Wholesale Invoice", ("Sales Invoice", "")),
		Event("Pro Forma", "mail_pro_forma", "Wholesale Pro Forma", ("Trade Pro Forma", "Trade Pro Forma")),
		Event("Pro Forma Expired", "mail_pro_forma", "Wholesale Pro Forma Expired"),
		Event("Held", "mail_hold", "Wholesale Order Held"),
		Event("Released", "mail_hold", "Wholesale Order Released"),
		Event("Units Cancelled", "mail_cancelled", "Wholesale Units Cancelled"),
		Event("Units Restored", "mail_cancelled", "Wholesale Units Restored"),
	)
}
MOST_TRIES = 8


def next_try_minutes(tries: int) -> int | None:
	"""How long to wait after so many failures: 5, 10, 20, … minutes; None: it is given up."""
	return 5 * 2 ** (max(tries, 1) - 1) if tries < MOST_TRIES else None


def first_address(*candidates: str | None) -> str | None:
	"""The first of these that is an address at all."""
	return next((text.strip() for text in candidates if text and "@" in text), None)
