"""Which lines a re-sequencing treats how: the first segment, by position, that a line falls into.

Who orders is asked as an Order Rule asks it; a segment may also name an order and the days within which it was placed
or is needed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from wholesale_b2b.ordering.order_rules.rules import OrderFacts, Rule, judge

ANYBODY = Rule("")


@dataclass(frozen=True, slots=True)
class LineFacts:
	"""An order line, as far as segments ask about it. order: facts of its order, `item_groups` of this line alone."""

	line: str
	order: OrderFacts
	ordered_on: date | None = None
	needed_by: date | None = None


@dataclass(frozen=True, slots=True)
class Segment:
	"""mode: one of `resequence.MODES`. who: conditions as an Order Rule has them. Days are inclusive; what is empty asks
	nothing."""

	position: int
	mode: str
	who: Rule = ANYBODY
	sales_order: str = ""
	ordered_from: date | None = None
	ordered_to: date | None = None
	needed_from: date | None = None
	needed_to: date | None = None


def assign(segments: Iterable[Segment], lines: Iterable[LineFacts]) -> dict[str, Segment]:
	"""Line → the first segment that it falls into; lines that fall into none are left out."""
	ordered = sorted(segments, key=lambda segment: segment.position)
	found = {}
	for line in lines:
		segment = next((segment for segment in ordered if falls_into(line, segment)), None)
		if segment:
			found[line.line] = segment
	return found


def falls_into(line: LineFacts, segment: Segment) -> bool:
	"""Whether a line meets all that a segment asks, whatever segments stand before it."""
	return (
		segment.sales_order in ("", line.order.order)
		and _within(line.ordered_on, segment.ordered_from, segment.ordered_to)
		and _within(line.needed_by, segment.needed_from, segment.needed_to)
		and judge(segment.who, line.order).matched
	)


def _within(day: date | None, first: date | None, last: date | None) -> bool:
	"""Whether a day lies between two, either of which may be open; a missing day only where neither is set."""
	if first is None and last is None:
		return True
	return day is not None and (first is None or day >= first) and (last is None or day <= last)
