"""The app comes and goes without a trace: install, migrate twice, uninstall, install, on a site of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import frappe
import pytest

from tools import paths, sites

SITE = "install.wholesale.localhost"
APP = paths.OUR_APP
# where an app leaves rows that no table of its own holds; those with random names are told by what they say
REGISTERS = {
	"Client Script": ["name"],
	"Custom DocPerm": ["parent", "role", "permlevel"],
	"Custom Field": ["name"],
	"Custom HTML Block": ["name"],
	"Dashboard": ["name"],
	"Dashboard Chart": ["name"],
	"DocPerm": ["parent", "role", "permlevel"],
	"DocType": ["name"],
	"DocType Link": ["parent", "link_doctype", "link_fieldname"],
	"Has Role": ["parenttype", "parent", "role"],
	"Installed Application": ["app_name"],
	"Module Def": ["name"],
	"Module Onboarding": ["name"],
	"Notification": ["name"],
	"Number Card": ["name"],
	"Page": ["name"],
	"Print Format": ["name"],
	"Property Setter": ["name"],
	"Report": ["name"],
	"Role": ["name"],
	"Scheduled Job Type": ["method"],
	"Web Form": ["name"],
	"Web Template": ["name"],
	"Workspace": ["name"],
}

LOOK = """
import json, sys
import frappe
site, app, registers = sys.argv[1:]
frappe.init(site=site, sites_path=".")
frappe.connect()
columns = frappe.db.sql(
	"select concat(table_name, '.', column_name) from information_schema.columns where table_schema = database()",
	pluck=True,
)
found = {"column": columns}
indexes = frappe.db.sql(
	# Frappe adds an index on `creation` by itself whenever it alters a table that is sorted by it.
	"select concat(table_name, '.', index_name) from information_schema.statistics "
	"where table_schema = database() and index_name <> 'creation'",
	pluck=True,
)
found["index"] = indexes
for register, fields in json.loads(registers).items():
	rows = frappe.get_all(register, fields=fields, limit_page_length=0, as_list=True)
	found[register] = [" / ".join(str(value) for value in row) for row in rows]
found["Installed App"] = frappe.get_installed_apps()
found["Patch Log"] = frappe.get_all("Patch Log", filters={"patch": ["like", f"{app}.%"]}, pluck="patch")
found["Singles"] = frappe.db.sql(
	"select distinct doctype from tabSingles where doctype not in (select name from tabDocType)", pluck=True
)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def throw_away() -> Iterator[str]:
	"""A site with ERPNext set up, and without this app."""
	sites.make_with_erpnext(SITE)
	yield SITE
	sites.drop(SITE)


def look() -> dict[str, set[str]]:
	"""What a new process finds on the throw-away site: every column, and the rows of every register."""
	command = [sys.executable, "-c", LOOK, SITE, APP, json.dumps(REGISTERS)]
	done = subprocess.run(command, cwd=paths.SITES, env=paths.environment(), capture_output=True, text=True)
	assert done.returncode == 0, done.stderr
	return {key: set(values) for key, values in json.loads(done.stdout.splitlines()[-1]).items()}


def bench(*words: str) -> None:
	sites.frappe("--site", SITE, *words, log="test-install", cause=f"{words[0]} failed")


def difference(before: dict[str, set[str]], after: dict[str, set[str]]) -> dict[str, dict[str, list[str]]]:
	return {
		key: {"left": sorted(after[key] - before[key]), "lost": sorted(before[key] - after[key])}
		for key in before
		if before[key] != after[key]
	}


def test_install_migrate_twice_uninstall_install(throw_away: str) -> None:
	before = look()

	bench("install-app", APP)
	installed = look()
	assert APP in installed["Installed App"]
	assert installed["DocType"] > before["DocType"]
	sites.inside("switch_on", SITE, sites.COMPANY, log="test-install")

	bench("migrate")
	once = look()
	bench("migrate")
	assert difference(once, look()) == {}

	bench("uninstall-app", APP, "--yes", "--no-backup")
	assert difference(before, look()) == {}

	bench("install-app", APP)
	assert difference(installed, look()) == {}


def patch_lines() -> list[str]:
	lines = (paths.APPS / APP / "patches.txt").read_text().splitlines()
	return [line.strip() for line in lines if line.strip() and not line.strip().startswith(("#", "["))]


def test_every_line_of_patches_txt_resolves() -> None:
	for line in patch_lines():
		if line.startswith("execute:"):
			compile(line.removeprefix("execute:"), "patches.txt", "exec")
		else:
			assert callable(frappe.get_attr(f"{line.split()[0]}.execute")), line


def test_every_patch_file_is_listed() -> None:
	folder = paths.APPS / APP / "patches"
	files = [file for file in folder.rglob("*.py") if file.name != "__init__.py"]
	listed = {line.split()[0] for line in patch_lines()}
	names = {module_name(file.relative_to(folder)) for file in files}
	assert names <= listed


def module_name(file: Path) -> str:
	return f"{APP}.patches." + str(file.with_suffix("")).replace(os.sep, ".")


def test_a_worker_runs_what_was_queued(worker) -> None:
	"""The fixture that other site tests rely on."""
	frappe.enqueue("frappe.client.get_count", doctype="User", queue="short")
	assert worker() >= 1
	assert worker() == 0
