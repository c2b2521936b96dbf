"""What a cancelled order had, given to the order that amends it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from wholesale_b2b.allocation.rules.model import ZERO


@dataclass(frozen=True, slots=True)
class Row:
	"""A line of an order, in the order of its form. kit: the bundle that it is a component of, if any. qty: asked for."""

	line: str
	item: str
	warehouse: str
	kit: str = ""
	qty: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Kept:
	"""Units that are kept for what replaces `line`, the nearest first. warehouse: where they are, or will be."""

	name: str
	line: str
	item: str
	warehouse: str
	qty: Decimal


@dataclass(frozen=True, slots=True)
class Handover:
	"""`qty` units of the kept `name` are the new line's."""

	name: str
	line: str
	qty: Decimal


def hand_over(old: Iterable[Row], new: Iterable[Row], kept: Iterable[Kept]) -> tuple[Handover, ...]:
	"""Which new line gets which kept units.

	A new line replaces the old one of the same item, warehouse and bundle; where there are several, the first the first.
	It takes what was kept for that one; then lines that still want take what is left of their item in their
	warehouse. No line gets more than it asks for, and no more goes than was kept.
	"""
	new, kept = list(new), list(kept)
	replaces = _pairs(old, new)
	left = {unit.name: unit.qty for unit in kept}
	wanted = {row.line: row.qty for row in new}
	given: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)

	def take(row: Row, units: Iterable[Kept]) -> None:
		for unit in units:
			qty = min(left[unit.name], wanted[row.line])
			if qty > ZERO:
				given[unit.name, row.line] += qty
				left[unit.name] -= qty
				wanted[row.line] -= qty

	for row in new:
		take(row, (unit for unit in kept if unit.line == replaces.get(row.line) and unit.item == row.item))
	for row in new:
		take(row, (unit for unit in kept if (unit.item, unit.warehouse) == (row.item, row.warehouse)))
	return tuple(Handover(name, line, qty) for (name, line), qty in given.items())


def _pairs(old: Iterable[Row], new: Iterable[Row]) -> dict[str, str]:
	"""New line → the old line that it replaces."""
	waiting: dict[tuple[str, str, str], list[str]] = defaultdict(list)
	for row in old:
		waiting[row.kit, row.item, row.warehouse].append(row.line)
	pairs = {}
	for row in new:
		if lines := waiting[row.kit, row.item, row.warehouse]:
			pairs[row.line] = lines.pop(0)
	return pairs
