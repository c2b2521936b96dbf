"""From which warehouses orders may be covered, and which keys are looked at together because of it."""

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.rules.sourcing import Sources, linked, together

names = st.sampled_from("ABCDEF")
lists = st.lists(st.lists(names, min_size=1, max_size=3, unique=True).map(tuple), max_size=4)
items = st.sampled_from("xyz")
keys = st.sets(st.tuples(items, names), max_size=6)
homes = st.lists(st.tuples(items, names, st.lists(names, max_size=3, unique=True).map(tuple)), max_size=4)


def test_the_rule_comes_before_the_account():
	found = Sources(by_rule={"R": ("A",)}, by_account={"T": ("B",)}, defaults={("Co", "Bo"): "T"})
	assert found.places("R", "T") == ("A",)
	assert found.places("other", "T") == ("B",)
	assert found.places(None, "T") == ("B",)
	assert found.places(None, "") == ()
	assert found.account("Co", "Bo", None) == "T"
	assert found.account("Co", "Bo", "own") == "own"
	assert found.account("Co", "Jo", None) == ""


@given(keys, lists, homes)
def test_what_is_looked_at_together_is_closed(some, sourcing, lines):
	grown = together(some, sourcing, lines)
	assert some <= grown
	assert together(grown, sourcing, lines) == grown


@given(keys, lists, homes)
def test_a_line_is_looked_at_with_all_that_may_cover_it(some, sourcing, lines):
	sourcing = [*sourcing, *(places for _item, _home, places in lines if places)]
	grown = together(some, sourcing, lines)
	for item, home, places in lines:
		everywhere = {(item, place) for place in (home, *places)}
		if places and everywhere & grown:
			assert everywhere <= grown


@given(keys, lists)
def test_no_item_drags_in_another(some, sourcing):
	assert {item for item, _ in together(some, sourcing, [])} == {item for item, _ in some}


@given(lists)
def test_linked_warehouses_are_in_one_group(sourcing):
	groups = linked(sourcing)
	for names_ in sourcing:
		assert all(groups[name] >= set(names_) for name in names_)
	assert all(groups[other] == group for group in groups.values() for other in group)
