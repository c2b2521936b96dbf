"""Order Rules: the first that matches decides, and every rule that was looked at says why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.ordering.order_rules.rules import (
	ANY_LINE,
	CHANNEL,
	COMPANY,
	CONDITION,
	CUSTOMER,
	CUSTOMER_GROUP,
	ENABLED,
	EVERY_LINE,
	ITEM_GROUP,
	MAX_VALUE,
	MIN_VALUE,
	TERRITORY,
	ConditionFailed,
	OrderFacts,
	Outcome,
	Rule,
	in_order,
	judge,
	match,
)

ORDER = OrderFacts(
	order="SO-1",
	company="Northgate",
	customer="Vectis",
	customer_groups=("Key Accounts", "Trade", "All"),
	territories=("Wales", "UK", "All"),
	channel="Web Shop",
	item_groups=(("Mugs", "Kitchen", "All"), ("Lamps", "All")),
	value=Decimal(500),
)


@pytest.mark.parametrize(
	("conditions", "about"),
	[
		({"company": "Southgate"}, COMPANY),
		({"customer": "Solent"}, CUSTOMER),
		({"customer_group": "Retail"}, CUSTOMER_GROUP),
		({"territory": "France"}, TERRITORY),
		({"channel": "EDI"}, CHANNEL),
		({"item_group": "Chairs"}, ITEM_GROUP),
		({"item_group": "Kitchen", "item_group_match": EVERY_LINE}, ITEM_GROUP),
		({"min_value": Decimal("500.01")}, MIN_VALUE),
		({"max_value": Decimal("499.99")}, MAX_VALUE),
		({"enabled": False}, ENABLED),
	],
)
def test_one_condition_that_does_not_hold_is_enough(conditions, about):
	reason = judge(Rule("R", **conditions), ORDER)
	assert not reason.matched
	assert [check.about for check in reason.checks] == [about]


@pytest.mark.parametrize(
	"conditions",
	[
		{},
		{"company": "Northgate"},
		{"customer": "Vectis"},
		{"customer_group": "Key Accounts"},
		{"customer_group": "Trade"},
		{"territory": "UK"},
		{"channel": " web shop "},
		{"item_group": "Kitchen", "item_group_match": ANY_LINE},
		{"item_group": "All", "item_group_match": EVERY_LINE},
		{"min_value": Decimal(500), "max_value": Decimal(500)},
	],
)
def test_conditions_that_hold(conditions):
	assert judge(Rule("R", **conditions), ORDER).matched


def test_an_order_without_lines_has_no_line_in_a_group():
	empty = OrderFacts(item_groups=())
	assert not judge(Rule("R", item_group="All", item_group_match=EVERY_LINE), empty).matched


def test_every_failed_condition_is_named():
	reason = judge(Rule("R", company="Southgate", channel="EDI", min_value=Decimal(1)), ORDER)
	assert [check.about for check in reason.checks] == [COMPANY, CHANNEL]


def test_a_python_condition_is_asked_only_where_all_else_holds():
	asked = []

	def holds(rule):
		asked.append(rule.name)
		return True

	rules = [Rule("far", 1, company="Southgate", condition="x"), Rule("near", 2, condition="x")]
	assert match(rules, ORDER, holds).rule.name == "near"
	assert asked == ["near"]


def test_a_python_condition_that_fails_is_passed_over_and_says_so():
	def holds(rule):
		raise ConditionFailed("NameError: customre")

	found = match([Rule("broken", 1, condition="customre"), Rule("rest", 2)], ORDER, holds)
	assert found.rule.name == "rest"
	assert (found.reasons[0].checks[0].about, found.reasons[0].checks[0].found) == (
		CONDITION,
		"NameError: customre",
	)


def test_the_outcome_is_the_rules_own():
	found = match([Rule("R", priority=5, strategy="Fair Share", horizon_days=30)], ORDER)
	assert found.outcome == Outcome("R", 5, "Fair Share", 30)
	assert match([], ORDER).outcome == Outcome()


# ---- properties -------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["", "A", "B", "C"])
PATHS = st.lists(st.sampled_from("ABC"), unique=True, max_size=3).map(tuple)
VALUES = st.integers(0, 5).map(Decimal)

FACTS = st.builds(
	OrderFacts,
	company=NAMES,
	customer=NAMES,
	customer_groups=PATHS,
	territories=PATHS,
	channel=NAMES,
	item_groups=st.lists(PATHS, max_size=3).map(tuple),
	value=VALUES,
)

RULES = st.lists(
	st.builds(
		Rule,
		name=st.text("abcdef", min_size=1, max_size=3),
		position=st.integers(0, 3),
		enabled=st.booleans(),
		company=NAMES,
		customer=NAMES,
		customer_group=NAMES,
		territory=NAMES,
		channel=NAMES,
		item_group=NAMES,
		item_group_match=st.sampled_from([ANY_LINE, EVERY_LINE]),
		min_value=VALUES,
		max_value=VALUES,
		condition=st.sampled_from(["", "yes", "no", "broken"]),
	),
	max_size=6,
	unique_by=lambda rule: rule.name,
)


def by_text(rule: Rule) -> bool:
	if rule.condition == "broken":
		raise ConditionFailed("broken")
	return rule.condition == "yes"


@given(RULES, FACTS)
def test_the_first_match_wins(rules, facts):
	found = match(rules, facts, by_text)
	matching = [rule for rule in in_order(rules) if judge(rule, facts, by_text).matched]
	assert found.rule == (matching[0] if matching else None)


@given(RULES, FACTS, st.randoms())
def test_the_order_in_which_rules_are_handed_in_says_nothing(rules, facts, random):
	shuffled = list(rules)
	random.shuffle(shuffled)
	assert match(shuffled, facts, by_text) == match(rules, facts, by_text)


@given(RULES, FACTS)
def test_the_reasons_are_complete(rules, facts):
	found = match(rules, facts, by_text)
	tried = [rule.name for rule in in_order(rules)]
	if found.rule:
		tried = tried[: tried.index(found.rule.name) + 1]
	assert [reason.rule for reason in found.reasons] == tried
	for reason in found.reasons:
		assert reason.matched == bool(found.rule and reason.rule == found.rule.name)
		if not reason.matched:
			assert reason.checks
		assert all(check.holds == reason.matched for check in reason.checks)


@given(RULES, FACTS)
def test_taking_the_winner_away_leaves_the_next(rules, facts):
	found = match(rules, facts, by_text)
	if found.rule:
		left = [rule for rule in rules if rule != found.rule]
		assert match(left, facts, by_text).reasons[: len(found.reasons) - 1] == found.reasons[:-1]


@given(RULES, FACTS)
def test_a_disabled_rule_decides_nothing(rules, facts):
	found = match(rules, facts, by_text)
	assert not found.rule or found.rule.enabled
	enabled = [rule for rule in rules if rule.enabled]
	assert match(enabled, facts, by_text).outcome == found.outcome
