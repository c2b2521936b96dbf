"""Scheduled and queued allocation work."""

import frappe

from wholesale_b2b.allocation.service import marking


def settle_marked() -> None:
	"""Worker: make right whatever is marked."""
	marking.settle_marked()


def sweep() -> None:
	"""Every minute: what a crash or a busy row left."""
	marking.settle_marked()


def nightly() -> None:
	"""Every night: check all keys of the companies that are switched on, and forget old runs."""
	marking.check_all("Nightly check")
	frappe.db.commit()
	marking.forget_old_runs()
