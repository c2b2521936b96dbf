"""Releasing orders into pick lists: how it grows, and against ERPNext making the same lists."""

import frappe
import pytest
from erpnext.selling.doctype.sales_order import sales_order

from tests.bench.conftest import watch
from tests.bench.data import clear, items_with_stock, keys, orders, switch_company
from wholesale_b2b.allocation.service import audit, marking, shares
from wholesale_b2b.allocation.store import writes
from wholesale_b2b.fulfilment.release.service import making

LINES = 5


@pytest.fixture(autouse=True)
def promises_hold():
	clear()
	yield
	frappe.db.rollback()
	problems = audit.run()
	clear()
	assert problems == []


def orders_with_stock(count: int) -> list[str]:
	"""`count` orders of five lines, all of it reserved."""
	items = items_with_stock(50, count * LINES)
	names = orders(items, count, LINES, 1)
	writes.mark(keys(items), "Benchmark")
	frappe.db.commit()
	marking.settle_marked()
	assert (
		frappe.db.count("Stock Reservation Entry", {"voucher_no": ("in", names), "docstatus": 1})
		== count * LINES
	)
	return names


def listed(names: list[str]) -> tuple[int, int]:
	"""Pick lists of these orders, and rows on them."""
	return frappe.db.sql(
		"select count(distinct parent), count(*) from `tabPick List Item` where sales_order in %s and docstatus = 0",
		[tuple(names)],
	)[0]


def test_releasing_orders(say, monkeypatch):
	monkeypatch.setattr(shares, "LARGE", 10**9)
	seconds = {}
	for count in (100, 1_000):
		names = orders_with_stock(count)
		with watch() as w:
			made = making.release(names)
		assert (len(made.made), made.left, listed(names)) == (count, {}, (count, count * LINES))
		seconds[count] = w.seconds
	waves = orders_with_stock(1_000)
	with watch() as w:
		made = making.release(waves, most=20)
	assert (len(made.made), listed(waves)) == (50, (50, 1_000 * LINES))
	erpnext = erpnexts_own()
	for count, took in seconds.items():
		say(
			f"release {count:,} orders of {LINES} lines into a list each: {took:.1f} s, {count / took:.0f} a second; "
			f"ERPNext makes {erpnext:.0f} such lists a second: {count / took / erpnext:.1f} times"
		)
	say(f"1,000 orders take {seconds[1_000] / seconds[100]:.1f} times as long as 100 (limit 12)")
	say(
		f"1,000 orders in waves of 20 a list: {w.seconds:.1f} s, {seconds[1_000] / w.seconds:.1f} times as fast"
	)


def erpnexts_own() -> float:
	"""Lists a second that ERPNext makes of orders like these, by its own button, without reservations, the app off."""
	names = orders(items_with_stock(50, 50 * LINES), 50, LINES, 1)
	switch_company(False)
	try:
		with watch() as w:
			for name in names:
				sales_order.create_pick_list(name).insert()
				frappe.db.commit()
		assert listed(names) == (50, 50 * LINES)
	finally:
		switch_company(True)
	return 50 / w.seconds
