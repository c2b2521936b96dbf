"""What a payment over there becomes here: which documents it pays, or why nobody but a person can say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from wholesale_b2b.accounting.rules.amounts import CENT, differ, shown
from wholesale_b2b.accounting.rules.conflicts import (
	AMOUNTS_DIFFER,
	BOTH_CHANGED,
	CANCELLED_HERE,
	CLOSED_PERIOD,
	DELETED_THERE,
	DUPLICATE,
	KEEP_OURS,
	LEAVE,
	PAY_WHAT_IS_OPEN,
	POST_TODAY,
	SEND_AGAIN,
	TAKE_THEIRS,
	UNKNOWN_INVOICE,
	Conflict,
)
from wholesale_b2b.accounting.rules.papers import REFUNDED, REMOVED, ZERO, Money, Use

OURS = "Here"
THEIRS = "There"


@dataclass(frozen=True, slots=True)
class Owing:
	"""A document of ours and what is open on it, never negative. An order: what its pro forma still asks for."""

	doctype: str
	name: str
	customer: str
	currency: str
	outstanding: Decimal


@dataclass(frozen=True, slots=True)
class Known:
	"""A payment that both sides have. entry: ours. origin: Here or There. money: as it stood when both were the same.

	posted: ours stands. by_us: we cancelled ours because theirs was removed.
	"""

	entry: str
	origin: str
	money: Money
	posted: bool
	by_us: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
	"""What is known here of a payment over there.

	customer: whose contact it is; empty for somebody whom we do not know. account: ours for its bank account. documents: by
	(kind, their id) and by (kind, number). orders: those that its reference names, by name. closed: last day of a closed
	period. answer: what a person has decided. twin: a Payment Entry of ours that may be the same money.
	"""

	customer: str
	documents: Mapping[tuple[str, str], Owing]
	orders: Sequence[Owing] = ()
	known: Known | None = None
	closed: date | None = None
	today: date | None = None
	answer: str = ""
	twin: str = ""
	unit: Decimal = CENT


@dataclass(frozen=True, slots=True)
class Share:
	doctype: str
	name: str
	amount: Decimal


@dataclass(frozen=True, slots=True)
class Deed:
	"""What is to be done here. cancel: the Payment Entry that goes; post: whether one comes; why: in plain words."""

	why: str
	cancel: str = ""
	post: bool = False
	adopt: str = ""
	shares: tuple[Share, ...] = ()
	on_account: Decimal = ZERO
	day: date | None = None


def settle(money: Money, facts: Facts) -> Deed | Conflict:
	"""What follows from a payment as it stands over there. Nothing is guessed: what is not plain is a conflict."""
	known = facts.known
	if facts.answer == LEAVE:
		return Deed("left out, as decided")
	if money.state == REMOVED:
		if known and known.posted:
			return Deed("removed over there", cancel=known.entry)
		return Deed("removed over there; nothing of it is here")
	if known and not known.posted and not known.by_us and facts.answer != TAKE_THEIRS:
		return Conflict(
			CANCELLED_HERE,
			"The Payment Entry was cancelled here, and the payment stands over there.",
			TAKE_THEIRS,
			(TAKE_THEIRS, LEAVE),
		)
	if known and known.posted and same(money, known.money):
		return Deed("already here")
	if known and known.posted and known.origin == OURS and facts.answer != TAKE_THEIRS:
		if facts.answer == KEEP_OURS:
			return Deed("ours stands, as decided")
		return Conflict(
			BOTH_CHANGED,
			"A payment that was entered here was changed over there.",
			TAKE_THEIRS,
			(TAKE_THEIRS, KEEP_OURS),
		)
	if money.amount <= 0:
		return Deed("an amount of nothing")
	if not facts.customer:
		return Deed("of a contact that is not a customer here")
	if facts.twin and not known and facts.answer not in (TAKE_THEIRS, KEEP_OURS):
		return Conflict(
			DUPLICATE,
			f"Payment Entry {facts.twin} here has the same customer, amount and reference.",
			KEEP_OURS,
			(KEEP_OURS, TAKE_THEIRS, LEAVE),
		)
	if facts.twin and facts.answer == KEEP_OURS:
		return Deed("the same money as ours, as decided", adopt=facts.twin)
	return _post(money, facts)


def same(one: Money, other: Money) -> bool:
	"""Whether two tellings of a payment say the same about the money."""
	return (
		not differ(one.amount, other.amount)
		and (one.day, one.currency, one.account, one.direction, one.state)
		== (other.day, other.currency, other.account, other.direction, other.state)
		and _spread(one) == _spread(other)
	)


def judge_till(before: Money, money: Money, stands: bool, name: str) -> Deed | Conflict:
	"""What a change over there means of a payment that is a part of a document here: of a till's invoice, a journal.

	before: as we sent it. stands: whether the document does, and it with it. name: by which people know it. It cannot be
	changed here by itself, so it is sent again or left.
	"""
	if money.state == REMOVED and not stands:
		return Deed("gone on both sides")
	if stands and same(money, before):
		return Deed("already here")
	if stands and same(replace(money, uses=before.uses), before):
		# what was paid beyond the total stays on account, and is theirs to allocate
		return Deed("allocated over there")
	what = "removed" if money.state == REMOVED else f"changed to {shown(money.amount)}" if stands else "kept"
	return Conflict(
		DELETED_THERE if money.state == REMOVED else BOTH_CHANGED if stands else CANCELLED_HERE,
		f"Payment {before.number or name} of {shown(before.amount)} belongs to {name} here, and is {what} over there.",
		SEND_AGAIN,
		(SEND_AGAIN, LEAVE),
	)


def _spread(money: Money) -> dict[tuple[str, str], Decimal]:
	spread: dict[tuple[str, str], Decimal] = {}
	for use in money.uses:
		key = (use.kind, use.their_id or use.number)
		spread[key] = spread.get(key, ZERO) + use.amount.normalize()
	return spread


def _post(money: Money, facts: Facts) -> Deed | Conflict:
	day = money.day
	if facts.closed and day <= facts.closed:
		if facts.answer != POST_TODAY or not facts.today:
			return Conflict(
				CLOSED_PERIOD,
				f"The payment is of {day}, and the books here are closed up to {facts.closed}.",
				POST_TODAY,
				(POST_TODAY, LEAVE),
			)
		day = facts.today
	shares, left = [], {}
	for use in money.uses:
		owing = _document(use, facts)
		if not owing or owing.customer != facts.customer:
			if facts.answer == PAY_WHAT_IS_OPEN:
				continue
			return Conflict(
				UNKNOWN_INVOICE,
				f"It pays {use.kind} {use.number or use.their_id}, which is not a document of this customer here.",
				PAY_WHAT_IS_OPEN,
				(PAY_WHAT_IS_OPEN, LEAVE),
			)
		key = (owing.doctype, owing.name)
		open_now = left.get(key, owing.outstanding + _freed(key, facts))
		if use.amount - open_now >= facts.unit / 2 and facts.answer != PAY_WHAT_IS_OPEN:
			return Conflict(
				AMOUNTS_DIFFER,
				f"It pays {shown(use.amount, facts.unit)} of {owing.name}, of which {shown(open_now, facts.unit)} is open here.",
				PAY_WHAT_IS_OPEN,
				(PAY_WHAT_IS_OPEN, LEAVE),
			)
		taken = min(use.amount, open_now)
		left[key] = open_now - taken
		if taken > 0:
			shares.append(Share(owing.doctype, owing.name, taken))
	rest = money.amount - sum((share.amount for share in shares), ZERO)
	if money.direction != REFUNDED:
		for order in sorted(facts.orders, key=lambda order: order.name):
			if order.customer != facts.customer:
				continue
			key = (order.doctype, order.name)
			taken = min(rest, left.get(key, order.outstanding + _freed(key, facts)))
			if taken > 0:
				shares.append(Share(order.doctype, order.name, taken))
				rest -= taken
	replaced = facts.known.entry if facts.known and facts.known.posted else ""
	why = "changed over there" if replaced else "paid over there"
	return Deed(why, cancel=replaced, post=True, shares=merged(shares), on_account=rest, day=day)


def _document(use: Use, facts: Facts) -> Owing | None:
	by_id = facts.documents.get((use.kind, use.their_id)) if use.their_id else None
	return by_id or (facts.documents.get((use.kind, use.number)) if use.number else None)


def _freed(document: tuple[str, str], facts: Facts) -> Decimal:
	"""What the Payment Entry that goes has of this document; uses carry our names where the document is known."""
	known = facts.known
	if not known or not known.posted:
		return ZERO
	freed = ZERO
	for use in known.money.uses:
		owing = _document(use, facts)
		if owing and (owing.doctype, owing.name) == document:
			freed += use.amount
	return freed


def merged(shares: Sequence[Share]) -> tuple[Share, ...]:
	"""One share for each document, in the order in which they came."""
	found: dict[tuple[str, str], Share] = {}
	for share in shares:
		key = (share.doctype, share.name)
		before = found.get(key)
		found[key] = replace(share, amount=share.amount + (before.amount if before else ZERO))
	return tuple(found.values())
