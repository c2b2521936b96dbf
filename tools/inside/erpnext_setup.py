"""What ERPNext's setup wizard would ask, answered: a UK company in GBP.

Usage: python erpnext_setup.py SITE COMPANY
"""

from __future__ import annotations

import datetime
import sys

import frappe
from frappe_site import connected

ABBREVIATION = "NW"
WAREHOUSES = ("Leeds", "Reading")
TRANSIT = "Goods In Transit"


def run_wizard(company: str) -> None:
	from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

	if frappe.db.exists("Company", company):
		return
	year = datetime.date.today().year
	answer = setup_complete(
		{
			"language": "English (United Kingdom)",
			"country": "United Kingdom",
			"timezone": "Europe/London",
			"currency": "GBP",
			"company_name": company,
			"company_abbr": ABBREVIATION,
			"chart_of_accounts": "Standard",
			"bank_account": "Bank",
			"fy_start_date": f"{year}-01-01",
			"fy_end_date": f"{year}-12-31",
			"setup_demo": 0,
			"enable_telemetry": 0,
		}
	)
	if (answer or {}).get("status") != "ok":
		raise SystemExit(f"Error: ERPNext's setup answered {answer}")


def add_fiscal_years() -> None:
	"""The year before and the two after, so that opening stock and forward orders have one."""
	this_year = datetime.date.today().year
	for year in range(this_year - 1, this_year + 3):
		if not frappe.db.exists("Fiscal Year", {"year_start_date": f"{year}-01-01"}):
			frappe.get_doc(
				{
					"doctype": "Fiscal Year",
					"year": str(year),
					"year_start_date": f"{year}-01-01",
					"year_end_date": f"{year}-12-31",
				}
			).insert()


def add_warehouses(company: str) -> None:
	"""Two beside ERPNext's defaults, and a transit warehouse."""
	parent = frappe.db.get_value("Warehouse", {"company": company, "is_group": 1})
	wanted = [(name, None) for name in WAREHOUSES] + [(TRANSIT, "Transit")]
	for name, kind in wanted:
		if frappe.db.exists("Warehouse", {"company": company, "warehouse_name": name}):
			continue
		frappe.get_doc(
			{
				"doctype": "Warehouse",
				"warehouse_name": name,
				"company": company,
				"parent_warehouse": parent,
				"warehouse_type": kind,
			}
		).insert()
	transit = frappe.db.get_value("Warehouse", {"company": company, "warehouse_type": "Transit"})
	frappe.db.set_value("Company", company, "default_in_transit_warehouse", transit)


def finish() -> None:
	"""A site to work on: no tour, no onboarding, the British way to write a date."""
	settings = frappe.get_single("System Settings")
	settings.update({"setup_complete": 1, "date_format": "dd-mm-yyyy", "enable_onboarding": 0})
	settings.flags.ignore_mandatory = True
	settings.save()


if __name__ == "__main__":
	site, company = sys.argv[1:3]
	with connected(site):
		run_wizard(company)
		add_fiscal_years()
		add_warehouses(company)
		finish()
