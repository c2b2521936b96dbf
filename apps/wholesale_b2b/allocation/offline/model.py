"""What the files hold: the planner's own rows, and the names that a person knows them by."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from wholesale_b2b.allocation.rules import Demand, Supply

Row = TypeVar("Row")


class Unreadable(ValueError):
	"""A file that cannot be read at all. The text names the file and says what to do."""


@dataclass(frozen=True, slots=True)
class OrderLine:
	"""A demand with its order and customer, empty where the file has none. `demand.qty` in stock units."""

	demand: Demand
	order: str = ""
	customer: str = ""


@dataclass(frozen=True, slots=True)
class SupplyLine:
	"""A supply with the document that brings it (a purchase order's number), empty where there is none."""

	supply: Supply
	document: str = ""


@dataclass(frozen=True, slots=True)
class BadRow:
	"""A row that was not understood. row: its number in the file, as a spreadsheet shows it, the heading included."""

	file: str
	row: int
	reason: str
	cells: tuple[str, ...] = ()

	def __str__(self) -> str:
		return f"{self.file}, row {self.row}: {self.reason}"


@dataclass(slots=True)
class Reading(Generic[Row]):
	"""The rows of one file. notes: what the user should know, though nothing is wrong."""

	rows: list[Row] = field(default_factory=list)
	bad: list[BadRow] = field(default_factory=list)
	notes: list[str] = field(default_factory=list)


def some(names: Sequence[object], most: int = 5) -> str:
	"""The first few of many names, and how many more there are."""
	shown = ", ".join(str(name) for name in names[:most])
	return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown
