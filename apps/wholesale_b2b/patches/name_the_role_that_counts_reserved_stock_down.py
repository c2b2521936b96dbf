"""Sites that have Wholesale Settings already get the default of a field that is new."""

import frappe


def execute() -> None:
	field = "role_to_cut_reserved_stock"
	if not frappe.db.sql(
		"select 1 from tabSingles where doctype = 'Wholesale Settings' and field = %s", [field]
	):
		frappe.db.set_single_value("Wholesale Settings", field, "Stock Manager")
