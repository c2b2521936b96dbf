"""The planner against a bare sort of the same lines by their key."""

import json
import subprocess
import sys
from pathlib import Path


def test_planning_a_million_lines(say):
	done = subprocess.run(
		[sys.executable, "-m", "tests.bench.planner", "1000000", "100000"],
		cwd=Path(__file__).resolve().parents[2],
		capture_output=True,
		text=True,
		check=True,
	)
	found = json.loads(done.stdout)
	assert found["pegs"] > 500_000
	say(
		f"plan 1,000,000 lines × 100,000 supplies: {found['plan']:.1f} s, bare sort {found['sort']:.1f} s: "
		f"{found['plan'] / found['sort']:.1f} times (limit 6); planned again over {found['pegs']:,} pegs: "
		f"{found['again'] / found['sort']:.1f} times; peak memory {found['MiB']:,.0f} MiB (limit 2,048)"
	)
