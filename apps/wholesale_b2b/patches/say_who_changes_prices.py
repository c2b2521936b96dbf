"""Sites that have Wholesale Settings already get the defaults of trade prices."""

import frappe

DEFAULTS = {
	"cost_basis": "Valuation Rate",
	"role_to_override_prices": "Sales User",
	"role_to_approve_prices": "Wholesale Manager",
}


def execute() -> None:
	for field, value in DEFAULTS.items():
		if not frappe.db.sql(
			"select 1 from tabSingles where doctype = 'Wholesale Settings' and field = %s", [field]
		):
			frappe.db.set_single_value("Wholesale Settings", field, value)
