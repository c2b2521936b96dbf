"""What is to be paid before an order ships, what counts as paid, and how much may ship for it.

Money is `Decimal`, in the order's currency unless it says otherwise. `unit` is the smallest amount of a currency (0.01).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")

WHOLE = "Whole Order"
DEPOSIT = "Deposit"
PER_SHIPMENT = "Per Shipment"
# What an order may say against its account.
NOT_NEEDED = "Not Needed"

PRO_FORMA_ONLY = "Pro Forma Only"

UNPAID = "Unpaid"
PARTLY_PAID = "Partly Paid"
PAID = "Paid"
EXPIRED = "Expired"
CANCELLED = "Cancelled"


@dataclass(frozen=True, slots=True)
class Need:
	"""What is to be paid before goods are picked. kind: empty for nothing. percent: of a deposit."""

	kind: str = ""
	percent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Bill:
	"""An order's money.

	total: with taxes. account_total: the same in the currency of the customer's account. rate: account currency in one of
	the order's; 1 where they are the same. shipped: the share of its value that has gone out, 0 to 1.
	complete: nothing is left to ship.
	"""

	total: Decimal
	account_total: Decimal
	rate: Decimal = Decimal(1)
	shipped: Decimal = ZERO
	unit: Decimal = CENT
	account_unit: Decimal = CENT
	complete: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
	"""Whether an order may be picked, and for how much.

	room: the value that may still ship; None for all of it. due: what is to be paid in all. overdrawn: more has shipped
	than is paid, of an order that pays per shipment.
	"""

	open: bool
	due: Decimal
	paid: Decimal
	outstanding: Decimal
	room: Decimal | None = None
	shipped: Decimal = ZERO
	overdrawn: bool = False


def rounded(amount: Decimal, unit: Decimal) -> Decimal:
	"""To the currency's smallest unit, halves up."""
	return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def account_need(status: str, pro_forma: str, percent: Decimal) -> Need:
	"""What an account pays before its goods are picked: what it says, or everything if it is *Pro Forma Only*."""
	if pro_forma == DEPOSIT:
		return Need(DEPOSIT, percent)
	if pro_forma:
		return Need(pro_forma)
	return Need(WHOLE) if status == PRO_FORMA_ONLY else Need()


def need(of_account: Need, order_kind: str, order_percent: Decimal) -> Need:
	"""What an order pays: as it says itself, else as its account does. A deposit without a share has the account's."""
	if not order_kind:
		return of_account
	if order_kind == NOT_NEEDED:
		return Need()
	if order_kind == DEPOSIT:
		percent = order_percent or (of_account.percent if of_account.kind == DEPOSIT else ZERO)
		return Need(DEPOSIT, percent) if percent > 0 else Need(WHOLE)
	return Need(order_kind)


def loosens(before: Need, after: Need) -> bool:
	"""Whether an order would be let go for less money than before."""
	strictness = {WHOLE: Decimal(100), PER_SHIPMENT: Decimal(100), "": ZERO}

	def strict(what: Need) -> Decimal:
		return what.percent if what.kind == DEPOSIT else strictness[what.kind]

	# Paying per shipment is never less than a deposit of a part, and less than the whole beforehand.
	whole_before = before.kind in (WHOLE, DEPOSIT) and strict(before) >= 100
	return strict(after) < strict(before) or (whole_before and after.kind == PER_SHIPMENT)


def due(what: Need, total: Decimal, unit: Decimal = CENT) -> Decimal:
	"""What is to be paid in all before (all of) the order has shipped. A deposit is at least the smallest amount there is."""
	if not what.kind or total <= 0:
		return ZERO
	if what.kind != DEPOSIT:
		return total
	share = min(max(what.percent, ZERO), Decimal(100)) / 100
	return min(max(rounded(total * share, unit), unit), total)


def paid(bill: Bill, same: Decimal, account: Decimal) -> Decimal:
	"""What payments come to in the order's currency.

	same: paid in the order's currency. account: paid in the account's, where it is another. An amount of the order counts
	as paid when what it comes to in the account's currency has been paid there, to its smallest unit; so paying what is
	asked is always enough, whichever way it was rounded.
	"""
	if account == 0:
		return same
	if bill.account_total > 0 and account >= bill.account_total:
		return same + bill.total + rounded((account - bill.account_total) / bill.rate, bill.unit)
	exact = (account + bill.account_unit / 2) / bill.rate
	return same + (exact / bill.unit).quantize(Decimal(1), ROUND_FLOOR) * bill.unit


def paid_state(paid_now: Decimal, total: Decimal) -> str:
	"""Of an order, whatever it asks for beforehand: Unpaid, Partly Paid or Paid. One that costs nothing is paid."""
	if paid_now >= total:
		return PAID
	return PARTLY_PAID if paid_now > 0 else UNPAID


def gate(what: Need, bill: Bill, paid_now: Decimal) -> Gate:
	"""Whether, and for how much, an order may be picked.

	Whole order: once all is paid. Deposit: once the deposit is. Per shipment: as much value as is paid and has not shipped.
	Part payment counts in part: it lowers what is outstanding. An order that needs nothing, or costs nothing, is open.
	"""
	wanted = due(what, bill.total, bill.unit)
	shipped = bill.total if bill.complete else min(rounded(bill.total * bill.shipped, bill.unit), bill.total)
	left = max(wanted - paid_now, ZERO)
	if what.kind == PER_SHIPMENT and left > 0:
		room = max(paid_now - shipped, ZERO)
		return Gate(room > 0, wanted, paid_now, left, room, shipped, paid_now < shipped)
	return Gate(left == 0, wanted, paid_now, left, None, shipped)


def beyond(at: Gate, value: Decimal) -> Decimal:
	"""How much of `value` may not be picked or shipped now."""
	if at.room is not None:
		return max(value - at.room, ZERO)
	return ZERO if at.open else value


# ---- the paper -------------------------------------------------------------------------------------------------------


def status(at: Gate, today: date, valid_until: date | None, ended: bool, complete: bool) -> str:
	"""Of a Trade Pro Forma. ended: its order is cancelled or closed. complete: nothing of it is left to ship.

	It expires when its last day is over and nothing of the order may ship; what may ship for what is paid stays.
	"""
	if at.outstanding == 0:
		return PAID
	if ended:
		return CANCELLED
	if not at.open and not complete and valid_until and valid_until < today:
		return EXPIRED
	return PARTLY_PAID if at.paid > 0 else UNPAID


def valid_until(
	before: date | None, grew: bool, reopened: bool, today: date, days: int, started: date
) -> date | None:
	"""The last day of a pro forma. days: from its date, 0 for no end.

	grew: more is asked than before. reopened: it was paid and is not any more. Both give the customer the days again.
	"""
	if days <= 0:
		return before
	if before is None:
		return started + timedelta(days)
	return max(before, today + timedelta(days)) if grew or reopened else before


# ---- advances and invoices -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Invoice:
	"""A posted invoice of one or more orders, in the account's currency.

	settled: of its total, by whatever means. shares: order → its part of the total. taken: order → advance of that order
	which the invoice has taken in.
	"""

	settled: Decimal
	shares: Mapping[str, Decimal]
	taken: Mapping[str, Decimal]


def parts(total: Decimal, weights: Mapping[str, Decimal], unit: Decimal = CENT) -> dict[str, Decimal]:
	"""`total` divided by weight, to the smallest unit; the parts add up to it."""
	whole = sum(weights.values(), ZERO)
	if not whole:
		return {key: ZERO for key in weights}
	found, so_far, given = {}, ZERO, ZERO
	for key in sorted(weights):
		so_far += weights[key]
		until_here = total if so_far == whole else rounded(total * so_far / whole, unit)
		found[key] = until_here - given
		given = until_here
	return found


def settled_by_order(invoice: Invoice, unit: Decimal = CENT) -> dict[str, Decimal]:
	"""What was paid on an invoice, by order: first to each its own advance, the rest by what each still owes."""
	taken = {order: min(invoice.taken.get(order, ZERO), share) for order, share in invoice.shares.items()}
	in_advance = sum(taken.values(), ZERO)
	settled = max(min(invoice.settled, sum(invoice.shares.values(), ZERO)), ZERO)
	if in_advance > settled:
		return parts(settled, taken, unit)
	owed = {order: max(share - taken[order], ZERO) for order, share in invoice.shares.items()}
	rest = parts(settled - in_advance, owed, unit)
	return {order: taken[order] + rest[order] for order in invoice.shares}


def take_in(
	shares: Mapping[str, Decimal], advances: Sequence[tuple[str, str, Decimal]]
) -> dict[str, Decimal]:
	"""How much of each advance an invoice takes in: advance → amount.

	shares: order → its part of the invoice. advances: (advance, order, amount), the first is used first. No order pays
	for another.
	"""
	left = dict(shares)
	taken = {}
	for name, order, amount in advances:
		taken[name] = max(min(amount, left.get(order, ZERO)), ZERO)
		left[order] = left.get(order, ZERO) - taken[name]
	return taken
