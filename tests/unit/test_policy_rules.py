"""A bundle has what the least of its components makes; what is asked of purchasing, supplier by supplier."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.policies.rules import Want, bundle_pegs, requests, whole_pack
from wholesale_b2b.fulfilment.rules.decide import Pegs

D = Decimal
TODAY = date(2026, 11, 26)
units = st.integers(0, 40).map(D)
days = st.one_of(st.none(), st.integers(0, 9).map(lambda n: TODAY + timedelta(days=n)))


@given(st.integers(0, 60).map(D), st.integers(0, 60).map(D))
def test_a_pack_is_whole_in_the_lines_own_unit_and_wherever_it_can_be_in_cases(unit, case):
	pack = whole_pack(unit, case)
	assert pack in (unit or 1, case) and pack > 0
	assert not pack % (unit or 1)
	if case and not case % (unit or 1):
		assert not pack % case


def test_what_ships_as_one():
	cases = [((1, 12), 12), ((6, 12), 12), ((12, 12), 12), ((480, 12), 480), ((10, 12), 10), ((12, 0), 12)]
	assert [int(whole_pack(D(unit), D(case))) for (unit, case), _pack in cases] == [p for _c, p in cases]


@st.composite
def components(draw):
	ready = draw(units)
	return draw(st.integers(1, 4).map(D)), Pegs(
		ready,
		min(draw(units), ready),
		tuple(draw(st.lists(st.tuples(days, units.filter(bool)), max_size=3))),
	)


@given(st.lists(components(), min_size=1, max_size=4))
def test_a_bundle_is_as_far_as_the_least_of_its_components(parts):
	found = bundle_pegs(parts)
	assert found.ready == min(pegs.ready // per for per, pegs in parts)
	everything = found.ready + sum(qty for _day, qty in found.coming)
	assert everything == min((pegs.ready + sum(q for _d, q in pegs.coming)) // per for per, pegs in parts)
	assert all(qty > 0 and qty % 1 == 0 for _day, qty in found.coming)


@given(st.lists(components(), min_size=1, max_size=4))
def test_what_is_picked_of_one_component_is_a_bundle_on_its_way(parts):
	found = bundle_pegs(parts)
	assert all(found.picking * per >= pegs.picking for per, pegs in parts)
	assert found.picking == 0 or any((found.picking - 1) * per < pegs.picking for per, pegs in parts)


def test_two_components_come_on_two_days():
	parts = [
		(D(1), Pegs(D(3), D(1), ((TODAY, D(2)),))),
		(D(2), Pegs(D(4), D(0), ((TODAY + timedelta(days=5), D(4)), (None, D(2))))),
	]
	assert bundle_pegs(parts) == Pegs(D(2), D(1), ((TODAY + timedelta(days=5), D(2)), (None, D(1))))


def test_of_nothing_nothing():
	assert bundle_pegs(()) == Pegs()


# ---- what is asked of purchasing --------------------------------------------------------------------------------

wants = st.lists(
	st.builds(
		Want,
		company=st.sampled_from(["A", "B"]),
		supplier=st.sampled_from(["", "S", "T"]),
		item=st.sampled_from(["I", "J", "K"]),
		warehouse=st.just("W"),
		order=st.sampled_from(["SO-1", "SO-2"]),
		line=st.uuids().map(str),
		row=st.just(""),
		qty=st.integers(1, 9).map(D),
	),
	max_size=12,
)


@given(wants, st.booleans(), st.randoms())
def test_every_want_is_asked_once_with_its_supplier(asked, several, random):
	found = requests(asked, several)
	assert sorted(want.line for group in found for want in group) == sorted(want.line for want in asked)
	for group in found:
		assert len({(want.company, want.supplier) for want in group}) == 1
		assert several or len({want.item for want in group}) == len(group)
	if several:
		assert len(found) == len({(want.company, want.supplier) for want in asked})
	shuffled = list(asked)
	random.shuffle(shuffled)
	assert requests(shuffled, several) == found


def test_it_is_due_when_it_is_wanted_and_not_before_it_can_be_there():
	want = Want("A", "S", "I", "W", "SO", "L", "L", D(1), TODAY + timedelta(days=9), 5)
	assert want.due(TODAY) == TODAY + timedelta(days=9)
	assert want.due(TODAY + timedelta(days=6)) == TODAY + timedelta(days=11)
	assert Want("A", "S", "I", "W", "SO", "L", "L", D(1)).due(TODAY) == TODAY
