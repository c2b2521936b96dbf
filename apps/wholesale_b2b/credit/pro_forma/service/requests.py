"""Who may ask for a Payment Request. It opens no gate: only a payment does."""

import frappe
from frappe import _

from wholesale_b2b.allocation.service import portal
from wholesale_b2b.setup.switch import is_enabled

CUSTOMER_OF = ("Sales Order", "Sales Invoice", "POS Invoice")


def check(doctype: str | None, name: str | None) -> None:
	"""Raise frappe.PermissionError unless the user may request a payment of this document."""
	if not doctype or not name or not frappe.db.exists("DocType", doctype):
		return
	if not frappe.get_meta(doctype).has_field("company"):
		return
	if not is_enabled(frappe.db.get_value(doctype, name, "company")):
		return
	user = frappe.session.user
	if user == "Guest":
		_refuse()
	if doctype in CUSTOMER_OF and portal.is_own(user, frappe.db.get_value(doctype, name, "customer")):
		return
	if not (
		frappe.has_permission("Payment Request", "create") and frappe.has_permission(doctype, "read", name)
	):
		_refuse()


def _refuse() -> None:
	frappe.throw(_("You may not request a payment of this document."), frappe.PermissionError)
