"""Quantities that are none: the planner says which row, and never plans with them."""

from decimal import Decimal

import pytest

from wholesale_b2b.allocation.rules import ON_HAND, Demand, Peg, Supply, plan

BAD = ["-1", "-0.000001", "NaN", "-NaN", "Infinity", "-Infinity", "1e13"]


def demand(qty="5"):
	return Demand("L1", "MUG", ("Stores",), Decimal(qty))


def shelf(qty="5"):
	return Supply("bin", ON_HAND, "MUG", "Stores", Decimal(qty))


@pytest.mark.parametrize("qty", BAD)
def test_of_a_line(qty):
	with pytest.raises(ValueError, match=r"line 'L1' has an? (negative|absurd) quantity"):
		plan([demand(qty)], [shelf()])


@pytest.mark.parametrize("qty", BAD)
def test_of_a_supply(qty):
	with pytest.raises(ValueError, match=r"key 'bin' has an? (negative|absurd) quantity"):
		plan([demand()], [shelf(qty)])


@pytest.mark.parametrize("qty", BAD)
def test_of_a_promise(qty):
	with pytest.raises(ValueError, match=r"has an? (negative|absurd) quantity"):
		plan([demand()], [shelf()], [Peg("L1", "bin", Decimal(qty))])


def test_nothing_and_very_much_are_quantities():
	assert plan([demand("0")], [shelf("1e12")]).pegs == ()
	assert plan([demand("1e12")], [shelf("0")]).shortages == {"L1": Decimal("1e12")}
