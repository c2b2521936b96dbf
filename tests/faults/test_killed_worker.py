"""A worker killed with SIGKILL at random points of a run: what it leaves is dirty keys, never a wrong peg."""

import os
import random
import time

import frappe
import pytest
from builders import add_stock, make_customer, make_item, make_sales_order

from tests.faults import checks
from tests.faults.victim import Victim
from tests.site.conftest import SITE, SITES

KILLS = int(os.environ.get("FAULT_KILLS", 100))
SEED = int(os.environ.get("FAULT_SEED", random.randrange(10**6)))
ITEMS = 12


@pytest.fixture
def left_to_the_worker():
	"""Every document leaves its keys to the worker, as one with more keys than a transaction may settle does."""
	before = frappe.db.get_single_value("Wholesale Settings", "keys_per_transaction")
	_keys_per_transaction(1)
	yield
	frappe.db.rollback()
	_keys_per_transaction(before)


def _keys_per_transaction(count):
	frappe.db.set_single_value("Wholesale Settings", "keys_per_transaction", count)
	frappe.db.commit()


def test_a_worker_killed_at_any_point_of_a_run(left_to_the_worker):
	print(f"FAULT_SEED={SEED} FAULT_KILLS={KILLS}")
	rng = random.Random(SEED)
	items = [make_item().name for _ in range(ITEMS)]
	for item in items:
		add_stock(item, 10, commit=False)
	customer, rows = make_customer().name, [{"item_code": item, "qty": 10} for item in items]
	holder, other = (make_sales_order(rows, customer=customer).name for _ in range(2))
	checks.everything_holds(items)

	# all of it once, to know how long a run is
	hand_over(holder, other)
	worker = Victim(SITE, str(SITES))
	worker.go()
	assert not worker.wait()
	whole, seconds = worker.statements, worker.took.value
	checks.everything_holds(items)

	killed, halfway, finished = 0, 0, 0
	while killed < KILLS:
		assert finished < KILLS, "most workers are done before they are killed"
		holder, other = other, holder
		hand_over(holder, other)
		by_count = rng.random() < 0.5
		worker = Victim(SITE, str(SITES), die_at=rng.randint(1, whole) if by_count else 0)
		worker.go()
		if not by_count:
			time.sleep(rng.random() * seconds)
			worker.kill()
		if not worker.wait():
			finished += 1
			checks.sweep(items)
			continue
		killed += 1
		halfway += 0 < worker.statements < whole
		waiting = frappe.db.count("Allocation Key", {"item_code": ("in", items)})
		print(f"{worker.statements}/{whole}:{waiting}", end=" ")
		checks.everything_holds(items)
		assert reserved_for(other) == 10 * ITEMS
	print(
		f"\n{killed} killed of which {halfway} halfway through {whole} statements, {finished} were done before"
	)
	assert halfway >= KILLS * 0.8


def hand_over(holder, other):
	"""Open the one that has nothing again, close the one that has it all: every key has units to move."""
	from erpnext.selling.doctype.sales_order.sales_order import update_status

	if frappe.db.get_value("Sales Order", other, "status") == "Closed":
		update_status("Draft", other)
	update_status("Closed", holder)
	frappe.db.commit()


def reserved_for(order):
	frappe.db.rollback()
	return frappe.db.get_value("Sales Order Item", {"parent": order}, "sum(b2b_reserved_qty)")
