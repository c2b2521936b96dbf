"""The chosen plan as files: who gets what from where, what is missing, what can be promised when."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from wholesale_b2b.allocation.offline import tables
from wholesale_b2b.allocation.offline.cells import number
from wholesale_b2b.allocation.offline.compare import Cover, Outcome, ships_on
from wholesale_b2b.allocation.offline.model import BadRow, OrderLine, SupplyLine
from wholesale_b2b.allocation.rules import ZERO, Peg

PEGS = (
	"line",
	"order",
	"customer",
	"item",
	"supply",
	"kind",
	"document",
	"warehouse",
	"qty",
	"kept_qty",
	"ships_on",
)
SHORTAGES = ("line", "order", "customer", "item", "owed_qty", "short_qty", "priority", "needed_by")
PROMISES = (
	"line",
	"order",
	"customer",
	"item",
	"owed_qty",
	"now_qty",
	"later_qty",
	"short_qty",
	"promise_date",
	"needed_by",
	"days_late",
	"status",
	"schedule",
)
REJECTED = ("file", "row", "reason", "content")
NO_DATE = "no date"


def write_plan(
	folder: Path,
	outcome: Outcome,
	lines: Sequence[OrderLine],
	supplies: Sequence[SupplyLine],
	kept: Sequence[Peg],
	today: date,
) -> None:
	"""Write pegs.csv, shortages.csv and promise-dates.csv, lines in the order of their names."""
	rows = {row.demand.line: row for row in lines}
	stock = {row.supply.key: row for row in supplies}
	tables.write(folder / "pegs.csv", PEGS, _pegs(outcome, rows, stock, kept, today))
	tables.write(folder / "shortages.csv", SHORTAGES, _shortages(outcome, rows))
	promises = (_promise(rows[line], outcome.covers[line]) for line in sorted(rows))
	tables.write(folder / "promise-dates.csv", PROMISES, promises)


def write_rejected(path: Path, bad: Sequence[BadRow]) -> None:
	"""Write the rows that were left out, each with its reason and what it said."""
	tables.write(path, REJECTED, ((row.file, row.row, row.reason, " | ".join(row.cells)) for row in bad))


def _pegs(
	outcome: Outcome,
	rows: Mapping[str, OrderLine],
	stock: Mapping[str, SupplyLine],
	kept: Sequence[Peg],
	today: date,
) -> Iterator[tuple]:
	before: dict[tuple[str, str], Decimal] = {}
	for peg in kept:
		before[peg.demand, peg.supply] = before.get((peg.demand, peg.supply), ZERO) + peg.qty
	for peg in outcome.plan.pegs:
		found, supply = stock[peg.supply], stock[peg.supply].supply
		yield (
			*_line(rows[peg.demand]),
			supply.key,
			supply.kind,
			found.document,
			supply.warehouse,
			number(peg.qty),
			number(min(peg.qty, before.get((peg.demand, peg.supply), ZERO))),
			ships_on(supply, today) or NO_DATE,
		)


def _shortages(outcome: Outcome, rows: Mapping[str, OrderLine]) -> Iterator[tuple]:
	for line, qty in outcome.plan.shortages.items():
		demand = rows[line].demand
		yield (*_line(rows[line]), number(demand.qty), number(qty), demand.priority, demand.needed_by)


def _promise(row: OrderLine, cover: Cover) -> tuple:
	demand = row.demand
	late = max((cover.promised - demand.needed_by).days, 0) if cover.promised and demand.needed_by else None
	return (
		*_line(row),
		number(demand.qty),
		number(cover.now),
		number(cover.later),
		number(cover.short),
		cover.promised,
		demand.needed_by,
		late,
		_status(row, cover),
		"; ".join(
			f"{number(qty)} on {when}" if when else f"{number(qty)} {NO_DATE}" for when, qty in cover.dates
		),
	)


def _status(row: OrderLine, cover: Cover) -> str:
	"""settled, ready (all of it now), covered (all of it, some later), part (some of it) or short (none of it)."""
	if not row.demand.qty:
		return "settled"
	if cover.short:
		return "short" if cover.short == row.demand.qty else "part"
	return "covered" if cover.later else "ready"


def _line(row: OrderLine) -> tuple[str, str, str, str]:
	return row.demand.line, row.order, row.customer, row.demand.item
