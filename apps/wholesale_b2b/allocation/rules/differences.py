"""Who gains and who loses by a run, added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wholesale_b2b.allocation.rules.model import ZERO


@dataclass(frozen=True, slots=True)
class Moved:
	"""A line before and after: units covered (reserved and pre-allocated), and the promise date. name: whom it counts for."""

	name: str
	covered_before: Decimal
	covered_after: Decimal
	when_before: date | None = None
	when_after: date | None = None


@dataclass(frozen=True, slots=True)
class Difference:
	"""gained, lost: units, both counted up. earlier, later: lines whose promise date moved; having none is later than any."""

	name: str
	lines: int = 0
	gained: Decimal = ZERO
	lost: Decimal = ZERO
	earlier: int = 0
	later: int = 0


def differences(rows: Iterable[Moved]) -> list[Difference]:
	"""One per name; those who move most units come first, then by name."""
	found: dict[str, Difference] = {}
	for row in rows:
		before = found.get(row.name, Difference(row.name))
		units = row.covered_after - row.covered_before
		shift = _shift(row)
		found[row.name] = Difference(
			name=row.name,
			lines=before.lines + 1,
			gained=before.gained + max(units, ZERO),
			lost=before.lost + max(-units, ZERO),
			earlier=before.earlier + (shift < 0),
			later=before.later + (shift > 0),
		)
	return sorted(found.values(), key=lambda d: (-(d.gained + d.lost), d.name))


def _shift(row: Moved) -> int:
	"""-1 where the promise date came closer, 1 where it went away, 0 where it stays."""
	before, after = row.when_before or date.max, row.when_after or date.max
	return (after > before) - (after < before)
