"""A customer's Trade Accounts."""

import frappe

from wholesale_b2b.ordering.trade_accounts.service import overview


@frappe.whitelist()
def account_overview(customer: str, company: str | None = None) -> dict:
	"""What a customer has on order, by Trade Account: `{"accounts": [...]}`, as `overview.of_customer` describes each.

	For staff: needs read on the customer, on Trade Account and on Sales Order; what the user may not read is left out. In
	companies that are switched on. Raises PermissionError, and DoesNotExistError for an unknown customer.
	"""
	for doctype in ("Trade Account", "Sales Order"):
		frappe.has_permission(doctype, "read", throw=True)
	frappe.has_permission("Customer", "read", doc=customer, throw=True)
	return {"accounts": overview.of_customer(customer, company)}
