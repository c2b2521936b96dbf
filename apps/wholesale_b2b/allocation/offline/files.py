"""Demand, supply and kept promises: read from a file, written to one. What is written reads as the same rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

from wholesale_b2b.allocation.offline import cells, columns, tables
from wholesale_b2b.allocation.offline.cells import Cells
from wholesale_b2b.allocation.offline.columns import DEMAND, KEPT, PROTECTIONS, SUPPLY, Column
from wholesale_b2b.allocation.offline.model import BadRow, OrderLine, Reading, Row, SupplyLine, some
from wholesale_b2b.allocation.rules import EARLIEST, INBOUND, ON_HAND, ZERO, Demand, Peg, Protection, Supply
from wholesale_b2b.allocation.rules.model import ONE

DEFAULT_PRIORITY = 50
# A supply file without warehouses is one warehouse.
ONE_WAREHOUSE = "all stock"
ON_HAND_WORDS = {"on hand", "onhand", "stock", "in stock", "bin", "shelf", "warehouse", "available"}
# The planner knows a supply that comes some day by the last of all dates.
SOME_DAY = date.max


def read_demand(path: Path, style: str | None = None, encoding: str | None = None) -> Reading[OrderLine]:
	"""The order lines of a file. style: see `cells.day`; encoding: see `tables.read`. Raises `Unreadable`."""
	counted: Counter[str] = Counter()

	def line(row: Cells) -> OrderLine:
		order = row.get("order", cells.name, "")
		placed = row.get("placed_at", partial(cells.moment, style=style), None)
		entered = row.get("entered_at", partial(cells.moment, style=style), None)
		demand = Demand(
			line=_own_name(row, "line", order, counted),
			item=row.need("item", cells.name, ""),
			warehouses=row.get("warehouse", cells.split_names, ()),
			qty=row.need("qty", cells.quantity, ZERO),
			priority=row.get("priority", cells.priority, DEFAULT_PRIORITY),
			needed_by=row.get("needed_by", partial(cells.day, style=style), None),
			placed_at=_joined(placed, entered),
			strategy=row.get("strategy", cells.strategy, EARLIEST),
			pack=row.get("pack", cells.pack, ONE),
			horizon_days=row.get("horizon_days", cells.horizon, None),
			segments=row.get("segments", cells.split_names, ()),
		)
		return OrderLine(demand, order, row.get("customer", cells.name, ""))

	return _read(path, encoding, DEMAND, line, lambda row: row.demand.line)


def read_supply(path: Path, style: str | None = None, encoding: str | None = None) -> Reading[SupplyLine]:
	"""The supplies of a file; arguments and errors as `read_demand`."""
	counted: Counter[str] = Counter()

	def line(row: Cells) -> SupplyLine:
		document, item = row.get("document", cells.name, ""), row.need("item", cells.name, "")
		warehouse = row.get("warehouse", cells.name, ONE_WAREHOUSE)
		kind, available = _kind_and_date(row, style)
		supply = Supply(
			key=_own_name(
				row, "supply", document or f"{item} @ {warehouse}", counted, first_plain=not document
			),
			kind=kind,
			item=item,
			warehouse=warehouse,
			qty=row.need("qty", cells.quantity, ZERO),
			available_on=available,
		)
		return SupplyLine(supply, document)

	return _read(path, encoding, SUPPLY, line, lambda row: row.supply.key)


def read_kept(path: Path, lines: set[str], supplies: set[str], encoding: str | None = None) -> Reading[Peg]:
	"""Promises that stand already. A row that names none of `lines` or `supplies` is a bad one."""

	def peg(row: Cells) -> Peg:
		found = Peg(
			row.need("line", cells.name, ""),
			row.need("supply", cells.name, ""),
			row.need("qty", cells.quantity, ZERO),
			row.get("frozen", cells.quantity, ZERO),
		)
		if found.demand and found.demand not in lines:
			row.faults.append(f"the demand file has no line {found.demand}")
		if found.supply and found.supply not in supplies:
			row.faults.append(f"the supply file has no supply {found.supply}")
		if found.frozen > found.qty:
			row.faults.append(f"frozen: {found.frozen} is more than the {found.qty} promised")
		return found

	return _read(path, encoding, KEPT, peg, None)


def read_protections(
	path: Path, supplies: Mapping[str, Supply], encoding: str | None = None
) -> Reading[Protection]:
	"""Floors and ceilings of segments on shelves. supplies: those of the supply file by name."""

	def protection(row: Cells) -> Protection:
		found = Protection(
			row.need("supply", cells.name, ""),
			row.need("segment", cells.name, ""),
			row.get("floor", cells.quantity, ZERO),
			row.get("ceiling", cells.quantity, None),
		)
		if found.supply and found.supply not in supplies:
			row.faults.append(f"the supply file has no supply {found.supply}")
		elif found.supply and supplies[found.supply].available_on is not None:
			row.faults.append(f"{found.supply} is not on hand, and only a shelf can be protected")
		if not row.text("floor") and not row.text("ceiling"):
			row.faults.append("has neither a floor nor a ceiling")
		if found.ceiling is not None and found.ceiling < found.floor:
			row.faults.append(f"the ceiling {found.ceiling} is below the floor {found.floor}")
		return found

	def name(found: Protection) -> str:
		return f"{found.segment} on {found.supply}"

	return _read(path, encoding, PROTECTIONS, protection, name)


def write_demand(path: Path, lines: Iterable[OrderLine]) -> None:
	"""Write order lines in the format that `read_demand` reads."""
	tables.write(path, [column.name for column in DEMAND], map(_demand_cells, lines))


def write_supply(path: Path, supplies: Iterable[SupplyLine]) -> None:
	"""Write supplies in the format that `read_supply` reads."""
	tables.write(path, [column.name for column in SUPPLY], map(_supply_cells, supplies))


def write_kept(path: Path, pegs: Iterable[Peg]) -> None:
	"""Write promises in the format that `read_kept` reads."""
	rows = ((p.demand, p.supply, cells.number(p.qty), cells.number(p.frozen)) for p in pegs)
	tables.write(path, [column.name for column in KEPT], rows)


def write_protections(path: Path, protections: Iterable[Protection]) -> None:
	"""Write floors and ceilings in the format that `read_protections` reads."""
	rows = (
		(p.supply, p.segment, cells.number(p.floor), None if p.ceiling is None else cells.number(p.ceiling))
		for p in protections
	)
	tables.write(path, [column.name for column in PROTECTIONS], rows)


def anywhere(lines: Iterable[OrderLine], supplies: Iterable[SupplyLine]) -> list[OrderLine]:
	"""Lines that name no warehouse may be covered from every one that has, or gets, their item; by name."""
	places: dict[str, set[str]] = {}
	for row in supplies:
		places.setdefault(row.supply.item, set()).add(row.supply.warehouse)
	return [
		row
		if row.demand.warehouses
		else replace(
			row, demand=replace(row.demand, warehouses=tuple(sorted(places.get(row.demand.item, ()))))
		)
		for row in lines
	]


def remarks(
	lines: Sequence[OrderLine], supplies: Sequence[SupplyLine], protections: Sequence[Protection] = ()
) -> list[str]:
	"""What does not match between the files, though each is right in itself."""
	wanted = {row.demand.item for row in lines}
	there = {row.supply.item for row in supplies}
	places = {row.supply.warehouse for row in supplies}
	named = {place for row in lines for place in row.demand.warehouses}
	notes = []
	if idle := sorted(there - wanted):
		notes.append(f"Items of the supply that are in no order: {len(idle):,} ({some(idle)}).")
	if missing := sorted(wanted - there):
		notes.append(f"Items of the orders without supply: {len(missing):,} ({some(missing)}).")
	if unknown := sorted(named - places):
		notes.append(f"Warehouses of the orders without supply: {len(unknown):,} ({some(unknown)}).")
	if strangers := sorted(
		{p.segment for p in protections} - {s for row in lines for s in row.demand.segments}
	):
		notes.append(f"Protected segments without an order: {len(strangers):,} ({some(strangers)}).")
	if settled := sum(1 for row in lines if not row.demand.qty):
		notes.append(f"Lines that owe nothing, which are not counted: {settled:,}.")
	return notes


def _read(
	path: Path,
	encoding: str | None,
	known: Sequence[Column],
	parse: Callable[[Cells], Row],
	name: Callable[[Row], str] | None,
) -> Reading[Row]:
	"""Every row parsed, or among the bad ones with all that is wrong with it."""
	table = tables.read(path, encoding)
	places = columns.match(str(path), table.header, known)
	found: Reading[Row] = Reading()
	first_seen: dict[str, int] = {}
	for number, texts in table.rows:
		row = Cells(places, texts)
		if any(texts[len(table.header) :]):
			row.faults.append(f"has more cells than the heading ({len(texts)}, {len(table.header)})")
		value = parse(row)
		own = name(value) if name else ""
		if own and own in first_seen:
			row.faults.append(f"the name {own} is taken by row {first_seen[own]}")
		if row.faults:
			found.bad.append(BadRow(path.name, number, "; ".join(row.faults), tuple(texts)))
			continue
		first_seen[own] = number
		found.rows.append(value)
	unused = [name for place, name in enumerate(table.header) if name and place not in places.values()]
	if unused:
		found.notes.append(f"{path.name}: columns not used: {some(unused, 8)}.")
	return found


def _own_name(row: Cells, column: str, stem: str, counted: Counter[str], first_plain: bool = False) -> str:
	"""The row's name from its column; where the file has no such column, `stem` and a running number."""
	if column in row.places:
		return row.need(column, cells.name, "")
	counted[stem] += 1
	number = counted[stem]
	if first_plain and number == 1:
		return stem
	return f"{stem} #{number}" if stem else f"#{number}"


def _kind_and_date(row: Cells, style: str | None) -> tuple[str, date | None]:
	"""What the supply is and from when; without a kind, a date tells what is still to come."""
	now = row.text("available_on").casefold() == "now"
	when = None if now else row.get("available_on", partial(cells.day, style=style), None)
	kind = row.get("kind", cells.name, INBOUND if when else ON_HAND)
	if kind.casefold() not in ON_HAND_WORDS:
		return kind, None if now else when or SOME_DAY
	if when:
		row.faults.append(f"available_on: what is on hand is there now, and this says {when}")
	return ON_HAND, None


def _demand_cells(row: OrderLine) -> Iterator[object]:
	demand = row.demand
	placed, entered = _placed(demand.placed_at)
	values = {
		"line": demand.line,
		"order": row.order,
		"customer": row.customer,
		"item": demand.item,
		"warehouse": cells.join_names(demand.warehouses),
		"qty": cells.number(demand.qty),
		"priority": demand.priority,
		"needed_by": demand.needed_by,
		"placed_at": placed,
		"entered_at": entered,
		"strategy": demand.strategy,
		"pack": cells.number(demand.pack),
		"horizon_days": demand.horizon_days,
		"segments": cells.join_names(demand.segments),
	}
	return (values[column.name] for column in DEMAND)


def _joined(placed: date | None, entered: date | None) -> object:
	"""As the engine sorts: the order's date, then when it was keyed in. A time in `placed_at` says enough."""
	if placed and entered and not isinstance(placed, datetime):
		return f"{placed} {entered}"
	return placed or entered


def _placed(value: object) -> tuple[str, str]:
	"""`placed_at` and `entered_at`, taken apart again."""
	text = "" if value is None else str(value)
	parts = text.split(" ", 2)
	return (parts[0], " ".join(parts[1:])) if len(parts) == 3 else (text, "")


def _supply_cells(row: SupplyLine) -> Iterator[object]:
	supply = row.supply
	when: object = supply.available_on
	if supply.kind != ON_HAND:
		when = "now" if when is None else None if when == SOME_DAY else when
	values = {
		"supply": supply.key,
		"kind": supply.kind,
		"document": row.document,
		"item": supply.item,
		"warehouse": supply.warehouse,
		"qty": cells.number(supply.qty),
		"available_on": when,
	}
	return (values[column.name] for column in SUPPLY)
