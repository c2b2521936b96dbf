"""Exposure of a trade account, and what becomes of orders beyond its limit. Amounts are in the company's currency.

Exposure = ledger balance + ordered and not invoiced + delivered without an order and not invoiced + sold at tills and
not posted. Each order line counts for what is still to be invoiced of it: what an invoice has taken over stands in the
ledger, whether it was made before or after the delivery. Payments in advance have lowered the ledger balance already.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

NOTHING = Decimal(0)
ALL = Decimal(1)
# Amounts that differ by less are the same: they come from sums of rounded figures.
CENT = Decimal("0.005")
# From this part of a limit on it is nearly used up.
NEARLY = Decimal("0.8")


@dataclass(frozen=True, slots=True)
class Line:
	"""A row of an order, or of a delivery without one.

	qty, cancelled, delivered (net of all that came back), gone_back (came back and is not owed again), come_back (all that
	came back): in the row's own unit. amount (of the whole row), invoiced, credited: in the document's currency; invoiced
	leaves credit notes out, credited is what they are about, both positive. value: the row's share of the net total.
	"""

	qty: Decimal
	amount: Decimal
	value: Decimal
	cancelled: Decimal = NOTHING
	delivered: Decimal = NOTHING
	gone_back: Decimal = NOTHING
	come_back: Decimal = NOTHING
	invoiced: Decimal = NOTHING
	credited: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Paper:
	"""A submitted order, or a delivery without one. total: with taxes, in the company's currency.

	account: the Trade Account, None where the customer has several and it names none. placed_at: its age among others.
	lines: empty for an order of which nothing was delivered, invoiced or cancelled. closed: nothing more is delivered.
	"""

	name: str
	account: str | None
	placed_at: datetime
	total: Decimal
	lines: tuple[Line, ...] = ()
	closed: bool = False


def at_today(total: Decimal, own: Decimal, today: Decimal | None) -> Decimal:
	"""What a document that is not invoiced yet counts for. total: in the company's currency, at its own rate. own, today:
	what a unit of its currency comes to, by the document and by today's exchange rates (None: there is none).

	It is invoiced at its own rate and may be paid at the day's: it counts at the higher one, so that an invoice never
	raises the exposure, and a currency that rises does.
	"""
	return total * today / own if today and own > 0 and today > own else total


@dataclass(frozen=True, slots=True)
class Share:
	"""What a document is still good for. ahead: to be delivered and invoiced. out: delivered, to be invoiced."""

	ahead: Decimal = NOTHING
	out: Decimal = NOTHING

	@property
	def open(self) -> Decimal:
		return self.ahead + self.out


def share_of(paper: Paper) -> Share:
	"""What is still to be invoiced of an order or a delivery, its taxes included in proportion."""
	if not paper.lines:
		return Share(NOTHING if paper.closed else paper.total)
	parts = [(line, *_parts(line, paper.closed)) for line in paper.lines]
	whole = sum((line.value for line in paper.lines), NOTHING)
	if not whole:
		# All of it given away: what the taxes and charges come to is open as long as any row is.
		return Share(paper.total if any(ahead or out for _line, ahead, out in parts) else NOTHING)
	ahead = sum((line.value * part for line, part, _ in parts), NOTHING)
	out = sum((line.value * part for line, _, part in parts), NOTHING)
	return Share(paper.total * ahead / whole, paper.total * out / whole)


def _parts(line: Line, closed: bool) -> tuple[Decimal, Decimal]:
	"""Of the whole row (1), what is still to be delivered and invoiced, and what is delivered and to be invoiced.

	A credit note counts against what was invoiced only as far as goods came back: a credit for anything else leaves
	nothing to be invoiced again.
	"""
	if not line.qty:
		return NOTHING, NOTHING
	come_back = line.come_back / line.qty * line.amount
	invoiced = line.invoiced - min(line.credited, max(come_back, NOTHING))
	covered = invoiced / line.amount if line.amount else NOTHING
	owed = line.delivered if closed else line.qty - line.cancelled - line.gone_back
	still = _between(owed / line.qty - covered)
	out = min(_between(line.delivered / line.qty - covered), still)
	return still - out, out


def _between(part: Decimal) -> Decimal:
	return min(max(part, NOTHING), ALL)


@dataclass(frozen=True, slots=True)
class Exposure:
	"""What an account, or a customer over all of its accounts, owes or has on order.

	ledger: balance of the ledger, payments in advance taken off. ordered: not invoiced, `out` of it already delivered.
	delivered: without an order and not invoiced. till: sold on account at tills and not posted. this: the document that
	is being looked at, what it counts for on top.
	"""

	ledger: Decimal = NOTHING
	ordered: Decimal = NOTHING
	out: Decimal = NOTHING
	delivered: Decimal = NOTHING
	till: Decimal = NOTHING
	this: Decimal = NOTHING

	@property
	def total(self) -> Decimal:
		return self.ledger + self.ordered + self.delivered + self.till + self.this

	@property
	def base(self) -> Decimal:
		"""What cannot be held back any more: the goods are gone."""
		return self.ledger + self.out + self.delivered + self.till


@dataclass(frozen=True, slots=True)
class Position:
	"""All that counts for one account or customer."""

	ledger: Decimal = NOTHING
	till: Decimal = NOTHING
	orders: tuple[Paper, ...] = ()
	deliveries: tuple[Paper, ...] = ()


def exposure(position: Position, this: Decimal = NOTHING, without: str | None = None) -> Exposure:
	"""The exposure. this: amount of a document that is not among the orders. without: an order or a delivery to leave
	out."""
	shares = [share_of(order) for order in position.orders if order.name != without]
	return Exposure(
		ledger=position.ledger,
		ordered=sum((share.open for share in shares), NOTHING),
		out=sum((share.out for share in shares), NOTHING),
		delivered=sum(
			(share_of(paper).open for paper in position.deliveries if paper.name != without), NOTHING
		),
		till=position.till,
		this=this,
	)


def together(positions: Iterable[Position]) -> Position:
	"""One position of several: a customer's, of those of its accounts and of what names none."""
	positions = list(positions)
	return Position(
		ledger=sum((p.ledger for p in positions), NOTHING),
		till=sum((p.till for p in positions), NOTHING),
		orders=tuple(order for p in positions for order in p.orders),
		deliveries=tuple(paper for p in positions for paper in p.deliveries),
	)


@dataclass(frozen=True, slots=True)
class Limit:
	"""A limit. amount 0: none. over: what happens beyond it, `Hold`, `Warn` or `Refuse`. whole: it is for all accounts
	of the customer together."""

	amount: Decimal = NOTHING
	over: str = "Hold"
	whole: bool = False


@dataclass(frozen=True, slots=True)
class Excess:
	"""A limit that is exceeded. at: the exposure that counts against it."""

	limit: Limit
	at: Decimal

	@property
	def by(self) -> Decimal:
		return self.at - self.limit.amount


def excess(exposed: Decimal, limit: Limit) -> Excess | None:
	"""By how much a limit is exceeded; None if it is not, or if there is none."""
	return Excess(limit, exposed) if limit.amount > 0 and exposed - limit.amount > CENT else None


def beyond(position: Position, limit: Limit) -> dict[str, Excess]:
	"""Which orders lie beyond the limit, in the order of their age.

	What is invoiced or delivered comes first, then order after order: one that still fits goes out, the first that does
	not is held with all that came later. So a payment, a higher limit or less on order releases orders and never holds
	one, and no later order takes the room that an earlier one waits for.
	"""
	if limit.amount <= 0:
		return {}
	shares = {order.name: share_of(order) for order in position.orders}
	at = exposure(position).base
	found: dict[str, Excess] = {}
	for order in by_age(position.orders):
		at += shares[order.name].ahead
		if not order.closed and (over := excess(at, limit)):
			found[order.name] = over
	return found


def by_age(orders: Iterable[Paper]) -> list[Paper]:
	return sorted(orders, key=lambda order: (order.placed_at, order.name))


def worst(found: Sequence[Excess | None]) -> Excess | None:
	"""Of several limits the one that is exceeded by most, an account's own before its customer's."""
	over = [one for one in found if one]
	return max(over, key=lambda one: (one.by, not one.limit.whole), default=None)


@dataclass(frozen=True, slots=True)
class Decision:
	"""What becomes of a step that raises exposure. outcome: `ok`, `warn`, `hold` or `refuse`."""

	outcome: str
	exposure: Exposure = field(default_factory=Exposure)
	excess: Excess | None = None


OUTCOMES = {"Warn": "warn", "Hold": "hold", "Refuse": "refuse"}


def decide(checks: Sequence[tuple[Exposure, Limit]], leaves_now: bool = False) -> Decision:
	"""Whether a step that raises exposure may be taken. checks: exposures with this step, each with the limit on it.

	leaves_now: goods leave with this very step, so that nothing is left to be held: what would be held is refused.
	"""
	over = worst([excess(exposed.total, limit) for exposed, limit in checks])
	if not over:
		return Decision("ok", checks[0][0] if checks else Exposure())
	exposed = next(e for e, limit in checks if limit == over.limit)
	outcome = OUTCOMES[over.limit.over]
	return Decision("refuse" if outcome == "hold" and leaves_now else outcome, exposed, over)
