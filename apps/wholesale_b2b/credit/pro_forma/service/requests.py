"""Who may ask for a Payment Request. It opens no gate: only a payment does."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.allocation.service import portal
from wholesale_b2b.setup.switch import is_enabled

CUSTOMER_OF = ("Sales Order", "Sales Invoice", "POS Invoice")


def check(doctype: str | None, name: str | None) -> None:
	"""Raise frappe.PermissionError unless the user may request a payment of this document."""
	if not _is_ours(doctype, name) or _is_customers_own(doctype, name):
		return
	if not (_may_read(doctype, name) and frappe.has_permission("Payment Request", "create")):
		_refuse()


def check_new(request: Document) -> None:
	"""Whatever made this Payment Request, and with whatever permissions: raise frappe.PermissionError where the user may not
	even read what it asks to be paid. A till makes them for cashiers, who may make none themselves.
	"""
	doctype, name = request.reference_doctype, request.reference_name
	if _is_ours(doctype, name) and not _is_customers_own(doctype, name) and not _may_read(doctype, name):
		_refuse()


def _is_ours(doctype: str | None, name: str | None) -> bool:
	"""Whether this is a document of a company that is switched on."""
	return bool(
		doctype
		and name
		and frappe.db.exists("DocType", doctype)
		and frappe.get_meta(doctype).has_field("company")
		and is_enabled(frappe.db.get_value(doctype, name, "company"))
	)


def _is_customers_own(doctype: str, name: str) -> bool:
	user = frappe.session.user
	return (
		user != "Guest"
		and doctype in CUSTOMER_OF
		and portal.is_own(user, frappe.db.get_value(doctype, name, "customer"))
	)


def _may_read(doctype: str, name: str) -> bool:
	return frappe.session.user != "Guest" and frappe.has_permission(doctype, "read", name)


def _refuse() -> None:
	frappe.throw(_("You may not request a payment of this document."), frappe.PermissionError)
