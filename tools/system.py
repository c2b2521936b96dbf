"""What the system must have: Debian's and Ubuntu's packages, installed with apt where they are missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import paths
from tools.console import confirm, run, say, step
from tools.failure import Failure

SUPPORTED = {("debian", "12"), ("ubuntu", "22.04"), ("ubuntu", "24.04")}
OLDEST_MARIADB = (10, 6)


@dataclass(frozen=True)
class Need:
	"""A program or library; `packages` are alternatives, the first that apt knows is taken."""

	what: str
	why: str
	packages: tuple[str, ...]
	present: Callable[[], bool]


def has(*programs: str) -> Callable[[], bool]:
	path = paths.environment()["PATH"]
	return lambda: any(shutil.which(program, path=path) for program in programs)


def has_library(name: str) -> Callable[[], bool]:
	folders = ("/usr/lib", "/usr/lib64", "/lib")
	return lambda: any(
		next(Path(folder).glob(pattern), None)
		for folder in folders
		for pattern in (f"{name}.so*", f"*-linux-gnu/{name}.so*")
	)


BASE = (
	Need("git", "fetches Frappe and ERPNext", ("git",), has("git")),
	Need(
		"MariaDB server",
		"the bench's own database",
		("mariadb-server-core", "mariadb-server-core-10.6"),
		has("mariadbd", "mysqld"),
	),
	Need(
		"MariaDB client",
		"restores, backups and the database console",
		("mariadb-client",),
		lambda: has("mariadb")() and has("mariadb-dump", "mysqldump")(),
	),
	Need("Redis", "cache, background jobs and realtime", ("redis-server",), has("redis-server")),
	Need("Pango", "print formats as PDF", ("libpangoft2-1.0-0",), has_library("libpangoft2-1.0")),
	Need("wkhtmltopdf", "print formats as PDF", ("wkhtmltopdf",), has("wkhtmltopdf")),
)
BROWSER = (
	Need(
		"Chromium",
		"the tests in a browser",
		("chromium",),
		lambda: Path(chromium()).exists(),
	),
)


def chromium() -> str:
	return os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"


def ensure(needs: tuple[Need, ...], assume_yes: bool) -> None:
	missing = [need for need in needs if not need.present()]
	if missing:
		_install(missing, assume_yes)


def check_mariadb_version(server: str) -> None:
	text = subprocess.run([server, "--version"], capture_output=True, text=True).stdout
	match = re.search(r"(\d+)\.(\d+)\.\d+-MariaDB", text)
	if not match:
		raise Failure(f"{server} is not MariaDB ({text.strip()})", "Install MariaDB 10.6 or newer")
	if (int(match[1]), int(match[2])) < OLDEST_MARIADB:
		raise Failure(f"MariaDB {match[1]}.{match[2]} is too old", "Install MariaDB 10.6 or newer")


def _install(missing: list[Need], assume_yes: bool) -> None:
	say("Missing on this system:")
	for need in missing:
		say(f"  {need.what}: {need.why}")
	if _release() not in SUPPORTED or not shutil.which("apt-get"):
		names = ", ".join(need.what for need in missing)
		raise Failure(
			f"Only Debian 12, Ubuntu 22.04 and 24.04 are installed automatically; missing here: {names}",
			"Install these by hand, then run again",
		)
	prefix = _as_root(assume_yes)
	with step("Reading apt's lists"):
		run([*prefix, "apt-get", "update", "-q"], "apt", next_step="Mend apt's sources, then run again")
	packages = [_known(need.packages) for need in missing]
	if not confirm(f"Install with apt: {' '.join(packages)}?", assume_yes):
		raise Failure("Nothing was installed", f"Install by hand: apt-get install {' '.join(packages)}")
	with step(f"Installing with apt: {' '.join(packages)}"):
		run(
			[
				*prefix,
				"env",
				"DEBIAN_FRONTEND=noninteractive",
				"apt-get",
				"install",
				"-y",
				"-q",
				"--no-install-recommends",
				*packages,
			],
			"apt",
			cause="apt could not install the packages",
			next_step="Mend apt, then run again",
		)
	still = [need.what for need in missing if not need.present()]
	if still:
		raise Failure(f"Installed, but still not found: {', '.join(still)}", "Look for them on your PATH")


def _release() -> tuple[str, str]:
	values = {}
	try:
		for line in Path("/etc/os-release").read_text().splitlines():
			key, _, value = line.partition("=")
			values[key] = value.strip('"')
	except OSError:
		pass
	return values.get("ID", ""), values.get("VERSION_ID", "")


def _as_root(assume_yes: bool) -> list[str]:
	if os.geteuid() == 0:
		return []
	if not shutil.which("sudo"):
		raise Failure("System packages are missing and sudo is not here", "Run ./start once as root")
	if assume_yes or not os.isatty(0):
		return ["sudo", "-n"]
	# asks for the password here, where it can be seen, and not in the middle of a step
	subprocess.run(["sudo", "-v"])
	return ["sudo"]


def _known(packages: tuple[str, ...]) -> str:
	for package in packages[:-1]:
		shown = subprocess.run(["apt-cache", "show", "--no-all-versions", package], capture_output=True)
		if shown.returncode == 0 and shown.stdout:
			return package
	return packages[-1]
