"""Who keeps, who gains, who gives up when stock is dealt out again on purpose."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules import INBOUND, ON_HAND, Demand, Peg, Supply, plan
from wholesale_b2b.allocation.rules.resequence import (
	FILL,
	GAIN,
	IMPROVE,
	LOSE,
	MODES,
	REDISTRIBUTE,
	WIN,
	resequence,
)

TODAY = date(2026, 11, 21)
SHELF = Supply("bin", ON_HAND, "MUG", "Stores", D(10))
PO = Supply("po", INBOUND, "MUG", "Stores", D(10), TODAY + timedelta(9))


def line(name, qty, **more):
	return Demand(name, "MUG", ("Stores",), D(qty), **more)


def dealt(result):
	return {(p.demand, p.supply): int(p.qty) for p in result.pegs}


def test_a_loser_gives_its_units_to_a_gainer():
	lines = [line("old", 10, placed_at=1), line("big", 10, placed_at=2)]
	kept = [Peg("old", "bin", D(10))]
	assert dealt(resequence(lines, [SHELF], kept, {"old": LOSE, "big": GAIN})) == {("big", "bin"): 10}


def test_frozen_units_stay_with_the_loser():
	lines = [line("old", 10), line("big", 10)]
	kept = [Peg("old", "bin", D(10), frozen=D(4))]
	result = resequence(lines, [SHELF], kept, {"old": LOSE, "big": WIN})
	assert dealt(result) == {("big", "bin"): 6, ("old", "bin"): 4}
	assert result.shortages == {"big": 4, "old": 6}


def test_a_winner_keeps_and_comes_first():
	lines = [line("a", 10, placed_at=1), line("b", 10, placed_at=2)]
	result = resequence(lines, [SHELF], [Peg("a", "bin", D(6))], {"a": REDISTRIBUTE, "b": WIN})
	assert dealt(result) == {("b", "bin"): 10}


def test_lines_without_a_mode_keep_what_they_have():
	lines = [line("a", 6), line("b", 10)]
	result = resequence(lines, [SHELF], [Peg("a", "bin", D(6))], {"b": WIN})
	assert dealt(result) == {("a", "bin"): 6, ("b", "bin"): 4}


def test_improving_moves_to_the_shelf_and_loses_nothing():
	lines = [line("a", 8)]
	kept = [Peg("a", "po", D(8))]
	assert dealt(plan(lines, [SHELF, PO], kept)) == {("a", "po"): 8}
	assert dealt(resequence(lines, [SHELF, PO], kept, {"a": IMPROVE})) == {("a", "bin"): 8}


def test_filling_gets_at_most_what_it_had():
	lines = [line("a", 10), line("b", 3)]
	result = resequence(lines, [SHELF], [Peg("a", "bin", D(5))], {"a": FILL, "b": GAIN})
	assert dealt(result) == {("a", "bin"): 5, ("b", "bin"): 3}


def test_an_unknown_mode_is_refused():
	with pytest.raises(ValueError, match="unknown mode: hope"):
		resequence([line("a", 1)], [SHELF], [], {"a": "hope"})


quantities = st.integers(0, 20).map(D)


@st.composite
def worlds(draw):
	lines = [
		line(f"L{n}", draw(quantities), priority=draw(st.integers(0, 2)), placed_at=n)
		for n in range(draw(st.integers(1, 5)))
	]
	supplies = [
		Supply("bin", ON_HAND, "MUG", "Stores", draw(quantities)),
		Supply("po", INBOUND, "MUG", "Stores", draw(quantities), TODAY),
	]
	pegs = st.builds(
		Peg, st.sampled_from([d.line for d in lines]), st.sampled_from(["bin", "po"]), quantities, quantities
	)
	kept = plan(lines, supplies, draw(st.lists(pegs, max_size=4))).pegs
	modes = draw(st.dictionaries(st.sampled_from([d.line for d in lines]), st.sampled_from(MODES)))
	return lines, supplies, kept, modes


@given(worlds())
def test_every_mode_keeps_its_word(world):
	lines, supplies, kept, modes = world
	result = resequence(lines, supplies, kept, modes)
	before, after = totals(kept), totals(result.pegs)
	for demand in lines:
		mode = modes.get(demand.line)
		had, has = before.get(demand.line, D(0)), after.get(demand.line, D(0))
		assert has <= demand.qty
		assert has + result.shortages.get(demand.line, D(0)) == demand.qty
		if mode in (WIN, GAIN, IMPROVE, None):
			assert has >= had
		if mode == FILL:
			assert has <= had
	for supply in supplies:
		assert sum((p.qty for p in result.pegs if p.supply == supply.key), D(0)) <= supply.qty
	for peg in kept:
		if peg.frozen:
			assert dealt_to(result.pegs, peg) >= min(peg.frozen, peg.qty)


@given(worlds(), worlds())
def test_items_dealt_out_together_get_what_each_gets_alone(world, other):
	other = of_another_item(other)
	lines, supplies, kept, modes = zip(world, other, strict=True)
	together = resequence(
		[d for part in lines for d in part],
		[s for part in supplies for s in part],
		[p for part in kept for p in part],
		modes[0] | modes[1],
	)
	assert set(together.pegs) == {*resequence(*world).pegs, *resequence(*other).pegs}


def of_another_item(world):
	lines, supplies, kept, modes = world
	return (
		[replace(d, line=f"{d.line}'", item="LAMP") for d in lines],
		[replace(s, key=f"{s.key}'", item="LAMP") for s in supplies],
		[replace(p, demand=f"{p.demand}'", supply=f"{p.supply}'") for p in kept],
		{f"{line}'": mode for line, mode in modes.items()},
	)


def totals(pegs):
	found = {}
	for peg in pegs:
		found[peg.demand] = found.get(peg.demand, D(0)) + peg.qty
	return found


def dealt_to(pegs, wanted):
	return sum((p.qty for p in pegs if (p.demand, p.supply) == (wanted.demand, wanted.supply)), D(0))
