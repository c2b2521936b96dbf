"""Which of a customer's accounts a document belongs to, and what an account has to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ACTIVE = "Active"
ON_HOLD = "On Hold"
PRO_FORMA_ONLY = "Pro Forma Only"
CLOSED = "Closed"

# Why an account was chosen.
NAMED = "named"
BY_CHANNEL = "channel"
BY_DEFAULT = "default"
THE_ONLY_ONE = "only"
# … or none was.
NONE = "none"
AMBIGUOUS = "ambiguous"

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Terms:
	"""A Trade Account, field by field as the DocType has them; money in the company's currency, 0 or empty for "not said".

	warehouses: sourcing warehouses, best first.
	"""

	name: str
	customer: str = ""
	company: str = ""
	status: str = ACTIVE
	status_reason: str = ""
	is_default: bool = False
	channel: str = ""
	credit_limit: Decimal = ZERO
	over_limit: str = "Hold"
	payment_terms_template: str = ""
	currency: str = ""
	price_list: str = ""
	price_tier: str = ""
	print_prices: str = ""
	pro_forma: str = ""
	deposit_percent: Decimal = ZERO
	pro_forma_days: int = 0
	invoicing: str = "At Dispatch"
	statement_day: int = 1
	sales_rep: str = ""
	priority: int = 0
	fulfilment_policy: str = ""
	consolidate_deliveries: bool = False
	warehouses: tuple[str, ...] = ()
	licence_required: bool = False
	licence_number: str = ""
	licence_expiry: date | None = None
	vat_number: str = ""
	eori: str = ""
	ioss: str = ""
	incoterm: str = ""
	mail_order: bool = False
	mail_pro_forma: bool = False
	mail_dispatch: bool = False
	mail_invoice: bool = False
	mail_hold: bool = False
	mail_cancelled: bool = False
	mail_to: str = ""


@dataclass(frozen=True, slots=True)
class Served:
	"""What an account says of how stock is dealt out to its orders. priority: 0 for nothing; warehouses: best first."""

	name: str
	company: str
	customer: str
	is_default: bool = False
	priority: int = 0
	warehouses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
	"""account: the one chosen, or empty. why: one of the words above. candidates: the open accounts there are."""

	account: str = ""
	why: str = NONE
	candidates: tuple[str, ...] = ()


def choose(accounts: Iterable[Terms], named: str = "", channel: str = "") -> Choice:
	"""Which of the accounts of one customer in one company a document belongs to.

	First that applies: the one it names, the one of its channel, the customer's default, the only one. Closed accounts are
	taken only where they are named. The answer does not depend on the order of `accounts`.
	"""
	accounts = sorted(accounts, key=lambda account: account.name)
	open_ones = [account for account in accounts if account.status != CLOSED]
	names = tuple(account.name for account in open_ones)
	if any(account.name == named for account in accounts):
		return Choice(named, NAMED, names)
	wanted = channel.strip().casefold()
	by_channel = [account for account in open_ones if wanted and account.channel.strip().casefold() == wanted]
	defaults = [account for account in open_ones if account.is_default]
	for found, why in ((by_channel, BY_CHANNEL), (defaults, BY_DEFAULT), (open_ones, THE_ONLY_ONE)):
		if len(found) == 1:
			return Choice(found[0].name, why, names)
	return Choice("", AMBIGUOUS if open_ones else NONE, names)


def judged(accounts: Iterable[Terms], named: str = "", channel: str = "") -> tuple[str, ...]:
	"""The accounts whose facts say whether something may go to their customer, by name.

	The one that `choose` takes. Where it takes none, each that it could be: all open ones, or, when every account of the
	customer is closed, the closed ones. None for a customer without accounts.
	"""
	accounts = sorted(accounts, key=lambda account: account.name)
	choice = choose(accounts, named, channel)
	if choice.account:
		return (choice.account,)
	return choice.candidates or tuple(account.name for account in accounts)


@dataclass(frozen=True, slots=True)
class Buyer:
	"""A row of an account's buyers. approver: the user who approves what is above the spending limit, empty for nobody."""

	idx: int
	user: str = ""
	contact: str = ""
	spending_limit: Decimal = ZERO
	approver: str = ""


# What can be wrong with a buyer.
NOBODY = "nobody"
TWICE = "twice"
NOTHING_TO_APPROVE = "nothing to approve"
STRANGER = "stranger"
IN_A_CIRCLE = "circle"


def buyer_faults(buyers: Iterable[Buyer]) -> list[tuple[int, str]]:
	"""(place, what is wrong) of buyers that cannot stand together, at most one fault each, in their order.

	A buyer is a contact, a user, or both, and stands once. Who approves is another buyer of the account, and no chain of
	approvals comes back to where it began: nobody would ever have the last word.
	"""
	buyers = list(buyers)
	approver = {buyer.user: buyer.approver for buyer in buyers if buyer.user}
	seen: set[tuple[str, str]] = set()
	faults = []
	for buyer in buyers:
		names = {(kind, name) for kind, name in (("user", buyer.user), ("contact", buyer.contact)) if name}
		fault = ""
		if not names:
			fault = NOBODY
		elif names & seen:
			fault = TWICE
		elif buyer.approver and buyer.spending_limit <= 0:
			fault = NOTHING_TO_APPROVE
		elif buyer.approver and (buyer.approver not in approver or buyer.approver == buyer.user):
			fault = STRANGER
		elif buyer.user and _comes_back(buyer.user, approver):
			fault = IN_A_CIRCLE
		seen |= names
		if fault:
			faults.append((buyer.idx, fault))
	return faults


def _comes_back(user: str, approver: dict[str, str]) -> bool:
	asked, passed = approver.get(user, ""), set()
	while asked and asked not in passed:
		if asked == user:
			return True
		passed.add(asked)
		asked = approver.get(asked, "")
	return False


def licence_gap(terms: Terms, today: date) -> str:
	"""What is wrong with the licence of an account that needs one: `missing`, `expired`, or empty."""
	if not terms.licence_required:
		return ""
	if not terms.licence_number.strip():
		return "missing"
	return "expired" if terms.licence_expiry and terms.licence_expiry < today else ""
