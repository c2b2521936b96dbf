"""The units that people pick: pallets, cases, pieces."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Unit:
	"""A unit of measure with so many stock units in it."""

	uom: str
	factor: Decimal


@dataclass(frozen=True, slots=True)
class Count:
	"""So many of a unit; `count * unit.factor` stock units."""

	unit: Unit
	count: Decimal

	@property
	def qty(self) -> Decimal:
		return self.count * self.unit.factor


def in_units(qty: Decimal, own: Unit, stock: Unit, packs: Iterable[Unit], breakable: bool) -> list[Count]:
	"""`qty` stock units in the units that they are picked in: the biggest whole ones first, the rest in smaller ones.

	own: the line's unit; breakable: whether a part of it may be picked. packs: the whole units in which the item comes. A
	line in an unbroken unit is picked in that, and in units that hold a whole number of it. A line in a unit that is no
	whole number of stock units is picked in that unit alone.
	"""
	if qty <= 0:
		return []
	if own.factor < ONE or own.factor % ONE or (breakable and own.factor != ONE):
		return [Count(own, qty / own.factor)]
	smallest = stock if breakable or own.factor == ONE else own
	fitting = {
		unit.uom: unit
		for unit in packs
		if unit.factor > smallest.factor and not unit.factor % smallest.factor and not unit.factor % ONE
	}
	found = []
	for unit in sorted(fitting.values(), key=lambda unit: (-unit.factor, unit.uom != own.uom, unit.uom)):
		count = (qty / unit.factor).to_integral_value(ROUND_FLOOR)
		if count > 0:
			found.append(Count(unit, count))
			qty -= count * unit.factor
	if qty > 0:
		found.append(Count(smallest, qty / smallest.factor))
	return found
