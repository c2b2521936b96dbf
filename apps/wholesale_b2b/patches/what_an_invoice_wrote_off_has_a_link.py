"""A document has one link of each kind, no longer one alone: what an invoice wrote off is over there beside the invoice."""

import frappe


def execute() -> None:
	if frappe.db.has_index("tabSync Link", "b2b_ours"):
		frappe.db.sql_ddl("alter table `tabSync Link` drop index `b2b_ours`")
