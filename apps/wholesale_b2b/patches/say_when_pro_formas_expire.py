"""Where Wholesale Settings were saved before pro formas, 0 (never) would stand for their default of 14 days."""

import frappe


def execute() -> None:
	field = "pro_forma_days"
	if not frappe.db.sql(
		"select 1 from tabSingles where doctype = 'Wholesale Settings' and field = %s", [field]
	):
		frappe.db.set_single_value("Wholesale Settings", field, 14)
