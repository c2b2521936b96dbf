"""Mail to customers: as it is queued, and every five minutes what waits."""

import frappe

from wholesale_b2b.fulfilment.mail import service


def send(name: str) -> None:
	"""Worker: one mail. Who caused it need not be allowed to write to customers."""
	frappe.set_user("Administrator")
	service.send(name)


def sweep() -> None:
	"""Every five minutes: what failed and may be tried again, what a crash left."""
	service.send_due()
