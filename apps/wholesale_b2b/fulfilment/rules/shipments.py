"""What goes out together: picked units dealt into shipments, one Delivery Note each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Picked:
	"""Units of one pick list row that are to ship.

	row: the Pick List Item. qty: stock UOM, above zero. line: the Sales Order Item, to which the rows of a bundle's
	components belong together. address: where to, the line's own or its order's. date: when it is wanted. consolidate:
	whether its account lets orders share a note. terms: what a note has only once (taxes, price list, exchange rate, ...),
	any hashable values; rows with other terms go on another note.
	"""

	row: str
	qty: float
	order: str
	line: str
	customer: str
	account: str | None
	currency: str
	address: str | None
	date: date | None
	consolidate: bool = False
	terms: tuple = ()


@dataclass(frozen=True, slots=True)
class Shipment:
	"""What one Delivery Note carries: units of one customer and account, in one currency, to one address, for one date."""

	customer: str
	account: str | None
	currency: str
	address: str | None
	date: date | None
	picked: tuple[Picked, ...]

	@property
	def orders(self) -> tuple[str, ...]:
		"""The Sales Orders in it, in the order in which they were picked."""
		return tuple(dict.fromkeys(line.order for line in self.picked))


def split(picked: Iterable[Picked]) -> list[Shipment]:
	"""Deal picked units into shipments, every unit into exactly one; in the order of the first row of each.

	An order has shipments of its own, unless its account consolidates: then orders of the same customer, account, address,
	date, currency and terms go together.
	"""
	together: dict[tuple, list[Picked]] = {}
	for line in picked:
		own = None if line.consolidate else line.order
		key = (own, line.customer, line.account, line.currency, line.address, line.date, line.terms)
		together.setdefault(key, []).append(line)
	return [
		Shipment(
			first.customer,
			first.account,
			first.currency,
			first.address,
			first.date,
			tuple(lines),
		)
		for lines in together.values()
		for first in lines[:1]
	]


def misdirected(rows: Iterable[tuple[str | None, str | None]], to: str | None) -> list[int]:
	"""Positions of the rows of a document that go to another address than the document.

	rows: (the address that the row's order line names itself, where it goes: that one or its order's; both None for a row of no
	order). Where no line names one, an order may be sent elsewhere by its document alone.
	"""
	rows = list(rows)
	if not any(own for own, _address in rows):
		return []
	return [at for at, (_own, address) in enumerate(rows) if address and address != to]


def share(total: float, whole: float, before: float, now: float, given: float) -> float:
	"""What of a discount in money goes with a part of an order, to the penny.

	total: the order's discount. whole: the worth of all its rows; before, now: of what shipped earlier and of this part.
	given: the discount that went with what shipped earlier. The shares of all parts add up to the total, however it is cut.
	"""
	if whole <= 0:
		return 0.0
	due = round(total * min((before + now) / whole, 1.0), 2)
	return round(max(due - given, 0.0), 2)
