"""Why a line has these units: place, rival, supply, and what else is special."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules import (
	FAIR_SHARE,
	INBOUND,
	JUST_IN_TIME,
	ON_HAND,
	Demand,
	Peg,
	Policy,
	Protection,
	Supply,
	plan,
)
from wholesale_b2b.allocation.rules.explain import (
	BY_AGE,
	BY_NAME,
	BY_NEED,
	BY_PRIORITY,
	FAR_OFF,
	FROZEN,
	IN_TIME,
	LATE,
	NOBODY_WAITS,
	OWN_FLOOR,
	OWN_WAY,
	PLACE,
	SHARED,
	SHELF_EMPTY,
	SHELF_FIRST,
	SHELF_FREE,
	SHELF_GIVEN,
	SHELF_KEPT,
	STANDS,
	explain,
)
from wholesale_b2b.allocation.rules.strategy import Strategy

TODAY = date(2026, 11, 21)
SHELF = Supply("bin", ON_HAND, "MUG", "Stores", D(10))
PO = Supply("po", INBOUND, "MUG", "Stores", D(30), TODAY + timedelta(9))


def line(name, qty, **more):
	return Demand(name, "MUG", ("Stores",), D(qty), **more)


def asked(lines, supplies, policy=None, kept=(), about=None):
	"""Reasons of the peg `about` (demand, supply) in the plan of these, by code."""
	pegs = plan(lines, supplies, kept, policy).pegs
	(peg,) = [p for p in pegs if (p.demand, p.supply) == about]
	return {reason.code: dict(reason.facts) for reason in explain(peg, lines, supplies, pegs, policy)}


def test_the_shelf_went_to_the_line_with_the_better_priority():
	lines = [line("trade", 10, priority=10), line("retail", 5, priority=50)]
	found = asked(lines, [SHELF], about=("trade", "bin"))
	assert found[PLACE] == {"place": 1, "of": 2}
	assert found[BY_PRIORITY] == {"line": "retail", "own": 10, "other": 50}
	assert SHELF_FIRST in found
	assert NOBODY_WAITS not in found


class Newest(Strategy):
	name = "Newest First"

	def choices(self, demand, supplies, policy):
		return [supply.key for supply in reversed(supplies)]


def test_a_plugged_strategy_is_named_for_its_choice():
	policy = Policy(strategies=(Newest(),), today=TODAY, horizon_days=5)
	ask = line("a", 10, strategy="newest first", needed_by=TODAY + timedelta(20))
	found = asked([ask], [SHELF, PO], policy, about=("a", "po"))
	assert found[OWN_WAY] == {"strategy": "Newest First"}
	assert not {SHELF_FIRST, SHELF_FREE, FAR_OFF} & set(found)


def test_age_need_and_name_decide_in_the_order_of_the_date_rule():
	old = {"placed_at": date(2026, 1, 1), "needed_by": TODAY + timedelta(5)}
	new = {"placed_at": date(2026, 2, 1), "needed_by": TODAY + timedelta(3)}
	lines = [line("a", 10, **old), line("b", 10, **new)]
	assert asked(lines, [SHELF], about=("a", "bin"))[BY_AGE]["other"] == date(2026, 2, 1)
	by_need = asked(lines, [SHELF], Policy("requested date"), about=("b", "bin"))
	assert by_need[BY_NEED] == {"line": "a", "own": new["needed_by"], "other": old["needed_by"]}
	assert BY_NAME in asked([line("a", 10), line("b", 10)], [SHELF], about=("a", "bin"))


def test_units_to_come_because_the_shelf_is_promised_to_others():
	lines = [line("a", 6, placed_at=1), line("b", 4, placed_at=2), line("c", 8, placed_at=3)]
	found = asked(lines, [SHELF, PO], about=("c", "po"))
	assert found[SHELF_GIVEN] == {
		"supply": "bin",
		"qty": D(10),
		"holders": (("a", D(6)), ("b", D(4))),
		"more": 0,
	}
	assert found[PLACE] == {"place": 3, "of": 3}
	assert NOBODY_WAITS in found


def test_a_promise_that_was_made_stands_though_a_better_line_waits():
	lines = [line("small", 10, priority=90), line("big", 10, priority=10)]
	found = asked(lines, [SHELF], kept=[Peg("small", "bin", D(10))], about=("small", "bin"))
	assert found[STANDS] == {"line": "big"}
	assert BY_PRIORITY not in found


def test_an_empty_shelf_and_one_that_has_units_again():
	assert SHELF_EMPTY in asked(
		[line("a", 5)], [Supply("bin", ON_HAND, "MUG", "Stores", D(0)), PO], about=("a", "po")
	)
	found = asked([line("a", 5)], [SHELF, PO], kept=[Peg("a", "po", D(5))], about=("a", "po"))
	assert found[SHELF_FREE]["free"] == D(10)


def test_strategies_and_the_horizon():
	needed = TODAY + timedelta(20)
	lazy = [line("a", 5, strategy=JUST_IN_TIME, needed_by=needed)]
	assert asked(lazy, [SHELF, PO], about=("a", "po"))[IN_TIME] == {"needed_by": needed}
	far = asked(
		[line("a", 5, needed_by=needed)], [SHELF, PO], Policy(today=TODAY, horizon_days=7), about=("a", "po")
	)
	assert far[FAR_OFF] == {"needed_by": needed, "days": 7}
	shared = [line("a", 20, strategy=FAIR_SHARE), line("b", 20, strategy=FAIR_SHARE)]
	assert SHARED in asked(shared, [SHELF], about=("a", "bin"))


def test_protections_of_its_own_and_of_others():
	policy = Policy(protections=(Protection("bin", "channel:web", D(4)),))
	web, trade = line("web", 4, segments=("channel:web",)), line("trade", 20)
	assert asked([web, trade], [SHELF, PO], policy, about=("web", "bin"))[OWN_FLOOR]["floor"] == D(4)
	found = asked([trade], [SHELF, PO], policy, about=("trade", "po"))
	assert found[SHELF_KEPT]["segment"] == "channel:web"


def test_frozen_and_late():
	lines = [line("a", 5, needed_by=TODAY)]
	assert asked(lines, [PO], about=("a", "po"))[LATE] == {"needed_by": TODAY, "when": PO.available_on}
	assert asked(lines, [SHELF], kept=[Peg("a", "bin", D(5), frozen=D(2))], about=("a", "bin"))[FROZEN] == {
		"qty": D(2)
	}


def test_a_line_that_is_not_there_is_refused():
	with pytest.raises(KeyError):
		explain(Peg("x", "bin", D(1)), [], [SHELF], [])


@given(
	st.lists(
		st.tuples(
			st.integers(0, 12),
			st.integers(0, 2),
			st.integers(0, 20),
			st.sampled_from([JUST_IN_TIME, "earliest"]),
		),
		min_size=1,
		max_size=6,
	)
)
def test_every_peg_of_every_plan_has_a_place_and_a_reason_why_it_is_its_lines(rows):
	lines = [
		line(f"l{n}", qty, priority=priority, needed_by=TODAY + timedelta(days), strategy=strategy)
		for n, (qty, priority, days, strategy) in enumerate(rows)
	]
	pegs = plan(lines, [SHELF, PO]).pegs
	for peg in pegs:
		codes = {reason.code for reason in explain(peg, lines, [SHELF, PO], pegs)}
		assert PLACE in codes
		assert codes & {NOBODY_WAITS, STANDS, BY_PRIORITY, BY_NEED, BY_AGE, BY_NAME}
