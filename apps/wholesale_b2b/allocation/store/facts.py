"""Single facts about documents, as the database has them now."""

import frappe


def company_of(doctype: str, name: str) -> str | None:
	"""The company of a document."""
	return frappe.db.get_value(doctype, name, "company")


def status_of(doctype: str, name: str) -> str | None:
	"""The status of a document."""
	return frappe.db.get_value(doctype, name, "status")


def customer_group(customer: str | None) -> str | None:
	"""The group of a customer, if one is given."""
	return frappe.db.get_value("Customer", customer, "customer_group") if customer else None


def warehouse_exists(name: str) -> bool:
	return bool(frappe.db.exists("Warehouse", name))
