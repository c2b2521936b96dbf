"""What a run meant for an order line: who lost, who gained, whose date moved."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wholesale_b2b.allocation.rules.model import ZERO

LOST, LATER, GAINED, EARLIER, CHANGED = "Lost", "Later", "Gained", "Earlier", "Changed"


@dataclass(frozen=True, slots=True)
class Figures:
	"""What a line shows: units reserved, pre-allocated and backordered, and when it can ship (None: nobody knows)."""

	reserved: Decimal = ZERO
	promised: Decimal = ZERO
	backorder: Decimal = ZERO
	when: date | None = None

	@property
	def owed(self) -> Decimal:
		return self.reserved + self.backorder

	@property
	def covered(self) -> Decimal:
		return min(self.reserved + self.promised, self.owed)

	@property
	def uncovered(self) -> Decimal:
		return self.owed - self.covered


@dataclass(frozen=True, slots=True)
class Outcome:
	"""kind: one of LOST, LATER, GAINED, EARLIER, CHANGED. units: how many were lost or gained, 0 where only a date moved."""

	kind: str
	units: Decimal = ZERO


def outcome(before: Figures, after: Figures) -> Outcome:
	"""What became of a line between two runs.

	A line has lost what it is short of more than before, beyond what it asks for more; a line that was delivered, cut
	or ended has lost nothing. A date moved if the line had one before and after, or has none any more.
	Without dates, a line that has units to come in exchange for some on the shelf ships later.
	"""
	asks_more = max(after.owed - before.owed, ZERO)
	lost = after.uncovered - before.uncovered - asks_more
	if lost > ZERO:
		return Outcome(LOST, lost)
	gained = after.covered - before.covered
	if gained > ZERO:
		return Outcome(GAINED, gained)
	if before.when and after.when and after.owed and after.when != before.when:
		return Outcome(LATER if after.when > before.when else EARLIER)
	dated = before.when and after.when
	if not dated and after.promised > before.promised and after.reserved < before.reserved:
		return Outcome(LATER)
	return Outcome(CHANGED)
