"""What is to be paid, what counts as paid, and how much may ship for it."""

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.credit.pro_forma import rules
from wholesale_b2b.credit.pro_forma.rules import (
	DEPOSIT,
	NOT_NEEDED,
	PER_SHIPMENT,
	PRO_FORMA_ONLY,
	WHOLE,
	Bill,
	Invoice,
	Need,
)

CENTS = Decimal("0.01")
TODAY = date(2026, 3, 2)
money = st.integers(0, 10**9).map(lambda n: Decimal(n) / 100)
some_money = st.integers(1, 10**9).map(lambda n: Decimal(n) / 100)
percents = st.integers(1, 100).map(Decimal)
shares = st.fractions(0, 1, max_denominator=1000).map(lambda f: Decimal(f.numerator) / f.denominator)
rates = st.integers(1000, 2_000_000).map(lambda n: Decimal(n) / 10000)
units = st.sampled_from([Decimal("0.01"), Decimal("0.05"), Decimal(1)])
needs = st.one_of(
	st.just(Need()),
	st.just(Need(WHOLE)),
	st.just(Need(PER_SHIPMENT)),
	percents.map(lambda p: Need(DEPOSIT, p)),
)


def bill(total, shipped=Decimal(0), **more):
	return Bill(total, total, shipped=shipped, **more)


# ---- what is asked ---------------------------------------------------------------------------------------------------


def test_an_account_asks_as_it_says_and_pro_forma_only_for_everything():
	assert rules.account_need("Active", "", Decimal(0)) == Need()
	assert rules.account_need(PRO_FORMA_ONLY, "", Decimal(0)) == Need(WHOLE)
	assert rules.account_need(PRO_FORMA_ONLY, DEPOSIT, Decimal(30)) == Need(DEPOSIT, Decimal(30))
	assert rules.account_need("Active", PER_SHIPMENT, Decimal(0)) == Need(PER_SHIPMENT)


def test_an_order_may_say_otherwise_than_its_account():
	deposit = Need(DEPOSIT, Decimal(30))
	assert rules.need(deposit, "", Decimal(0)) == deposit
	assert rules.need(deposit, NOT_NEEDED, Decimal(0)) == Need()
	assert rules.need(deposit, DEPOSIT, Decimal(0)) == deposit
	assert rules.need(deposit, DEPOSIT, Decimal(50)) == Need(DEPOSIT, Decimal(50))
	# a deposit of no size would open the gate for nothing
	assert rules.need(Need(WHOLE), DEPOSIT, Decimal(0)) == Need(WHOLE)


@given(needs, needs, needs)
def test_loosening_has_no_way_round_by_two_steps(one, two, three):
	if rules.loosens(one, three) and one.kind != PER_SHIPMENT:
		assert rules.loosens(one, two) or rules.loosens(two, three)
	assert not rules.loosens(one, one)


@given(needs, some_money, units)
def test_what_is_asked_is_payable_and_at_most_the_order(what, total, unit):
	asked = rules.due(what, total, unit)
	assert 0 <= asked <= total and (asked > 0 or not what.kind)
	assert asked % unit == 0 or asked == total
	if what.kind in (WHOLE, PER_SHIPMENT):
		assert asked == total


# ---- what counts as paid ---------------------------------------------------------------------------------------------


@given(needs, some_money, money, money, shares)
def test_more_money_never_closes_a_gate(what, total, paid, more, shipped):
	before = rules.gate(what, bill(total, shipped), paid)
	after = rules.gate(what, bill(total, shipped), paid + more)
	assert after.open >= before.open
	assert after.outstanding <= before.outstanding
	assert before.outstanding == max(before.due - paid, 0)
	if before.room is not None and after.room is not None:
		assert after.room >= before.room


@given(some_money, money, shares)
def test_the_whole_and_a_deposit_open_all_or_nothing(total, paid, shipped):
	at = rules.gate(Need(WHOLE), bill(total, shipped), paid)
	assert at.open == (paid >= total)
	assert at.room is None
	deposit = rules.gate(Need(DEPOSIT, Decimal(30)), bill(total, shipped), paid)
	assert deposit.open == (paid >= max(rules.rounded(total * 30 / 100, CENTS), CENTS))


@given(some_money, money, shares, money)
def test_per_shipment_as_much_value_ships_as_is_paid(total, paid, shipped, value):
	at = rules.gate(Need(PER_SHIPMENT), bill(total, shipped), paid)
	gone = rules.rounded(total * shipped, CENTS)
	may = value - rules.beyond(at, value)
	if paid >= total:
		assert at.open and may == value
	else:
		assert may == max(min(value, paid - gone), 0)
		assert at.open == (paid > gone)
		assert at.overdrawn == (gone > paid)


@given(needs, st.just(Decimal(0)))
def test_what_costs_nothing_needs_no_payment(what, total):
	assert rules.gate(what, bill(total), Decimal(0)).open


@given(some_money, rates, percents)
def test_paying_what_is_asked_in_the_accounts_currency_is_enough_however_it_was_rounded(total, rate, percent):
	account_total = (total * rate).quantize(CENTS, ROUND_HALF_EVEN)
	if account_total == 0:
		return
	of = Bill(total, account_total, rate)
	assert rules.paid(of, Decimal(0), account_total) >= total
	asked = rules.due(Need(DEPOSIT, percent), total)
	by_the_penny = (asked * rate).quantize(CENTS, ROUND_HALF_EVEN)
	if by_the_penny > 0:
		assert rules.paid(of, Decimal(0), by_the_penny) >= asked


@given(some_money, rates, money, money)
def test_paid_never_counts_for_more_than_it_rounds_to(total, rate, amount, more):
	account_total = rules.rounded(total * rate, CENTS)
	of = Bill(total, account_total, rate)
	counted = rules.paid(of, Decimal(0), amount)
	if amount < account_total:
		assert counted * rate <= amount + CENTS / 2
	assert rules.paid(of, Decimal(0), amount + more) >= counted - CENTS
	assert rules.paid(of, amount, Decimal(0)) == amount


# ---- the paper -------------------------------------------------------------------------------------------------------


def at(total=100, paid=0, what=None, shipped=0):
	return rules.gate(what or Need(WHOLE), bill(Decimal(total), Decimal(shipped)), Decimal(paid))


def test_an_order_is_paid_in_part_or_in_full():
	states = [rules.paid_state(Decimal(paid), Decimal(10)) for paid in ("0", "0.01", "9.99", "10", "12")]
	assert states == ["Unpaid", "Partly Paid", "Partly Paid", "Paid", "Paid"]
	assert rules.paid_state(Decimal(0), Decimal(0)) == "Paid"


def test_status_says_what_is_true():
	yesterday, tomorrow = TODAY - timedelta(1), TODAY + timedelta(1)
	assert rules.status(at(), TODAY, tomorrow, False, False) == "Unpaid"
	assert rules.status(at(), TODAY, TODAY, False, False) == "Unpaid"
	assert rules.status(at(paid=40), TODAY, tomorrow, False, False) == "Partly Paid"
	assert rules.status(at(paid=100), TODAY, yesterday, False, False) == "Paid"
	assert rules.status(at(), TODAY, yesterday, False, False) == "Expired"
	assert rules.status(at(paid=40), TODAY, yesterday, False, False) == "Expired"
	assert rules.status(at(), TODAY, None, False, False) == "Unpaid"
	assert rules.status(at(), TODAY, tomorrow, True, False) == "Cancelled"
	assert rules.status(at(paid=100), TODAY, tomorrow, True, False) == "Paid"
	assert rules.status(at(), TODAY, yesterday, False, True) == "Unpaid"
	# what may ship for what is paid stays
	assert rules.status(at(paid=40, what=Need(PER_SHIPMENT)), TODAY, yesterday, False, False) == "Partly Paid"
	shipped = at(paid=40, what=Need(PER_SHIPMENT), shipped="0.4")
	assert rules.status(shipped, TODAY, yesterday, False, False) == "Expired"


@given(
	st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 12, 31))),
	st.booleans(),
	st.booleans(),
	st.integers(0, 90),
)
def test_the_last_day_never_comes_nearer(before, grew, reopened, days):
	last = rules.valid_until(before, grew, reopened, TODAY, days, TODAY)
	if before:
		assert last >= before
	if days and (grew or reopened):
		assert last >= TODAY + timedelta(days)
	if not days:
		assert last == before


# ---- advances and invoices -------------------------------------------------------------------------------------------

by_order = st.dictionaries(st.sampled_from("abcd"), money, min_size=1)


@given(money, by_order)
def test_parts_add_up(total, weights):
	found = rules.parts(total, weights)
	assert sum(found.values()) == (total if sum(weights.values()) else 0)
	assert all(part >= 0 for part in found.values())


@given(by_order, by_order, money)
def test_what_was_paid_on_an_invoice_is_shared_out_and_no_advance_pays_for_another_order(
	owed, taken, settled
):
	found = rules.settled_by_order(Invoice(settled, owed, taken))
	assert sum(found.values()) == min(settled, sum(owed.values()))
	own = {order: min(taken.get(order, Decimal(0)), share) for order, share in owed.items()}
	for order, amount in found.items():
		assert 0 <= amount <= owed[order]
		if sum(own.values()) <= settled:
			assert amount >= own[order]


@given(by_order, st.lists(st.tuples(st.sampled_from("abcd"), money), max_size=8))
def test_an_invoice_takes_of_each_order_its_own_part_at_most_and_the_oldest_first(owed, paid):
	advances = [(str(n), order, amount) for n, (order, amount) in enumerate(paid)]
	taken = rules.take_in(owed, advances)
	for order in "abcd":
		own = [(taken[name], amount) for name, of, amount in advances if of == order]
		assert sum(t for t, _ in own) == min(sum(a for _, a in own), owed.get(order, Decimal(0)))
		# a later one is touched only when all before it are used up
		used_up = True
		for part, amount in own:
			assert used_up or part == 0
			used_up = used_up and part == amount
