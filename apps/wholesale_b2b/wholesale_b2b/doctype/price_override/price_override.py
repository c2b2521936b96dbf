"""A price that somebody changed, or that is below the floor."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.pricing.service import overrides


class PriceOverride(Document):
	def validate(self) -> None:
		if not self.flags.ignore_permissions:
			frappe.throw(_("A Price Override is a log. Approve or refuse it with its buttons."))


@frappe.whitelist(methods=["POST"])
def approve(name: str, note: str = "") -> None:
	"""Approve a price below the floor; for the role that Wholesale Settings name. The order is released by itself."""
	overrides.decide(name, True, note)


@frappe.whitelist(methods=["POST"])
def reject(name: str, note: str) -> None:
	"""Refuse it, with a note that says why; the order stays held until its price is changed."""
	overrides.decide(name, False, note)
