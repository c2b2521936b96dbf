"""Picked short: what was picked, why not all, and what becomes of the rest."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import floor

ZERO = Decimal(0)

MISSING = "Missing"
DAMAGED = "Damaged"
EXPIRED = "Expired"
LATER = "Left for Later"
# Units that are no good, or not there: kept from everybody until somebody has counted.
UNFIT = frozenset({MISSING, DAMAGED, EXPIRED})


def picked(wanted: Decimal, counted: Decimal, scanned: bool, reason: str = "") -> Decimal:
	"""Units of a row that were picked.

	counted: what stands on the row. Nothing there means all, as ERPNext has it; where the list was scanned, or a reason is
	given, nothing means nothing.
	"""
	if counted > ZERO:
		return counted
	return ZERO if scanned or reason else wanted


def in_whole_bundles(parts: Mapping[str, tuple[Decimal, Decimal]]) -> dict[str, Decimal]:
	"""What of the components of one bundle line makes whole bundles: component → units.

	parts: component → (units picked, units in one bundle, above zero).
	"""
	count = min((floor(qty / per_kit + Decimal("0.000001")) for qty, per_kit in parts.values()), default=0)
	return {part: min(per_kit * max(count, 0), qty) for part, (qty, per_kit) in parts.items()}


def fit(rows: Sequence[tuple[str, Decimal]], most: Decimal) -> dict[str, Decimal]:
	"""Rows (name, units) that together are more than `most`: name → units it keeps. The last rows give up first.

	Rows that keep all are left out.
	"""
	left, cut = max(most, ZERO), {}
	for name, qty in rows:
		kept = min(qty, left)
		if kept < qty:
			cut[name] = kept
		left -= kept
	return cut
