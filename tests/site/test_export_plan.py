"""A site exported as files plans as the site itself does, and the export changes nothing."""

import subprocess
import sys
from pathlib import Path

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_item,
	make_order_rule,
	make_protection,
	make_purchase_order,
	make_sales_order,
	warehouse,
)
from frappe.utils import add_days, getdate, nowdate
from openpyxl import Workbook

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.offline import files
from wholesale_b2b.allocation.offline.cli import main
from wholesale_b2b.allocation.service import export, planning
from wholesale_b2b.allocation.store import export as store


@pytest.fixture
def item():
	"""An item with 10 on the shelf, 6 coming, and two orders of 8 and 9: one has 8, the other 2 and 6."""
	item = make_item()
	add_stock(item.name, 10)
	make_purchase_order(item.name, 6)
	make_sales_order(item.name, 8)
	make_sales_order(item.name, 9)
	return item


def own(rows, item, supplies):
	keys = {row.supply.key for row in supplies if row.supply.item == item.name}
	return [peg for peg in rows if peg.supply in keys]


def test_the_files_hold_what_a_run_sees(item, tmp_path):
	export.write(tmp_path, COMPANY)
	lines = [r for r in files.read_demand(tmp_path / "demand.csv").rows if r.demand.item == item.name]
	supplies = [r for r in files.read_supply(tmp_path / "supply.csv").rows if r.supply.item == item.name]

	assert sorted((r.demand.qty, r.demand.needed_by) for r in lines) == [
		(8, getdate(add_days(nowdate(), 7))),
		(9, getdate(add_days(nowdate(), 7))),
	]
	orders = frappe.get_all("Sales Order Item", {"item_code": item.name}, ["name", "parent"], as_list=True)
	assert {(r.demand.line, r.order) for r in lines} == set(orders)
	assert {r.demand.warehouses for r in lines} == {(warehouse(),)}
	shelf, coming = sorted(supplies, key=lambda r: r.supply.available_on is not None)
	assert (shelf.supply.key, shelf.supply.qty) == (f"{item.name} @ {warehouse()}", 10)
	assert (coming.supply.qty, coming.supply.available_on) == (6, getdate(add_days(nowdate(), 10)))
	assert coming.document == frappe.db.get_value("Purchase Order Item", {"item_code": item.name}, "parent")


def test_planning_the_files_changes_no_promise_of_the_site(item, tmp_path):
	found = export.write(tmp_path, COMPANY)
	lines, supplies = (
		files.read_demand(tmp_path / "demand.csv").rows,
		files.read_supply(tmp_path / "supply.csv").rows,
	)
	names = {row.demand.line for row in lines}, {row.supply.key for row in supplies}
	kept = files.read_kept(tmp_path / "kept.csv", *names).rows
	assert kept == list(found.kept)
	assert {peg.qty for peg in own(kept, item, supplies)} == {8, 2, 6}

	for promised in (kept, []):
		made = rules.plan(
			[r.demand for r in lines], [r.supply for r in supplies], promised, planning.policy()
		)
		assert own(made.pegs, item, supplies) == own(kept, item, supplies)


@pytest.fixture
def rules_of_the_house():
	"""What a test makes of these is gone after it, so that other tests plan as ever."""
	yield
	frappe.db.rollback()
	for doctype in ("Stock Protection", "Order Rule"):
		for name in frappe.get_all(doctype, pluck="name"):
			frappe.delete_doc(doctype, name, force=True)
	frappe.db.commit()


def test_protections_and_sourcing_warehouses_are_exported(rules_of_the_house, tmp_path):
	item, customer, second = make_item(), make_customer(), warehouse("Finished Goods")
	add_stock(item.name, 10)
	add_stock(item.name, 5, into=second)
	make_protection(item_code=item.name, channel="Web Shop", floor=4)
	make_order_rule(sources=[warehouse(), second], company=COMPANY, customer=customer.name)
	make_sales_order(item.name, 12, customer=customer.name)

	found = export.write(tmp_path, COMPANY)
	shelf = f"{item.name} @ {warehouse()}"
	line = next(r.demand for r in found.lines if r.demand.item == item.name)
	assert line.warehouses == (warehouse(), second)
	assert [(p.supply, p.segment, p.floor) for p in found.protections] == [(shelf, "channel:web shop", 4)]
	supplies = {row.supply.key: row.supply for row in files.read_supply(tmp_path / "supply.csv").rows}
	assert files.read_protections(tmp_path / "protections.csv", supplies).rows == list(found.protections)
	made = rules.plan([r.demand for r in found.lines], supplies.values(), (), found.policy)
	assert {(p.supply, p.qty) for p in made.pegs if p.demand == line.line} == {
		(shelf, 6),
		(f"{item.name} @ {second}", 5),
	}


def test_the_server_refuses_to_write_during_an_export(item):
	with pytest.raises(frappe.InReadOnlyMode), store.one_moment():
		frappe.db.sql("update `tabItem` set description = 'changed' where name = %s", item.name)
	# and the next transaction may write again
	frappe.db.set_value("Item", item.name, "description", "changed")
	assert frappe.db.get_value("Item", item.name, "description") == "changed"


def test_an_unknown_company_is_refused(tmp_path):
	with pytest.raises(frappe.DoesNotExistError, match="There is no Company Nowhere Ltd"):
		export.write(tmp_path, "Nowhere Ltd")
	assert not list(tmp_path.iterdir())


def test_the_command_writes_the_files(site, item, tmp_path):
	done = bench(site, "--out", str(tmp_path / "files"))
	assert done.returncode == 0, done.stderr
	assert "in demand.csv" in done.stdout
	assert sorted(path.name for path in (tmp_path / "files").iterdir()) == [
		"demand.csv",
		"kept.csv",
		"protections.csv",
		"supply.csv",
	]

	done = bench(site, "--out", str(tmp_path / "other"), "--company", "Nowhere Ltd")
	assert (done.returncode, done.stderr.strip()) == (1, "Error: There is no Company Nowhere Ltd.")
	assert not (tmp_path / "other").exists()


def bench(site: str, *words: str) -> subprocess.CompletedProcess:
	command = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "--site", site]
	return subprocess.run([*command, "wholesale-export-plan", *words], capture_output=True, text=True)


def test_an_export_as_workbooks_plans_too(item, tmp_path, capsys):
	export.write(tmp_path, COMPANY)
	for name in ("demand", "supply", "kept", "protections"):
		workbook(tmp_path, name)
	words = [f"--{name}={tmp_path / name}.xlsx" for name in ("demand", "supply", "kept", "protections")]
	assert main(["plan", *words, f"--out={tmp_path / 'plan'}"]) == 0, capsys.readouterr().err
	for name, read in (("demand", files.read_demand), ("supply", files.read_supply)):
		assert read(tmp_path / f"{name}.xlsx").rows == read(tmp_path / f"{name}.csv").rows
	assert "comparison.html" in capsys.readouterr().out


def workbook(folder: Path, name: str) -> None:
	"""The CSV as a workbook with the types that a person's would have: numbers and dates, not texts."""
	from wholesale_b2b.allocation.offline import cells, tables

	table = tables.read(folder / f"{name}.csv")
	parse = {
		"qty": lambda text: float(text),
		"needed_by": cells.day,
		"available_on": cells.day,
		"priority": int,
	}
	book = Workbook()
	book.active.append(table.header)
	for _number, texts in table.rows:
		pairs = zip(table.header, texts, strict=False)
		book.active.append([parse.get(name, str)(text) if text else None for name, text in pairs])
	book.save(folder / f"{name}.xlsx")
