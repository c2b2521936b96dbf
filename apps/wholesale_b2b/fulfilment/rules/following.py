"""What of a line is still to follow, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Part:
	"""So many units that are still to come.

	when: the day they are expected; None: nobody knows yet. ready: they are on the shelf already.
	"""

	qty: float
	when: date | None
	ready: bool = False


def follow(
	owed: float, ready: float, coming: Iterable[tuple[float, date | None]], leaving: float = 0
) -> list[Part]:
	"""Deal what is owed of a line to the days on which it comes: what is ready first, then by date, the unknown last.

	owed, ready, leaving: units; coming: (units, day or None) promised from what is to come. leaving: what is being shipped
	now and still counts as owed; it is taken off what is ready first. The parts add up to what is owed less what is leaving.
	"""
	left = max(owed - leaving, 0.0)
	parts = [
		Part(max(ready - leaving, 0.0), None, True),
		*(
			Part(qty, day)
			for qty, day in sorted(coming, key=lambda part: (part[1] is None, part[1] or date.min))
		),
	]
	found: list[Part] = []
	for part in parts:
		qty = min(part.qty, left)
		if qty <= 1e-9:
			continue
		left -= qty
		if found and (found[-1].when, found[-1].ready) == (part.when, part.ready):
			found[-1] = Part(found[-1].qty + qty, part.when, part.ready)
		else:
			found.append(Part(qty, part.when, part.ready))
	if left > 1e-9:
		if found and found[-1].when is None and not found[-1].ready:
			left += found.pop().qty
		found.append(Part(left, None))
	return found


def next_of(parts: Iterable[Part], today: date) -> Part | None:
	"""The next to come of several lines' parts: what is ready counts as today; all of one day together. None: nothing is known."""
	days: dict[date, float] = {}
	ready = False
	for part in parts:
		day = today if part.ready else part.when
		if day is not None:
			ready = ready or part.ready
			days[day] = days.get(day, 0.0) + part.qty
	if not days:
		return None
	first = min(days)
	return Part(days[first], first, ready and first == today)


@dataclass(frozen=True, slots=True)
class Bill:
	"""An invoice as far as one order goes: its share (0 to 1) of the invoice's total and of what is still owed on it."""

	total: float
	outstanding: float
	share: float
	due: date | None


def owed_on(bills: Iterable[Bill], today: date) -> tuple[float, float, float]:
	"""(invoiced, owed, of that overdue) for one order, each to the penny, in the invoices' currency."""
	invoiced = owed = overdue = 0.0
	for bill in bills:
		invoiced += round(bill.total * bill.share, 2)
		part = round(bill.outstanding * bill.share, 2)
		owed += part
		if bill.due and bill.due < today:
			overdue += part
	return round(invoiced, 2), round(owed, 2), round(overdue, 2)
