"""Named steps with a sign of progress, and commands whose output goes to a log."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools import paths
from tools.failure import Failure

QUIET_SECONDS = 30


def say(text: str = "") -> None:
	print(text, flush=True)


@contextlib.contextmanager
def step(title: str, estimate: str = "") -> Iterator[None]:
	"""Name a step, show that it is alive, and say how long it took."""
	started = time.monotonic()
	label = f"{title} ({estimate})" if estimate else title
	stop = threading.Event()
	teller = threading.Thread(target=_tell, args=(label, stop, started), daemon=True)
	interactive = sys.stdout.isatty()
	if not interactive:
		say(f"  … {label}")
	teller.start()
	try:
		yield
	except BaseException:
		_finish(stop, teller, "✗", title, started)
		raise
	_finish(stop, teller, "✓", title, started)


def _tell(label: str, stop: threading.Event, started: float) -> None:
	if not sys.stdout.isatty():
		while not stop.wait(QUIET_SECONDS):
			say(f"    … still at it after {time.monotonic() - started:.0f} s: {label}")
		return
	for sign in itertools.cycle("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"):
		print(f"\r  {sign} {label}  {time.monotonic() - started:.0f} s", end="", flush=True)
		if stop.wait(0.2):
			return


def _finish(stop: threading.Event, teller: threading.Thread, sign: str, title: str, started: float) -> None:
	stop.set()
	teller.join()
	clear = "\r\033[K" if sys.stdout.isatty() else ""
	say(f"{clear}  {sign} {title}  {time.monotonic() - started:.1f} s")


def run(
	command: Sequence[object],
	log: str,
	*,
	cwd: Path | None = None,
	env: dict[str, str] | None = None,
	cause: str = "",
	next_step: str = "",
	stdin: str | None = None,
) -> str:
	"""Run a command with its output in .bench/logs/<log>.log; a Failure tells where, and its last words.

	Returns what this command added to the log.
	"""
	words = [str(word) for word in command]
	path = paths.STEP_LOGS / f"{log}.log"
	path.parent.mkdir(parents=True, exist_ok=True)
	with path.open("ab") as out:
		start = out.tell()
		out.write(f"$ {' '.join(words)}\n".encode())
		out.flush()
		try:
			done = subprocess.run(
				words,
				cwd=cwd or paths.ROOT,
				env=env or paths.environment(),
				stdout=out,
				stderr=subprocess.STDOUT,
				input=(stdin or "").encode(),
				preexec_fn=end_with_parent,
			)
		except FileNotFoundError as error:
			raise Failure(f"The program {words[0]} is missing", "Run ./start again", path) from error
	output = path.read_bytes()[start:].decode(errors="replace")
	if done.returncode:
		if "No space left on device" in output or disk_is_full():
			raise Failure("The disk is full", f"Free some space under {paths.ROOT} and run again", path)
		raise Failure(
			f"{cause or Path(words[0]).name + ' failed'} ({last_words(output)})",
			next_step or "Read the log, then run again: it resumes at this step",
			path,
		)
	return output


def end_with_parent() -> None:
	"""In a child, before it becomes another program: end it, should this process be killed outright."""
	set_parent_death_signal = 1
	ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def last_words(output: str) -> str:
	lines = [line.strip() for line in output.splitlines() if line.strip()]
	telling = [line for line in lines if line.lower().startswith(("error", "fatal", "e:"))]
	chosen = (telling or lines or ["no output"])[-1]
	return chosen if len(chosen) <= 160 else chosen[:157] + "..."


def disk_is_full(need: int = 50 * 1024 * 1024) -> bool:
	stats = os.statvfs(paths.ROOT)
	return stats.f_bavail * stats.f_frsize < need


def confirm(question: str, assume_yes: bool) -> bool:
	"""Ask a person; with --yes, or where nobody can answer, the answer is yes."""
	if assume_yes or not sys.stdin or not sys.stdin.isatty():
		return True
	return input(f"{question} [Y/n] ").strip().lower() in ("", "y", "yes")
