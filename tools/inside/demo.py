"""Make the demo's documents.

Usage: python demo.py SITE COMPANY
"""

from __future__ import annotations

import json
import sys

import frappe
from frappe_site import connected

if __name__ == "__main__":
	site, company = sys.argv[1:3]
	with connected(site):
		from wholesale_b2b.setup import demo

		logins = demo.create(company)
		with open(frappe.get_site_path("demo-logins.json"), "w") as file:
			json.dump(logins, file, indent="\t")
