"""Scheduled and queued work of holds."""

import frappe
from frappe import _

from wholesale_b2b.fulfilment.holds import service
from wholesale_b2b.fulfilment.holds.service import changes
from wholesale_b2b.setwise import chunks


def refresh(orders: list[str], cause: str) -> None:
	"""Worker: bring the holds of these orders in step; each set of orders is a transaction of its own."""
	for chunk in chunks(orders, 50):
		service.refresh(chunk, cause, wait=True)
		frappe.db.commit()  # what is done stays done


def daily() -> None:
	"""Licences expire and dates are reached: look at every open order."""
	changes.look_at_all(_("A new day"))
