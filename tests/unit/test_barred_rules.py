"""A line that is barred from a supply keeps what it has of it and gets no more; the others get what it leaves."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules import Demand, Peg, Supply, plan
from wholesale_b2b.allocation.rules.model import INBOUND, ON_HAND, STRATEGIES

units = st.integers(0, 30).map(Decimal)
SHELVES = ("W1", "W2")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Demand], list[Supply], list[Peg]]:
	supplies = [Supply(f"shelf {place}", ON_HAND, "I", place, draw(units)) for place in SHELVES]
	supplies.append(Supply("order", INBOUND, "I", "W1", draw(units), date(2026, 5, 1)))
	strategy = draw(st.sampled_from(STRATEGIES))
	demands = [
		Demand(
			f"L{number}",
			"I",
			SHELVES,
			draw(units),
			placed_at=number,
			strategy=strategy,
			barred=tuple(draw(st.sets(st.sampled_from([f"shelf {place}" for place in SHELVES])))),
		)
		for number in range(draw(st.integers(1, 5)))
	]
	kept = [Peg(demand.line, "shelf W1", draw(st.integers(0, 5).map(Decimal))) for demand in demands]
	return demands, supplies, kept


@given(worlds())
def test_nothing_more_is_dealt_from_what_a_line_is_barred_from(world) -> None:
	demands, supplies, kept = world
	had = {(peg.demand, peg.supply): peg.qty for peg in kept}
	barred = {demand.line: demand.barred for demand in demands}
	for peg in plan(demands, supplies, kept).pegs:
		if peg.supply in barred[peg.demand]:
			assert peg.qty <= had.get((peg.demand, peg.supply), 0)


@given(worlds())
def test_what_is_free_afterwards_nobody_may_have(world) -> None:
	demands, supplies, kept = world
	answer = plan(demands, supplies, kept)
	for supply in supplies:
		free = supply.qty - sum(peg.qty for peg in answer.pegs if peg.supply == supply.key)
		assert free >= 0
		if free:
			short = {line for line, qty in answer.shortages.items() if qty}
			assert all(supply.key in demand.barred for demand in demands if demand.line in short)


@given(worlds())
def test_nobody_barred_is_the_plan_without_bars(world) -> None:
	demands, supplies, kept = world
	free = [replace(demand, barred=()) for demand in demands]
	assert plan([replace(demand, barred=("elsewhere",)) for demand in demands], supplies, kept) == plan(
		free, supplies, kept
	)
