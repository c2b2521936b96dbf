"""Whole bundles, what pick lists count as delivered, and packed rows under new names."""

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules.components import renamed
from wholesale_b2b.fulfilment.rules import spread, whole_bundles

units = st.integers(0, 50).map(float)


@given(st.lists(st.tuples(units, st.integers(1, 5).map(float)), min_size=1))
def test_whole_bundles_are_what_the_scarcest_part_makes(parts):
	count = whole_bundles(parts)
	assert all(count * per <= qty for qty, per in parts)
	assert any((count + 1) * per > qty for qty, per in parts)


def test_nothing_makes_no_bundle_and_floats_are_forgiven():
	assert whole_bundles([]) == 0
	assert whole_bundles([(-3, 1)]) == 0
	assert whole_bundles([(0.1 * 3, 0.1)]) == 3


@given(units, st.lists(units))
def test_spread_fills_row_by_row(total, rooms):
	parts = spread(total, rooms)
	assert sum(parts) == min(total, sum(rooms))
	assert all(0 <= part <= room for part, room in zip(parts, rooms, strict=True))
	filled = [part == room for part, room in zip(parts, rooms, strict=True)]
	assert all(filled[: filled.index(False)]) if False in filled else True


keys = st.lists(st.sampled_from("abc"))


@given(keys, keys)
def test_renamed_pairs_rows_of_a_key_in_order(before, after):
	old = [(key, f"old{n}") for n, key in enumerate(before)]
	new = [(key, f"new{n}") for n, key in enumerate(after)]
	pairs = renamed(old, new)
	key_of = {name: key for key, name in [*old, *new]}
	assert all(key_of[one] == key_of[other] for one, other in pairs.items())
	assert len(set(pairs.values())) == len(pairs)
	for key in "abc":
		assert sum(1 for name in pairs if key_of[name] == key) == min(before.count(key), after.count(key))


def test_rows_that_keep_their_name_are_left_out():
	assert renamed([("a", "x"), ("b", "y")], [("b", "y"), ("a", "z")]) == {"x": "z"}
