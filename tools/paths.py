"""Where things are in this bench."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ROOT / "apps"
SITES = ROOT / "sites"
CONFIG = ROOT / "config"
LOGS = ROOT / "logs"
ENV = ROOT / "env"
TOOLS = ROOT / ".tools"
BENCH = ROOT / ".bench"
DATA = BENCH / "data"
STEP_LOGS = BENCH / "logs"
SNAPSHOTS = BENCH / "snapshots"
INSIDE = Path(__file__).resolve().parent / "inside"

BENCH_ENV = TOOLS / "bench"
BIN = TOOLS / "bin"
PYTHON = ENV / "bin" / "python"

OUR_APP = "wholesale_b2b"
DEMO_SITE = "wholesale.localhost"
TEST_SITE = "test.wholesale.localhost"
# where the whole site suite runs at the same time, a process for each: a third of a test is waiting for the servers
TEST_SITES = (TEST_SITE, "test-2.wholesale.localhost", "test-3.wholesale.localhost")
E2E_SITE = "e2e.wholesale.localhost"


def make_folders() -> None:
	for folder in (SITES, LOGS, DATA, STEP_LOGS, SNAPSHOTS, BIN):
		folder.mkdir(parents=True, exist_ok=True)
	# bench looks for this folder before it believes that it stands in a bench
	(CONFIG / "pids").mkdir(exist_ok=True)


def environment(**more: str) -> dict[str, str]:
	"""The environment of every program that we start: our own node, yarn and env/ come first."""
	env = dict(os.environ)
	env["PATH"] = os.pathsep.join(
		[str(BIN), str(ENV / "bin"), env.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"]
	)
	for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "FRAPPE_SITE"):
		env.pop(name, None)
	env["PYTHONUNBUFFERED"] = "1"
	env.update(more)
	return env
