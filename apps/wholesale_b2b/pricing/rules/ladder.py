"""What the rows of a tier come to for an item: the discount that holds, and the quantity break that is reached."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from .model import HUNDRED, ONE, Book, Item, Row, Tier, is_valid
from .money import convert, round_price
from .words import BRAND, EVERYTHING, GROUP, ITEM


@dataclass(slots=True)
class Shelf:
	"""A flattened tier, its rows by what they are about, made once for a batch."""

	tier: Tier
	rows: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

	def __post_init__(self) -> None:
		for row in self.tier.rows:
			target = "" if row.apply_on == EVERYTHING else row.target
			self.rows.setdefault((row.apply_on, target), []).append(row)

	def levels(self, item: Item) -> Iterator[list[Row]]:
		"""The rows about an item, the most specific first: itself, its template, its groups upwards, its brand, everything."""
		places = [(ITEM, item.code), (ITEM, item.template)]
		places += [(GROUP, group) for group in item.groups]
		places += [(BRAND, item.brand), (EVERYTHING, "")]
		for kind, target in places:
			if (target or kind == EVERYTHING) and (rows := self.rows.get((kind, target))):
				yield rows


@dataclass(frozen=True, slots=True)
class Rung:
	"""A row that may apply. least: the stock units from which on it does."""

	row: Row
	least: Decimal


@dataclass(frozen=True, slots=True)
class Ladder:
	"""base: the row that holds without regard to quantity. breaks: those of the most specific thing that has any.

	net: a row shuts out what is less specific, the base price list and promotions.
	"""

	base: Row | None = None
	breaks: tuple[Rung, ...] = ()
	net: bool = False


def ladder(shelf: Shelf, item: Item, uom: str, day: date) -> Ladder:
	"""The rows of a tier that are about an item, sold by a UOM, on a day.

	The most specific wins; between rows about the same thing the nearer tier's. A *net* row ends the search.
	"""
	base: Row | None = None
	breaks: tuple[Rung, ...] = ()
	for rows in shelf.levels(item):
		valid = [
			row
			for row in rows
			if is_valid(row.valid_from, row.valid_upto, day) and item.factor(row.uom) is not None
		]
		flat = _nearest(row for row in valid if not row.min_qty)
		steps = _nearest(row for row in valid if row.min_qty)
		if base is None and flat:
			base = max(flat, key=lambda row: _standing(row, item, uom, day))
		if not breaks and steps:
			breaks = tuple(
				Rung(row, row.min_qty * (item.factor(row.uom) or ONE))
				for row in sorted(steps, key=lambda row: (row.min_qty, row.name))
			)
		if any(row.net for row in (*flat, *steps)):
			return Ladder(base, breaks, net=True)
		if base is not None and breaks:
			break
	return Ladder(base, breaks)


def _standing(row: Row, item: Item, uom: str, day: date) -> tuple:
	"""Of several rows about the same thing: the one for the UOM, else for the stock UOM; the newest."""
	own = row.uom or item.stock_uom
	return (own == uom, own == item.stock_uom, row.valid_from is not None, row.valid_from or day, row.name)


def _nearest(rows: Iterable[Row]) -> list[Row]:
	rows = list(rows)
	rank = min((row.rank for row in rows), default=0)
	return [row for row in rows if row.rank == rank]


def price_of(
	row: Row, shelf: Shelf, book: Book, item: Item, base: Decimal | None, factor: Decimal, currency: str
) -> Decimal | None:
	"""What a row makes of it, in `currency` for a UOM of `factor` stock units, rounded as the tier says.

	base: the rate of the base price list for the same; a discount on nothing is None. Raises `money.NoRate`.
	"""
	if row.discount is None:
		own = item.factor(row.uom) or ONE
		rate = convert(
			(row.rate or 0) * row.factor * factor / own,
			row.currency or list_currency(shelf, book),
			currency,
			book,
		)
		return rate if row.exact else rounded(rate, shelf)
	return None if base is None else rounded(base * (HUNDRED - row.discount) / HUNDRED * row.factor, shelf)


def rounded(rate: Decimal, shelf: Shelf) -> Decimal:
	return round_price(rate, shelf.tier.rounding, shelf.tier.direction)


def list_currency(shelf: Shelf, book: Book) -> str:
	found = book.lists.get(shelf.tier.price_list)
	return found.currency if found else book.currency


def reached(rungs: Iterable[Rung], alone: Decimal, mixes: Mapping[str, Decimal]) -> list[Rung]:
	"""The breaks that are reached. alone: the line's own stock units; mixes: those of each mix over the document."""
	return [rung for rung in rungs if mixes.get(rung.row.mix, alone) >= rung.least]
