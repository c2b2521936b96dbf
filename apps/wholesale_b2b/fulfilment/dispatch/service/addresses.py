"""Order lines that go to addresses of their own, on documents that are made straight from the order."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from wholesale_b2b.fulfilment.dispatch.service.shipping import send_to
from wholesale_b2b.fulfilment.dispatch.store import orders as store
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.fulfilment.rules.shipments import misdirected
from wholesale_b2b.setup.switch import is_enabled


def rows_of_first(note: Document) -> list[Document]:
	"""The rows of an unsaved Delivery Note that go where its first one does, and the note is sent there; all of them where no
	line names an address of its own. Says what is left for other notes."""
	going = _going(note)
	if not any(own for own, _address in going):
		return list(note.items)
	first = next(address for _own, address in going if address)
	send_to(note, first)
	left = {address for _own, address in going if address and address != first}
	if left:
		frappe.msgprint(
			_(
				"This note is for {0}. What goes to {1} has notes of its own: make the next one once this one is submitted, or all of them at once with Dispatch on a Pick List."
			).format(_link(first), ", ".join(_link(address) for address in sorted(left))),
			title=_("Several addresses"),
		)
	return [
		row for row, (_own, address) in zip(note.items, going, strict=True) if address in (first, None, "")
	]


def refuse_others(doc: Document) -> None:
	"""Refuse to submit a document that takes goods to one address and has rows of lines that go to another."""
	if not is_enabled(doc.company) or not leaving.ships(doc):
		return
	going = _going(doc)
	wrong = misdirected(going, doc.shipping_address_name)
	if wrong:
		frappe.throw(
			[
				_("Row {0} goes to {1}. Take it out and ship it by a note of its own.").format(
					doc.items[at].idx, _link(going[at][1])
				)
				for at in wrong
			]
			if doc.shipping_address_name
			else [
				_(
					"{0} has no Shipping Address: its rows go to {1}. Enter it, one document for each address."
				).format(doc.name, ", ".join(_link(name) for name in sorted({going[at][1] for at in wrong})))
			],
			title=_("To another address"),
			as_list=True,
		)


def _going(doc: Document) -> list[tuple[str | None, str | None]]:
	"""Of each row the address that its order line names itself, and where it goes."""
	order_field, line_field = leaving.ORDER_FIELDS[doc.doctype]
	orders = sorted({row.get(order_field) for row in doc.items if row.get(order_field)})
	lines = store.lines(orders) if orders else {}
	found = [lines.get(row.get(line_field)) for row in doc.items]
	return [(line.own_address, line.address) if line else (None, None) for line in found]


def _link(address: str) -> str:
	return get_link_to_form("Address", address)
