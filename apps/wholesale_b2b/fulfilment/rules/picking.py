"""What may be picked."""

from collections.abc import Iterable
from math import floor


def whole_bundles(parts: Iterable[tuple[float, float]]) -> int:
	"""How many whole bundles the parts make; each part: units there are, units that one bundle takes (above zero).

	No parts make no bundle. A millionth of a bundle is forgiven, as quantities are floats.
	"""
	return max(min((floor(qty / per_bundle + 1e-6) for qty, per_bundle in parts), default=0), 0)


def spread(total: float, rows: Iterable[float]) -> list[float]:
	"""`total` units over rows that hold so many each: the first is filled before the next; what no row holds is left over."""
	filled = []
	for room in rows:
		filled.append(max(min(total, room), 0.0))
		total -= filled[-1]
	return filled
