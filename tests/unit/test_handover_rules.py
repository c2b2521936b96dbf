"""Units taken from one line and given to another by hand: nobody else is touched, nothing appears or disappears."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules import INBOUND, ON_HAND, Demand, Peg, Supply, plan
from wholesale_b2b.allocation.rules.handover import (
	FROZEN,
	NEEDS_LESS,
	NO_QUANTITY,
	NOT_FREE,
	SAME_LINE,
	TOO_MANY,
	UNKNOWN_GIVER,
	UNKNOWN_SUPPLY,
	UNKNOWN_TAKER,
	WRONG_PLACE,
	Move,
	Refused,
	hand_over,
	most,
)

TODAY = date(2026, 11, 21)
SHELF = Supply("bin", ON_HAND, "MUG", "Stores", D(10))
SOON = Supply("soon", INBOUND, "MUG", "Stores", D(10), TODAY + timedelta(3))
LATE = Supply("late", INBOUND, "MUG", "Stores", D(10), TODAY + timedelta(9))
ALL = [SHELF, SOON, LATE]


def line(name, qty, **more):
	return Demand(name, "MUG", more.pop("warehouses", ("Stores",)), D(qty), **more)


def dealt(pegs):
	return {(p.demand, p.supply): int(p.qty) for p in pegs}


def refusal(pegs, move, lines, supplies=ALL):
	with pytest.raises(Refused) as refused:
		hand_over(pegs, [move], lines, supplies)
	return refused.value.reason, int(refused.value.left)


def test_units_go_from_one_line_to_the_other():
	lines = [line("a", 10), line("b", 6)]
	moved = hand_over([Peg("a", "bin", D(10))], [Move("bin", "b", D(4), "a")], lines, ALL)
	assert dealt(moved) == {("a", "bin"): 6, ("b", "bin"): 4}


def test_a_taker_that_was_promised_later_units_swaps_the_latest_of_them():
	lines = [line("a", 10), line("b", 10)]
	pegs = [Peg("a", "bin", D(10)), Peg("b", "soon", D(5)), Peg("b", "late", D(5))]
	moved = hand_over(pegs, [Move("bin", "b", D(7), "a")], lines, ALL)
	assert dealt(moved) == {
		("a", "bin"): 3,
		("a", "late"): 5,
		("a", "soon"): 2,
		("b", "bin"): 7,
		("b", "soon"): 3,
	}


def test_free_units_are_given_and_later_promises_become_free():
	moved = hand_over([Peg("b", "late", D(6))], [Move("bin", "b", D(4))], [line("b", 6)], ALL)
	assert dealt(moved) == {("b", "bin"): 4, ("b", "late"): 2}


def test_the_giver_gets_nothing_in_exchange_that_it_may_not_have():
	lines = [line("a", 10), line("b", 10, warehouses=("Stores", "North"))]
	north = Supply("north", INBOUND, "MUG", "North", D(10), TODAY)
	pegs = [Peg("a", "bin", D(10)), Peg("b", "north", D(10))]
	moved = hand_over(pegs, [Move("bin", "b", D(4), "a")], lines, [SHELF, north])
	assert dealt(moved) == {("a", "bin"): 6, ("b", "bin"): 4, ("b", "north"): 6}


def test_several_moves_one_after_the_other():
	lines = [line("a", 10), line("b", 5), line("c", 5)]
	moves = [Move("bin", "b", D(5), "a"), Move("bin", "c", D(2), "b")]
	assert dealt(hand_over([Peg("a", "bin", D(10))], moves, lines, ALL)) == {
		("a", "bin"): 5,
		("b", "bin"): 3,
		("c", "bin"): 2,
	}


def test_what_cannot_be_moved_is_refused_with_what_could():
	lines = [line("a", 10), line("b", 6), line("far", 5, warehouses=("North",))]
	pegs = [Peg("a", "bin", D(8), frozen=D(5)), Peg("b", "bin", D(1))]
	assert refusal(pegs, Move("bin", "b", D(0), "a"), lines) == (NO_QUANTITY, 0)
	assert refusal(pegs, Move("bin", "b", D(-1), "a"), lines) == (NO_QUANTITY, 0)
	assert refusal(pegs, Move("gone", "b", D(1), "a"), lines) == (UNKNOWN_SUPPLY, 0)
	assert refusal(pegs, Move("bin", "x", D(1), "a"), lines) == (UNKNOWN_TAKER, 0)
	assert refusal(pegs, Move("soon", "b", D(1), "a"), lines) == (UNKNOWN_GIVER, 0)
	assert refusal(pegs, Move("bin", "a", D(1), "a"), lines) == (SAME_LINE, 0)
	assert refusal(pegs, Move("bin", "far", D(1), "a"), lines) == (WRONG_PLACE, 0)
	assert refusal(pegs, Move("bin", "b", D(4), "a"), lines) == (FROZEN, 3)
	assert refusal(pegs, Move("bin", "b", D(9), "a"), lines) == (TOO_MANY, 3)
	assert refusal(pegs, Move("bin", "b", D(2)), lines) == (NOT_FREE, 1)
	assert refusal([Peg("a", "bin", D(10))], Move("bin", "b", D(7), "a"), lines) == (NEEDS_LESS, 6)


def test_a_promise_of_a_later_supply_does_not_make_room_for_a_later_one():
	pegs = [Peg("a", "late", D(5)), Peg("b", "soon", D(5))]
	assert refusal(pegs, Move("late", "b", D(1), "a"), [line("a", 5), line("b", 5)]) == (NEEDS_LESS, 0)


NAMES = ["a", "b", "c", "d"]
quantities = st.integers(0, 15).map(D)


@st.composite
def worlds(draw):
	"""Lines, supplies and pegs that fit them, some frozen in part, and a move that may be possible or not."""
	places = st.sampled_from([("Stores",), ("North",), ("Stores", "North")])
	lines = [
		line(name, draw(quantities), warehouses=draw(places), placed_at=n) for n, name in enumerate(NAMES)
	]
	supplies = [
		Supply(f"s{n}", kind, "MUG", draw(st.sampled_from(["Stores", "North"])), draw(quantities), when)
		for n, (kind, when) in enumerate(
			[(ON_HAND, None), (ON_HAND, None), (INBOUND, TODAY), (INBOUND, TODAY + timedelta(5))]
		)
	]
	wished = [
		Peg(
			draw(st.sampled_from(NAMES)),
			draw(st.sampled_from(supplies)).key,
			qty,
			frozen=min(qty, draw(quantities)),
		)
		for qty in draw(st.lists(quantities, max_size=8))
	]
	pegs = (
		plan(lines, supplies, wished).pegs
		if draw(st.booleans())
		else plan(
			[Demand(d.line, d.item, d.warehouses, min(d.qty, D(3)), placed_at=d.placed_at) for d in lines],
			supplies,
		).pegs
	)
	giver = draw(st.sampled_from([None, *NAMES]))
	move = Move(draw(st.sampled_from(supplies)).key, draw(st.sampled_from(NAMES)), draw(quantities), giver)
	return lines, supplies, pegs, move


def totals(pegs, by):
	count = Counter()
	for peg in pegs:
		count[getattr(peg, by)] += peg.qty
	return +count


@given(worlds())
def test_a_move_moves_just_what_was_asked_and_touches_nobody_else(world):
	lines, supplies, pegs, move = world
	try:
		after = hand_over(pegs, [move], lines, supplies)
	except Refused as refused:
		assert refused.left < move.qty or not move.qty
		return
	was, now = dealt(pegs), dealt(after)
	there = (move.giver, move.supply)
	if move.giver:
		assert was[there] - now.get(there, 0) == move.qty
		assert sum(totals(after, "demand").values()) <= sum(totals(pegs, "demand").values())
	assert now[move.taker, move.supply] - was.get((move.taker, move.supply), 0) == move.qty
	bystanders = {place: qty for place, qty in was.items() if place[0] not in (move.giver, move.taker)}
	assert bystanders == {p: q for p, q in now.items() if p[0] not in (move.giver, move.taker)}
	# no supply gives more than it has, no line has more than it asks for, what is frozen stays
	assert all(totals(after, "supply")[s.key] <= s.qty for s in supplies)
	assert all(totals(after, "demand")[d.line] <= d.qty for d in lines)
	assert totals(after, "demand")[move.taker] >= totals(pegs, "demand")[move.taker]
	frozen = {(p.demand, p.supply): p.frozen for p in pegs if p.frozen}
	assert all(now[place] >= qty for place, qty in frozen.items())
	assert {(p.demand, p.supply): p.frozen for p in after if p.frozen} == frozen


@given(worlds())
def test_a_move_outlives_later_runs_and_nobody_loses_by_them(world):
	lines, supplies, pegs, move = world
	try:
		moved = hand_over(pegs, [move], lines, supplies)
	except Refused:
		return
	again = plan(lines, supplies, moved)
	held = dealt(again.pegs)
	assert all(held.get(place, 0) >= qty for place, qty in dealt(moved).items())
	assert plan(lines, supplies, again.pegs).pegs == again.pegs


@given(worlds())
def test_most_is_what_can_be_moved_and_not_a_unit_more(world):
	lines, supplies, pegs, move = world
	limit = most(move, lines, supplies, pegs)
	if limit:
		hand_over(pegs, [Move(move.supply, move.taker, limit, move.giver)], lines, supplies)
	with pytest.raises(Refused):
		hand_over(pegs, [Move(move.supply, move.taker, limit + 1, move.giver)], lines, supplies)
