"""Sites: Frappe, ERPNext set up without the wizard, this app switched on, migrated when its code changed.

A new site with ERPNext set up takes minutes; the second one is restored from a snapshot of the first in seconds.
"""

from __future__ import annotations

import getpass
import json
import os
import shutil
from pathlib import Path

from tools import paths, ports, services, state
from tools.console import run, say, step
from tools.failure import Failure

ADMIN_PASSWORD = "admin"
COMPANY = "Northgate Wholesale Ltd"
COMMON = paths.SITES / "common_site_config.json"


def write_common_config(default_site: str) -> None:
	"""Tell Frappe where the bench's own servers are; what people added to the file stays."""
	try:
		config = json.loads(COMMON.read_text())
	except (FileNotFoundError, ValueError):
		config = {
			"developer_mode": 0,
			"live_reload": False,
			"serve_default_site": True,
			"background_workers": 1,
			"gunicorn_workers": 1,
			# demo data has made-up addresses: remove this line to send mail
			"mute_emails": 1,
		}
	redis_queue = f"redis://127.0.0.1:{ports.get('redis_queue')}"
	config.setdefault("default_site", default_site)
	config |= {
		"db_socket": str(services.database_socket()),
		"root_password": services.root_password(),
		"redis_cache": f"redis://127.0.0.1:{ports.get('redis_cache')}",
		"redis_queue": redis_queue,
		"redis_socketio": redis_queue,
		"socketio_port": ports.get("socketio"),
		"webserver_port": ports.get("web"),
		"frappe_user": getpass.getuser(),
	}
	text = json.dumps(config, indent=1, sort_keys=True) + "\n"
	if not COMMON.exists() or COMMON.read_text() != text:
		COMMON.touch(mode=0o600)
		COMMON.write_text(text)
	COMMON.chmod(0o600)


def frappe(*words: str, log: str, cause: str = "", next_step: str = "") -> str:
	"""One of Frappe's own commands, as `bench` would run it."""
	command = [paths.PYTHON, "-m", "frappe.utils.bench_helper", "frappe", *words]
	return run(command, log, cwd=paths.SITES, cause=cause, next_step=next_step)


def inside(script: str, *words: str, log: str, cause: str = "") -> str:
	"""One of our scripts that need Frappe's environment."""
	command = [paths.PYTHON, paths.INSIDE / f"{script}.py", *words]
	return run(command, log, cwd=paths.SITES, cause=cause)


def ensure(site: str, *, demo: bool) -> None:
	"""Make the site, or bring it up to date; each step is remembered when it is done."""
	if not (exists(site) and state.get("sites", site, "erpnext")):
		make_with_erpnext(site)
	_install_or_migrate(site)
	if not state.get("sites", site, "switched_on"):
		with step(f"Switching {paths.OUR_APP} on for {COMPANY}"):
			inside("switch_on", site, COMPANY, log=f"site-{site}", cause="The app could not be switched on")
		state.put(True, "sites", site, "switched_on")
	if demo and not state.get("sites", site, "demo"):
		with step(f"Making demo data on {site}"):
			inside("demo", site, COMPANY, log=f"site-{site}", cause="The demo data could not be made")
		state.put(True, "sites", site, "demo")


def _install_or_migrate(site: str) -> None:
	code = code_fingerprint()
	if paths.OUR_APP not in installed_apps(site):
		with step(f"Installing {paths.OUR_APP} on {site}"):
			frappe(
				"--site",
				site,
				"install-app",
				paths.OUR_APP,
				log=f"site-{site}",
				cause="The app could not be installed",
			)
	elif state.get("sites", site, "migrated") != code:
		with step(f"Migrating {site}: the app has changed"):
			frappe("--site", site, "migrate", log=f"site-{site}", cause="The migration failed")
	else:
		return
	state.put(code, "sites", site, "migrated")


def exists(site: str) -> bool:
	config = paths.SITES / site / "site_config.json"
	try:
		name = json.loads(config.read_text())["db_name"]
	except (OSError, ValueError, KeyError):
		return False
	return services.sql(f"show databases like '{name}'").strip() == name


def installed_apps(site: str) -> list[str]:
	name = json.loads((paths.SITES / site / "site_config.json").read_text())["db_name"]
	return services.sql("select app_name from `tabInstalled Application`", database=name).split()


def set_config(site: str, key: str, value: object) -> None:
	"""Change one line of the site's own configuration."""
	file = paths.SITES / site / "site_config.json"
	config = json.loads(file.read_text())
	if config.get(key) != value:
		config[key] = value
		file.write_text(json.dumps(config, indent=1, sort_keys=True))


def drop(site: str) -> None:
	"""Remove a site with its database; no backup is kept."""
	config = paths.SITES / site / "site_config.json"
	if config.exists():
		name = json.loads(config.read_text()).get("db_name")
		if name:
			services.sql(f"drop database if exists `{name}`; drop user if exists '{name}'@'localhost';")
	shutil.rmtree(paths.SITES / site, ignore_errors=True)
	state.put(None, "sites", site)


def code_fingerprint() -> str:
	"""Of everything in the app that `migrate` acts on."""
	app = paths.APPS / paths.OUR_APP
	files = [
		file
		for pattern in (
			"**/*.json",
			"**/fields.py",
			"setup/**/*.py",
			"patches/**/*.py",
			"patches.txt",
			"modules.txt",
			"hooks.py",
			"document_events.py",
		)
		for file in app.glob(pattern)
		if "node_modules" not in file.parts and "dist" not in file.parts
	]
	return state.fingerprint(set(files), upstream_fingerprint())


def upstream_fingerprint() -> str:
	return ":".join(head(app) for app in ("frappe", "erpnext"))


def head(app: str) -> str:
	"""The commit an app stands on."""
	git = paths.APPS / app / ".git"
	try:
		text = (git / "HEAD").read_text().strip()
		if not text.startswith("ref: "):
			return text
		ref = git / text[5:]
		if ref.exists():
			return ref.read_text().strip()
		packed = (git / "packed-refs").read_text().splitlines()
		return next(line.split()[0] for line in packed if line.endswith(text[5:]))
	except (OSError, StopIteration):
		return "unknown"


def snapshot_file() -> Path:
	digest = state.fingerprint(paths.INSIDE.glob("erpnext_setup.py"), upstream_fingerprint())
	return paths.SNAPSHOTS / f"erpnext-{digest}.sql.gz"


def make_with_erpnext(site: str) -> None:
	drop(site)
	snapshot = snapshot_file()
	if snapshot.exists():
		with step(f"Making {site} from the snapshot of a site with ERPNext set up"):
			new_site(site, source=snapshot)
	else:
		with step(f"Making {site} with Frappe and ERPNext", "2 to 4 minutes"):
			new_site(site)
			frappe("--site", site, "install-app", "erpnext", log=f"site-{site}")
		with step(f"Setting up ERPNext: {COMPANY}, GBP"):
			inside("erpnext_setup", site, COMPANY, log=f"site-{site}")
			_take_snapshot(site, snapshot)
	frappe("--site", site, "enable-scheduler", log=f"site-{site}")
	state.put({"erpnext": True}, "sites", site)


def new_site(site: str, source: Path | None = None) -> None:
	words = ["new-site", site, "--db-type", "mariadb", "--admin-password", ADMIN_PASSWORD]
	if source:
		words += ["--source-sql", str(source)]
	frappe(*words, log=f"site-{site}", cause=f"The site {site} could not be made")


def _take_snapshot(site: str, target: Path) -> None:
	name = json.loads((paths.SITES / site / "site_config.json").read_text())["db_name"]
	temporary = target.with_suffix(".tmp")
	dump = services.find("mariadb-dump", "mysqldump")
	pipe = (
		f"set -o pipefail; '{dump}' --no-defaults --socket='{services.database_socket()}' --user=root "
		f"--single-transaction --quick '{name}' | gzip -1 > '{temporary}'"
	)
	env = paths.environment(MYSQL_PWD=services.root_password())
	run(["bash", "-c", pipe], f"site-{site}", env=env, cause="The snapshot could not be written")
	for old in paths.SNAPSHOTS.glob("erpnext-*.sql.gz"):
		old.unlink()
	os.replace(temporary, target)


def tell_login(site: str) -> None:
	"""Print the address and the log-ins, once."""
	if state.get("sites", site, "told"):
		return
	say()
	say(f"  http://{site}:{ports.get('web')}   (log-ins for local development only)")
	say(f"    Administrator / {ADMIN_PASSWORD}")
	file = paths.SITES / site / "demo-logins.json"
	if file.exists():
		for login in json.loads(file.read_text()):
			say(f"    {login['user']} / {login['password']}   {login['what']}")
	say()
	state.put(True, "sites", site, "told")


def check_name(site: str) -> None:
	if not site.endswith(".localhost"):
		raise Failure(
			f"{site} is not a name that a browser finds on this machine",
			"Choose one that ends in .localhost",
		)
