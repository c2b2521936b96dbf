"""What cannot be decided by a machine: kinds of conflict, the answers that a person may give, and bills that changed."""

from dataclasses import dataclass
from decimal import Decimal

from wholesale_b2b.accounting.rules.amounts import CENT, differ, shown
from wholesale_b2b.accounting.rules.papers import OPEN, REMOVED, SETTLED, VOIDED, Bill, Taken, TheirBill, Use

BOTH_CHANGED = "Both Sides Changed"
AMOUNTS_DIFFER = "Amounts Differ"
CLOSED_PERIOD = "Closed Period"
UNKNOWN_INVOICE = "Unknown Invoice"
DUPLICATE = "Duplicate"
CANCELLED_HERE = "Cancelled Here"
VOIDED_THERE = "Voided There"
DELETED_THERE = "Deleted There"
KINDS = (
	BOTH_CHANGED,
	AMOUNTS_DIFFER,
	CLOSED_PERIOD,
	UNKNOWN_INVOICE,
	DUPLICATE,
	CANCELLED_HERE,
	VOIDED_THERE,
	DELETED_THERE,
)

TAKE_THEIRS = "Take Theirs"
KEEP_OURS = "Keep Ours"
LEAVE = "Leave It"
PAY_WHAT_IS_OPEN = "Pay What Is Open"
POST_TODAY = "Post Today"
CANCEL_OURS = "Cancel Ours"
SEND_AGAIN = "Send Again"


@dataclass(frozen=True, slots=True)
class Conflict:
	"""kind: one of KINDS. text: what both sides say, in plain words. suggestion: one of `answers`."""

	kind: str
	text: str
	suggestion: str
	answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OurBill:
	"""A document of ours that is over there. posted: submitted. uses: of a credit note, what it is allocated to here."""

	doctype: str
	name: str
	number: str
	net: Decimal
	tax: Decimal
	total: Decimal
	posted: bool
	uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreed:
	"""Nothing to decide. allocate: what of a credit note is to be allocated here, as it is over there."""

	why: str
	allocate: tuple[Use, ...] = ()


def amounts_differ(
	name: str,
	ours: OurBill | Bill,
	theirs: TheirBill | Taken,
	answers: tuple[str, ...],
	unit: Decimal = CENT,
) -> Conflict | None:
	"""What is to be decided where totals or taxes are not the same money; None where they are. answers: the suggested first."""
	if not differ(ours.total, theirs.total, unit) and not differ(ours.tax, theirs.tax, unit):
		return None
	here, there = (f"{shown(side.total, unit)} with {shown(side.tax, unit)} tax" for side in (ours, theirs))
	return Conflict(AMOUNTS_DIFFER, f"{name} is {here} here, {there} over there.", answers[0], answers)


def judge_bill(
	ours: OurBill | None, theirs: TheirBill, answer: str = "", unit: Decimal = CENT
) -> Agreed | Conflict:
	"""What a change of an invoice, credit note or quote over there means here."""
	if ours is None:
		return Agreed("it did not come from here")
	if answer in (LEAVE, KEEP_OURS):
		return Agreed("left as it is, as decided")
	if theirs.state in (VOIDED, REMOVED):
		if not ours.posted:
			return Agreed("gone on both sides")
		voided = theirs.state == VOIDED
		return Conflict(
			VOIDED_THERE if voided else DELETED_THERE,
			f"{ours.name} was {'voided' if voided else 'deleted'} over there and stands here.",
			CANCEL_OURS,
			(CANCEL_OURS, SEND_AGAIN, LEAVE),
		)
	if not ours.posted:
		return Conflict(
			CANCELLED_HERE,
			f"{ours.name} was cancelled here and stands over there.",
			SEND_AGAIN,
			(SEND_AGAIN, LEAVE),
		)
	if conflict := amounts_differ(ours.name, ours, theirs, (SEND_AGAIN, LEAVE), unit):
		return conflict
	assert theirs.state in (OPEN, SETTLED), theirs.state
	more = missing_uses(ours.uses, theirs.uses, unit)
	return Agreed("allocated over there" if more else "the same on both sides", more)


def missing_uses(ours: tuple[Use, ...], theirs: tuple[Use, ...], unit: Decimal = CENT) -> tuple[Use, ...]:
	"""What theirs has allocated beyond ours, by document."""
	have: dict[str, Decimal] = {}
	for use in ours:
		have[use.number] = have.get(use.number, Decimal(0)) + use.amount
	more = []
	for use in theirs:
		covered = min(have.get(use.number, Decimal(0)), use.amount)
		have[use.number] = have.get(use.number, Decimal(0)) - covered
		if use.amount - covered >= unit / 2:
			more.append(Use(use.kind, use.amount - covered, use.number, use.their_id))
	return tuple(more)


def is_same(bill: Bill, there: TheirBill) -> bool:
	"""Whether a document over there is this one, as far as they tell: of the same total, for the same customer."""
	return not differ(bill.total, there.total) and there.contact in ("", bill.contact)
