"""Which account of a customer a document belongs to."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.ordering.trade_accounts import rules
from wholesale_b2b.ordering.trade_accounts.rules import Terms, choose

STATUSES = (rules.ACTIVE, rules.ON_HOLD, rules.PRO_FORMA_ONLY, rules.CLOSED)


@st.composite
def customers(draw) -> list[Terms]:
	names = draw(st.lists(st.sampled_from("ABCDEF"), unique=True, max_size=5))
	return [
		Terms(
			name,
			status=draw(st.sampled_from(STATUSES)),
			is_default=draw(st.booleans()),
			channel=draw(st.sampled_from(("", "shop", "Web "))),
		)
		for name in names
	]


CHANNELS = st.sampled_from(("", "Shop", "web", "fair"))


@given(customers(), CHANNELS, st.randoms())
def test_the_order_of_accounts_does_not_matter(accounts, channel, random):
	mixed = list(accounts)
	random.shuffle(mixed)
	assert choose(mixed, channel=channel) == choose(accounts, channel=channel)


@given(customers(), CHANNELS)
def test_a_closed_account_is_never_chosen_by_itself(accounts, channel):
	closed = {account.name for account in accounts if account.status == rules.CLOSED}
	assert choose(accounts, channel=channel).account not in closed


@given(customers(), CHANNELS)
def test_what_is_named_is_taken(accounts, channel):
	for account in accounts:
		assert choose(accounts, account.name, channel) == rules.Choice(
			account.name, rules.NAMED, choose(accounts).candidates
		)


@given(customers(), CHANNELS)
def test_nothing_is_guessed(accounts, channel):
	"""An account is chosen exactly if something says which; without open accounts there is none."""
	choice = choose(accounts, channel=channel)
	assert bool(choice.account) == (choice.why in (rules.BY_CHANNEL, rules.BY_DEFAULT, rules.THE_ONLY_ONE))
	assert (choice.why == rules.NONE) == (not choice.candidates)
	if choice.why == rules.AMBIGUOUS:
		assert len(choice.candidates) > 1


@given(customers(), CHANNELS)
def test_who_has_accounts_is_judged_by_one_of_them(accounts, channel):
	names = rules.judged(accounts, channel=channel)
	chosen = choose(accounts, channel=channel)
	by_name = {account.name: account for account in accounts}
	assert bool(names) == bool(accounts)
	if chosen.account:
		assert names == (chosen.account,)
	# closed ones count only where there are no others
	closed = {by_name[name].status == rules.CLOSED for name in names}
	assert closed in (set(), {False}) or all(account.status == rules.CLOSED for account in accounts)


def test_first_channel_then_default_then_the_only_one():
	trade, staff = Terms("Trade", is_default=True), Terms("Staff", channel="Staff Shop")
	assert choose([trade, staff], channel="staff shop ").account == "Staff"
	assert choose([trade, staff]).account == "Trade"
	assert choose([replace(trade, is_default=False), staff]).why == rules.AMBIGUOUS
	assert choose([staff]).account == "Staff"
	assert choose([]).why == rules.NONE


def test_a_licence():
	today = date(2026, 5, 1)
	needed = Terms("A", licence_required=True)
	assert rules.licence_gap(Terms("A"), today) == ""
	assert rules.licence_gap(needed, today) == "missing"
	held = replace(needed, licence_number="X1", licence_expiry=today)
	assert rules.licence_gap(held, today) == ""
	assert rules.licence_gap(replace(held, licence_expiry=date(2026, 4, 30)), today) == "expired"
	assert rules.licence_gap(replace(held, licence_expiry=None), today) == ""


# ---- buyers -----------------------------------------------------------------------------------------------------

USERS = st.sampled_from(("", "ann", "bob", "cat", "dan"))


@st.composite
def buyers(draw) -> list[rules.Buyer]:
	count = draw(st.integers(0, 5))
	return [
		rules.Buyer(
			idx,
			draw(USERS),
			draw(st.sampled_from(("", "C1", "C2", "C3"))),
			Decimal(draw(st.sampled_from((0, 100)))),
			draw(USERS),
		)
		for idx in range(1, count + 1)
	]


@given(buyers())
def test_among_buyers_without_a_fault_every_chain_of_approvals_ends(rows):
	if rules.buyer_faults(rows):
		return
	approver = {row.user: row.approver for row in rows if row.user}
	for row in rows:
		assert row.user or row.contact
		asked, steps = row.approver, 0
		while asked:
			assert asked in approver
			asked, steps = approver[asked], steps + 1
			assert steps <= len(rows)
	assert len({row.user for row in rows if row.user}) == sum(bool(row.user) for row in rows)


@given(buyers())
def test_every_faulty_buyer_is_named_once(rows):
	places = [idx for idx, _fault in rules.buyer_faults(rows)]
	assert places == sorted(set(places))
	assert set(places) <= {row.idx for row in rows}


@pytest.mark.parametrize(
	("rows", "faults"),
	[
		([("", "", 0, "")], [(1, rules.NOBODY)]),
		([("ann", "", 0, ""), ("ann", "C1", 0, "")], [(2, rules.TWICE)]),
		([("ann", "", 5, "bob")], [(1, rules.STRANGER)]),
		([("ann", "", 5, "ann")], [(1, rules.STRANGER)]),
		([("ann", "", 0, "bob"), ("bob", "", 0, "")], [(1, rules.NOTHING_TO_APPROVE)]),
		([("ann", "", 5, "bob"), ("bob", "", 9, "")], []),
		([("", "C1", 5, "bob"), ("bob", "", 9, "")], []),
		([("ann", "", 5, "bob"), ("bob", "", 9, "ann")], [(1, rules.IN_A_CIRCLE), (2, rules.IN_A_CIRCLE)]),
	],
)
def test_what_is_wrong_with_buyers(rows, faults):
	assert (
		rules.buyer_faults(
			rules.Buyer(idx, user, contact, Decimal(limit), approver)
			for idx, (user, contact, limit, approver) in enumerate(rows, 1)
		)
		== faults
	)
