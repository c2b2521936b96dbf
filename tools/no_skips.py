"""A pytest plugin: a skipped test has shown nothing, so it fails the run."""

from __future__ import annotations

import pytest


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
	reporter = session.config.pluginmanager.get_plugin("terminalreporter")
	skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
	if skipped and exitstatus == pytest.ExitCode.OK:
		session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
	if terminalreporter.stats.get("skipped"):
		terminalreporter.write_line("Skipped tests count as failures here.", red=True)
