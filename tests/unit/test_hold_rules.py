"""Kept holds follow what the rules say."""

from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.rules.holds import Hold, Kept, difference

KINDS = ("Account Status", "Licence", "Set by Hand", "Pro Forma Unpaid")
HOLDS = st.builds(
	Hold, st.sampled_from(KINDS), st.sampled_from(("one", "another")), st.just(""), st.just("R")
)


@st.composite
def kept_ones(draw) -> list[Kept]:
	return [Kept(f"H{n}", hold) for n, hold in enumerate(draw(st.lists(HOLDS, max_size=6)))]


def apply(kept, step):
	words = dict(step.reword)
	gone = {one.name for one in step.close}
	after = [Kept(one.name, words.get(one.name, one.hold)) for one in kept if one.name not in gone]
	return after + [Kept(f"N{n}", hold) for n, hold in enumerate(step.open)]


@given(st.lists(HOLDS, max_size=6), kept_ones())
def test_afterwards_each_kind_that_is_judged_is_kept_once(judged, kept):
	after = apply(kept, difference(judged, kept))
	assert sorted(one.hold.kind for one in after) == sorted({hold.kind for hold in judged})
	assert {one.hold for one in after} <= set(judged)


@given(st.lists(HOLDS, max_size=6), kept_ones())
def test_a_second_time_changes_nothing(judged, kept):
	after = apply(kept, difference(judged, kept))
	again = difference(judged, after)
	assert (again.open, again.close, again.reword) == ((), (), ())


@given(st.lists(HOLDS, max_size=6), kept_ones(), st.sampled_from(KINDS))
def test_a_rule_that_does_not_answer_changes_nothing_of_its_kind(judged, kept, kind):
	step = difference(judged, kept, frozenset({kind}))
	after = apply(kept, step)
	assert [one for one in after if one.hold.kind == kind] == [one for one in kept if one.hold.kind == kind]


@given(st.lists(HOLDS, max_size=6), kept_ones(), st.randoms())
def test_order_does_not_matter(judged, kept, random):
	mixed, also = list(judged), list(kept)
	random.shuffle(mixed)
	random.shuffle(also)
	assert difference(mixed, also) == difference(judged, kept)
