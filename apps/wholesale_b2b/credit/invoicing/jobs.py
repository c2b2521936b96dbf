"""Invoicing by itself: what a dispatch asks for, and every five minutes whatever waits."""

import frappe

from wholesale_b2b.credit.invoicing import service


def invoice(notes: list[str]) -> None:
	"""Worker: see to these Delivery Notes. Who shipped them need not be allowed to invoice."""
	frappe.set_user("Administrator")
	service.work(notes)


def sweep() -> None:
	"""Every five minutes: statement days that have come, orders that are complete, tries that are due, what a crash left,
	what was not queued when it shipped."""
	service.queue_missed()
	service.work()
