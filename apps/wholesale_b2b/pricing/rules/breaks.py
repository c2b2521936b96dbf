"""The hint: so many more, and each costs less."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from .decision import Decision, NextBreak
from .model import ZERO, Book, Price
from .packs import more_needed
from .promotions import Line
from .settling import settle
from .standing import standing
from .subject import Subject


def next_break(
	subject: Subject,
	book: Book,
	decision: Decision,
	waiting: Sequence[Price],
	mixes: Mapping[str, Decimal],
	lines: Sequence[Line],
) -> NextBreak | None:
	"""The least further quantity from which on a unit costs less than now; None where more of it costs no less.

	waiting: Item Prices that a larger quantity would have. Raises `money.NoRate`.
	"""
	pack = subject.item.case_pack if subject.item.case_rounding and subject.request.sale.cases else ZERO
	alone = subject.qty * subject.factor
	own = {rung.row.mix for rung in subject.ladder.breaks if rung.row.mix}
	for short, mix in sorted(set(_missing(subject, waiting, mixes))):
		more = more_needed(alone + short, alone, subject.qty, subject.factor, pack)
		added = more * subject.factor
		with_more = {name: units + (added if name in own else ZERO) for name, units in mixes.items()}
		found = standing(subject, book, subject.qty + more, with_more, lines)
		rate = settle(subject, found, book).calculated
		if found.rate is not None and rate < decision.rate:
			return NextBreak(more, rate, decision.rate - rate, mix)
	return None


def _missing(
	subject: Subject, waiting: Sequence[Price], mixes: Mapping[str, Decimal]
) -> Iterable[tuple[Decimal, str]]:
	"""Stock units that are missing to each quantity at which something changes, and the mix that counts them."""
	alone = subject.qty * subject.factor
	for rung in subject.ladder.breaks:
		have = mixes.get(rung.row.mix, alone)
		if rung.least > have:
			yield rung.least - have, rung.row.mix
	for price in waiting:
		least = price.min_qty * (subject.item.factor(price.uom or subject.uom) or ZERO)
		if least > alone:
			yield least - alone, ""
