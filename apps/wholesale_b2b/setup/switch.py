"""Which companies Wholesale B2B is switched on for."""

import frappe
from frappe import _
from frappe.permissions import has_user_permission


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


def check_enabled(company: str | None) -> None:
	"""Raise frappe.ValidationError unless `company` is switched on."""
	if not is_enabled(company):
		frappe.throw(
			_("Wholesale B2B is not switched on for {0}. Switch it on in Wholesale Settings first.").format(
				frappe.bold(company)
			)
		)


def may_see(company: str) -> bool:
	"""Whether the user's User Permissions let them see a company; roles that work with us need no right to its master."""
	return has_user_permission(frappe.get_doc("Company", company))


def check_may_see(company: str) -> None:
	"""Raise frappe.PermissionError for a company that User Permissions keep from the user."""
	if not may_see(company):
		frappe.throw(
			_("You may not see {0}. Choose a company of yours.").format(frappe.bold(company)),
			frappe.PermissionError,
		)


def company_at_hand() -> str | None:
	"""The first company that is switched on and that the user may see; the site's default where there is none."""
	found = next(filter(may_see, sorted(enabled_companies())), None)
	return found or frappe.defaults.get_global_default("company")
