"""Many rows of a tier changed at once, from a day on: by a file, or by a percentage."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .model import HUNDRED, ZERO, Row, is_valid
from .money import round_price
from .words import EVERYTHING

NEW = "new"
CHANGED = "changed"
SAME = "same"
ENDED = "ended"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
	"""kind: one of the words above. old: the row that holds on the day, None where none does; new: what holds from then on,
	None for one that ends. line: of the file, 0 without one. replaced: all rows that end or go for it, later ones included.
	"""

	kind: str
	old: Row | None
	new: Row | None
	line: int = 0
	replaced: tuple[Row, ...] = ()


def key_of(row: Row, units: dict[str, str]) -> tuple:
	"""What a row is about: two rows with one key and common days are at odds. units: item → its stock UOM."""
	uom = "" if row.uom and row.uom == units.get(row.target) else row.uom
	target = "" if row.apply_on == EVERYTHING else row.target
	return row.apply_on, target, uom, row.min_qty, row.mix


def compare(
	rows: Sequence[Row],
	wanted: Iterable[tuple[int, Row]],
	units: dict[str, str],
	day: date,
	end_others: bool = False,
	ending: Container[tuple] = (),
) -> list[Change]:
	"""What it takes that the tier says from a day on what is wanted.

	rows: of the tier. wanted: (line, row), each key once. end_others: what is not wanted ends; without it, of what is not
	wanted, the keys in `ending` do. In the order of what is wanted, then of the rows that end.
	"""
	ahead: dict[tuple, list[Row]] = {}
	for row in rows:
		if not row.valid_upto or row.valid_upto >= day:
			ahead.setdefault(key_of(row, units), []).append(row)
	changes, seen = [], set()
	for line, row in wanted:
		key = key_of(row, units)
		seen.add(key)
		there = tuple(ahead.get(key, ()))
		old = _holding(there, day)
		new = replace(row, valid_from=max(row.valid_from or day, day))
		if old is not None and len(there) == 1 and _says_same(old, row):
			changes.append(Change(SAME, old, old, line))
		else:
			changes.append(Change(CHANGED if old else NEW, old, new, line, there))
	for key, there in ahead.items():
		if key not in seen and (end_others or key in ending):
			changes.append(Change(ENDED, _holding(there, day), None, 0, tuple(there)))
	return changes


def apply(rows: Sequence[Row], changes: Iterable[Change], day: date) -> list[Row]:
	"""The rows of the tier after these changes: what is replaced ends the day before, and keeps standing for the past."""
	gone: set[int] = set()
	ended: set[int] = set()
	added = []
	for change in changes:
		if change.kind == SAME:
			continue
		if change.new is not None:
			added.append(change.new)
		for row in change.replaced:
			(gone if row.valid_from and row.valid_from >= day else ended).add(id(row))
	kept = [
		replace(row, valid_upto=day - DAY) if id(row) in ended else row for row in rows if id(row) not in gone
	]
	return kept + added


def raised(
	rows: Iterable[Row], percent: Decimal, day: date, rounding: str = "", direction: str = ""
) -> list[tuple[int, Row]]:
	"""The prices that hold on a day, so many percent higher (lower if negative), for `compare`. Discounts follow the list."""
	found = []
	for row in rows:
		if row.rate is None or not is_valid(row.valid_from, row.valid_upto, day):
			continue
		rate = round_price(
			row.rate * (HUNDRED + percent) / HUNDRED, rounding or "0.01", direction or "Nearest"
		)
		# a row of its own: the one that it is made of keeps its name and stands for the past
		found.append(
			(0, replace(row, name="", rate=max(rate.quantize(Decimal("0.000001"), ROUND_HALF_UP), ZERO)))
		)
	return found


def doubles(wanted: Sequence[tuple[int, Row]], units: dict[str, str]) -> dict[int, int]:
	"""Line → an earlier line that says something about the same thing."""
	first: dict[tuple, int] = {}
	found = {}
	for line, row in wanted:
		key = key_of(row, units)
		if key in first:
			found[line] = first[key]
		else:
			first[key] = line
	return found


def _holding(rows: Iterable[Row], day: date) -> Row | None:
	"""The row that holds on a day; of several the newest."""
	found = [row for row in rows if is_valid(row.valid_from, row.valid_upto, day)]
	return max(found, key=lambda row: (row.valid_from or date.min, row.name), default=None)


def _says_same(old: Row, new: Row) -> bool:
	return (
		old.discount == new.discount
		and old.rate == new.rate
		and old.net == new.net
		and old.valid_upto == new.valid_upto
	)
