"""Figures in sentences keep all of their digits."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from wholesale_b2b.accounting.rules.amounts import shown
from wholesale_b2b.figures import plain

APP = Path(__file__).parents[2] / "apps" / "wholesale_b2b"


@pytest.mark.parametrize(
	("number", "text"),
	[
		(1234567.25, "1234567.25"),
		(Decimal("1E+3"), "1000"),
		(0.1 + 0.2, "0.3"),
		(Decimal("12.500"), "12.5"),
		(0, "0"),
		(1e30, "1" + "0" * 30),
	],
)
def test_it_is_written_as_it_is_typed(number, text):
	assert plain(number) == text


@pytest.mark.parametrize(
	("amount", "unit", "text"),
	[
		("40.0", "0.01", "40.00"),
		("1E+3", "0.01", "1000.00"),
		("0.851", "0.01", "0.851"),
		("1500.0", "1", "1500"),
		("-3.5", "0.01", "-3.50"),
	],
)
def test_an_amount_has_the_digits_of_its_currency(amount, unit, text):
	assert shown(Decimal(amount), Decimal(unit)) == text


def test_no_message_rounds_to_six_digits():
	rounded = re.compile(r":[.\d]*g\}|%g|, *\"[.\d]*g\"\)")
	assert not [str(path) for path in APP.rglob("*.py") if rounded.search(path.read_text())]
