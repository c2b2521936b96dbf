"""Allocation against ERPNext's own, in the same run on the same machine."""

import subprocess
import sys

import frappe
import pytest
from builders import make_purchase_order, make_sales_order, receive, warehouse
from erpnext.stock.doctype.stock_reservation_entry.stock_reservation_entry import (
	create_stock_reservation_entries_for_so_items,
)
from frappe.utils.background_jobs import get_queue

from tests.bench.conftest import watch
from tests.bench.data import (
	alternately,
	clear,
	items_with_stock,
	keys,
	orders,
	purchase_orders,
	switch_company,
)
from wholesale_b2b.allocation.service import audit, marking, shares
from wholesale_b2b.allocation.store import queue, writes
from wholesale_b2b.api.v1 import availability


@pytest.fixture(autouse=True)
def promises_hold():
	clear()
	marking.settle_marked()
	yield
	frappe.db.rollback()
	problems = audit.run()
	clear()
	assert problems == []


def lines_over_stock_and_purchase_orders(count: int) -> tuple[list[str], list[str]]:
	"""Items and orders: `count` lines of one unit, 60 % of them covered on hand, the rest by purchase orders."""
	items = items_with_stock(count // 50, 30)
	# bought first: a Purchase Order that is submitted allocates to the orders that are there
	purchase_orders(items, 30)
	names = orders(items, count // 50, 50, 1)
	assert pegs(items) == (0, 0)
	return items, names


def pegs(items: list[str]) -> tuple[int, int]:
	"""Reservations and pre-allocations of these items."""
	here = {"item_code": ("like", f"{items[0]}%")}
	return (
		frappe.db.count("Stock Reservation Entry", {**here, "docstatus": 1}),
		frappe.db.count("Stock Pre Allocation", {**here, "status": "Open"}),
	)


def test_allocating_lines_against_erpnext(say, monkeypatch):
	# One worker settles all of it, so that the sizes compare.
	monkeypatch.setattr(shares, "LARGE", 10**9)
	seconds = {}
	for count in (1_000, 10_000, 100_000):
		items, names = lines_over_stock_and_purchase_orders(count)
		if count == 10_000:
			erpnext = 1000 / erpnexts_own(names[:20])
		writes.mark(keys(items), "Benchmark")
		frappe.db.commit()
		with watch() as w:
			marking.settle_marked()
		assert pegs(items) == (count * 6 // 10, count * 4 // 10)
		seconds[count] = w.seconds
	for count, took in seconds.items():
		say(
			f"allocate {count:,} lines: {took:.2f} s, {count / took:,.0f} lines/s; ERPNext {erpnext:,.0f} lines/s: "
			f"{count / took / erpnext:.0f} times (at 10,000 at least 100)"
		)
	say(f"100,000 lines take {seconds[100_000] / seconds[10_000]:.1f} times as long as 10,000 (limit 12)")


def erpnexts_own(names: list[str]) -> float:
	"""Seconds that ERPNext takes to reserve these orders, the app switched off; undone again."""
	switch_company(False)
	try:
		with watch() as w:
			for name in names:
				create_stock_reservation_entries_for_so_items(
					frappe.get_doc("Sales Order", name), notify=False
				)
		# of the thousand lines some have nothing on the shelf: ERPNext passes over those
		reserved = frappe.db.count("Stock Reservation Entry", {"voucher_no": ("in", names), "docstatus": 1})
		assert 500 < reserved <= 1000
	finally:
		frappe.db.rollback()
		switch_company(True)
	return w.seconds


def test_sharing_out_over_two_workers(say):
	seconds = {}
	for workers in (1, 2):
		items, _names = lines_over_stock_and_purchase_orders(60_000)
		writes.mark(keys(items), "Benchmark")
		frappe.db.commit()
		assert queue.count() > shares.LARGE
		assert marking.settle_marked() == 0
		with watch() as w:
			running = [subprocess.Popen(WORKER, stdout=subprocess.DEVNULL) for _ in range(workers)]
			for process in running:
				assert process.wait() == 0
		frappe.db.rollback()
		failed = get_queue("long").failed_job_registry.get_job_ids()
		assert queue.count() == 0 and not [job for job in failed if job.startswith(frappe.local.site)]
		assert pegs(items) == (36_000, 24_000)
		runs = frappe.db.sql(
			"""select max(n) from (select count(distinct parent) as n from `tabAllocation Change`
			where item_code like %s group by item_code) x""",
			[f"{items[0]}%"],
		)[0][0]
		assert runs == 1, "no item was worked on twice"
		seconds[workers] = w.seconds
		clear()
	say(
		f"60,000 lines over background workers: one {seconds[1]:.1f} s, two {seconds[2]:.1f} s: "
		f"{seconds[1] / seconds[2]:.2f} times as fast on this machine, whose database shares its cores"
	)


WORKER = [sys.executable, "-m", "frappe.utils.bench_helper", "frappe", "worker", "--queue", "long", "--burst"]


def test_submitting_an_order_of_fifty_lines(say):
	items = items_with_stock(50, 1000)
	rows = [{"item_code": item, "qty": 1} for item in items]
	with_app, without = alternately(
		12, lambda: frappe.get_doc("Sales Order", make_sales_order(rows, do_not_submit=True).name)
	)
	say(
		f"submit 50 lines: {with_app:.2f} s with allocation, {without:.2f} s without: "
		f"{with_app / without:.2f} times (limit 1.3)"
	)


def test_a_receipt_that_converts_a_thousand_pre_allocations(say):
	items = items_with_stock(100, 0)

	def receipt():
		# Ten orders wait for each of the hundred rows; without the app they wait for nothing.
		names = orders(items, 10, 100, 1)
		bought = make_purchase_order([{"item_code": item, "qty": 10} for item in items])
		waiting = frappe.db.count("Stock Pre Allocation", {"sales_order": ("in", names), "status": "Open"})
		assert waiting in (0, 1000)
		return receive(bought, do_not_submit=True)

	with_app, without = alternately(6, receipt)
	converted = frappe.db.count("Stock Pre Allocation", {"item_code": ("in", items), "status": "Converted"})
	assert converted == 3000
	say(
		f"receipt of 100 rows that converts 1,000 pre-allocations: {with_app:.2f} s, {without:.2f} s without the app: "
		f"{with_app / without:.2f} times (limit 1.5)"
	)


def test_availability(say):
	places = [warehouse(), warehouse("North"), warehouse("South")]
	items = items_with_stock(10_000, 5, places)
	orders(items, 20, 50, 1)
	purchase_orders(items[:1000], 10)
	marking.mark_all([frappe.db.get_value("Warehouse", places[0], "company")], "Benchmark")
	frappe.db.commit()
	for share in range(shares.COUNT):
		marking.settle_share(share)
	for count in (1, 10_000):
		seconds = []
		for _trial in range(5):
			frappe.db.rollback()
			with watch() as w:
				rows = availability(items[-count:])["items"]
			seconds.append(w.seconds)
		assert [len(row["warehouses"]) for row in rows] == [3] * count
		say(
			f"availability of {count:,} items × 3 warehouses: {min(seconds) * 1000:.1f} ms "
			f"(limit {10 if count == 1 else 500})"
		)
