"""The worker's jobs: what a document asks for, each minute whatever is due, each night what is old."""

import frappe

from wholesale_b2b.accounting.service import figures, polling, worker


def drain(connection: str) -> None:
	"""Worker: send and apply what is due. Who caused it need not be allowed to do the books."""
	frappe.set_user("Administrator")
	worker.drain(connection)


def look(connection: str) -> None:
	"""Worker: ask the package what has changed there."""
	frappe.set_user("Administrator")
	polling.look(connection)


def sweep() -> None:
	"""Every minute: tries that are due, what a crash left, connections whose next look has come."""
	worker.sweep()
	polling.sweep()
	figures.refresh()


def nightly() -> None:
	"""Forget finished messages that are old."""
	worker.forget()
	figures.forget()
