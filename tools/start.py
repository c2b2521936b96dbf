"""./start: from a clone to a running bench. Run again, it resumes where it failed, or does nothing."""

from __future__ import annotations

import argparse
import contextlib
import errno
import fcntl
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator

from tools import environment, paths, ports, serve, services, sites, state, system
from tools.console import say, step
from tools.failure import Failure


def arguments(words: list[str]) -> argparse.Namespace:
	parser = argparse.ArgumentParser(prog="./start", description=__doc__)
	parser.add_argument("--yes", action="store_true", help="do not ask")
	parser.add_argument("--no-serve", action="store_true", help="make everything, serve nothing")
	parser.add_argument("--site", default=None, metavar="NAME", help=f"default: {paths.DEMO_SITE}")
	parser.add_argument(
		"--port", type=int, metavar="N", help="of the web server; default: the first free from 8000"
	)
	parser.add_argument("--frappe", metavar="SOURCE[@REF]", help="URL or local clone instead of upstream's")
	parser.add_argument("--erpnext", metavar="SOURCE[@REF]", help="URL or local clone instead of upstream's")
	parser.add_argument("--reset", action="store_true", help="remove this bench's sites and databases first")
	parser.add_argument("--services", action="store_true", help="only MariaDB and Redis, in the background")
	parser.add_argument("--stop", action="store_true", help="stop MariaDB and Redis of this bench")
	return parser.parse_args(words)


def main(words: list[str]) -> int:
	options = arguments(words)
	os.chdir(paths.ROOT)
	with shown_failures() as outcome:
		paths.make_folders()
		with only_one():
			if options.stop:
				say(f"Stopped: {', '.join(services.stop()) or 'nothing was running'}")
				return 0
			if options.services:
				say(f"Started: {', '.join(services.start_all()) or 'nothing, all are running'}")
				# a port may have been taken meanwhile, and another chosen
				sites.write_common_config(state.get("default_site") or paths.DEMO_SITE)
				return 0
			go(options)
	return outcome["code"]


def go(options: argparse.Namespace) -> None:
	site = options.site or state.get("default_site") or paths.DEMO_SITE
	sites.check_name(site)
	if pid := serve.already():
		say(f"Already serving http://{site}:{ports.get('web')} (process {pid}).")
		return
	if options.reset:
		reset(options.yes)
	if options.port:
		ports.claim("web", options.port)
	started: list[str] = []
	try:
		started = prepare(options.yes, frappe=options.frappe, erpnext=options.erpnext)
		sites.ensure(site, demo=True)
		environment.ensure_assets()
		state.put(site, "default_site")
		if not options.no_serve:
			for name in ("web", "socketio"):
				ports.claim(name)
			sites.write_common_config(site)
		sites.tell_login(site)
		if options.no_serve:
			say("Ready. ./start serves it, ./test tests it.")
			say("For bench commands: ./start --services, then .tools/bin/bench --site NAME ...")
		else:
			release_lock()
			serve.serve(site)
	finally:
		if started:
			with step(f"Stopping {', '.join(started)}"):
				services.stop(started)


def prepare(assume_yes: bool, *, frappe: str | None = None, erpnext: str | None = None) -> list[str]:
	"""Everything short of a site; returns the servers that this call started."""
	paths.make_folders()
	system.ensure(system.BASE, assume_yes)
	environment.ensure_tools()
	environment.ensure_source("frappe", frappe)
	environment.ensure_source("erpnext", erpnext)
	environment.ensure_python_packages()
	environment.ensure_node_packages()
	system.check_mariadb_version(services.find("mariadbd", "mysqld"))
	started = services.start_all()
	sites.write_common_config(state.get("default_site") or paths.DEMO_SITE)
	return started


def reset(assume_yes: bool) -> None:
	"""Remove sites and databases, nothing else; only a person or --yes may say so."""
	question = f"Remove all sites and databases under {paths.ROOT}? [y/N] "
	if not assume_yes:
		if not sys.stdin.isatty():
			raise Failure("--reset removes all sites and databases, and nobody can be asked", "Add --yes")
		if input(question).strip().lower() not in ("y", "yes"):
			raise Failure("Nothing was removed")
	with step("Removing sites and databases"):
		services.stop()
		for place in paths.SITES.iterdir():
			if (place / "site_config.json").exists():
				shutil.rmtree(place)
		shutil.rmtree(paths.DATA, ignore_errors=True)
		shutil.rmtree(paths.SNAPSHOTS, ignore_errors=True)
		state.put(None, "sites")
		paths.make_folders()


_lock = None


@contextlib.contextmanager
def only_one(wait: float = 0) -> Iterator[None]:
	"""Two of these at work in one bench would spoil each other's steps; wait so many seconds for the other."""
	global _lock
	_lock = (paths.BENCH / "lock").open("w")
	deadline = time.monotonic() + wait
	while True:
		try:
			fcntl.flock(_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
			break
		except BlockingIOError as error:
			if time.monotonic() >= deadline:
				raise Failure(
					"Another ./start or ./test is at work in this bench", "Wait for it to end"
				) from error
			time.sleep(0.2)
	try:
		yield
	finally:
		release_lock()


def release_lock() -> None:
	global _lock
	if _lock:
		_lock.close()
		_lock = None


@contextlib.contextmanager
def shown_failures() -> Iterator[dict[str, int]]:
	"""Turn what goes wrong into one line and an exit code."""
	outcome = {"code": 0}
	signal.signal(signal.SIGTERM, _interrupt)
	try:
		yield outcome
	except Failure as failure:
		print(f"✗ {failure}", file=sys.stderr)
		outcome["code"] = 1
	except KeyboardInterrupt:
		print("✗ Stopped. Run again to resume.", file=sys.stderr)
		outcome["code"] = 130
	except OSError as error:
		if error.errno not in (errno.ENOSPC, errno.EDQUOT):
			raise
		print(f"✗ The disk is full. Free some space under {paths.ROOT} and run again.", file=sys.stderr)
		outcome["code"] = 1


def _interrupt(number: int, frame: object) -> None:
	raise KeyboardInterrupt


if __name__ == "__main__":
	sys.exit(main(sys.argv[1:]))
