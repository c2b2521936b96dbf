"""Scheduled and queued allocation work."""

import frappe

from wholesale_b2b.allocation.service import marking, resequencing


def settle_marked() -> None:
	"""Worker: make right whatever is marked."""
	marking.settle_marked()


def settle_share(share: int) -> None:
	"""Worker: make right one share of a large set."""
	marking.settle_share(share)


def sweep() -> None:
	"""Every minute: what a crash or a busy row left; with the first of a day, what expired with the one before."""
	marking.check_expired_today()
	marking.settle_marked()


def nightly() -> None:
	"""When a day begins: what expired with the last, then all keys of the companies that are switched on; forget old runs."""
	marking.check_expired()
	marking.check_all("Nightly check")
	frappe.db.commit()
	marking.forget_old_runs()


def resequence(run: str, action: str) -> None:
	"""Worker: simulate, apply or undo a large re-sequencing."""
	resequencing.work(run, action)
