"""A strategy of somebody else's: obeyed in its order, kept from what is not its own."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules import INBOUND, ON_HAND, Demand, Policy, Protection, Supply, plan
from wholesale_b2b.allocation.rules.strategy import Strategy

D = Decimal


class FewestSupplies(Strategy):
	name = "Fewest Supplies"

	def choices(self, demand, supplies, policy):
		return [s.key for s in sorted(supplies, key=lambda s: (s.qty < demand.qty, s.qty, s.key))]


class OnlyTheShelf(Strategy):
	name = "Only the Shelf"

	def choices(self, demand, supplies, policy):
		return [supply.key for supply in supplies if supply.kind == ON_HAND]


class Greedy(Strategy):
	name = "Greedy"

	def choices(self, demand, supplies, policy):
		return ["somewhere else"]


OWN = Policy(strategies=(FewestSupplies(), OnlyTheShelf(), Greedy()))


def line(qty, strategy, name="L"):
	return Demand(name, "MUG", ("Stores",), D(qty), strategy=strategy)


def shelf(qty, key="bin"):
	return Supply(key, ON_HAND, "MUG", "Stores", D(qty))


def order(qty, key="po", day=1):
	return Supply(key, INBOUND, "MUG", "Stores", D(qty), date(2026, 12, day))


def dealt(result):
	return {(peg.demand, peg.supply): int(peg.qty) for peg in result.pegs}


def test_it_chooses_the_order_of_supplies():
	there = [shelf(3), order(8), order(50, "big", 9)]
	assert dealt(plan([line(10, "fewest supplies")], there, policy=OWN)) == {("L", "big"): 10}
	assert dealt(plan([line(10, "earliest")], there, policy=OWN)) == {("L", "bin"): 3, ("L", "po"): 7}


def test_what_it_leaves_out_gives_nothing():
	result = plan([line(10, "only the shelf")], [shelf(3), order(8)], policy=OWN)
	assert (dealt(result), result.shortages) == ({("L", "bin"): 3}, {"L": D(7)})


def test_a_supply_that_was_not_offered():
	with pytest.raises(ValueError, match="not offered"):
		plan([line(10, "greedy")], [shelf(3)], policy=OWN)


def test_a_strategy_that_nobody_has():
	with pytest.raises(ValueError, match="unknown strategy"):
		plan([line(10, "fewest supplies")], [shelf(3)])


@given(
	st.lists(
		st.tuples(
			st.integers(0, 20),
			st.sampled_from(["fewest supplies", "only the shelf", "earliest", "fair share"]),
		),
		max_size=6,
	),
	st.lists(st.integers(0, 30), max_size=4),
	st.integers(0, 10),
)
def test_it_never_promises_a_unit_twice_nor_what_is_protected(lines, orders, floor):
	demands = [line(qty, strategy, f"L{n}") for n, (qty, strategy) in enumerate(lines)]
	there = [shelf(15), *(order(qty, f"po{n}", n + 1) for n, qty in enumerate(orders))]
	policy = Policy(strategies=OWN.strategies, protections=(Protection("bin", "shop", D(floor)),))
	result = plan(demands, there, policy=policy)
	for supply in there:
		assert sum(peg.qty for peg in result.pegs if peg.supply == supply.key) <= supply.qty
	assert sum(peg.qty for peg in result.pegs if peg.supply == "bin") <= max(15 - floor, 0)
	for demand in demands:
		had = sum(peg.qty for peg in result.pegs if peg.demand == demand.line)
		assert had + result.shortages.get(demand.line, 0) == demand.qty
	assert plan(demands, there, result.pegs, policy) == result
