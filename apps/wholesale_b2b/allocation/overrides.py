"""ERPNext's *Update Items*, by the door that the dialog uses."""

import frappe
from erpnext.controllers import accounts_controller

from wholesale_b2b.allocation.service import documents
from wholesale_b2b.pricing.service import update_items as prices

ORDERS = ("Sales Order", "Purchase Order")


@frappe.whitelist()
def update_child_qty_rate(
	parent_doctype: str, trans_items: str, parent_doctype_name: str, child_docname: str = "items"
):
	"""ERPNext's own, once the order and its Bins are locked: ERPNext saves rows before the order they belong to."""
	if parent_doctype in ORDERS:
		frappe.has_permission(parent_doctype, "write", parent_doctype_name, throw=True)
		rows = frappe.parse_json(trans_items) or []
		documents.lock_for_update_items(parent_doctype, parent_doctype_name, rows)
		prices.with_reasons(rows)
	return accounts_controller.update_child_qty_rate(
		parent_doctype, trans_items, parent_doctype_name, child_docname
	)
