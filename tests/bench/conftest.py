"""Benchmarks run on the test site and print ratios measured within one run; nothing here asserts seconds."""

import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))

from tests.site.conftest import company, fresh_transaction, site, worker  # noqa: F401

LINES: list[str] = []


@pytest.fixture
def say() -> Callable[[str], None]:
	"""Add a line to the summary that is printed at the end."""
	return LINES.append


class Watch:
	seconds = 0.0


@contextmanager
def watch():
	"""`with watch() as w: …` then `w.seconds`."""
	measured, begun = Watch(), time.perf_counter()
	yield measured
	measured.seconds = time.perf_counter() - begun


def pytest_terminal_summary(terminalreporter):
	terminalreporter.section("benchmarks")
	for line in LINES:
		terminalreporter.write_line(line)
