"""Allocation against ERPNext's own reservation, in the same run on the same machine."""

import frappe
import pytest
from builders import make_sales_order
from erpnext.stock.doctype.stock_reservation_entry.stock_reservation_entry import (
	create_stock_reservation_entries_for_so_items,
)

from tests.bench.conftest import watch
from tests.bench.data import items_with_stock, keys, orders, switch_company
from wholesale_b2b.allocation.service import answers, audit, run
from wholesale_b2b.api.v1 import availability


@pytest.fixture(autouse=True)
def promises_hold():
	yield
	frappe.db.rollback()
	assert audit.run() == []


def reserved(names) -> int:
	return frappe.db.count("Stock Reservation Entry", {"voucher_no": ("in", names), "docstatus": 1})


def test_allocating_lines_against_erpnext(say):
	speeds = {}
	for count in (20, 200):
		items = items_with_stock(200, 1000)
		names = orders(items, count, 50, 1)
		with watch() as ours:
			run.run(keys(items), "Benchmark")
			frappe.db.commit()
		assert reserved(names) == count * 50
		speeds[count * 50] = (count * 50 / ours.seconds, ours.seconds)

	items = items_with_stock(200, 1000)
	names = orders(items, 20, 50, 1)
	with watch() as theirs:
		for name in names:
			create_stock_reservation_entries_for_so_items(frappe.get_doc("Sales Order", name), notify=False)
		frappe.db.rollback()
	erpnext = 1000 / theirs.seconds
	for lines, (speed, seconds) in speeds.items():
		say(
			f"allocate {lines:,} lines: {seconds:.2f} s, {speed:,.0f} lines/s; ERPNext {erpnext:,.0f} lines/s; {speed / erpnext:.0f} times"
		)


def test_submitting_an_order_of_fifty_lines(say):
	items = items_with_stock(50, 1000)
	rows = [{"item_code": item, "qty": 1} for item in items]
	seconds = {True: [], False: []}
	try:
		for trial in range(8):
			on = bool(trial % 2)
			switch_company(on)
			draft = make_sales_order(rows, do_not_submit=True)
			doc = frappe.get_doc("Sales Order", draft.name)
			with watch() as w:
				doc.submit()
				frappe.db.commit()
			seconds[on].append(w.seconds)
	finally:
		switch_company(True)
	with_app, without = min(seconds[True]), min(seconds[False])
	say(
		f"submit 50 lines: {with_app:.2f} s with allocation, {without:.2f} s without: {with_app / without:.2f} times"
	)


@pytest.mark.parametrize("count", [1, 2000])
def test_availability(say, count):
	items = items_with_stock(count, 5)
	with watch() as w:
		rows = availability(items)["items"]
	assert [row["ats_qty"] for row in rows] == [5] * count
	say(f"availability of {count:,} items: {w.seconds * 1000:.1f} ms")
	assert answers.availability(items[:1], [])[0]["ats_qty"] == 0
