"""Handing over what a cancelled order had."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules.amendment import Handover, Kept, Row, hand_over

D = Decimal


def row(line, item="A", place="W", kit="", qty=0):
	return Row(line, item, place, kit, D(qty))


def kept(name, line, qty, item="A", place="W"):
	return Kept(name, line, item, place, D(qty))


def test_lines_of_one_item_replace_each_other_in_their_order():
	old = [row("o1"), row("o2")]
	new = [row("n1", qty=3), row("n2", qty=10)]
	given = hand_over(old, new, [kept("k1", "o1", 5), kept("k2", "o2", 4)])
	# the first keeps what it still wants, the second its own and then what the first left
	assert given == (Handover("k1", "n1", D(3)), Handover("k2", "n2", D(4)), Handover("k1", "n2", D(2)))


def test_units_sourced_from_elsewhere_go_to_the_line_that_replaces_theirs_and_to_no_other():
	old, units = [row("o1")], [kept("k", "o1", 5, place="Far")]
	assert hand_over(old, [row("n1", qty=5)], units) == (Handover("k", "n1", D(5)),)
	assert hand_over(old, [row("n1", place="Other", qty=5)], units) == ()


def test_another_item_or_bundle_is_no_replacement():
	old, units = [row("o1", kit="KIT")], [kept("k", "o1", 5, place="Far")]
	assert hand_over(old, [row("n1", qty=5), row("n2", item="B", kit="KIT", qty=5)], units) == ()


ROWS = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from("VW"), st.integers(0, 9)), max_size=5)
UNITS = st.lists(
	st.tuples(st.integers(0, 4), st.sampled_from("AB"), st.sampled_from("VW"), st.integers(0, 9)), max_size=6
)


@given(ROWS, ROWS, UNITS)
def test_nobody_gets_more_than_it_wants_or_than_there_was(old, new, units):
	old = [row(f"o{n}", item, place) for n, (item, place, _) in enumerate(old)]
	new = [row(f"n{n}", item, place, qty=qty) for n, (item, place, qty) in enumerate(new)]
	units = [kept(f"k{n}", f"o{line}", qty, item, place) for n, (line, item, place, qty) in enumerate(units)]
	given = hand_over(old, new, units)
	assert len({(part.name, part.line) for part in given}) == len(given)
	items = {r.line: r.item for r in new} | {u.name: u.item for u in units}
	for part in given:
		assert part.qty > 0
		assert items[part.name] == items[part.line]
	for r in new:
		assert sum(part.qty for part in given if part.line == r.line) <= r.qty
	for u in units:
		assert sum(part.qty for part in given if part.name == u.name) <= u.qty


@given(ROWS)
def test_the_same_order_again_gets_all_that_it_had(rows):
	old = [row(f"o{n}", item, place) for n, (item, place, _) in enumerate(rows)]
	new = [row(f"n{n}", item, place, qty=qty) for n, (item, place, qty) in enumerate(rows)]
	units = [kept(f"k{n}", f"o{n}", qty, item, place) for n, (item, place, qty) in enumerate(rows)]
	assert hand_over(old, new, units) == tuple(
		Handover(f"k{n}", f"n{n}", D(qty)) for n, (_, _, qty) in enumerate(rows) if qty
	)
