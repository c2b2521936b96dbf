"""What of an order ships now, what waits and why, what is cancelled, what purchasing is asked for.

All quantities in stock units, money in the company's currency. Units that stand on an open pick list are on their way:
they are no more to decide about, and their lists count as shipments.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from wholesale_b2b.fulfilment.rules.policy import (
	BY_DATE,
	BY_GROUP,
	BY_MARK,
	CANCEL_REST,
	PLAIN,
	WAIT,
	Policy,
)

ZERO = Decimal(0)

# Why something waits, is cancelled or escalated; what each says is in `policies.service.words`.
HELD = "held"
NO_STOCK = "no_stock"
EXPECTED = "expected"
PART_CASE = "part_case"
TOO_EARLY = "too_early"
TOGETHER = "together"
INCOMPLETE = "incomplete"
LOW_FILL = "low_fill"
LOW_VALUE = "low_value"
LAST_SHIPMENT = "last_shipment"
REST_CANCELLED = "rest_cancelled"
TOO_LATE = "too_late"
NOT_COVERED = "not_covered"

# Reasons of the policy, as opposed to those of stock and of holds.
BY_POLICY = frozenset({PART_CASE, TOO_EARLY, TOGETHER, INCOMPLETE, LOW_FILL, LOW_VALUE, LAST_SHIPMENT})


@dataclass(frozen=True, slots=True)
class OrderLine:
	"""A line of an order.

	open: ordered, less cancelled, less gone. pack: stock units in one unit of the line's UOM, or in a case of its
	item. price: net value of one
	stock unit. mark: what names the set that it travels with. kept: somebody has brought back what was cancelled of it, so
	no policy cancels it again.
	"""

	name: str
	open: Decimal
	pack: Decimal = Decimal(1)
	price: Decimal = ZERO
	needed_by: date | None = None
	item_group: str = ""
	mark: str = ""
	kept: bool = False


@dataclass(frozen=True, slots=True)
class Order:
	"""placed_on: when it was placed. shipments: how many have left, or are being picked. overridden: somebody who may has
	said that its next shipment need not keep the policy."""

	name: str
	lines: tuple[OrderLine, ...]
	placed_on: date | None = None
	shipments: int = 0
	overridden: bool = False


@dataclass(frozen=True, slots=True)
class Pegs:
	"""What one line has. ready: on the shelf for it, with what is being picked; picking: of those, on open pick lists.

	coming: (day or None if nobody knows, units) promised to it from supply to come.
	"""

	ready: Decimal = ZERO
	picking: Decimal = ZERO
	coming: tuple[tuple[date | None, Decimal], ...] = ()


NOTHING = Pegs()


@dataclass(frozen=True, slots=True)
class Reason:
	"""A code of this module, and the figures that its sentence names."""

	code: str
	facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
	"""So many units of a line, and why. until: the day by which it changes, where one is known."""

	line: str
	qty: Decimal
	reasons: tuple[Reason, ...] = ()
	until: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
	"""ship, wait and cancel together are what is open and not being picked; escalate is part of wait.

	picking: whether anything of the order is being picked.
	"""

	order: str
	ship: Mapping[str, Decimal] = field(default_factory=dict)
	wait: tuple[Part, ...] = ()
	cancel: tuple[Part, ...] = ()
	escalate: tuple[Part, ...] = ()
	picking: bool = False

	@property
	def stopped_by(self) -> Reason | None:
		"""Why the policy lets nothing of the order go, though something is there; None where something goes, or is being
		picked, or nothing is there, or something else holds it."""
		if self.ship or self.picking:
			return None
		reasons = [reason for part in self.wait for reason in part.reasons]
		return next((reason for reason in reasons if reason.code in BY_POLICY), None)


def decide(
	order: Order, pegs: Mapping[str, Pegs], policy: Policy, holds: Sequence[str], today: date
) -> Decision:
	"""What becomes of an order under its policy.

	pegs: line → what it has; a line without is promised nothing. holds: reasons why nothing of it may be picked.
	"""
	if order.overridden:
		policy = PLAIN
	lines = [(line, pegs.get(line.name, NOTHING)) for line in order.lines]
	# line → to decide about; line → what of it is there
	owed = {line.name: max(line.open - peg.picking, ZERO) for line, peg in lines}
	there = {line.name: min(max(peg.ready - peg.picking, ZERO), owed[line.name]) for line, peg in lines}
	late = {line.name for line, _peg in lines if _cancels(line, policy, today)}
	ship, why = _shipment(order, owed, there, late, policy, today)
	if holds:
		ship = {}
		why = {name: (Reason(HELD, {"holds": tuple(holds)}),) for name in owed}
	wait, cancel, escalate = [], [], []
	rest_goes = policy.mode == CANCEL_REST and not holds and bool(ship or order.shipments)
	for line, peg in lines:
		rest = owed[line.name] - ship.get(line.name, ZERO)
		if rest <= ZERO:
			continue
		if line.name in late and not holds:
			cancel.append(Part(line.name, rest, (Reason(TOO_LATE, {"when": _cancel_day(line, policy)}),)))
		elif rest_goes and not line.kept and not _early(line, policy, today):
			cancel += _rest(
				line.name, rest, there[line.name] - (owed[line.name] - rest), why.get(line.name, ())
			)
		else:
			wait.append(_waiting(line, peg, rest, why.get(line.name, ()), policy, today))
			if part := _escalated(order, line, peg, policy, today):
				escalate.append(part)
	picking = any(peg.picking > ZERO for _line, peg in lines)
	return Decision(order.name, ship, tuple(wait), tuple(cancel), tuple(escalate), picking)


# ---- the shipment -----------------------------------------------------------------------------------------------


def _shipment(
	order: Order,
	owed: Mapping[str, Decimal],
	there: Mapping[str, Decimal],
	late: set[str],
	policy: Policy,
	today: date,
) -> tuple[dict[str, Decimal], dict[str, tuple[Reason, ...]]]:
	"""Line → units that go now; line → why of what is there something stays.

	late: lines of which nothing is waited for any more. What is there of them goes, alone and in broken cases; what is not
	there of one lets the others go whatever the thresholds say.
	"""
	ship: dict[str, Decimal] = {}
	why: dict[str, tuple[Reason, ...]] = {}
	for line in order.lines:
		qty = there[line.name]
		if qty and _early(line, policy, today):
			why[line.name] = (Reason(TOO_EARLY, {"when": _first_day(line, policy)}),)
			continue
		if policy.whole_cases and line.name not in late and qty < owed[line.name] and line.pack > ZERO:
			whole = qty // line.pack * line.pack
			if whole < qty:
				why[line.name] = (Reason(PART_CASE, {"qty": qty - whole, "pack": line.pack}),)
			qty = whole
		if qty > ZERO:
			ship[line.name] = qty
	for lines in _sets((line for line in order.lines if line.name not in late), policy):
		lines = [line for line in lines if owed[line.name]]
		if any(ship.get(line.name, ZERO) < owed[line.name] for line in lines):
			for line in lines:
				if ship.pop(line.name, ZERO):
					why[line.name] = (Reason(TOGETHER),)
	if ship and not late and (refusal := _refusal(order, owed, ship, policy)):
		why.update((name, (refusal,)) for name in ship)
		ship = {}
	return ship, why


def _refusal(
	order: Order, owed: Mapping[str, Decimal], ship: Mapping[str, Decimal], policy: Policy
) -> Reason | None:
	"""Which threshold this shipment does not reach. All that is owed always may go."""
	if all(ship.get(name, ZERO) >= qty for name, qty in owed.items()):
		return None
	fill = _fill(order.lines, owed, ship)
	if policy.mode == WAIT and not policy.min_fill_percent:
		return Reason(INCOMPLETE, {"fill": fill})
	if policy.min_fill_percent and fill < policy.min_fill_percent:
		return Reason(LOW_FILL, {"fill": fill, "least": policy.min_fill_percent})
	value = sum((line.price * ship.get(line.name, ZERO) for line in order.lines), ZERO)
	if policy.min_shipment_value and value < policy.min_shipment_value:
		return Reason(LOW_VALUE, {"value": value, "least": policy.min_shipment_value})
	if policy.max_shipments and order.shipments + 1 >= policy.max_shipments:
		return Reason(LAST_SHIPMENT, {"most": policy.max_shipments})
	return None


def _fill(lines: Sequence[OrderLine], owed: Mapping[str, Decimal], ship: Mapping[str, Decimal]) -> Decimal:
	"""Percent of what is owed, by value; by units where all of it is free."""
	prices = {line.name: line.price for line in lines}
	if not any(prices[name] * qty for name, qty in owed.items()):
		prices = dict.fromkeys(prices, Decimal(1))
	whole = sum((prices[name] * qty for name, qty in owed.items()), ZERO)
	part = sum((prices[name] * qty for name, qty in ship.items()), ZERO)
	return part * 100 / whole if whole else Decimal(100)


def _sets(lines: Iterable[OrderLine], policy: Policy) -> list[list[OrderLine]]:
	"""Lines that travel together; those that name no set travel alone."""
	keys = {BY_DATE: "needed_by", BY_GROUP: "item_group", BY_MARK: "mark"}
	if policy.lines_together not in keys:
		return []
	sets: dict[object, list[OrderLine]] = defaultdict(list)
	for line in lines:
		if key := getattr(line, keys[policy.lines_together]):
			sets[key].append(line)
	return [found for found in sets.values() if len(found) > 1]


# ---- dates ------------------------------------------------------------------------------------------------------


def _first_day(line: OrderLine, policy: Policy) -> date | None:
	if not policy.use_ship_after or not line.needed_by:
		return None
	return line.needed_by - timedelta(days=policy.ship_after_days)


def _early(line: OrderLine, policy: Policy, today: date) -> bool:
	day = _first_day(line, policy)
	return bool(day and today < day)


def _cancel_day(line: OrderLine, policy: Policy) -> date | None:
	if not policy.cancel_after_days or not line.needed_by:
		return None
	return line.needed_by + timedelta(days=policy.cancel_after_days)


def _cancels(line: OrderLine, policy: Policy, today: date) -> bool:
	day = _cancel_day(line, policy)
	return bool(day and today > day and line.open > ZERO and not line.kept)


# ---- the rest ---------------------------------------------------------------------------------------------------


def _rest(line: str, rest: Decimal, there: Decimal, why: tuple[Reason, ...]) -> list[Part]:
	"""What of a line is cancelled as its order ships. there: units of it that are on the shelf and may not go, and `why`."""
	found = []
	if rest > there:
		found.append(Part(line, rest - there, (Reason(REST_CANCELLED),)))
	if there > ZERO:
		found.append(Part(line, there, (*why, Reason(REST_CANCELLED, {"there": there}))))
	return found


def _waiting(
	line: OrderLine,
	peg: Pegs,
	rest: Decimal,
	why: tuple[Reason, ...],
	policy: Policy,
	today: date,
) -> Part:
	"""What of a line waits, for all that it waits for; until the last day of these, if all are known."""
	if why and why[0].code == HELD:
		return Part(line.name, rest, why)
	reasons, days = list(why), []
	first = _first_day(line, policy)
	if first and first > today:
		days.append(first)
		if not why:
			reasons.append(Reason(TOO_EARLY, {"when": first}))
	missing = max(line.open - max(peg.ready, peg.picking), ZERO)
	for day, qty in sorted(peg.coming, key=lambda coming: coming[0] or date.max):
		qty = min(qty, missing)
		if qty > ZERO:
			reasons.append(Reason(EXPECTED, {"qty": qty, "when": day}))
			days.append(day)
			missing -= qty
	if missing > ZERO:
		reasons.append(Reason(NO_STOCK, {"qty": missing}))
		days.append(None)
	until = max(days) if days and None not in days else None
	return Part(line.name, rest, tuple(reasons) or (Reason(NO_STOCK, {"qty": rest}),), until)


def _escalated(order: Order, line: OrderLine, peg: Pegs, policy: Policy, today: date) -> Part | None:
	"""What nothing covers so many days after the order was placed."""
	if not policy.escalate_after_days or not order.placed_on:
		return None
	if today < order.placed_on + timedelta(days=policy.escalate_after_days):
		return None
	covered = max(peg.ready, peg.picking) + sum((qty for _day, qty in peg.coming), ZERO)
	qty = line.open - covered
	if qty <= ZERO:
		return None
	return Part(line.name, qty, (Reason(NOT_COVERED, {"days": (today - order.placed_on).days}),))
