"""The planner's promises, as examples and as properties."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules import (
	EARLIEST,
	FAIR_SHARE,
	INBOUND,
	JUST_IN_TIME,
	ON_HAND,
	Arrival,
	Demand,
	Peg,
	Policy,
	Protection,
	Supply,
	arrive,
	plan,
	release,
)

TODAY = date(2026, 11, 21)
D = Decimal


def demand(line, qty, **more):
	return Demand(line, more.pop("item", "MUG"), more.pop("warehouses", ("Stores",)), D(qty), **more)


def on_hand(qty, key="bin", **more):
	return Supply(key, ON_HAND, more.pop("item", "MUG"), more.pop("warehouse", "Stores"), D(qty))


def inbound(qty, days=10, key="po", **more):
	warehouse = more.pop("warehouse", "Stores")
	return Supply(key, INBOUND, "MUG", warehouse, D(qty), TODAY + timedelta(days=days))


def dealt(result):
	return {(p.demand, p.supply): int(p.qty) for p in result.pegs}


def test_tuesday():
	trade, retail = demand("trade", 500, placed_at=1), demand("retail", 150, placed_at=2)
	result = plan([retail, trade], [on_hand(600)])
	assert dealt(result) == {("trade", "bin"): 500, ("retail", "bin"): 100}
	assert result.shortages == {"retail": D(50)}


def test_forward_order_is_covered_by_the_purchase_order():
	result = plan([demand("trade", 40)], [inbound(100)])
	assert dealt(result) == {("trade", "po"): 40}
	assert not result.shortages


def test_priority_beats_age_and_age_beats_name():
	lines = [demand("b", 5, priority=1, placed_at=1), demand("a", 5, priority=0, placed_at=9)]
	assert dealt(plan(lines, [on_hand(5)])) == {("a", "bin"): 5}
	lines = [demand("a", 5, placed_at=date(2026, 1, 2)), demand("b", 5, placed_at=date(2026, 1, 1))]
	assert dealt(plan(lines, [on_hand(5)])) == {("b", "bin"): 5}
	assert dealt(plan([demand("b", 5), demand("a", 5)], [on_hand(5)])) == {("a", "bin"): 5}


def test_requested_date_rule():
	lines = [
		demand("old", 5, placed_at=1, needed_by=TODAY + timedelta(9)),
		demand("urgent", 5, placed_at=2, needed_by=TODAY),
	]
	assert dealt(plan(lines, [on_hand(5)])) == {("old", "bin"): 5}
	assert dealt(plan(lines, [on_hand(5)], policy=Policy("requested date"))) == {("urgent", "bin"): 5}


def test_a_kept_peg_stays_though_a_better_supply_appears():
	kept = [Peg("late", "po", D(10))]
	result = plan([demand("late", 10)], [on_hand(10), inbound(10)], kept)
	assert dealt(result) == {("late", "po"): 10}


def test_a_kept_peg_stays_though_a_more_important_line_appears():
	lines = [demand("small", 10, priority=9), demand("big", 10, priority=0)]
	result = plan(lines, [on_hand(10)], [Peg("small", "bin", D(10))])
	assert dealt(result) == {("small", "bin"): 10}
	assert result.shortages == {"big": D(10)}


def test_a_shrinking_supply_takes_from_the_last_in_line_but_not_what_is_being_picked():
	lines = [demand("first", 10, placed_at=1), demand("last", 10, placed_at=2)]
	kept = [Peg("first", "bin", D(10)), Peg("last", "bin", D(10))]
	assert dealt(plan(lines, [on_hand(12)], kept)) == {("first", "bin"): 10, ("last", "bin"): 2}
	picked = [Peg("first", "bin", D(10)), Peg("last", "bin", D(10), frozen=D(7))]
	assert dealt(plan(lines, [on_hand(12)], picked)) == {("first", "bin"): 5, ("last", "bin"): 7}


def test_a_shrinking_demand_gives_back_the_latest_supply_first():
	kept = [Peg("a", "bin", D(30)), Peg("a", "po", D(10))]
	result = plan([demand("a", 35)], [on_hand(30), inbound(10)], kept)
	assert dealt(result) == {("a", "bin"): 30, ("a", "po"): 5}


def test_sourcing_order_then_date():
	both = ("North", "South")
	lines = [demand("a", 25, warehouses=both)]
	supplies = [
		on_hand(10, key="south", warehouse="South"),
		on_hand(10, key="north", warehouse="North"),
		inbound(10, key="late", warehouse="North", days=9),
		inbound(10, key="soon", warehouse="South", days=2),
	]
	assert dealt(plan(lines, supplies)) == {("a", "north"): 10, ("a", "south"): 10, ("a", "soon"): 5}


def test_a_receipt_moves_pegs_first_in_line_first():
	lines = [demand("late", 10, placed_at=2), demand("early", 40, placed_at=1)]
	kept = [Peg("early", "po", D(40)), Peg("late", "po", D(10))]
	supplies = [on_hand(30), inbound(70)]
	moved = arrive(kept, [Arrival("po", "bin", D(30))], lines, supplies)
	assert {(p.demand, p.supply): int(p.qty) for p in moved} == {
		("early", "bin"): 30,
		("early", "po"): 10,
		("late", "po"): 10,
	}


def test_units_that_arrived_but_are_not_free_move_nobody():
	kept = [Peg("a", "po", D(10)), Peg("b", "bin", D(5))]
	lines = [demand("a", 10), demand("b", 5)]
	moved = arrive(kept, [Arrival("po", "bin", D(10))], lines, [on_hand(8), inbound(0)])
	assert ("a", "bin", D(3)) in {(p.demand, p.supply, p.qty) for p in moved}


def test_release_takes_from_the_preferred_then_the_last_and_never_frozen():
	lines = [demand("a", 5, placed_at=1), demand("b", 5, placed_at=2), demand("c", 5, placed_at=3)]
	pegs = [Peg("a", "bin", D(5)), Peg("b", "bin", D(5)), Peg("c", "bin", D(5), frozen=D(4))]
	given_up = release(pegs, D(8), lines, prefer=["a"])
	assert {p.demand: int(p.qty) for p in given_up} == {"a": 5, "c": 1, "b": 2}


@pytest.mark.parametrize(
	("demands", "supplies", "kept"),
	[
		([demand("a", -1)], [], []),
		([demand("a", 1)], [on_hand(-1)], []),
		([demand("a", 1), demand("a", 2)], [], []),
		([demand("a", 1)], [on_hand(1), on_hand(2)], []),
		([demand("a", 1)], [on_hand(1)], [Peg("a", "bin", D(-1))]),
		([demand("a", 1, strategy="by mood")], [on_hand(1)], []),
	],
)
def test_absurd_input_is_refused(demands, supplies, kept):
	with pytest.raises(ValueError, match="negative|twice|by mood"):
		plan(demands, supplies, kept)


quantities = st.decimals(min_value=0, max_value=500, places=2)
items, warehouses = st.sampled_from(["MUG", "CUP"]), st.sampled_from(["N", "S"])


any_strategy = st.sampled_from([EARLIEST, JUST_IN_TIME, FAIR_SHARE])
any_pack = st.sampled_from([D(0), D(1), D(6), D("2.5")])
no_pack = st.just(D(0))


@st.composite
def policies(draw):
	protections = draw(
		st.lists(
			st.builds(
				Protection,
				st.sampled_from([f"S{n}" for n in range(4)]),
				st.sampled_from(["trade", "retail"]),
				quantities,
				st.none() | quantities,
			),
			max_size=3,
		)
	)
	return Policy(
		draw(st.sampled_from(["order date", "requested date"])),
		TODAY,
		draw(st.none() | st.integers(0, 20)),
		tuple(protections),
	)


@st.composite
def worlds(draw, strategies=any_strategy, packs=any_pack):
	demands = [
		Demand(
			f"L{n}",
			draw(items),
			tuple(draw(st.permutations(["N", "S"])))[: draw(st.integers(1, 2))],
			draw(quantities),
			draw(st.integers(0, 2)),
			draw(st.none() | st.dates(TODAY, TODAY + timedelta(30))),
			draw(st.none() | st.dates(TODAY - timedelta(30), TODAY)),
			draw(strategies),
			draw(packs),
			draw(st.sampled_from([(), ("trade",), ("retail",), ("trade", "retail")])),
		)
		for n in range(draw(st.integers(0, 7)))
	]
	supplies = [
		Supply(
			f"S{n}",
			INBOUND,
			draw(items),
			draw(warehouses),
			draw(quantities),
			draw(st.none() | st.dates(TODAY, TODAY + timedelta(30))),
		)
		for n in range(draw(st.integers(0, 6)))
	]
	names = st.sampled_from([f"L{n}" for n in range(8)]), st.sampled_from([f"S{n}" for n in range(7)])
	kept = draw(st.lists(st.builds(Peg, *names, quantities, quantities), max_size=6))
	return demands, supplies, kept


def check(result, demands, supplies):
	"""What every plan keeps to: nothing promised twice, nothing promised that nobody owes, parts sum to the whole."""
	lines, stock = {d.line: d for d in demands}, {s.key: s for s in supplies}
	for line, want in lines.items():
		got = sum((p.qty for p in result.pegs if p.demand == line), D(0))
		assert got + result.shortages.get(line, D(0)) == want.qty
	for key, supply in stock.items():
		assert sum((p.qty for p in result.pegs if p.supply == key), D(0)) <= supply.qty
	for peg in result.pegs:
		assert peg.qty > 0
		assert lines[peg.demand].item == stock[peg.supply].item
		assert stock[peg.supply].warehouse in lines[peg.demand].warehouses


@given(worlds(), policies(), st.randoms())
def test_plan_keeps_its_promises_whatever_the_order(world, policy, random):
	demands, supplies, kept = world
	result = plan(demands, supplies, kept, policy)
	check(result, demands, supplies)

	for rows in (shuffled := [list(demands), list(supplies), list(kept)]):
		random.shuffle(rows)
	assert plan(*shuffled, policy) == result


@given(worlds(), policies())
def test_every_item_is_dealt_out_as_if_it_were_alone(world, policy):
	demands, supplies, kept = world
	alone = [
		peg
		for item in ("MUG", "CUP")
		for peg in plan(
			[d for d in demands if d.item == item], [s for s in supplies if s.item == item], kept, policy
		).pegs
	]
	assert sorted(alone, key=lambda peg: (peg.demand, peg.supply)) == list(
		plan(demands, supplies, kept, policy).pegs
	)


@given(worlds(), policies())
def test_planning_again_changes_nothing(world, policy):
	demands, supplies, kept = world
	once = plan(demands, supplies, kept, policy)
	assert dealt_all(plan(demands, supplies, once.pegs, policy)) == dealt_all(once)


def test_a_unit_fills_one_floor_only():
	"""Two floors of one segment: what it takes must not free twice as much for others."""
	lines = [demand("other", 1, placed_at=1), demand("trade", 1, placed_at=2, segments=("trade",))]
	how = Policy(protections=(Protection("bin", "trade", D(1)), Protection("bin", "trade", D(1))))
	once = plan(lines, [on_hand(2)], policy=how)
	assert dealt(once) == {("trade", "bin"): 1}
	assert plan(lines, [on_hand(2)], once.pegs, how) == once


@given(worlds(packs=no_pack))
def test_no_line_is_short_while_a_unit_it_may_have_is_free(world):
	demands, supplies, kept = world
	result = plan(demands, supplies, kept)
	for supply in supplies:
		if sum((p.qty for p in result.pegs if p.supply == supply.key), D(0)) < supply.qty:
			assert not [
				d
				for d in demands
				if d.line in result.shortages and d.item == supply.item and supply.warehouse in d.warehouses
			]


@given(worlds(), policies())
def test_protections_bind_all_new_promises(world, policy):
	demands, supplies, _kept = world
	result = plan(demands, supplies, (), policy)
	lines, stock = {d.line: d for d in demands}, {s.key: s for s in supplies}
	for guard in policy.protections:
		if guard.supply not in stock:
			continue
		taken = {True: D(0), False: D(0)}
		for peg in result.pegs:
			if peg.supply == guard.supply:
				taken[guard.segment in lines[peg.demand].segments] += peg.qty
		if guard.ceiling is not None:
			assert taken[True] <= guard.ceiling
		if taken[False]:
			assert taken[False] <= max(stock[guard.supply].qty - guard.floor, D(0))


@given(st.lists(st.integers(1, 60), min_size=2, max_size=6), st.integers(1, 200), st.sampled_from([1, 6]))
def test_a_fair_share_is_proportional_to_within_two_packs(wanted, there, pack):
	lines = [
		demand(f"L{n}", qty * pack, strategy=FAIR_SHARE, pack=D(pack), placed_at=n)
		for n, qty in enumerate(wanted)
	]
	result = plan(lines, [on_hand(there)])
	got = {peg.demand: peg.qty for peg in result.pegs}
	total = sum(line.qty for line in lines)
	for line in lines:
		fair = min(D(there) * line.qty / total, line.qty)
		assert got.get(line.line, D(0)) % pack == 0
		assert got.get(line.line, D(0)) >= fair - pack
	left = there - sum(got.values())
	assert left < pack or left >= there - total


def test_fair_share_in_case_packs_the_rest_by_age():
	lines = [
		demand("young", 60, strategy=FAIR_SHARE, pack=D(12), placed_at=2),
		demand("old", 60, strategy=FAIR_SHARE, pack=D(12), placed_at=1),
	]
	assert dealt(plan(lines, [on_hand(65)])) == {("old", "bin"): 36, ("young", "bin"): 24}


def test_just_in_time_leaves_the_shelf_alone():
	wish = TODAY + timedelta(15)
	lines = [demand("a", 25, needed_by=wish, strategy=JUST_IN_TIME)]
	supplies = [
		on_hand(10),
		inbound(10, days=5, key="soon"),
		inbound(10, days=14, key="later"),
		inbound(10, days=20, key="late"),
	]
	assert dealt(plan(lines, supplies)) == {("a", "later"): 10, ("a", "soon"): 10, ("a", "bin"): 5}


def test_a_far_off_order_leaves_the_shelf_to_nearer_ones():
	far = demand("far", 10, needed_by=TODAY + timedelta(60), placed_at=1)
	near = demand("near", 10, needed_by=TODAY + timedelta(3), placed_at=2)
	policy = Policy(today=TODAY, horizon_days=30)
	assert dealt(plan([far, near], [on_hand(10), inbound(10)], policy=policy)) == {
		("far", "po"): 10,
		("near", "bin"): 10,
	}
	assert dealt(plan([far, near], [on_hand(10), inbound(10)])) == {("far", "bin"): 10, ("near", "po"): 10}


def test_a_floor_keeps_units_for_a_segment_and_a_ceiling_caps_it():
	lines = [
		demand("shop", 100, placed_at=1, segments=("channel:shop",)),
		demand("trade", 100, placed_at=2, segments=("channel:trade",)),
	]
	floor = Policy(protections=(Protection("bin", "channel:trade", floor=D(30)),))
	assert dealt(plan(lines, [on_hand(100)], policy=floor)) == {("shop", "bin"): 70, ("trade", "bin"): 30}
	ceiling = Policy(protections=(Protection("bin", "channel:shop", ceiling=D(20)),))
	assert dealt(plan(lines, [on_hand(100)], policy=ceiling)) == {("shop", "bin"): 20, ("trade", "bin"): 80}


def test_floors_of_several_segments_add_up():
	lines = [
		demand("trade", 600, placed_at=1, segments=("trade",)),
		demand("web", 150, placed_at=2, segments=("web",)),
		demand("till", 5, placed_at=3, segments=("till",)),
	]
	floors = Policy(
		protections=(Protection("bin", "web", floor=D(120)), Protection("bin", "till", floor=D(5)))
	)
	result = plan(lines, [on_hand(600)], policy=floors)
	assert dealt(result) == {("trade", "bin"): 475, ("web", "bin"): 120, ("till", "bin"): 5}


@given(worlds())
def test_a_valid_promise_is_never_taken_back_for_somebody_else(world):
	demands, supplies, kept = world
	first = plan(demands, supplies, kept)
	newcomer = Demand("NEW", "MUG", ("N", "S"), D(1000), priority=-5)
	after = dealt_all(plan([*demands, newcomer], supplies, first.pegs))
	assert all(after[key] >= qty for key, qty in dealt_all(first).items())


@given(worlds(), quantities)
def test_a_receipt_loses_and_invents_no_unit(world, qty):
	demands, supplies, kept = world
	supplies = [*supplies, Supply("SHELF", ON_HAND, "MUG", "N", qty)]
	arrivals = [Arrival("S0", "SHELF", qty)]
	before = plan(demands, supplies, kept).pegs
	after = arrive(before, arrivals, demands, supplies)

	def per_line(pegs):
		return {d.line: sum((p.qty for p in pegs if p.demand == d.line), D(0)) for d in demands}

	assert per_line(before) == per_line(after)
	moved = sum((p.qty for p in before if p.supply == "S0"), D(0)) - sum(
		(p.qty for p in after if p.supply == "S0"), D(0)
	)
	assert moved <= qty


def dealt_all(result):
	return {(p.demand, p.supply): p.qty for p in result.pegs}
