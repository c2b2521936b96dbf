"""Figures in sentences keep all of their digits."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

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


def test_no_message_rounds_to_six_digits():
	rounded = re.compile(r":[.\d]*g\}|%g|, *\"[.\d]*g\"\)")
	assert not [str(path) for path in APP.rglob("*.py") if rounded.search(path.read_text())]
