"""How far the background workers are with what is marked."""

import frappe

from wholesale_b2b.allocation.service import shares


@frappe.whitelist()
def allocation_progress() -> dict:
	"""`{"waiting", "total"}`: keys that wait for an allocation run, of those that were to be done since none waited.

	For those who may see Allocation Keys; raises PermissionError for others. The realtime event
	`b2b_allocation_progress` brings the same while workers are at a large set.
	"""
	frappe.has_permission("Allocation Key", "read", throw=True)
	return shares.progress()
