"""Switch the app on for a company.

Usage: python switch_on.py SITE COMPANY
"""

from __future__ import annotations

import sys

from frappe_site import connected

if __name__ == "__main__":
	site, company = sys.argv[1:3]
	with connected(site):
		from wholesale_b2b.setup.preflight import switch_on

		switch_on(company)
