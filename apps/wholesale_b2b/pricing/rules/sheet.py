"""A tier as a table of texts: the columns of its file, and rows read from one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wholesale_b2b.ordering.order_import.rules.model import Table
from wholesale_b2b.ordering.order_import.rules.verdict import read_date, read_number

from .model import HUNDRED, ZERO, Row
from .money import number
from .words import BRAND, EVERYTHING, GROUP, ITEM, TARGETS

COLUMNS = (
	"Apply On",
	*TARGETS,
	"UOM",
	"Minimum Quantity",
	"Mix",
	"Discount %",
	"Price",
	"Net",
	"Valid From",
	"Valid Up To",
)
# Told beside them in an export, and not read back.
TOLD = ("Item Name", "List Price", "Price Now", "Cost", "Margin %")
_FIELDS = {name.casefold(): name for name in COLUMNS}
_YES = ("1", "yes", "y", "true", "x")


@dataclass(frozen=True, slots=True)
class Bad:
	"""A row of the file that cannot be taken. why: a word, about: what it is about."""

	line: int
	why: str
	about: str = ""


@dataclass(frozen=True, slots=True)
class Known:
	"""What a file may name. units: item → its UOMs. groups, brands: those there are."""

	units: Mapping[str, frozenset[str]]
	groups: frozenset[str] = frozenset()
	brands: frozenset[str] = frozenset()


def missing_columns(header: Sequence[str]) -> list[str]:
	"""What a file must have and does not: something that says what a row is about, and a price or a discount."""
	have = {name.casefold() for name in header}
	missing = []
	if not have & {"item code", "item group", "brand"} and "apply on" not in have:
		missing.append(ITEM)
	if not have & {"price", "discount %"}:
		missing.append("Price")
	return missing


def names(table: Table) -> dict[str, set[str]]:
	"""The items, item groups and brands that a file names, by column."""
	places = {
		_FIELDS[name.casefold()]: place
		for place, name in enumerate(table.header)
		if name.casefold() in _FIELDS
	}
	return {
		column: {cells[places[column]] for _line, cells in table.rows if _has(cells, places.get(column))}
		if column in places
		else set()
		for column in TARGETS
	}


def _has(cells: Sequence[str], place: int | None) -> bool:
	return place is not None and place < len(cells) and bool(cells[place])


def read(table: Table, known: Known) -> tuple[list[tuple[int, Row]], list[Bad]]:
	"""The rows of a file as (line, row), and those that cannot be taken. Empty lines are passed over."""
	places = {
		place: _FIELDS[name.casefold()]
		for place, name in enumerate(table.header)
		if name.casefold() in _FIELDS
	}
	good, bad = [], []
	for line, cells in table.rows:
		texts = {name: cells[place].strip() for place, name in places.items() if place < len(cells)}
		if not any(texts.values()):
			continue
		found = _row(line, texts, known)
		if isinstance(found, Bad):
			bad.append(found)
		else:
			good.append((line, found))
	return good, bad


def _row(line: int, texts: Mapping[str, str], known: Known) -> Row | Bad:
	kind, target = _target(texts)
	if not kind:
		return Bad(line, "target", target)
	if kind == ITEM and target not in known.units:
		return Bad(line, "item", target)
	if kind == GROUP and target not in known.groups:
		return Bad(line, "group", target)
	if kind == BRAND and target not in known.brands:
		return Bad(line, "brand", target)
	uom = texts.get("UOM", "")
	if kind == ITEM and uom and uom not in known.units[target]:
		return Bad(line, "uom", uom)
	least = _number(texts.get("Minimum Quantity", "")) if texts.get("Minimum Quantity") else ZERO
	if least is None or least < 0:
		return Bad(line, "quantity", texts["Minimum Quantity"])
	discount, rate = texts.get("Discount %", ""), texts.get("Price", "")
	if bool(discount) == bool(rate):
		return Bad(line, "both" if discount else "neither")
	figure = _number(discount or rate)
	if figure is None or figure < 0:
		return Bad(line, "figure", discount or rate)
	if discount and figure > HUNDRED:
		return Bad(line, "discount", discount)
	dates = []
	for column in ("Valid From", "Valid Up To"):
		text = texts.get(column, "")
		day = read_date(text) if text else None
		if text and day is None:
			return Bad(line, "date", text)
		dates.append(day)
	if dates[0] and dates[1] and dates[1] < dates[0]:
		return Bad(line, "days", texts["Valid Up To"])
	return Row(
		kind,
		target,
		figure if discount else None,
		None if discount else figure,
		uom=uom,
		min_qty=least,
		mix=texts.get("Mix", "") if least else "",
		net=texts.get("Net", "").casefold() in _YES,
		valid_from=dates[0],
		valid_upto=dates[1],
	)


def _target(texts: Mapping[str, str]) -> tuple[str, str]:
	"""What a row is about; an empty kind and what is wrong where that is unclear."""
	asked = texts.get("Apply On", "")
	if asked.casefold() == EVERYTHING.casefold():
		return EVERYTHING, ""
	named = [(kind, texts[kind]) for kind in TARGETS if texts.get(kind)]
	if asked:
		named = [(kind, target) for kind, target in named if kind.casefold() == asked.casefold()]
	return named[0] if len(named) == 1 else ("", asked)


def _number(text: str) -> Decimal | None:
	return read_number(text.rstrip("% "))


def cells(row: Row) -> list[object]:
	"""A row of a tier as the columns have it; numbers as numbers, empty cells as None."""
	return [
		row.apply_on,
		row.target if row.apply_on == ITEM else None,
		row.target if row.apply_on == GROUP else None,
		row.target if row.apply_on == BRAND else None,
		row.uom or None,
		float(row.min_qty) if row.min_qty else None,
		row.mix or None,
		number(row.discount),
		number(row.rate),
		1 if row.net else None,
		row.valid_from,
		row.valid_upto,
	]
