"""Who lost and who gained in a run; when so many units can ship."""

from datetime import date, timedelta
from decimal import Decimal as D

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules.outcome import CHANGED, EARLIER, GAINED, LATER, LOST, Figures, outcome
from wholesale_b2b.allocation.rules.promise import (
	INBOUND,
	LEAD_TIME,
	NOW,
	UNKNOWN,
	Part,
	Stock,
	Wish,
	bundle_stock,
	promise,
)

TODAY = date(2026, 11, 21)
SOON, LATE = TODAY + timedelta(3), TODAY + timedelta(30)


def figures(reserved=0, promised=0, backorder=0, when=None):
	return Figures(D(reserved), D(promised), D(backorder), when)


def test_a_new_order_has_lost_nothing():
	assert outcome(figures(), figures(backorder=10)).kind == CHANGED
	assert outcome(figures(), figures(reserved=4, backorder=6)).units == 4


def test_a_closed_purchase_order_takes_units_away():
	result = outcome(figures(promised=40, backorder=40, when=SOON), figures(backorder=40))
	assert (result.kind, result.units) == (LOST, 40)


def test_delivered_cut_and_ended_lines_have_lost_nothing():
	assert outcome(figures(reserved=10), figures()).kind not in (LOST, LATER)
	assert outcome(figures(reserved=10), figures(reserved=6)).kind not in (LOST, LATER)
	assert outcome(figures(reserved=6, backorder=4), figures(backorder=4)).kind not in (LOST, LATER)


def test_a_line_that_asks_for_more_has_lost_only_what_it_had():
	assert outcome(figures(reserved=10), figures(reserved=10, backorder=5)).kind == CHANGED
	assert outcome(figures(reserved=10), figures(reserved=8, backorder=7)).units == 2


def test_dates_move():
	before = figures(promised=5, backorder=5, when=SOON)
	assert outcome(before, figures(promised=5, backorder=5, when=LATE)).kind == LATER
	assert outcome(figures(promised=5, backorder=5, when=LATE), before).kind == EARLIER
	assert outcome(figures(backorder=5), before).kind == GAINED


def test_a_line_without_a_date_that_gives_shelf_units_for_units_to_come_ships_later():
	on_shelf, to_come = figures(reserved=6, backorder=4), figures(promised=6, backorder=10)
	assert outcome(on_shelf, to_come).kind == LATER
	assert outcome(to_come, on_shelf).kind == CHANGED
	assert outcome(figures(reserved=6, backorder=4), figures(reserved=2, backorder=4)).kind == CHANGED


def test_now_then_inbound_then_lead_time():
	stock = {"MUG": Stock(D(5), ((LATE, D(10)), (SOON, D(3))), 45)}
	parts = promise([Wish("a", "MUG", D(20))], stock, TODAY)["a"]
	assert parts == (
		Part(D(5), NOW, TODAY),
		Part(D(3), INBOUND, SOON),
		Part(D(10), INBOUND, LATE),
		Part(D(2), LEAD_TIME, TODAY + timedelta(45)),
	)


def test_overdue_units_and_no_lead_time():
	stock = {"MUG": Stock(coming=((TODAY - timedelta(4), D(1)),))}
	assert promise([Wish("a", "MUG", D(2))], stock, TODAY)["a"] == (
		Part(D(1), INBOUND, TODAY),
		Part(D(1), UNKNOWN, None),
	)
	assert promise([Wish("a", "OTHER", D(2))], {}, TODAY)["a"] == (Part(D(2), UNKNOWN, None),)


units = st.decimals(min_value=0, max_value=50, places=1)
stocks = st.builds(
	Stock,
	units,
	st.lists(st.tuples(st.dates(TODAY, LATE), units), max_size=4).map(tuple),
	st.none() | st.integers(1, 60),
)


@given(
	st.lists(st.tuples(st.sampled_from(["A", "B"]), units), max_size=6),
	st.fixed_dictionaries({"A": stocks, "B": stocks}),
)
def test_parts_add_up_and_no_unit_is_promised_twice(asked, stock):
	wishes = [Wish(f"L{n}", item, qty) for n, (item, qty) in enumerate(asked)]
	answers = promise(wishes, stock, TODAY)
	for wish in wishes:
		parts = answers[wish.line]
		assert sum((p.qty for p in parts), D(0)) == wish.qty
		known = [p.when for p in parts if p.source in (NOW, INBOUND)]
		assert known == sorted(known)
	for item, found in stock.items():
		mine = [p for wish in wishes if wish.item == item for p in answers[wish.line]]
		assert sum((p.qty for p in mine if p.source == NOW), D(0)) <= found.now
		assert sum((p.qty for p in mine if p.source == INBOUND), D(0)) <= sum(
			(q for _, q in found.coming), D(0)
		)


@given(*[st.builds(Figures, units, units, units, st.none() | st.just(SOON))] * 2)
def test_nobody_both_loses_and_gains(before, after):
	there, back = outcome(before, after), outcome(after, before)
	if before.owed == after.owed and there.kind == LOST:
		assert back.kind == GAINED
		assert back.units == there.units


# ---- product bundles ----

KIT = {"SET": (("MUG", D(2)), ("TRAY", D(1)))}


def test_a_bundle_ships_when_all_of_it_is_there():
	stock = {"MUG": Stock(D(4), ((LATE, D(20)),)), "TRAY": Stock(D(1), ((SOON, D(9)),))}
	parts = promise([Wish("a", "SET", D(5))], stock, TODAY, KIT)["a"]
	assert parts == (Part(D(1), NOW, TODAY), Part(D(1), INBOUND, SOON), Part(D(3), INBOUND, LATE))


def test_a_bundle_and_its_component_do_not_get_the_same_unit():
	stock = {"MUG": Stock(D(4)), "TRAY": Stock(D(9), (), 10)}
	answers = promise([Wish("a", "MUG", D(3)), Wish("b", "SET", D(1))], stock, TODAY, KIT)
	assert answers["b"] == (Part(D(1), UNKNOWN, None),)


def test_stock_of_a_bundle():
	stock = [(D(2), Stock(D(5), ((LATE, D(20)),))), (D(1), Stock(D(1), ((SOON, D(9)),)))]
	assert bundle_stock(stock) == Stock(D(2) - 1, ((SOON, D(1)), (LATE, D(8))))
	assert bundle_stock([]) == Stock()


recipes = st.lists(
	st.tuples(st.sampled_from(["MUG", "TRAY", "BOX"]), st.integers(1, 4).map(D)),
	min_size=1,
	max_size=3,
	unique_by=lambda row: row[0],
)
stocks = st.fixed_dictionaries(
	{
		item: st.builds(
			Stock,
			st.integers(0, 20).map(D),
			st.lists(st.tuples(st.sampled_from([SOON, LATE]), st.integers(1, 20).map(D)), max_size=3).map(
				tuple
			),
			st.sampled_from([None, 45]),
		)
		for item in ("MUG", "TRAY", "BOX")
	}
)


@given(recipes, stocks, st.integers(1, 12))
def test_parts_of_a_bundle_add_up_in_order_of_time(recipe, stock, qty):
	parts = promise([Wish("a", "SET", D(qty))], stock, TODAY, {"SET": tuple(recipe)})["a"]
	assert sum(part.qty for part in parts) == qty
	assert all(part.qty > 0 and part.qty == int(part.qty) for part in parts)
	dates = [part.when or date.max for part in parts]
	assert dates == sorted(dates)


@given(recipes, stocks, st.integers(1, 12))
def test_what_ships_now_is_what_there_is_of_the_bundle(recipe, stock, qty):
	there = bundle_stock([(per, stock[item]) for item, per in recipe])
	parts = promise([Wish("a", "SET", D(qty))], stock, TODAY, {"SET": tuple(recipe)})["a"]
	now = sum((part.qty for part in parts if part.source == NOW), D(0))
	assert now == min(there.now, qty)
	in_sight = sum((part.qty for part in parts if part.source in (NOW, INBOUND)), D(0))
	assert in_sight == min(there.now + sum((more for _when, more in there.coming), D(0)), qty)


@given(stocks, st.integers(1, 12))
def test_a_bundle_of_one_is_that_item(stock, qty):
	parts = promise(
		[Wish("a", "SET", D(qty)), Wish("b", "TRAY", D(qty))], stock, TODAY, {"SET": (("MUG", D(1)),)}
	)
	alone = promise([Wish("a", "MUG", D(qty))], stock, TODAY)
	merged = {}
	for part in alone["a"]:
		merged[part.source, part.when] = merged.get((part.source, part.when), D(0)) + part.qty
	assert {(p.source, p.when): p.qty for p in parts["a"]} == merged
