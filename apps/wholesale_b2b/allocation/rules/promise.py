"""When can so many units ship? From what is free now, what comes free later, and at last from lead time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wholesale_b2b.allocation.rules.model import ZERO

NOW, INBOUND, LEAD_TIME, UNKNOWN = "now", "inbound", "lead time", "unknown"


@dataclass(frozen=True, slots=True)
class Wish:
	"""`qty` units of `item`, asked for under the name `line`."""

	line: str
	item: str
	qty: Decimal


@dataclass(frozen=True, slots=True)
class Stock:
	"""What nobody has been promised: `now` units on the shelf, `coming` as (date, units), and days of lead time for more."""

	now: Decimal = ZERO
	coming: tuple[tuple[date, Decimal], ...] = ()
	lead_days: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
	"""`qty` units from `source` (NOW, INBOUND, LEAD_TIME, UNKNOWN), on `when` (None: nobody knows)."""

	qty: Decimal
	source: str
	when: date | None


def promise(wishes: Iterable[Wish], stock: Mapping[str, Stock], today: date) -> dict[str, tuple[Part, ...]]:
	"""Line → its parts in order of time; they add up to what was asked.

	Lines are served in the order given, so two lines of one item do not get the same unit twice. Units that are overdue
	can be promised from today.
	"""
	now = {item: found.now for item, found in stock.items()}
	coming = {item: [list(row) for row in sorted(found.coming)] for item, found in stock.items()}
	answers = {}
	for wish in wishes:
		left, parts = wish.qty, []
		if (take := min(left, now.get(wish.item, ZERO))) > ZERO:
			now[wish.item] -= take
			left -= take
			parts.append(Part(take, NOW, today))
		for row in coming.get(wish.item, ()):
			if (take := min(left, row[1])) > ZERO:
				row[1] -= take
				left -= take
				parts.append(Part(take, INBOUND, max(row[0], today)))
		if left > ZERO:
			days = stock[wish.item].lead_days if wish.item in stock else None
			when = today + timedelta(days=days) if days else None
			parts.append(Part(left, LEAD_TIME if days else UNKNOWN, when))
		answers[wish.line] = tuple(parts)
	return answers
