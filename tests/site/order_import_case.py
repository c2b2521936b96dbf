"""Builders for the tests of Order Import."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import frappe

from wholesale_b2b.ordering.order_import.store import files

TWO_DAYS = Path(__file__).parents[1] / "data" / "online_retail_two_days.csv.gz"
COMPANY = "Northgate Wholesale Ltd"
HEADER = "Order No,SKU,Qty,Price,Account,Order Date,Description"
SERVICE_CODES = ("POST", "D", "M", "C2", "DOT", "BANK CHARGES")

# A process of its own; with a folder given, two of them start at one moment.
PROCESS = """
import json, os, sys, time
import frappe
frappe.init(site=sys.argv[1], sites_path=os.getcwd())
frappe.connect()
frappe.set_user("Administrator")
from wholesale_b2b.ordering.order_import import service
names, barrier, me = json.loads(sys.argv[2]), sys.argv[3], sys.argv[4]
if barrier:
	open(os.path.join(barrier, me), "w").close()
	while len(os.listdir(barrier)) < 2:
		time.sleep(0.001)
"""
RUN = PROCESS + "print(service.run(names[0]))"
REPLAY = PROCESS + "print(sum(found['replayed'] for found in service.replay(names)))"


def unique(prefix: str) -> str:
	return f"{prefix}-{frappe.generate_hash(length=6)}".upper()


def warehouse() -> str:
	return frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 0, "name": ("like", "Stores%")})


def item(code: str | None = None, **values) -> str:
	doc = frappe.new_doc("Item")
	doc.update({"item_code": code or unique("ITEM"), "item_group": "Products", "stock_uom": "Nos", **values})
	return doc.insert().name


def customer(name: str | None = None) -> str:
	doc = frappe.new_doc("Customer")
	doc.update(
		{
			"customer_name": name or unique("SHOP"),
			"customer_group": "Commercial",
			"territory": "United Kingdom",
		}
	)
	return doc.insert().name


def receive(quantities: dict[str, float]) -> None:
	"""Opening stock, by a Material Receipt."""
	entry = frappe.new_doc("Stock Entry")
	entry.update({"stock_entry_type": "Material Receipt", "company": COMPANY})
	for code, qty in quantities.items():
		entry.append("items", {"item_code": code, "qty": qty, "t_warehouse": warehouse(), "basic_rate": 1})
	entry.insert()
	entry.submit()


def csv(*rows: str) -> bytes:
	return "\n".join((HEADER, *rows)).encode()


def order_import(content: bytes, file_name: str = "orders.csv", do_not_commit: bool = False, **values):
	"""A saved Order Import with its file attached and its columns mapped by guess."""
	doc = frappe.new_doc("Order Import")
	doc.update({"company": COMPANY, "warehouse": warehouse(), "source": unique("SRC"), **values})
	doc.insert()
	doc.import_file = files.attach(doc.name, file_name, content)
	doc.save()
	if not do_not_commit:
		# other processes are to see it
		frappe.db.commit()
	return doc


def run_here(doc) -> str:
	from wholesale_b2b.ordering.order_import import service

	service.start_here(doc.name)
	status = service.run(doc.name)
	doc.reload()
	return status


def run_elsewhere(name: str, barrier: Path | str = "") -> subprocess.Popen:
	"""A process that runs a queued import."""
	return _process(RUN, [name], barrier, name)


def replay_elsewhere(names: list[str], barrier: Path, number: int) -> subprocess.Popen:
	"""A process that replays exceptions and prints how many rows it ordered."""
	return _process(REPLAY, names, barrier, str(number))


def _process(script: str, names: list[str], barrier: Path | str, me: str) -> subprocess.Popen:
	words = [sys.executable, "-c", script, frappe.local.site, json.dumps(names), str(barrier), me]
	return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def orders_of(source: str) -> dict[str, list]:
	"""External order number → its submitted Sales Orders, by part."""
	found: dict[str, list] = {}
	filters = {"b2b_external_source": source, "docstatus": 1}
	for name in frappe.get_all(
		"Sales Order", filters=filters, pluck="name", order_by="b2b_external_order_part"
	):
		doc = frappe.get_doc("Sales Order", name)
		found.setdefault(doc.b2b_external_order_no, []).append(doc)
	return found


def exceptions_of(doc, **filters) -> list:
	return frappe.get_all(
		"Order Import Exception",
		filters={"order_import": doc.name, **filters},
		fields=["*"],
		order_by="row_no",
	)


def assert_whole(doc) -> None:
	"""Every row of the file is on a submitted order, in the exceptions with a reason, or known from before."""
	doc.reload()
	assert doc.total_rows == doc.rows_ordered + doc.rows_excepted + doc.rows_known
	on_orders = frappe.db.sql(
		"""select count(*) from `tabSales Order Item` item join `tabSales Order` so on so.name = item.parent
		where so.b2b_order_import = %s and so.docstatus = 1""",
		doc.name,
	)[0][0]
	assert on_orders == doc.rows_ordered
	waiting = exceptions_of(doc, status=("!=", "Replayed"))
	assert len(waiting) == doc.rows_excepted
	assert all(row.reason and row.message for row in waiting)
