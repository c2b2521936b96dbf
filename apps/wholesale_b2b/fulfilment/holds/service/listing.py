"""What stands on the *Held Orders* report."""

import frappe
from frappe.utils import cint, now_datetime

from wholesale_b2b.fulfilment.holds import store
from wholesale_b2b.fulfilment.holds.service.judging import hold_rules

PLAIN = ("company", "kind", "customer", "trade_account", "release_role")


def list_held(filters: frappe._dict) -> list[frappe._dict]:
	"""Open Order Holds that the user may see, the oldest first: of orders with something to deliver, and of accounts.

	filters: company, kind, customer, trade_account, release_role; days: held for at least so many; mine: only what a role of
	the user releases. Rows are Order Holds with days, customer_name, value (of the order, in the company's currency),
	currency, delivery_date.
	"""
	wanted = {field: filters[field] for field in PLAIN if filters.get(field)}
	if cint(filters.mine):
		roles = set(frappe.get_roles())
		wanted["release_role"] = (
			"in",
			sorted(roles & {filters.release_role} if filters.release_role else roles),
		)
	rows = store.list_permitted(wanted)
	now = now_datetime()
	for row in rows:
		row.days = max((now - row.opened_at).days, 0) if row.opened_at else 0
	return [row for row in rows if row.days >= cint(filters.days)]


def kinds() -> list[str]:
	"""The kinds of holds that the rules of all installed apps know."""
	return sorted({kind for rule in hold_rules() for kind in rule.kinds})
