"""When can so many units ship? From what is free now, what comes free later, and at last from lead time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

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


# What one unit of a Product Bundle takes: (item, units), each item once.
Recipe = tuple[tuple[str, Decimal], ...]


def promise(
	wishes: Iterable[Wish],
	stock: Mapping[str, Stock],
	today: date,
	bundles: Mapping[str, Recipe] | None = None,
) -> dict[str, tuple[Part, ...]]:
	"""Line → its parts in order of time; they add up to what was asked.

	Lines are served in the order given, so two lines of one item do not get the same unit twice. Units that are overdue
	can be promised from today. bundles: item → what is in it; a bundle is there when all of it is, in whole units.
	"""
	counter = _Counter(stock, today)
	answers = {}
	for wish in wishes:
		recipe = (bundles or {}).get(wish.item)
		if recipe:
			served = [(per, counter.serve(item, wish.qty * per)) for item, per in recipe]
			answers[wish.line] = together(served, wish.qty)
		else:
			answers[wish.line] = tuple(counter.serve(wish.item, wish.qty))
	return answers


class _Counter:
	"""What is still free while the wishes are served."""

	def __init__(self, stock: Mapping[str, Stock], today: date):
		self.stock, self.today = stock, today
		self.now = {item: found.now for item, found in stock.items()}
		self.coming = {item: [list(row) for row in sorted(found.coming)] for item, found in stock.items()}

	def serve(self, item: str, qty: Decimal) -> list[Part]:
		left, parts = qty, []
		if (take := min(left, self.now.get(item, ZERO))) > ZERO:
			self.now[item] -= take
			left -= take
			parts.append(Part(take, NOW, self.today))
		for row in self.coming.get(item, ()):
			if (take := min(left, row[1])) > ZERO:
				row[1] -= take
				left -= take
				parts.append(Part(take, INBOUND, max(row[0], self.today)))
		if left > ZERO:
			days = self.stock[item].lead_days if item in self.stock else None
			when = self.today + timedelta(days=days) if days else None
			parts.append(Part(left, LEAD_TIME if days else UNKNOWN, when))
		return parts


SOURCES = (NOW, INBOUND, LEAD_TIME, UNKNOWN)


def together(components: Iterable[tuple[Decimal, Iterable[Part]]], qty: Decimal) -> tuple[Part, ...]:
	"""When `qty` bundles are whole: each component with the units that one bundle takes (above zero) and its parts.

	A component's parts add up to all that the bundles need of it. The source is that of what was waited for.
	"""
	waiting = sorted(
		(part.when is None, part.when or date.max, SOURCES.index(part.source), place, part.qty / per)
		for place, (per, parts) in enumerate(components)
		for part in parts
	)
	have: dict[int, Decimal] = {place: ZERO for *_, place, _qty in waiting}
	whole, made = [], ZERO
	for position, (unknown, when, source, place, bundles) in enumerate(waiting):
		have[place] += bundles
		last = position + 1 == len(waiting)
		if not last and waiting[position + 1][:3] == (unknown, when, source):
			continue
		ready = qty if last else min(_whole(min(have.values())), qty)
		if ready > made:
			whole.append(Part(ready - made, SOURCES[source], None if unknown else when))
			made = ready
	return tuple(whole)


def _whole(bundles: Decimal) -> Decimal:
	"""Whole units; what division has lost in the last places is forgiven."""
	return (bundles + Decimal("1e-9")).to_integral_value(ROUND_FLOOR)


def bundle_stock(components: Iterable[tuple[Decimal, Stock]]) -> Stock:
	"""What there is of a bundle, in whole units: each component with the units that one bundle takes and its stock."""
	parts = [(per, stock.now, sorted(stock.coming)) for per, stock in components]
	if not parts:
		return Stock()

	def whole(until: date | None) -> Decimal:
		return max(
			_whole(
				min(
					(now + sum((qty for when, qty in coming if until and when <= until), ZERO)) / per
					for per, now, coming in parts
				)
			),
			ZERO,
		)

	made = now = whole(None)
	coming = []
	for when in sorted({when for _per, _now, rows in parts for when, _qty in rows}):
		if (ready := whole(when)) > made:
			coming.append((when, ready - made))
			made = ready
	return Stock(now, tuple(coming))
