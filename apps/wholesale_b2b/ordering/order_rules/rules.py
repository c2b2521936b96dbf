"""Which rule an order follows: the first, by position, whose conditions all hold.

Pure: what a rule asks about is in `OrderFacts`; a Python condition is answered by a function that is handed in.
Trees (customer groups, territories, item groups) come as paths: the group itself, then each group above it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)

ANY_LINE = "Any Line"
EVERY_LINE = "Every Line"

# What a check is about, in the order in which they are made: the Python condition last, it costs the most.
ENABLED = "enabled"
COMPANY = "company"
CUSTOMER = "customer"
CUSTOMER_GROUP = "customer_group"
TERRITORY = "territory"
CHANNEL = "channel"
ITEM_GROUP = "item_group"
MIN_VALUE = "min_value"
MAX_VALUE = "max_value"
CONDITION = "condition"


class ConditionFailed(Exception):
	"""A Python condition that could not be answered; its text says why."""


@dataclass(frozen=True, slots=True)
class OrderFacts:
	"""An order, as far as rules ask about it.

	customer_groups, territories: paths. item_groups: a path per line. value: net total in the company's currency.
	"""

	order: str = ""
	company: str = ""
	customer: str = ""
	customer_groups: tuple[str, ...] = ()
	territories: tuple[str, ...] = ()
	channel: str = ""
	item_groups: tuple[tuple[str, ...], ...] = ()
	value: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Rule:
	"""Conditions (an empty one asks nothing) and outcomes (an empty one leaves the default).

	min_value, max_value: inclusive, 0 for no bound. priority: class, the lower number goes first. strategy: as Order Rule
	names it. horizon_days: reservation horizon. price_tier: see `pricing`. policy: a Fulfilment Policy.
	"""

	name: str
	position: int = 0
	enabled: bool = True
	company: str = ""
	customer: str = ""
	customer_group: str = ""
	territory: str = ""
	channel: str = ""
	item_group: str = ""
	item_group_match: str = ANY_LINE
	min_value: Decimal = ZERO
	max_value: Decimal = ZERO
	condition: str = ""
	priority: int = 0
	strategy: str = ""
	horizon_days: int = 0
	policy: str = ""
	price_tier: str = ""


@dataclass(frozen=True, slots=True)
class Check:
	"""One condition of a rule against an order: what it is about, what the rule wants, what the order has."""

	about: str
	holds: bool
	wanted: object = None
	found: object = None


@dataclass(frozen=True, slots=True)
class Reason:
	"""Why a rule matched (all its checks, none for a rule without conditions) or did not (the checks that failed)."""

	rule: str
	matched: bool
	checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
	"""What a rule decides; empty where the defaults decide."""

	rule: str = ""
	priority: int = 0
	strategy: str = ""
	horizon_days: int = 0
	policy: str = ""


@dataclass(frozen=True, slots=True)
class Match:
	"""rule: the first that matched, or None. reasons: one per rule looked at, in order, the matching one last."""

	rule: Rule | None
	reasons: tuple[Reason, ...] = ()

	@property
	def outcome(self) -> Outcome:
		if not self.rule:
			return Outcome()
		rule = self.rule
		return Outcome(rule.name, rule.priority, rule.strategy, rule.horizon_days, rule.policy)


Answer = Callable[[Rule], bool]


def in_order(rules: Iterable[Rule]) -> list[Rule]:
	"""Rules in the order in which they are tried: by position, then by name."""
	return sorted(rules, key=lambda rule: (rule.position, rule.name))


def is_open(rule: Rule) -> bool:
	"""Whether every order of the rule's company matches it (of any company, where it names none)."""
	asked = (
		rule.customer,
		rule.customer_group,
		rule.territory,
		rule.channel,
		rule.item_group,
		rule.condition,
	)
	return not any(asked) and not rule.min_value and not rule.max_value


def match(rules: Iterable[Rule], facts: OrderFacts, holds: Answer | None = None) -> Match:
	"""The first rule that the order matches, and why; rules may come in any order.

	holds: answers a rule's Python condition for this order, and raises `ConditionFailed` if it cannot; it is asked only
	where everything else holds. Without it no such condition holds.
	"""
	reasons = []
	for rule in in_order(rules):
		reasons.append(judge(rule, facts, holds))
		if reasons[-1].matched:
			return Match(rule, tuple(reasons))
	return Match(None, tuple(reasons))


def judge(rule: Rule, facts: OrderFacts, holds: Answer | None = None) -> Reason:
	"""Whether the order meets one rule, whatever rules stand before it."""
	checks = list(_checks(rule, facts))
	if rule.condition and all(check.holds for check in checks):
		checks.append(_condition(rule, holds))
	failed = tuple(check for check in checks if not check.holds)
	return Reason(rule.name, not failed, failed or tuple(checks))


def _checks(rule: Rule, facts: OrderFacts) -> Iterable[Check]:
	if not rule.enabled:
		yield Check(ENABLED, False)
	if rule.company:
		yield Check(COMPANY, rule.company == facts.company, rule.company, facts.company)
	if rule.customer:
		yield Check(CUSTOMER, rule.customer == facts.customer, rule.customer, facts.customer)
	if rule.customer_group:
		yield _within(CUSTOMER_GROUP, rule.customer_group, facts.customer_groups)
	if rule.territory:
		yield _within(TERRITORY, rule.territory, facts.territories)
	if rule.channel:
		yield Check(CHANNEL, _same(rule.channel, facts.channel), rule.channel, facts.channel)
	if rule.item_group:
		yield _item_groups(rule, facts)
	if rule.min_value:
		yield Check(MIN_VALUE, facts.value >= rule.min_value, rule.min_value, facts.value)
	if rule.max_value:
		yield Check(MAX_VALUE, facts.value <= rule.max_value, rule.max_value, facts.value)


def _within(about: str, group: str, path: tuple[str, ...]) -> Check:
	return Check(about, group in path, group, path[0] if path else "")


def _same(one: str, other: str) -> bool:
	"""Channels are typed by people and by connectors: case and outer spaces say nothing."""
	return one.strip().casefold() == other.strip().casefold()


def _item_groups(rule: Rule, facts: OrderFacts) -> Check:
	inside = [rule.item_group in path for path in facts.item_groups]
	every = rule.item_group_match == EVERY_LINE
	holds = bool(inside) and (all(inside) if every else any(inside))
	return Check(ITEM_GROUP, holds, (rule.item_group, rule.item_group_match), (sum(inside), len(inside)))


def _condition(rule: Rule, holds: Answer | None) -> Check:
	try:
		return Check(CONDITION, bool(holds and holds(rule)), rule.condition)
	except ConditionFailed as failure:
		return Check(CONDITION, False, rule.condition, str(failure))
