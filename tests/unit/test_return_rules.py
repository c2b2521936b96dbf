"""Which Return Policy counts, what is outside of it, where goods go, and what is kept of the price."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.returns import rules
from wholesale_b2b.fulfilment.returns.rules import Back, Condition, Credited, Policy

PENNY = Decimal("0.01")
KNOWN = ("Unopened", "Opened", "Damaged")
POLICY = Policy(
	"Trade",
	days=30,
	conditions=(
		Condition("Unopened", True, "Stores"),
		Condition("Opened", True, "Quarantine", fee=False),
		Condition("Damaged", False, "Quarantine"),
	),
)
backs = st.lists(
	st.builds(
		Back,
		st.integers(1, 9),
		st.sampled_from(["A", "B"]),
		st.integers(1, 50).map(Decimal),
		st.sampled_from(["", *KNOWN, "Wet"]),
	),
	max_size=6,
)


@pytest.mark.parametrize(
	("channel", "expected"),
	[("web", "Web"), (" WEB ", "Web"), ("phone", "House"), ("", "House")],
)
def test_the_channel_comes_before_the_default(channel, expected):
	policies = [Policy("House", is_default=True), Policy("Web", channel="Web")]
	assert rules.choose(policies, channel).name == expected
	assert rules.choose(reversed(policies), channel).name == expected


def test_no_policy_counts_where_none_fits():
	assert rules.choose([]) is None
	assert rules.choose([Policy("Web", channel="Web"), Policy("Spare")], "phone") is None


@given(st.integers(0, 90), st.integers(0, 200))
def test_the_last_day_is_inside(allowed, days):
	found = rules.breaches(Policy("P", days=allowed), days, ())
	assert bool(found) == (allowed > 0 and days > allowed)
	assert all(breach.kind == rules.LATE and breach.days == days for breach in found)


def test_a_return_of_no_sale_is_outside_a_policy_with_days():
	assert [breach.kind for breach in rules.breaches(POLICY, None, ())] == [rules.UNPROVEN]
	assert rules.breaches(Policy("P"), None, ()) == []


@given(backs)
def test_conditions_that_are_not_accepted_or_not_listed_are_outside(rows):
	found = rules.breaches(POLICY, 1, rows)
	assert [breach.row for breach in found] == [
		row.idx for row in rows if row.condition in ("Damaged", "Wet")
	]
	assert rules.unstated(POLICY, rows) == [row.idx for row in rows if not row.condition]
	assert rules.unstated(Policy("P"), rows) == []
	assert rules.breaches(Policy("P"), 1, rows) == []


@given(backs, st.permutations(range(6)))
def test_an_approval_is_for_the_goods_however_they_stand_on_the_paper(rows, order):
	found = rules.breaches(POLICY, 99, rows)
	approved = rules.scope(found, rows)
	again = [rows[place] for place in order if place < len(rows)]
	assert rules.covers(approved, rules.breaches(POLICY, 120, again), again)
	assert rules.scope(rules.breaches(POLICY, 120, again), again) == approved


@given(backs.filter(bool), st.data())
def test_an_approval_covers_no_unit_more_and_no_other_breach(rows, data):
	found = rules.breaches(POLICY, 1, rows)
	approved = rules.scope(found, rows)
	place = data.draw(st.integers(0, len(rows) - 1))
	row = rows[place]
	more = [*rows[:place], Back(row.idx, row.item, row.qty + 1, row.condition), *rows[place + 1 :]]
	assert not rules.covers(approved, rules.breaches(POLICY, 1, more), more)
	assert not rules.covers(approved, rules.breaches(POLICY, 31, rows), rows)
	assert not rules.covers("", found, rows)
	fewer = [*rows[:place], *rows[place + 1 :]]
	assert rules.covers(approved, rules.breaches(POLICY, 1, fewer), fewer)


@pytest.mark.parametrize(
	("condition", "now", "ours", "expected"),
	[
		("Damaged", "Leeds", "", "Quarantine"),
		("Damaged", "Returns", "", "Quarantine"),
		# chosen by hand, before and after the policy had its say
		("Damaged", "Reading", "", "Reading"),
		("Damaged", "Leeds", "Quarantine", "Leeds"),
		# another condition: it goes on following
		("Unopened", "Quarantine", "Quarantine", "Stores"),
		("", "Quarantine", "Quarantine", "Returns"),
		("Wet", "Leeds", "", "Leeds"),
		("Damaged", "", "", "Quarantine"),
	],
)
def test_goods_go_where_the_policy_says_unless_somebody_chose(condition, now, ours, expected):
	assert rules.warehouse_for(POLICY, condition, now, ours, ("Returns", "Leeds")) == expected


pennies = st.integers(1, 10_000_000).map(lambda value: value * PENNY)
percents = st.integers(0, 10_000).map(lambda value: Decimal(value) / 100)


@given(pennies, percents)
def test_the_fee_and_its_tax_are_whole_pennies_of_what_is_credited(net, percent):
	kept, taxes = rules.fee([Credited(net, {"vat": Decimal("0.2")})], percent, True, PENNY)
	assert kept == kept.quantize(PENNY)
	assert abs(kept - net * percent / 100) <= PENNY / 2
	assert 0 <= kept <= net
	assert abs(taxes.get("vat", Decimal(0)) - kept / 5) <= PENNY / 2


def test_each_rate_is_given_back_on_its_own_goods():
	rows = [Credited(Decimal(60), {"vat": Decimal("0.2")}), Credited(Decimal(40), {"vat": Decimal(0)})]
	assert rules.fee(rows, Decimal(15), True, PENNY) == (Decimal("15.00"), {"vat": Decimal("1.80")})
	assert rules.fee(rows, Decimal(15), False, PENNY) == (Decimal("15.00"), {})
	assert rules.fee([], Decimal(15), True, PENNY) == (Decimal(0), {})


@given(st.lists(pennies, min_size=1, max_size=6), percents)
def test_what_is_kept_does_not_depend_on_the_order_of_rows(nets, percent):
	rows = [Credited(net, {"vat": Decimal("0.2")}) for net in nets]
	assert rules.fee(rows, percent, True, PENNY) == rules.fee(rows[::-1], percent, True, PENNY)
