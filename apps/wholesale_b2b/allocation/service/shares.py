"""Large sets of marked keys, shared out over background workers by item, on as many hosts as the bench has.

A key's share is a checksum of its item, so all warehouses of an item are in one share. Who works on a share holds its
lock in the database, which ends with the connection: no two workers have the same item in hand, and one that dies
leaves its share free and its keys marked for the next sweep.
"""

import frappe
from frappe.utils.background_jobs import get_job_status
from rq.job import JobStatus

from wholesale_b2b import named_locks
from wholesale_b2b.allocation.store import queue

COUNT = 8
# more keys than this are shared out
LARGE = 1000
# seconds after which a worker leaves the rest to the next sweep, before the queue's own time limit ends it
LONGEST = 1200
TOTAL = "b2b_allocation_total"


def send_out() -> bool:
	"""Ask background workers to settle what is marked, a job for each share; False if the queue is down.

	A share that waits in the queue or is being worked on is not asked for twice. Frappe's own `deduplicate` would also
	pass over one whose worker has died, until the queue notices that.
	"""
	try:
		for share in range(COUNT):
			job_id = f"b2b-allocation-{share}"
			if named_locks.is_free(_lock(share)) and get_job_status(job_id) != JobStatus.QUEUED:
				frappe.enqueue(
					"wholesale_b2b.allocation.jobs.settle_share", queue="long", job_id=job_id, share=share
				)
	except Exception:
		frappe.logger("wholesale_b2b").warning(
			"allocation is not shared out: the queue is down", exc_info=True
		)
		return False
	tell()
	return True


def claim(share: int) -> bool:
	"""Take a share's lock; False while another worker has it."""
	return named_locks.claim(_lock(share))


def release(share: int) -> None:
	named_locks.release(_lock(share))


def _lock(share: int) -> str:
	return f"allocation.{share}"


def progress() -> dict:
	"""How far the workers are: `waiting` keys of `total` that were to be done since nothing waited."""
	waiting = queue.count()
	total = max(int(frappe.cache.get_value(TOTAL) or 0), waiting) if waiting else 0
	frappe.cache.set_value(TOTAL, total)
	return {"waiting": waiting, "total": total}


def tell() -> None:
	"""Lists of Allocation Keys and the open Wholesale Settings show how far the workers are."""
	state = progress()
	event = "b2b_allocation_progress"
	frappe.publish_realtime(event, state, doctype="Allocation Key")
	frappe.publish_realtime(event, state, doctype="Wholesale Settings", docname="Wholesale Settings")
