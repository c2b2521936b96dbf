"""When a shipment is invoiced, and what goes on one invoice."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

AT_DISPATCH = "At Dispatch"
PER_ORDER = "Per Order"
WEEKLY = "Weekly"
MONTHLY = "Monthly"


def statement_date(preference: str, day: int, shipped: date) -> date:
	"""When a shipment of this day is invoiced: the first statement day after it, so that a statement day's invoice is whole.

	day: Weekly, 1 (Monday) to 7; Monthly, the day of the month, its last where it is shorter. Other preferences: the day
	it ships.
	"""
	if preference == WEEKLY:
		wanted = min(max(day, 1), 7)
		return shipped + timedelta(days=(wanted - shipped.isoweekday() - 1) % 7 + 1)
	if preference == MONTHLY:
		this = _in_month(shipped.year, shipped.month, day)
		if this > shipped:
			return this
		year, month = (shipped.year + 1, 1) if shipped.month == 12 else (shipped.year, shipped.month + 1)
		return _in_month(year, month, day)
	return shipped


def _in_month(year: int, month: int, day: int) -> date:
	return date(year, month, min(max(day, 1), monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class Shipped:
	"""A Delivery Note that is to be invoiced.

	orders: the Sales Orders on it. due: not before this day. terms: what an invoice has only once (account, currency,
	addresses, taxes, …), any hashable values; notes with other terms go on another invoice. alone: it carries a charge that
	cannot be shared.
	"""

	note: str
	preference: str
	orders: tuple[str, ...]
	due: date
	terms: tuple = ()
	alone: bool = False


def bills(shipped: Iterable[Shipped], unfinished: Collection[str], today: date) -> list[tuple[str, ...]]:
	"""Which of these notes are invoiced today, together on one invoice each.

	unfinished: orders of which something is still to ship. At Dispatch: each note by itself. Per Order: all notes that are
	joined by common orders, once all of these have shipped. Weekly and Monthly: all notes that are due and alike.
	"""
	found: list[tuple[str, ...]] = []
	statements: dict[tuple, list[str]] = defaultdict(list)
	per_order: list[Shipped] = []
	for note in shipped:
		if note.preference == PER_ORDER:
			per_order.append(note)
		elif note.due > today:
			continue
		elif note.preference == AT_DISPATCH or note.alone:
			found.append((note.note,))
		else:
			statements[(note.preference, note.terms)].append(note.note)
	found += [tuple(notes) for notes in statements.values()]
	for joined in _joined(per_order):
		if not any(order in unfinished for note in joined for order in note.orders):
			found += _alike(joined)
	return found


def _alike(notes: Iterable[Shipped]) -> list[tuple[str, ...]]:
	together: dict[tuple, list[str]] = defaultdict(list)
	for note in notes:
		together[(note.terms, note.note if note.alone else None)].append(note.note)
	return [tuple(names) for names in together.values()]


def _joined(notes: Iterable[Shipped]) -> list[list[Shipped]]:
	"""Notes in groups that have no order in common with another group."""
	groups: list[tuple[set[str], list[Shipped]]] = []
	for note in notes:
		orders, members = set(note.orders), [note]
		apart = []
		for group in groups:
			if group[0] & orders:
				orders |= group[0]
				members = group[1] + members
			else:
				apart.append(group)
		groups = [*apart, (orders, members)]
	return [members for _orders, members in groups]


def next_try_minutes(attempts: int) -> int:
	"""How long to wait after so many failures: 5, 10, 20, … minutes, at most a day."""
	return min(5 * 2 ** max(attempts - 1, 0), 24 * 60)
