"""Return Policies: which one a return falls under, what is outside it, and what is kept of the price."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)

CUSTOMER_PAYS = "Customer"
WE_PAY = "Us"

# What can be outside a policy.
LATE = "late"
UNPROVEN = "unproven"
CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Condition:
	"""A condition in which units come back: whether it is accepted, where they go (empty: where the row says), and whether
	the restocking fee is kept for them."""

	name: str
	accepted: bool = True
	warehouse: str = ""
	fee: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
	"""A Return Policy of one company. days: 0 for any time. carriage: who pays it. fee_percent: of the net value."""

	name: str
	channel: str = ""
	is_default: bool = False
	days: int = 0
	carriage: str = CUSTOMER_PAYS
	fee_percent: Decimal = ZERO
	tax_fee: bool = True
	default_condition: str = ""
	conditions: tuple[Condition, ...] = ()

	def condition(self, name: str) -> Condition | None:
		return next((one for one in self.conditions if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Back:
	"""A row of a return: its place on the paper, units (positive) of an item, and their condition."""

	idx: int
	item: str
	qty: Decimal
	condition: str = ""


@dataclass(frozen=True, slots=True)
class Breach:
	"""What is outside the policy. kind: one of the words above; row: the row's place, 0 for all of the return; days: since
	the sale, of a late one; condition: the one that is not accepted."""

	kind: str
	row: int = 0
	days: int = 0
	condition: str = ""


def choose(policies: Iterable[Policy], channel: str = "") -> Policy | None:
	"""The policy of the channel, else the company's default, else none. `policies`: the enabled ones of one company."""
	known = sorted(policies, key=lambda policy: policy.name)
	wanted = channel.strip().casefold()
	by_channel = [one for one in known if wanted and one.channel.strip().casefold() == wanted]
	return next(iter([*by_channel, *(one for one in known if one.is_default)]), None)


def unstated(policy: Policy, rows: Iterable[Back]) -> list[int]:
	"""Rows that do not say in which condition their units are, where the policy asks for it."""
	return [row.idx for row in rows if policy.conditions and not row.condition]


def breaches(policy: Policy, days: int | None, rows: Iterable[Back]) -> list[Breach]:
	"""What is outside the policy. days: since the sale; None where the return names no sale. The last day is inside."""
	found = []
	if policy.days and days is None:
		found.append(Breach(UNPROVEN))
	elif policy.days and days > policy.days:
		found.append(Breach(LATE, days=days))
	for row in rows:
		condition = policy.condition(row.condition)
		if row.condition and policy.conditions and not (condition and condition.accepted):
			found.append(Breach(CONDITION, row=row.idx, condition=row.condition))
	return found


def scope(found: Sequence[Breach], rows: Iterable[Back]) -> str:
	"""What an approval is for, as text: which kinds of breach, of which units in which condition. It is the same text
	however the rows are ordered or cut, and on whatever day it is looked at."""
	units: dict[tuple[str, str], Decimal] = {}
	for row in rows:
		units[row.item, row.condition] = units.get((row.item, row.condition), ZERO) + row.qty
	goods = [[*place, str(qty.normalize())] for place, qty in sorted(units.items())]
	return json.dumps({"kinds": sorted({breach.kind for breach in found}), "goods": goods})


def covers(approved: str, found: Sequence[Breach], rows: Iterable[Back]) -> bool:
	"""Whether an approval (a `scope`) is for this return: at least its kinds of breach, and no unit more of anything."""
	if not approved:
		return False
	then, now = json.loads(approved), json.loads(scope(found, rows))
	units = {(item, condition): Decimal(qty) for item, condition, qty in then["goods"]}
	return set(now["kinds"]) <= set(then["kinds"]) and all(
		Decimal(qty) <= units.get((item, condition), ZERO) for item, condition, qty in now["goods"]
	)


def warehouse_for(policy: Policy, condition: str, now: str, ours: str, homes: Sequence[str]) -> str:
	"""Where a row's units go: as the policy says, unless somebody chose another warehouse.

	now: what the row says. ours: what the policy put there last, empty if it has not yet. homes: where they go if nobody
	says anything (the company's warehouse for returns, the one they were sold from), the best first.
	"""
	if now and (now != ours if ours else now not in homes):
		return now
	found = policy.condition(condition)
	if found and found.warehouse:
		return found.warehouse
	return homes[0] if ours and homes else now


@dataclass(frozen=True, slots=True)
class Credited:
	"""A row of a return in money: net value (positive), and of each tax (by its key) how much of a unit of net value it is."""

	net: Decimal
	taxes: Mapping[str, Decimal]


def fee(
	rows: Sequence[Credited], percent: Decimal, taxed: bool, smallest: Decimal
) -> tuple[Decimal, dict[str, Decimal]]:
	"""(the fee, tax → its part that is not given back for the fee), each rounded to the currency's smallest unit.

	The tax is reckoned on the fee as it is printed, shared over the rows by worth, each at its own rate.
	"""
	worth = sum((row.net for row in rows), ZERO)
	kept = _round(worth * percent / 100, smallest)
	if not kept or not worth or not taxed:
		return kept, {}
	taxes: dict[str, Decimal] = {}
	for row in rows:
		for tax, rate in row.taxes.items():
			taxes[tax] = taxes.get(tax, ZERO) + kept * row.net / worth * rate
	rounded = {tax: _round(value, smallest) for tax, value in taxes.items()}
	return kept, {tax: value for tax, value in rounded.items() if value}


def _round(value: Decimal, smallest: Decimal) -> Decimal:
	return (value / smallest).quantize(Decimal(1), ROUND_HALF_UP) * smallest
