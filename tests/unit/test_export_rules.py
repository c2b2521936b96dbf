"""Customs papers: when they are needed and what they lack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.fulfilment.export.rules import (
	ASK_FOR_EORI,
	UNIONS,
	Consignment,
	Goods,
	Missing,
	crosses_border,
	missing,
	net_weight,
)

CODES = st.sampled_from(("GB", "IM", "DE", "FR", "IE", "US", "CH", "NO"))


@pytest.mark.parametrize(
	("origin", "destination", "needed"),
	[
		("GB", "DE", True),
		("gb", "ie", True),
		("GB", "GB", False),
		("GB", "IM", False),
		("DE", "FR", False),
		("DE", "CH", True),
		("GB", None, False),
		("", "US", False),
	],
)
def test_borders(origin: str | None, destination: str | None, needed: bool) -> None:
	assert crosses_border(origin, destination) is needed


@given(CODES, CODES)
def test_a_border_has_two_sides(one: str, other: str) -> None:
	assert crosses_border(one, other) == crosses_border(other, one)
	assert not crosses_border(one, one)
	assert crosses_border(one, other) or one == other or any({one, other} <= union for union in UNIONS)


TEXT = st.sampled_from((None, "", "known"))
GOODS = st.builds(
	Goods, code=st.sampled_from("ABC"), commodity_code=TEXT, origin=TEXT, weight=st.sampled_from((0, 0.4))
)


@given(st.builds(Consignment, TEXT, TEXT, TEXT, TEXT, st.lists(GOODS, max_size=4).map(tuple), CODES))
def test_nothing_is_missing_exactly_when_all_is_known(consignment: Consignment) -> None:
	complete = bool(
		consignment.sender_eori
		and (consignment.eori or consignment.ioss or consignment.destination not in ASK_FOR_EORI)
		and consignment.incoterm
	) and all(goods.commodity_code and goods.origin and goods.weight for goods in consignment.goods)
	assert (missing(consignment) == []) is complete


def test_items_are_named_once() -> None:
	goods = (Goods("A", "6912", "GB", 0), Goods("A", "6912", "GB", 0), Goods("B", None, "GB", 1))
	assert missing(Consignment("GB1", "DE1", None, "DAP", goods, "de")) == [
		Missing("commodity_code", ("B",)),
		Missing("weight", ("A",)),
	]


@pytest.mark.parametrize(("country", "asked"), [("de", True), ("GB", True), ("US", False), ("CH", False)])
def test_who_has_no_eori_is_not_asked_for_one(country: str, asked: bool) -> None:
	lacks = missing(Consignment("GB1", None, None, "DAP", (), country))
	assert lacks == ([Missing("eori")] if asked else [])


FACTORS = {"Gram": 0.001, "Pound": 0.45359}


@pytest.mark.parametrize(
	("parts", "weights", "total", "unit"),
	[
		([(500, "Gram"), (2, "Kg")], [0.5, 2], 2.5, "Kg"),
		([(500, "Gram"), (100, "Gram")], [500, 100], 600, "Gram"),
		# what weighs nothing, as a bundle above its components, has no say
		([(0, ""), (500, "Gram")], [0, 500], 500, "Gram"),
		([(1, ""), (500, "Gram")], [1, 0.5], 1.5, "Kg"),
		([(2, "Kg"), (3, "Crate")], [2, None], None, "Kg"),
		([], [], 0, "Kg"),
	],
)
def test_net_weight(parts, weights, total, unit) -> None:
	assert net_weight(parts, FACTORS) == (weights, total, unit)
