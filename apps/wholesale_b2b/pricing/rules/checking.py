"""What is wrong with a tier before it is saved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .model import HUNDRED, ZERO, Row, Tier
from .tiers import Cycle, line
from .words import BY_MARGIN, EVERYTHING, ITEM

CYCLE = "cycle"
NO_BASE = "no_base"
CHANGE = "change"
FLOOR = "floor"
DAYS = "days"
TARGET = "target"
DISCOUNT = "discount"
RATE = "rate"
QUANTITY = "quantity"
UOM = "uom"
OVERLAP = "overlap"
# no fault, but worth a word
DEARER = "dearer"


@dataclass(frozen=True, slots=True)
class Fault:
	"""what: one of the words above. row: its place in the tier's rows, −1 for the tier itself; other: the row it is at odds with."""

	what: str
	row: int = -1
	other: int = -1
	about: object = None


def faults(tier: Tier, tiers: Mapping[str, Tier], units: Mapping[str, Mapping[str, Decimal]]) -> list[Fault]:
	"""All that is wrong with a tier, what concerns it as a whole first. units: item → its UOMs and their factors.

	tiers: all others, by name.
	"""
	found = [*_of_head(tier, tiers)]
	for place, row in enumerate(tier.rows):
		found += _of_row(place, row, units)
	return found + _overlaps(tier.rows, units)


def remarks(tier: Tier, units: Mapping[str, Mapping[str, Decimal]]) -> list[Fault]:
	"""Quantity breaks at which more costs more: they never hold."""
	found = []
	for rows in _same_target(tier.rows, units).values():
		breaks = [(least, place) for least, place in rows if least]
		for (_least, place), (_more, other) in zip(sorted(breaks), sorted(breaks)[1:], strict=False):
			if _is_dearer(tier.rows[other], tier.rows[place]):
				found.append(Fault(DEARER, other, place))
	return found


def _is_dearer(more: Row, less: Row) -> bool:
	if not _meet(more, less) or more.uom != less.uom:
		return False
	if more.discount is not None and less.discount is not None:
		return more.discount < less.discount
	return more.rate is not None and less.rate is not None and more.rate > less.rate


def _of_head(tier: Tier, tiers: Mapping[str, Tier]) -> Iterable[Fault]:
	known = {**tiers, tier.name: tier}
	try:
		above = line(known, tier.name)
	except Cycle as cycle:
		yield Fault(CYCLE, about=cycle.names)
		return
	if not any(one.price_list for one in above):
		yield Fault(NO_BASE)
	if tier.change <= -HUNDRED:
		yield Fault(CHANGE, about=tier.change)
	if tier.floor_by and not ZERO <= tier.floor_percent < (HUNDRED if tier.floor_by == BY_MARGIN else 10**6):
		yield Fault(FLOOR, about=tier.floor_percent)
	if _is_backwards(tier.valid_from, tier.valid_upto):
		yield Fault(DAYS)


def _of_row(place: int, row: Row, units: Mapping[str, Mapping[str, Decimal]]) -> Iterable[Fault]:
	if row.apply_on != EVERYTHING and not row.target:
		yield Fault(TARGET, place, about=row.apply_on)
	if row.discount is not None and not ZERO <= row.discount <= HUNDRED:
		yield Fault(DISCOUNT, place, about=row.discount)
	if row.rate is not None and row.rate < 0:
		yield Fault(RATE, place, about=row.rate)
	if row.min_qty < 0:
		yield Fault(QUANTITY, place, about=row.min_qty)
	if row.apply_on == ITEM and row.target in units and row.uom and row.uom not in units[row.target]:
		yield Fault(UOM, place, about=row.uom)
	if _is_backwards(row.valid_from, row.valid_upto):
		yield Fault(DAYS, place)


def _overlaps(rows: Iterable[Row], units: Mapping[str, Mapping[str, Decimal]]) -> list[Fault]:
	"""Rows that say something about the same thing, from the same quantity on, in the same unit, on the same days."""
	rows = tuple(rows)
	seen: dict[tuple, list[int]] = {}
	found = []
	for place, row in enumerate(rows):
		key = (row.apply_on, row.target, _unit(row, units), row.min_qty, row.mix)
		for other in seen.setdefault(key, []):
			if _meet(row, rows[other]):
				found.append(Fault(OVERLAP, place, other))
				break
		seen[key].append(place)
	return found


def _unit(row: Row, units: Mapping[str, Mapping[str, Decimal]]) -> str:
	"""Its UOM; empty for the stock UOM of its item."""
	return "" if units.get(row.target, {}).get(row.uom) == 1 and row.apply_on == ITEM else row.uom


def _same_target(
	rows: Iterable[Row], units: Mapping[str, Mapping[str, Decimal]]
) -> dict[tuple, list[tuple[Decimal, int]]]:
	found: dict[tuple, list[tuple[Decimal, int]]] = {}
	for place, row in enumerate(rows):
		found.setdefault((row.apply_on, row.target, _unit(row, units)), []).append((row.min_qty, place))
	return found


def _meet(one: Row, other: Row) -> bool:
	return (one.valid_from or date.min) <= (other.valid_upto or date.max) and (
		other.valid_from or date.min
	) <= (one.valid_upto or date.max)


def _is_backwards(since: date | None, until: date | None) -> bool:
	return bool(since and until and until < since)
