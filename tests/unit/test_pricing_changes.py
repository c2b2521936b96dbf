"""Many rows at once: what a file or a percentage changes from a day on, and what stands before it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from pricing_case import DAY, D, row, tier

from wholesale_b2b.figures import plain
from wholesale_b2b.pricing.rules import checking
from wholesale_b2b.pricing.rules.changes import apply, compare, doubles, key_of, raised
from wholesale_b2b.pricing.rules.model import is_valid

UNITS = {"MUG": "Nos"}
BEFORE = DAY - timedelta(days=1)


def kinds(changes):
	return [change.kind for change in changes]


def test_what_is_replaced_ends_the_day_before():
	old = row("Item Code", "MUG", rate=8, name="a")
	changes = compare([old], [(2, row("Item Code", "MUG", rate=9, uom="Nos"))], UNITS, DAY)
	assert kinds(changes) == ["changed"] and changes[0].old is old and changes[0].line == 2
	kept, new = apply([old], changes, DAY)
	assert (kept.rate, kept.valid_upto, new.rate, new.valid_from) == (8, BEFORE, 9, DAY)


def test_later_prices_that_were_planned_go():
	now = row("Item Code", "MUG", rate=8, valid_upto=DAY + timedelta(days=5))
	planned = row("Item Code", "MUG", rate=7, valid_from=DAY + timedelta(days=6))
	changes = compare([now, planned], [(2, row("Item Code", "MUG", rate=9))], UNITS, DAY)
	assert changes[0].old is now and changes[0].replaced == (now, planned)
	assert [(one.rate, one.valid_upto) for one in apply([now, planned], changes, DAY)] == [
		(8, BEFORE),
		(9, None),
	]


def test_what_begins_on_that_day_or_later_is_replaced_whole():
	old = row("Item Code", "MUG", rate=8, valid_from=DAY + timedelta(days=5))
	changes = compare([old], [(2, row("Item Code", "MUG", rate=9))], UNITS, DAY)
	assert [(one.rate, one.valid_from) for one in apply([old], changes, DAY)] == [(9, DAY)]


def test_the_same_is_left_alone_and_others_end_if_asked():
	rows = [row("Item Code", "MUG", rate=8), row("Brand", "Longton", discount=10), row(discount=5)]
	wanted = [(2, row("Item Code", "MUG", rate=8)), (3, row("Item Code", "VASE", rate=3))]
	assert kinds(compare(rows, wanted, UNITS, DAY)) == ["same", "new"]
	changes = compare(rows, wanted, UNITS, DAY, end_others=True)
	assert kinds(changes) == ["same", "new", "ended", "ended"]
	after = apply(rows, changes, DAY)
	assert [one.valid_upto for one in after] == [None, BEFORE, BEFORE, None]


def test_of_what_is_not_wanted_only_what_is_named_ends():
	rows = [
		row("Item Code", "MUG", rate=8),
		row("Item Code", "MUG", rate=7, least=24, uom="Nos"),
		row(discount=5),
	]
	named = {key_of(row("Item Code", "MUG", least=24), UNITS), key_of(row(discount=0, least=9), UNITS)}
	moved = [(2, row("Item Code", "MUG", rate=7, least=36))]
	changes = compare(rows, moved, UNITS, DAY, ending=named)
	assert kinds(changes) == ["new", "ended"]
	assert [one.valid_upto for one in apply(rows, changes, DAY)] == [None, BEFORE, None, None]
	# what is wanted does not end, named or not
	again = [(2, row("Item Code", "MUG", rate=6, least=24))]
	assert kinds(compare(rows, again, UNITS, DAY, ending=named)) == ["changed"]


@given(st.decimals(0, 10**9, allow_nan=False, places=6))
def test_a_figure_is_written_out_and_reads_back(figure):
	text = plain(figure)
	assert "E" not in text and not text.endswith(".") and D(text) == figure
	assert "." not in text or not text.endswith("0")


def test_breaks_units_and_mixes_are_rows_of_their_own():
	rows = [row(discount=5), row(discount=10, least=24)]
	wanted = [
		(2, row(discount=6)),
		(3, row(discount=12, least=24)),
		(4, row(discount=12, least=24, mix="all")),
	]
	assert kinds(compare(rows, wanted, UNITS, DAY)) == ["changed", "changed", "new"]


def test_lines_that_say_something_about_the_same():
	wanted = [
		(2, row("Item Code", "MUG", rate=8)),
		(3, row("Item Code", "MUG", rate=9, uom="Nos")),
		(4, row("Item Code", "MUG", rate=90, uom="Box")),
	]
	assert doubles(wanted, UNITS) == {3: 2}


def test_prices_are_raised_and_discounts_follow_the_list():
	rows = [
		row("Item Code", "MUG", rate="8.37"),
		row(discount=10),
		row("Item Code", "VASE", rate=5, valid_upto=BEFORE),
	]
	assert [(one.target, one.rate) for _line, one in raised(rows, D(3), DAY)] == [("MUG", D("8.62"))]
	assert raised(rows, D(3), DAY, "0.05")[0][1].rate == D("8.60")
	assert raised(rows, D(-100), DAY)[0][1].rate >= 0


days = st.sampled_from((None, *(DAY + timedelta(days=n) for n in (-9, -1, 0, 1, 9))))


@st.composite
def tiers(draw):
	"""Rows that are not at odds with each other."""
	made = []
	for target in draw(st.lists(st.sampled_from(("MUG", "VASE", "TIN")), max_size=6)):
		since, until = draw(days), draw(days)
		one = row(
			"Item Code",
			target,
			rate=draw(st.integers(1, 99)),
			least=draw(st.sampled_from((0, 10))),
			valid_from=since,
			valid_upto=until,
			name=str(len(made)),
		)
		if not checking.faults(tier(*made, one), {}, {}):
			made.append(one)
	return made


wishes = st.dictionaries(
	st.tuples(st.sampled_from(("MUG", "VASE", "TIN")), st.sampled_from((0, 10))), st.integers(1, 99)
).map(
	lambda wanted: [
		(place, row("Item Code", target, rate=rate, least=least))
		for place, ((target, least), rate) in enumerate(wanted.items(), 2)
	]
)


@given(tiers(), wishes, st.booleans())
def test_afterwards_the_tier_is_sound_and_says_what_was_wanted(rows, wanted, end_others):
	after = apply(rows, compare(rows, wanted, UNITS, DAY, end_others), DAY)
	assert not checking.faults(tier(*after), {}, {})
	keys = {}
	for one in after:
		if is_valid(one.valid_from, one.valid_upto, DAY):
			keys[one.target, one.min_qty] = one.rate
	for _line, wish in wanted:
		assert keys.pop((wish.target, wish.min_qty)) == wish.rate
	if end_others:
		assert not keys
	# a second time there is nothing left to do
	assert {change.kind for change in compare(after, wanted, UNITS, DAY, end_others)} <= {"same"}


@given(tiers(), wishes)
def test_the_past_stays_as_it_was(rows, wanted):
	after = apply(rows, compare(rows, wanted, UNITS, DAY), DAY)
	day = BEFORE

	def said(those):
		return sorted(
			(one.target, one.min_qty, one.rate)
			for one in those
			if is_valid(one.valid_from, one.valid_upto, day)
		)

	assert said(after) == said(rows)
