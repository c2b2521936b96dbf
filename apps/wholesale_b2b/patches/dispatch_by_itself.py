"""Sites that have Wholesale Settings already get the defaults of dispatch and invoicing."""

import frappe


def execute() -> None:
	for field in ("submit_at_dispatch", "invoice_at_dispatch"):
		if not frappe.db.sql(
			"select 1 from tabSingles where doctype = 'Wholesale Settings' and field = %s", [field]
		):
			frappe.db.set_single_value("Wholesale Settings", field, 1)
