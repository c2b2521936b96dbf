"""The version gate: which ERPNext this app knows."""

import frappe
from frappe import _

SUPPORTED = 15


def check() -> None:
	"""Refuse an ERPNext of another major version, before install and before migrate."""
	import erpnext

	major = erpnext.__version__.split(".")[0]
	if major != str(SUPPORTED):
		frappe.throw(
			_(
				"Wholesale B2B needs ERPNext {0}; this bench has ERPNext {1}. Install ERPNext's branch version-{0}, or a release of Wholesale B2B for ERPNext {2}. What version 16 needs is listed in ARCHITECTURE.md."
			).format(SUPPORTED, erpnext.__version__, major),
			title=_("Unsupported ERPNext version"),
		)
