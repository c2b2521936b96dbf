"""Something that differs on both sides, for a person to decide."""

import frappe
from frappe.model.document import Document

from wholesale_b2b.accounting.service import conflicts


class SyncConflict(Document):
	pass


@frappe.whitelist(methods=["POST"])
def decide(name: str, answer: str) -> str:
	"""Settle a conflict with one of its possible answers; what happens now. Needs write on its connection."""
	conflict = frappe.get_doc("Sync Conflict", name)
	conflict.check_permission("read")
	frappe.get_doc("Accounting Connection", conflict.accounting_connection).check_permission("write")
	return conflicts.decide(name, answer)
