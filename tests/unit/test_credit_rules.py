"""Exposure counts each pound once, its parts add up, and what is held follows the age of orders and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.credit.rules import (
	Decision,
	Exposure,
	Limit,
	Line,
	Paper,
	Position,
	at_today,
	beyond,
	by_age,
	decide,
	excess,
	exposure,
	share_of,
	together,
)

DAY = datetime(2026, 11, 2)
ALMOST = Decimal("0.0001")


def line(qty=10, rate=10, **figures):
	amount = Decimal(qty) * rate
	return Line(Decimal(qty), amount, amount, **{name: Decimal(value) for name, value in figures.items()})


def order(*lines, name="SO-1", day=0, tax="0.2", closed=False):
	net = sum((row.value for row in lines), Decimal(0))
	return Paper(name, "A", DAY + timedelta(days=day), net * (1 + Decimal(tax)), lines, closed)


def shares(paper):
	share = share_of(paper)
	return (share.ahead, share.out)


def test_an_order_that_nobody_has_touched_counts_with_its_taxes():
	assert shares(order(line())) == (120, 0)
	assert shares(Paper("SO-1", "A", DAY, Decimal(120))) == (120, 0)


def test_what_is_delivered_is_out_until_it_is_invoiced():
	assert shares(order(line(delivered=4))) == (72, 48)
	assert shares(order(line(delivered=4, invoiced=40))) == (72, 0)
	assert shares(order(line(delivered=10, invoiced=100))) == (0, 0)


def test_invoiced_before_it_is_delivered():
	assert shares(order(line(invoiced=100))) == (0, 0)
	assert shares(order(line(invoiced=60))) == (48, 0)
	assert shares(order(line(invoiced=60, delivered=4))) == (48, 0)
	assert shares(order(line(invoiced=60, delivered=8))) == (24, 24)


def test_what_is_cancelled_is_not_owed():
	assert shares(order(line(cancelled=4))) == (72, 0)
	assert shares(order(line(cancelled=4, delivered=6, invoiced=60))) == (0, 0)


def test_what_comes_back_is_not_owed_again_unless_it_is_replaced():
	back = {"gone_back": 4, "come_back": 4}
	# delivered 10, 4 came back, before and after the invoice for the other 6
	assert shares(order(line(delivered=6, **back))) == (0, 72)
	assert shares(order(line(delivered=6, invoiced=60, **back))) == (0, 0)
	# delivered 10, invoiced 10, 4 came back: with and without the credit note
	assert shares(order(line(delivered=6, invoiced=100, **back))) == (0, 0)
	assert shares(order(line(delivered=6, invoiced=100, credited=40, **back))) == (0, 0)
	# of 6 that were delivered and invoiced 4 came back and were credited: the other 4 of the order are still to come
	assert shares(order(line(delivered=2, invoiced=60, credited=40, **back))) == (48, 0)
	# replaced: owed again, and invoiced again only if it was credited
	assert shares(order(line(delivered=6, invoiced=100, come_back=4))) == (0, 0)
	assert shares(order(line(delivered=6, invoiced=100, credited=40, come_back=4))) == (48, 0)


def test_a_credit_for_a_price_leaves_nothing_to_invoice_again():
	assert shares(order(line(delivered=10, invoiced=100, credited=40))) == (0, 0)


def test_a_closed_order_counts_for_what_it_has_delivered():
	assert shares(order(line(delivered=4), closed=True)) == (0, 48)
	assert shares(order(line(delivered=4, invoiced=40), closed=True)) == (0, 0)
	assert shares(Paper("SO-1", "A", DAY, Decimal(120), closed=True)) == (0, 0)


def test_given_away_but_for_the_carriage():
	given_away = Line(Decimal(10), Decimal(0), Decimal(0))
	assert share_of(Paper("SO-1", "A", DAY, Decimal(15), (given_away,))).open == 15


def position(*orders, ledger=0):
	return Position(ledger=Decimal(ledger), orders=tuple(orders))


def simple(name, total, day):
	return Paper(name, "A", DAY + timedelta(days=day), Decimal(total))


def test_orders_beyond_the_limit_are_those_that_came_last():
	orders = [simple("SO-3", 300, 3), simple("SO-1", 600, 1), simple("SO-2", 600, 2)]
	held = beyond(position(*orders), Limit(Decimal(1000)))
	assert {name: over.by for name, over in held.items()} == {"SO-2": 200, "SO-3": 500}
	# a payment releases the next in line, and holds nobody
	assert set(beyond(position(*orders, ledger=-200), Limit(Decimal(1000)))) == {"SO-3"}
	assert beyond(position(*orders, ledger=-500), Limit(Decimal(1000))) == {}
	assert beyond(position(*orders), Limit(Decimal(0))) == {}


def test_what_is_gone_comes_before_what_can_be_held():
	gone = order(line(delivered=10), name="SO-9", day=9)
	old = order(line(), name="SO-1", day=1)
	assert set(beyond(position(old, gone), Limit(Decimal(200)))) == {"SO-1", "SO-9"}
	assert beyond(position(old, gone), Limit(Decimal(240))) == {}


def test_outcomes():
	checks = [(Exposure(ledger=Decimal(900), this=Decimal(200)), Limit(Decimal(1000)))]
	assert decide(checks).outcome == "hold"
	assert decide(checks, leaves_now=True).outcome == "refuse"
	assert decide(checks).excess.by == 100
	for over, outcome in {"Warn": "warn", "Refuse": "refuse"}.items():
		assert decide([(checks[0][0], Limit(Decimal(1000), over))]).outcome == outcome
		assert decide([(checks[0][0], Limit(Decimal(1000), over))], leaves_now=True).outcome == outcome
	assert decide([(checks[0][0], Limit(Decimal(1100)))]).outcome == "ok"
	assert decide([(checks[0][0], Limit())]).outcome == "ok"
	assert decide([]) == Decision("ok")


def test_an_account_stays_inside_its_customers_total():
	own = (Exposure(ledger=Decimal(100), this=Decimal(50)), Limit(Decimal(1000)))
	whole = (Exposure(ledger=Decimal(1980), this=Decimal(50)), Limit(Decimal(2000), whole=True))
	found = decide([own, whole])
	assert (found.outcome, found.excess.limit.whole, found.excess.by) == ("hold", True, 30)
	assert found.exposure == whole[0]


def test_a_hundredth_of_a_penny_is_no_excess():
	assert excess(Decimal("1000.004"), Limit(Decimal(1000))) is None
	assert excess(Decimal("1000.01"), Limit(Decimal(1000))).by == Decimal("0.01")


# ---- properties ------------------------------------------------------------------------------------------------------

units = st.integers(0, 20).map(Decimal)
amounts = st.integers(-2000, 5000).map(Decimal)


@st.composite
def lines(draw, least_rate=0):
	"""A row as it can come about: what came back was delivered, what was credited was invoiced."""
	qty = draw(st.integers(1, 20))
	rate = draw(st.integers(least_rate, 50))
	sent = draw(st.integers(0, qty))
	back = draw(st.integers(0, sent))
	gone = draw(st.integers(0, back))
	invoiced = draw(st.integers(0, qty)) * rate
	return line(
		qty,
		rate,
		cancelled=draw(st.integers(0, qty - sent)),
		delivered=sent - back,
		come_back=back,
		gone_back=gone,
		invoiced=invoiced,
		credited=draw(st.integers(0, invoiced)),
	)


@st.composite
def papers(draw):
	if draw(st.booleans()):
		paper = simple("", draw(st.integers(0, 3000)), 0)
	else:
		paper = order(*draw(st.lists(lines(), min_size=1, max_size=4)), closed=draw(st.booleans()))
	return replace(paper, placed_at=DAY + timedelta(days=draw(st.integers(0, 5))))


@st.composite
def positions(draw):
	orders = draw(st.lists(papers(), max_size=7))
	return Position(
		ledger=draw(amounts),
		till=draw(units),
		orders=tuple(replace(paper, name=f"SO-{n}") for n, paper in enumerate(orders)),
		deliveries=tuple(draw(st.lists(papers(), max_size=3))),
	)


limits = st.integers(1, 6000).map(lambda amount: Limit(Decimal(amount)))


@given(papers())
def test_an_order_counts_for_something_between_nothing_and_its_total(paper):
	share = share_of(paper)
	assert share.ahead >= 0 and share.out >= 0
	assert share.open <= paper.total + ALMOST


@given(lines(least_rate=1), st.integers(1, 20))
def test_no_unit_counts_twice_whichever_comes_first(row, more):
	"""What an invoice adds to the ledger it takes off the order, as far as that still counted."""
	row = replace(row, credited=Decimal(0))
	rate = row.amount / row.qty
	invoiced = replace(row, invoiced=row.invoiced + more * rate)
	before, after = share_of(order(row, tax="0")).open, share_of(order(invoiced, tax="0")).open
	assert abs(after - max(before - more * rate, 0)) < ALMOST


@given(lines())
def test_delivering_moves_and_adds_nothing(row):
	row = replace(row, come_back=Decimal(0), gone_back=Decimal(0), credited=Decimal(0))
	room = row.qty - row.cancelled - row.delivered
	before = share_of(order(row))
	after = share_of(order(replace(row, delivered=row.delivered + room)))
	assert abs(before.open - after.open) < ALMOST
	assert after.out >= before.out - ALMOST


@given(positions())
def test_parts_add_up(all_of_it):
	found = exposure(all_of_it, this=Decimal(7))
	parts = found.ledger + found.ordered + found.delivered + found.till + found.this
	assert found.total == parts
	assert found.out <= found.ordered + ALMOST
	each = [
		exposure(replace(all_of_it, orders=(one,), ledger=Decimal(0), till=Decimal(0), deliveries=()))
		for one in all_of_it.orders
	]
	assert abs(sum((one.ordered for one in each), Decimal(0)) - found.ordered) < ALMOST


@given(positions(), st.randoms())
def test_the_order_in_which_they_are_read_does_not_matter(all_of_it, random):
	shuffled = list(all_of_it.orders)
	random.shuffle(shuffled)
	other = replace(all_of_it, orders=tuple(shuffled), deliveries=all_of_it.deliveries[::-1])
	limit = Limit(Decimal(1500))
	assert abs(exposure(all_of_it).total - exposure(other).total) < ALMOST
	assert set(beyond(all_of_it, limit)) == set(beyond(other, limit))


@given(positions(), positions())
def test_a_customer_counts_for_what_its_accounts_count_for(one, other):
	whole = together([one, other])
	assert abs(exposure(whole).total - exposure(one).total - exposure(other).total) < ALMOST


@given(positions(), limits, st.integers(0, 3000))
def test_a_payment_or_a_higher_limit_holds_nobody(all_of_it, limit, amount):
	held = set(beyond(all_of_it, limit))
	paid = replace(all_of_it, ledger=all_of_it.ledger - amount)
	assert set(beyond(paid, limit)) <= held
	assert set(beyond(all_of_it, Limit(limit.amount + amount))) <= held


@given(positions(), limits)
def test_one_order_less_holds_nobody(all_of_it, limit):
	held = set(beyond(all_of_it, limit))
	for gone in all_of_it.orders:
		rest = replace(all_of_it, orders=tuple(o for o in all_of_it.orders if o is not gone))
		assert set(beyond(rest, limit)) <= held


@given(positions(), limits)
def test_a_later_order_is_never_before_an_earlier_one(all_of_it, limit):
	held = beyond(all_of_it, limit)
	open_orders = [order for order in by_age(all_of_it.orders) if not order.closed]
	names = [order.name for order in open_orders]
	assert [name in held for name in names] == sorted(name in held for name in names)


@given(positions(), limits)
def test_held_or_not_says_whether_the_limit_is_kept(all_of_it, limit):
	"""The whole exposure is beyond the limit exactly where the last in line is held; what is released keeps it."""
	held = beyond(all_of_it, limit)
	open_orders = [order for order in by_age(all_of_it.orders) if not order.closed]
	if open_orders:
		last_held = open_orders[-1].name in held
		assert last_held == bool(excess(exposure(all_of_it).total, limit))
	released = replace(all_of_it, orders=tuple(o for o in all_of_it.orders if o.name not in held))
	if any(not order.closed for order in released.orders):
		out = sum((share_of(o).out for o in all_of_it.orders if o.name in held), Decimal(0))
		assert not excess(exposure(released).total + out, limit)


@given(positions(), limits)
def test_shipping_what_is_released_holds_nobody_else(all_of_it, limit):
	held = set(beyond(all_of_it, limit))
	for order_ in all_of_it.orders:
		if order_.name in held or order_.closed:
			continue
		share = share_of(order_)
		shipped = replace(
			all_of_it,
			ledger=all_of_it.ledger + share.open,
			orders=tuple(o for o in all_of_it.orders if o is not order_),
		)
		assert set(beyond(shipped, limit)) <= held


rates = st.decimals("0.001", "1000", places=3)


@given(st.integers(0, 10**6), rates, st.none() | rates)
def test_a_currency_counts_at_the_higher_of_its_own_rate_and_the_days(foreign, own, today):
	found = at_today(foreign * own, own, today)
	assert abs(found - foreign * max(own, today or own)) < ALMOST
	# so what is invoiced at its own rate raises nothing
	assert found >= foreign * own


def test_a_document_without_a_rate_counts_as_it_is():
	assert at_today(Decimal(100), Decimal(0), Decimal(2)) == 100
