"""./test [unit|site|e2e|bench|faults] [pytest arguments]

Without a suite: ruff, import-linter, unit, site and e2e. `bench` and `faults` run only when named.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tools import environment, paths, services, sites, start, state, system
from tools.console import say, step
from tools.failure import Failure

UNIT_ENV = paths.TOOLS / "unit"
E2E_ENV = paths.TOOLS / "e2e"
UNIT_PACKAGES = ("pytest>=8,<9", "hypothesis>=6.77,<7", "ruff>=0.8,<1", "import-linter>=2.1,<3")
E2E_PACKAGES = ("pytest>=8,<9", "playwright>=1.49,<2")
# for another ./start or ./test that is building this bench
LONGEST_WAIT = 1200
# seconds after which a test is ended with a dump of where it hangs
LONGEST_TEST = {"site": 900, "faults": 1800}
# by pytest-xdist; the longest are named with the summary, so that the suite stays quick
SHARED_OUT = [f"--numprocesses={len(paths.TEST_SITES)}", "--dist=loadfile", "--durations=25"]
PYTHON_FILES = ("apps/wholesale_b2b", "tests", "tools")


def main(words: list[str]) -> int:
	os.chdir(paths.ROOT)
	if words and words[0] in ("-h", "--help"):
		say(__doc__.strip())
		return 0
	suites = {"unit": unit, "site": site, "e2e": e2e, "bench": bench, "faults": faults}
	chosen = list(suites) if not words else []
	if words and words[0] in suites:
		chosen, words = [words[0]], words[1:]
	elif words:
		# without a suite's name, paths tell which: ./test tests/unit/test_x.py -k y
		chosen = [name for name in suites if any(word.startswith(f"tests/{name}") for word in words)]
		if len(chosen) != 1:
			print(f"✗ Which suite? {__doc__.splitlines()[0]}", file=sys.stderr)
			return 2
	with start.shown_failures() as outcome:
		paths.make_folders()
		if len(chosen) == len(suites):
			return everything()
		return suites[chosen[0]](words)
	return outcome["code"]


def everything() -> int:
	"""The default run: all of it, even after a failure, and a summary at the end."""
	results: list[tuple[str, int, float]] = []
	with servers():
		for name, suite in (("lint", lint), ("unit", unit), ("site", site), ("e2e", e2e)):
			began = time.monotonic()
			try:
				code = suite([])
			except Failure as failure:
				print(f"✗ {failure}", file=sys.stderr)
				code = 1
			results.append((name, code, time.monotonic() - began))
	say()
	for name, code, seconds in results:
		say(f"  {'✓' if code == 0 else '✗'} {name}  {seconds:.0f} s")
	return 1 if any(code for _name, code, _seconds in results) else 0


def lint(words: list[str]) -> int:
	ensure_unit_env()
	ruff = UNIT_ENV / "bin" / "ruff"
	checks: list[tuple[str, list[object]]] = [
		("ruff check", [ruff, "check", *PYTHON_FILES]),
		("ruff format", [ruff, "format", "--check", "--quiet", *PYTHON_FILES]),
		("import-linter", [UNIT_ENV / "bin" / "lint-imports"]),
		("JSON and customisations", [sys.executable, "-m", "tools.check_files"]),
	]
	code = 0
	for name, command in checks:
		done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
		say(f"  {'✓' if done.returncode == 0 else '✗'} {name}")
		if done.returncode:
			say(done.stdout + done.stderr)
			code = 1
	return code


def unit(words: list[str]) -> int:
	ensure_unit_env()
	return pytest(UNIT_ENV, "unit", words)


def site(words: list[str]) -> int:
	"""The whole suite is shared out by file over several sites at the same time; a part of it runs on one."""
	chosen, shared = (paths.TEST_SITES, SHARED_OUT) if not words else ((paths.TEST_SITE,), [])
	with servers():
		for name in chosen:
			ensure_test_site(name)
		code = pytest(paths.ENV, "site", [*shared, *words])
		return max([code, *(audit(name) for name in chosen)])


def bench(words: list[str]) -> int:
	with servers():
		ensure_test_site()
		return pytest(paths.ENV, "bench", words)


def faults(words: list[str]) -> int:
	with servers():
		ensure_test_site()
		return pytest(paths.ENV, "faults", words)


def e2e(words: list[str]) -> int:
	system.ensure(system.BROWSER, assume_yes=True)
	fingerprint = state.fingerprint([], *E2E_PACKAGES, environment.python_id())
	if not (state.done("e2e-env", fingerprint) and (E2E_ENV / "bin" / "python").exists()):
		with step("Installing Playwright"):
			environment.make_venv(E2E_ENV)
			environment.pip(E2E_ENV, "install", *E2E_PACKAGES, log="e2e-env")
			state.mark("e2e-env", fingerprint)
	with servers():
		with start.only_one(wait=LONGEST_WAIT):
			environment.ensure_assets()
			# made anew each time, so that every run sees the demo as it was made
			sites.drop(paths.E2E_SITE)
			sites.ensure(paths.E2E_SITE, demo=True)
		code = pytest(E2E_ENV, "e2e", words)
		return audit(paths.E2E_SITE) or code


def ensure_unit_env() -> None:
	app = paths.APPS / paths.OUR_APP
	fingerprint = state.fingerprint([app / "pyproject.toml"], *UNIT_PACKAGES, environment.python_id())
	if state.done("unit-env", fingerprint) and (UNIT_ENV / "bin" / "python").exists():
		return
	with step("Installing pytest, Hypothesis, ruff and import-linter"):
		environment.make_venv(UNIT_ENV)
		environment.pip(UNIT_ENV, "install", *UNIT_PACKAGES, log="unit-env")
		environment.pip(UNIT_ENV, "install", "--no-deps", "-e", str(app), log="unit-env")
		state.mark("unit-env", fingerprint)


def ensure_test_site(site: str = paths.TEST_SITE) -> None:
	with start.only_one(wait=LONGEST_WAIT):
		# a print names its style sheet by what was built
		environment.ensure_assets()
		sites.ensure(site, demo=False)
		sites.set_config(site, "allow_tests", True)
		# Frappe lets a site make 60 users an hour; the tests make a few for each role
		sites.set_config(site, "throttle_user_limit", 10_000)


def audit(site: str) -> int:
	"""The app's own check that every promise is covered, after whatever the tests did."""
	try:
		with step(f"wholesale-audit on {site}"):
			sites.frappe("--site", site, "wholesale-audit", log="audit", cause="The audit found something")
	except Failure as failure:
		print(f"✗ {failure}", file=sys.stderr)
		return 1
	return 0


def pytest(env: Path, suite: str, words: list[str]) -> int:
	"""Run a suite in its environment; a named file or test replaces the whole folder."""
	named = any(word.startswith("tests/") for word in words)
	command = [env / "bin" / "python", "-m", "pytest", "-p", "tools.no_skips"]
	command += [f"--timeout={LONGEST_TEST[suite]}"] if suite in LONGEST_TEST else []
	command += [*([] if named else [f"tests/{suite}"]), *words]
	say(f"── {suite}")
	environ = paths.environment(
		BENCH_ROOT=str(paths.ROOT), CHROMIUM=system.chromium(), TEST_SITES=" ".join(paths.TEST_SITES)
	)
	return subprocess.run([str(word) for word in command], env=environ).returncode


class servers:
	"""Build what is missing of the bench and start its servers; stop those that this call started."""

	depth = 0
	started: tuple[str, ...] = ()

	def __enter__(self) -> None:
		if servers.depth == 0:
			with start.only_one(wait=LONGEST_WAIT):
				servers.started = tuple(start.prepare(True))
		servers.depth += 1

	def __exit__(self, *exception: object) -> None:
		servers.depth -= 1
		if servers.depth == 0 and servers.started:
			with step(f"Stopping {', '.join(servers.started)}"):
				services.stop(servers.started)


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
