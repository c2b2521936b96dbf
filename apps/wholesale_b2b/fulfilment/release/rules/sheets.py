"""What goes on which pick list. Quantities in stock units; of a Product Bundle's line in whole bundles."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ready:
	"""Units of an order line that lie ready in a warehouse and are on no list.

	place: what the list is made for, the warehouse or one above it. pack: stock units that are not broken, 0 for any
	quantity. worth: what one unit costs the customer, taxes included.
	"""

	order: str
	line: str
	place: str
	warehouse: str
	qty: Decimal
	pack: Decimal = ZERO
	worth: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Sheet:
	"""A pick list that is to be made: for a place, of these orders, in their order."""

	place: str
	orders: tuple[str, ...]


def take(
	ready: Iterable[Ready],
	ship: Mapping[str, Decimal] | None = None,
	room: Mapping[str, Decimal] | None = None,
) -> list[Ready]:
	"""What of `ready` goes, in its order.

	ship: line → units that may go; None: all; a line without may not. room: order → value that may still go; orders without
	are not limited. No pack is broken.
	"""
	left = dict(ship) if ship is not None else None
	money = dict(room or {})
	taken = []
	for row in ready:
		qty = row.qty if left is None else min(row.qty, left.get(row.line, ZERO))
		if row.order in money and row.worth > ZERO:
			qty = min(qty, whole(max(money[row.order], ZERO) / row.worth, row.pack or Decimal(1)))
		qty = whole(qty, row.pack)
		if qty <= ZERO:
			continue
		taken.append(replace(row, qty=qty))
		if left is not None:
			left[row.line] -= qty
		if row.order in money:
			money[row.order] -= qty * row.worth
	return taken


def whole(qty: Decimal, pack: Decimal) -> Decimal:
	"""`qty` down to whole packs; a pack of nothing: any quantity."""
	if pack <= ZERO:
		return qty
	return (qty / pack).to_integral_value(ROUND_FLOOR) * pack


def deal(taken: Iterable[Ready], queue: Sequence[str], most: Mapping[str, int]) -> list[Sheet]:
	"""The lists that carry what was taken, every order once for each place; the first in the queue on the first list.

	queue: the orders, the most urgent first. most: place → orders on one list, 0 for any number, without: one.
	"""
	ranks = {order: rank for rank, order in enumerate(queue)}
	places: dict[str, set[str]] = defaultdict(set)
	for row in taken:
		places[row.place].add(row.order)
	sheets = []
	for place in sorted(places):
		orders = sorted(places[place], key=lambda order: (ranks.get(order, len(ranks)), order))
		size = most.get(place, 1) or len(orders)
		sheets += [Sheet(place, tuple(orders[at : at + size])) for at in range(0, len(orders), size)]
	# across the places too: what is urgent is printed first
	return sorted(sheets, key=lambda sheet: (ranks.get(sheet.orders[0], len(ranks)), sheet.place))
