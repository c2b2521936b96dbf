"""First expired, first out: which units of which batch, and which serial numbers, a picker is sent for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Lot:
	"""Units on one shelf that may be picked: of a batch, or with serial numbers, or both.

	batch: its name, none for an item with serial numbers alone. qty: stock units. expires: None for never. since: when
	the batch was made or came in, any ISO text. serials: one per unit, in the order in which they should go.
	"""

	batch: str | None
	qty: Decimal
	expires: date | None = None
	since: str = ""
	serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
	"""`qty` stock units for a row whose unit of measure has `factor` of them; whole: it cannot be broken."""

	qty: Decimal
	factor: Decimal = Decimal(1)
	whole: bool = False


@dataclass(frozen=True, slots=True)
class Part:
	"""`qty` stock units of a row, from a batch and with these serial numbers; neither if nothing could be bound."""

	qty: Decimal
	batch: str | None = None
	serials: tuple[str, ...] = ()


def in_order(lots: Iterable[Lot]) -> list[Lot]:
	"""What expires first goes first, what never does last; then by age, then by name."""
	return sorted(lots, key=lambda lot: (lot.expires or date.max, lot.since, lot.batch or ""))


def bind(wishes: Sequence[Wish], lots: Iterable[Lot]) -> list[tuple[Part, ...]]:
	"""Parts for each wish, in the order given; they add up to what it asks for, and no unit is given twice.

	A row that counts in boxes gets whole boxes of a batch. What is left over then, and what no lot has, is one part
	without a batch. Raises ValueError for a negative quantity.
	"""
	lots = in_order(lots)
	left = [lot.qty for lot in lots]
	answers = []
	for wish in wishes:
		if wish.qty < ZERO:
			raise ValueError(f"a negative quantity: {wish.qty}")
		owed, parts = wish.qty, []
		for place, lot in enumerate(lots):
			take = min(owed, left[place])
			if wish.whole and wish.factor > ZERO:
				take = (take / wish.factor).to_integral_value(ROUND_FLOOR) * wish.factor
			if lot.serials:
				take = take.to_integral_value(ROUND_FLOOR)
			if take > ZERO:
				parts.append(Part(take, lot.batch, _numbers(lot, left[place], take)))
				left[place] -= take
				owed -= take
		if owed > ZERO:
			parts.append(Part(owed))
		answers.append(tuple(parts))
	return answers


def _numbers(lot: Lot, left: Decimal, take: Decimal) -> tuple[str, ...]:
	"""The next `take` serial numbers of a lot of which `left` units are left."""
	start = int(lot.qty - left)
	return lot.serials[start : start + int(take)]
