"""Ours against theirs, document by document."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from wholesale_b2b.accounting.rules.amounts import CENT, differ

ZERO = Decimal(0)

MISSING_THERE = "Missing There"
MISSING_HERE = "Missing Here"
TOTAL = "Total Differs"
TAX = "Tax Differs"
OUTSTANDING = "Outstanding Differs"
SAME = "Same"


@dataclass(frozen=True, slots=True)
class Side:
	"""A document on one side, in its currency. ref: what it is called there (their id, or our name)."""

	number: str
	kind: str
	currency: str
	total: Decimal
	tax: Decimal
	outstanding: Decimal
	ref: str = ""
	waits: bool = False


@dataclass(frozen=True, slots=True)
class Row:
	number: str
	kind: str
	currency: str
	ours: Side | None
	theirs: Side | None
	problem: str

	@property
	def difference(self) -> Decimal:
		"""In money: of the first thing that differs; 0 where nothing does."""
		if not self.ours or not self.theirs:
			present = self.ours or self.theirs
			return (present.total if self.ours else -present.total) if present else ZERO
		by = {TOTAL: "total", TAX: "tax", OUTSTANDING: "outstanding"}.get(self.problem)
		return getattr(self.ours, by) - getattr(self.theirs, by) if by else ZERO


def compare(ours: Mapping[str, Side], theirs: Mapping[str, Side], unit: Decimal = CENT) -> list[Row]:
	"""A row for every document of either side, those that differ first, then by number. Keys: kind and number."""
	rows = []
	for key in {*ours, *theirs}:
		our, their = ours.get(key), theirs.get(key)
		seen = our or their
		assert seen
		rows.append(Row(seen.number, seen.kind, seen.currency, our, their, _problem(our, their, unit)))
	return sorted(rows, key=lambda row: (row.problem == SAME, row.kind, row.number))


def _problem(ours: Side | None, theirs: Side | None, unit: Decimal) -> str:
	if not theirs:
		return MISSING_THERE
	if not ours:
		return MISSING_HERE
	for problem, by in ((TOTAL, "total"), (TAX, "tax"), (OUTSTANDING, "outstanding")):
		if differ(getattr(ours, by), getattr(theirs, by), unit):
			return problem
	return TOTAL if ours.currency != theirs.currency else SAME


def is_green(rows: list[Row]) -> bool:
	return all(row.problem == SAME for row in rows)
