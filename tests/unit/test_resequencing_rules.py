"""Segments of a re-sequencing, what its undoing gives back, and the sums of who gains and loses."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal as D

from hypothesis import given, settings
from hypothesis import strategies as st
from test_resequence_rules import totals, worlds

from wholesale_b2b.allocation.rules import INBOUND, ON_HAND, Arrival, Demand, Peg, Supply, plan
from wholesale_b2b.allocation.rules.differences import Moved, differences
from wholesale_b2b.allocation.rules.resequence import MODES, resequence
from wholesale_b2b.allocation.rules.restore import less_delivered, restore
from wholesale_b2b.allocation.rules.segments import LineFacts, Segment, assign, falls_into
from wholesale_b2b.ordering.order_rules.rules import OrderFacts, Rule

DAY = date(2026, 11, 21)


# ---- segments ---------------------------------------------------------------------------------------------------


def fact(line="L", order="SO-1", ordered_on=DAY, needed_by=None, **who):
	return LineFacts(line, OrderFacts(order=order, **who), ordered_on, needed_by)


def test_nested_groups_count_and_the_first_match_wins():
	trade = Segment(1, "win", Rule("Trade", customer_group="Trade"))
	rest = Segment(2, "lose")
	lines = [
		fact("shop", customer_groups=("Key Accounts", "Trade", "All")),
		fact("person", customer_groups=("Retail", "All")),
	]
	found = assign([rest, trade], lines)
	assert {line: segment.mode for line, segment in found.items()} == {"shop": "win", "person": "lose"}


def test_days_are_inclusive_and_a_line_without_a_day_falls_into_no_range():
	soon = Segment(1, "win", needed_from=DAY, needed_to=DAY + timedelta(7))
	assert falls_into(fact(needed_by=DAY), soon)
	assert falls_into(fact(needed_by=DAY + timedelta(7)), soon)
	assert not falls_into(fact(needed_by=DAY + timedelta(8)), soon)
	assert not falls_into(fact(), soon)


def test_a_segment_may_name_one_order_or_the_items_of_a_group():
	assert falls_into(fact(order="SO-2"), Segment(1, "win", sales_order="SO-2"))
	assert not falls_into(fact(order="SO-1"), Segment(1, "win", sales_order="SO-2"))
	mugs = Segment(1, "win", Rule("", item_group="Mugs"))
	assert falls_into(fact(item_groups=(("Mugs", "All"),)), mugs)
	assert not falls_into(fact(item_groups=(("Lamps", "All"),)), mugs)


texts = st.sampled_from(["", "a", "b"])
days = st.none() | st.integers(-3, 3).map(lambda n: DAY + timedelta(n))
segments = st.builds(
	Segment,
	st.integers(1, 9),
	st.sampled_from(MODES),
	st.builds(Rule, st.just(""), customer=texts, customer_group=texts, channel=texts, item_group=texts),
	texts,
	days,
	days,
	days,
	days,
)
facts = st.builds(
	LineFacts,
	st.uuids().map(str),
	st.builds(
		OrderFacts,
		order=texts,
		customer=texts,
		channel=texts,
		customer_groups=st.lists(texts, max_size=2).map(tuple),
		item_groups=st.lists(texts, max_size=2).map(lambda path: (tuple(path),)),
	),
	days,
	days,
)


@given(st.lists(segments, unique_by=lambda s: s.position), st.lists(facts, unique_by=lambda f: f.line))
def test_each_line_falls_into_the_first_segment_that_takes_it(known, lines):
	found = assign(known, lines)
	assert found == assign(known[::-1], lines[::-1])
	for line in lines:
		takers = [s.position for s in known if falls_into(line, s)]
		assert (line.line in found) == bool(takers)
		if takers:
			assert found[line.line].position == min(takers)


@given(segments, facts)
def test_a_segment_that_asks_less_takes_no_fewer_lines(segment, line):
	if falls_into(line, segment):
		assert falls_into(line, replace(segment, needed_from=None, sales_order=""))
		assert falls_into(line, Segment(1, segment.mode))


# ---- undoing ----------------------------------------------------------------------------------------------------


def by_line(pegs):
	found = {}
	for peg in pegs:
		found.setdefault(peg.demand, []).append(peg)
	return found


@given(worlds())
def test_what_was_done_is_undone_to_the_unit(world):
	lines, supplies, kept, modes = world
	# as a run leaves it; no more of a peg can be frozen than there is of it
	kept = plan(lines, supplies, [replace(p, frozen=min(p.frozen, p.qty)) for p in kept]).pegs
	after = resequence(lines, supplies, kept, modes).pegs
	had = {d.line: [p for p in kept if p.demand == d.line] for d in lines}
	moved = {line: pegs for line, pegs in had.items() if bare(pegs) != bare(by_line(after).get(line, []))}
	assert bare(restore(lines, supplies, after, moved).pegs) == bare(kept)


@given(worlds(), st.data())
def test_others_keep_all_they_have_whatever_is_given_back(world, data):
	lines, supplies, kept, modes = world
	after = resequence(lines, supplies, kept, modes).pegs
	moved = data.draw(st.sets(st.sampled_from([d.line for d in lines])))
	had = {line: by_line(kept).get(line, []) for line in moved}
	# meanwhile some of it has gone
	supplies = [
		replace(s, qty=max(sum((p.qty for p in after if p.supply == s.key), D(0)), D(0))) for s in supplies
	]
	restored = restore(lines, supplies, after, had)
	now = {(p.demand, p.supply): p.qty for p in restored.pegs}
	for peg in after:
		if peg.demand not in moved:
			assert now.get((peg.demand, peg.supply), D(0)) >= peg.qty
		assert now.get((peg.demand, peg.supply), D(0)) >= min(peg.frozen, peg.qty)
	for supply in supplies:
		assert sum((p.qty for p in restored.pegs if p.supply == supply.key), D(0)) <= supply.qty


@given(st.lists(st.tuples(*[st.integers(0, 9)] * 5), min_size=3, max_size=5), st.integers(-4, 4))
@settings(max_examples=300)
def test_nobody_gains_by_an_undo_before_those_have_what_they_had_who_were_part_of_it(rows, spare):
	lines, kept, after = [], [], []
	for n, (had, has, lacks, shipped, stranger) in enumerate(rows):
		if stranger > 5:
			had = has
		has, shipped = (had, 0) if shipped > 5 else (has, min(shipped, has))
		lines.append(line_of(f"L{n}", max(had, has) + lacks - shipped, n))
		kept.append(Peg(f"L{n}", "bin", D(had)))
		after.append(Peg(f"L{n}", "bin", D(has - shipped)))
	shelf = Supply("bin", ON_HAND, "MUG", "Stores", D(max(sum(p.qty for p in after) + spare, 0)))
	touched = [n for n, row in enumerate(rows) if row[4] <= 5]
	had = {f"L{n}": [kept[n]] for n in touched}
	restored = totals(restore(lines, [shelf], after, had).pegs)
	now, owed = totals(after), {d.line: d.qty for d in lines}
	gainers = [name for name in owed if name not in had and restored.get(name, 0) > now[name]]
	short = [n for n in touched if restored.get(f"L{n}", 0) < min(kept[n].qty, owed[f"L{n}"])]
	assert not (gainers and short)


def line_of(name, qty, at):
	return Demand(name, "MUG", ("Stores",), D(qty), placed_at=at)


def test_what_a_line_had_is_cut_to_what_it_still_owes_before_the_shelf_is_shared():
	"""A had 10 of 15 and gave 2 for B, then shipped 4; C gave 1; D, who ranks before C, was no part of it."""
	lines = [
		Demand("A", "MUG", ("Stores",), D(6), placed_at=1),
		Demand("D", "MUG", ("Stores",), D(4), placed_at=2),
		Demand("C", "MUG", ("Stores",), D(5), placed_at=3),
		Demand("B", "MUG", ("Stores",), D(3), placed_at=4),
	]
	shelf = Supply("bin", ON_HAND, "MUG", "Stores", D(11))
	now = [Peg("A", "bin", D(4)), Peg("C", "bin", D(4)), Peg("B", "bin", D(3))]
	had = {"A": [Peg("A", "bin", D(10))], "C": [Peg("C", "bin", D(5))], "B": []}
	restored = restore(lines, [shelf], now, had)
	assert bare(restored.pegs) == {("A", "bin", D(6)), ("C", "bin", D(5))}


@given(
	st.dictionaries(st.sampled_from(["leeds", "bin", "po"]), st.integers(1, 9).map(D)), st.integers(-3, 30)
)
def test_what_was_delivered_since_is_not_given_back_again(had, delivered):
	pegs = [Peg("A", supply, qty) for supply, qty in had.items()]
	left = less_delivered(pegs, D(delivered), ["bin", "leeds"])
	total = sum(had.values(), D(0))
	assert sum((p.qty for p in left), D(0)) == max(total - max(delivered, 0), 0)
	assert all(0 < p.qty <= had[p.supply] for p in left)
	# the first shelf is emptied before the next is touched, and what is to come last of all
	qty = {p.supply: p.qty for p in left}
	touched = [s for s in ("bin", "leeds", "po") if qty.get(s, D(0)) < had.get(s, D(0))]
	assert all(s not in qty for s in touched[:-1])
	if "po" in touched:
		assert set(qty) <= {"po"}


def bare(pegs):
	return {(p.demand, p.supply, p.qty) for p in pegs if p.qty}


def test_what_came_in_since_is_given_back_on_the_shelf():
	lines = [
		Demand("old", "MUG", ("Stores",), D(5), placed_at=1),
		Demand("big", "MUG", ("Stores",), D(5), placed_at=2),
	]
	supplies = [
		Supply("bin", ON_HAND, "MUG", "Stores", D(5)),
		Supply("po", INBOUND, "MUG", "Stores", D(0), DAY),
	]
	now = [Peg("big", "bin", D(5))]
	had = {"old": [Peg("old", "po", D(5))], "big": []}
	restored = restore(lines, supplies, now, had, [Arrival("po", "bin", D(5))])
	assert bare(restored.pegs) == {("old", "bin", D(5))}


# ---- sums -------------------------------------------------------------------------------------------------------

moves = st.builds(
	Moved, st.sampled_from("abc"), st.integers(0, 9).map(D), st.integers(0, 9).map(D), days, days
)


@given(st.lists(moves))
def test_the_sums_are_those_of_the_rows(rows):
	found = differences(rows)
	assert sum(d.lines for d in found) == len(rows)
	net = sum((r.covered_after - r.covered_before for r in rows), D(0))
	assert sum((d.gained - d.lost for d in found), D(0)) == net
	assert all(d.gained >= 0 and d.lost >= 0 and d.earlier + d.later <= d.lines for d in found)
	assert found == differences(rows[::-1])


def test_a_date_that_nobody_knows_any_more_has_gone_later():
	(found,) = differences([Moved("a", D(5), D(0), DAY, None), Moved("a", D(0), D(5), None, DAY)])
	assert (found.gained, found.lost, found.earlier, found.later) == (5, 5, 1, 1)
