"""First expired first out: properties of the rule that binds rows to batches and serial numbers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.binding.rules import Lot, Part, Wish, bind, in_order

DAY = date(2026, 1, 1)


@st.composite
def lots(draw):
	found = []
	for n in range(draw(st.integers(0, 5))):
		qty = draw(st.integers(1, 30))
		serials = tuple(f"S{n}-{i}" for i in range(qty)) if draw(st.booleans()) else ()
		days = draw(st.none() | st.integers(0, 5))
		expires = DAY + timedelta(days) if days is not None else None
		found.append(Lot(f"B{n}", Decimal(qty), expires, str(draw(st.integers(0, 3))), serials))
	return found


wishes = st.lists(
	st.builds(
		Wish,
		qty=st.integers(0, 40).map(Decimal),
		factor=st.sampled_from([1, 6, 12]).map(Decimal),
		whole=st.booleans(),
	),
	max_size=5,
)


@given(wishes, lots())
def test_parts_add_up_and_no_unit_goes_twice(asked, there):
	answers = bind(asked, there)
	given_out, numbers = {}, []
	for wish, parts in zip(asked, answers, strict=True):
		assert sum(part.qty for part in parts) == wish.qty
		for part in parts:
			if part.batch:
				given_out[part.batch] = given_out.get(part.batch, 0) + part.qty
				numbers += part.serials
			if wish.whole and part.batch:
				assert part.qty % wish.factor == 0
			assert not part.serials or len(part.serials) == part.qty
	assert len(numbers) == len(set(numbers))
	for lot in there:
		assert given_out.get(lot.batch, 0) <= lot.qty


@given(st.integers(0, 100).map(Decimal), lots())
def test_a_later_batch_only_when_the_earlier_is_used_up(qty, there):
	(parts,) = bind([Wish(qty)], there)
	ordered = in_order(there)
	used = {part.batch: part.qty for part in parts if part.batch}
	touched = [lot for lot in ordered if lot.batch in used]
	assert touched == ordered[: len(touched)]
	assert all(used[lot.batch] == lot.qty for lot in touched[:-1])


@given(wishes, lots())
def test_the_order_in_which_lots_are_handed_in_does_not_matter(asked, there):
	assert bind(asked, there) == bind(asked, list(reversed(there)))


def test_what_no_lot_has_is_one_part_without_a_batch():
	lot = Lot("B", Decimal(17))
	assert bind([Wish(Decimal(24), Decimal(12), whole=True)], [lot]) == [
		(Part(Decimal(12), "B"), Part(Decimal(12)))
	]


def test_a_negative_quantity():
	with pytest.raises(ValueError, match="negative"):
		bind([Wish(Decimal(-1))], [])
