"""Large sets of marked keys: shared out over background workers, each share by one worker at a time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import frappe
import pytest
from builders import add_stock, make_item, make_sales_order, warehouse

from wholesale_b2b import named_locks
from wholesale_b2b.allocation.service import marking, shares
from wholesale_b2b.allocation.store import writes
from wholesale_b2b.api.v1 import allocation_progress

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def marked(monkeypatch):
	"""Ten items with stock and an order each, all marked, nothing reserved; four keys are a large set, two a batch."""
	marking.settle_marked()
	items = [make_item().name for _ in range(10)]
	for item in items:
		add_stock(item, 5, commit=False)
	frappe.local.b2b_pending = {}
	make_sales_order([{"item_code": item, "qty": 2} for item in items], commit=False)
	frappe.local.b2b_pending = {}
	frappe.db.commit()
	writes.mark([(item, warehouse()) for item in items], "Test")
	frappe.db.commit()
	monkeypatch.setattr(shares, "LARGE", 3)
	monkeypatch.setattr(marking, "BATCH", 2)
	return items


def reserved(items) -> list[float]:
	return frappe.get_all(
		"Stock Reservation Entry", {"item_code": ("in", items), "docstatus": 1}, pluck="reserved_qty"
	)


def runs_of(items) -> list[int]:
	return [
		frappe.db.sql(
			"select count(distinct parent) from `tabAllocation Change` where item_code = %s", [item]
		)[0][0]
		for item in items
	]


def test_a_large_set_is_done_by_jobs_each_item_once(marked, worker):
	assert reserved(marked) == []
	assert marking.settle_marked() == 0
	assert marking.settle_marked() == 0, "asking again queues nothing twice"
	queued = frappe.utils.background_jobs.get_queue("long").get_job_ids()
	assert (
		len([name for name in queued if name.startswith(f"{frappe.local.site}::b2b-allocation-")])
		== shares.COUNT
	)
	worker()
	assert reserved(marked) == [2] * 10
	assert runs_of(marked) == [1] * 10
	assert allocation_progress() == {"waiting": 0, "total": 0}


def test_two_workers_never_have_the_same_share(marked):
	held = _process(f"""
		from wholesale_b2b import named_locks
		for share in range({shares.COUNT}):
			assert named_locks.claim(f"allocation.{{share}}")
		print("held", flush=True)
		time.sleep(60)
	""")
	assert held.stdout.readline() == b"held\n"
	assert sum(marking.settle_share(share) for share in range(shares.COUNT)) == 0
	assert reserved(marked) == []
	# A killed worker leaves its shares free and its keys marked.
	os.kill(held.pid, signal.SIGKILL)
	held.wait()
	end = time.monotonic() + 10
	while not named_locks.is_free("allocation.0") and time.monotonic() < end:
		time.sleep(0.1)
	assert sum(marking.settle_share(share) for share in range(shares.COUNT)) == 10
	assert reserved(marked) == [2] * 10


def test_a_share_whose_worker_died_is_asked_for_again(marked, worker):
	assert shares.send_out()
	jobs = [frappe.utils.background_jobs.get_job(f"b2b-allocation-{share}") for share in range(shares.COUNT)]
	assert all(jobs)
	for job in jobs:
		# as the queue has it after the worker that had taken it was killed
		job.connection.lrem(frappe.utils.background_jobs.get_queue("long").key, 1, job.id)
		job.set_status("started")
	marking.settle_marked()
	worker()
	assert reserved(marked) == [2] * 10


def test_progress_counts_down_and_is_not_for_everybody(marked):
	assert shares.send_out()
	assert allocation_progress() == {"waiting": 10, "total": 10}
	share = next(n for n in range(shares.COUNT) if marking.settle_share(n))
	left = allocation_progress()
	assert left["total"] == 10 and 0 <= left["waiting"] < 10, share
	for n in range(shares.COUNT):
		marking.settle_share(n)
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		allocation_progress()


def test_a_large_nightly_check_is_shared_out(marked, worker):
	marking.check_all("Nightly check")
	worker()
	assert reserved(marked) == [2] * 10


def _process(code: str) -> subprocess.Popen:
	"""A process of its own on this site."""
	lines = "\n".join(line.strip("\n") for line in code.split("\n"))
	body = "\n".join(line[2:] if line.startswith("\t\t") else line for line in lines.split("\n"))
	start = (
		"import sys, time, frappe\n"
		f"frappe.init(site={frappe.local.site!r}, sites_path={str(Path.cwd())!r})\nfrappe.connect()\n"
	)
	return subprocess.Popen([sys.executable, "-c", start + body], stdout=subprocess.PIPE)
