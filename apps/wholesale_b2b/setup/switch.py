"""Which companies Wholesale B2B is switched on for."""

import frappe


def settings():
	"""Wholesale Settings, cached."""
	return frappe.get_cached_doc("Wholesale Settings")


def enabled_companies() -> frozenset[str]:
	"""Companies that are switched on; empty while the app is being installed or removed."""
	if frappe.flags.in_install or frappe.flags.in_uninstall:
		return frozenset()
	return frozenset(row.company for row in settings().companies if row.enabled)


def is_enabled(company: str | None) -> bool:
	"""Whether `company` is switched on."""
	return bool(company) and company in enabled_companies()
