"""What travels between ERPNext and an accounting package, in words of neither.

Money is `Decimal` in the document's currency; credit notes are positive, as their kind says what they are. `code` is always
the other side's name for something that is mapped; `their_id` what they know a record by.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)

CUSTOMER = "Customer"
INVOICE = "Invoice"
CREDIT_NOTE = "Credit Note"
PRO_FORMA = "Pro Forma"
PAYMENT = "Payment"
KINDS = (CUSTOMER, INVOICE, CREDIT_NOTE, PRO_FORMA, PAYMENT)
# Money that came in, and money that went back.
RECEIVED = "Received"
REFUNDED = "Refunded"

OPEN = "Open"
SETTLED = "Settled"
VOIDED = "Voided"
REMOVED = "Removed"


@dataclass(frozen=True, slots=True)
class Contact:
	"""A customer. number: ours, which never changes. address: lines, then city, region, postcode, country (two letters)."""

	number: str
	title: str
	email: str = ""
	phone: str = ""
	tax_id: str = ""
	currency: str = ""
	street: str = ""
	city: str = ""
	region: str = ""
	postcode: str = ""
	country: str = ""
	their_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
	"""One line of a bill. net: after discounts, without tax. unit_price × qty is net to the currency's smallest unit."""

	text: str
	qty: Decimal
	unit_price: Decimal
	net: Decimal
	tax: Decimal
	tax_code: str = ""
	account: str = ""
	item: str = ""
	tracking: str = ""


@dataclass(frozen=True, slots=True)
class Use:
	"""So much of a payment or credit note for one document. kind: of that document; either id may be empty."""

	kind: str
	amount: Decimal
	number: str = ""
	their_id: str = ""


def left_of(uses: Iterable[Use], there: Iterable[Use]) -> tuple[Use, ...]:
	"""What of `uses` is not there yet, document by document (their_id); of one there may be several parts there."""
	done: dict[str, Decimal] = {}
	for use in there:
		done[use.their_id] = done.get(use.their_id, ZERO) + use.amount
	return tuple(
		replace(use, amount=use.amount - done.get(use.their_id, ZERO))
		for use in uses
		if use.amount > done.get(use.their_id, ZERO)
	)


@dataclass(frozen=True, slots=True)
class Bill:
	"""An invoice, credit note or pro forma of ours. rate: company currency in one of its own. uses: of a credit note."""

	kind: str
	number: str
	contact: str
	day: date
	due: date | None
	currency: str
	rate: Decimal
	lines: tuple[Line, ...]
	net: Decimal
	tax: Decimal
	total: Decimal
	reference: str = ""
	uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Money:
	"""A payment, ours or theirs. direction: Received or Refunded. account: the code of the bank account.

	number: theirs, to tell it by; reference: what the payer wrote. What no use takes is on account. rate: of the payment's
	currency in the company's there, 0 where it was not said. state: Open, or Removed.
	"""

	number: str
	contact: str
	day: date
	currency: str
	amount: Decimal
	account: str
	uses: tuple[Use, ...] = ()
	direction: str = RECEIVED
	reference: str = ""
	rate: Decimal = ZERO
	their_id: str = ""
	version: str = ""
	state: str = OPEN

	@property
	def on_account(self) -> Decimal:
		return self.amount - sum((use.amount for use in self.uses), ZERO)


@dataclass(frozen=True, slots=True)
class TheirBill:
	"""How an invoice, credit note or quote stands over there."""

	kind: str
	their_id: str
	number: str
	contact: str
	currency: str
	net: Decimal
	tax: Decimal
	total: Decimal
	outstanding: Decimal
	state: str
	version: str = ""
	day: date | None = None
	uses: tuple[Use, ...] = ()

	@property
	def stands(self) -> bool:
		"""Neither voided nor removed."""
		return self.state not in (VOIDED, REMOVED)


@dataclass(frozen=True, slots=True)
class Taken:
	"""What the other side said to something that we sent. total: as they reckon it, None where they do not say."""

	their_id: str
	number: str = ""
	version: str = ""
	net: Decimal | None = None
	tax: Decimal | None = None
	total: Decimal | None = None
	notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
	"""Something over there may have changed. event: tells one telling of it from the next. paper: if it came along."""

	kind: str
	their_id: str
	event: str
	paper: "Money | TheirBill | None" = None
	tenant: str = ""


@dataclass(frozen=True, slots=True)
class Page:
	"""A page of changes. cursor: where to go on once these are applied. more: whether to go on at once."""

	hints: tuple[Hint, ...]
	cursor: str
	more: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
	"""Something over there that ours can be mapped to. detail: for people, a tax rate or a currency say."""

	code: str
	label: str
	detail: str = ""


@dataclass(frozen=True, slots=True)
class Tenant:
	"""Whose books they are."""

	tenant_id: str
	title: str
	currency: str = ""
	choices: dict[str, tuple[Choice, ...]] = field(default_factory=dict)
