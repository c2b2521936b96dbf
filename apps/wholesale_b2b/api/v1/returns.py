"""Returns outside their policy."""

import frappe

from wholesale_b2b.fulfilment.returns import service


@frappe.whitelist(methods=["POST"])
def approve_return(doctype: str, name: str, reason: str = "") -> dict:
	"""Approve a draft return (Delivery Note, Sales Invoice or POS Invoice) that is outside its Return Policy, as it stands now.

	Needs read on the document and the role that the policy names. The same call again changes nothing. Returns {status,
	approved_by, approved_at, reason}. Raises PermissionError, DoesNotExistError, and ValidationError for a document that
	is no draft or within its policy, or where the reason is missing.
	"""
	return service.approve(doctype, name, reason)
