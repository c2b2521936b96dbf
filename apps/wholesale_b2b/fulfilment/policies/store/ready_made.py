"""The three policies that come with the app, for admins to take or to change."""

import frappe

from wholesale_b2b.fulfilment.policies.store.facts import POLICY
from wholesale_b2b.fulfilment.rules.policy import BACKORDER, CANCEL_REST, WAIT


def make() -> None:
	"""Make those that are not there, each named by what it does."""
	for mode in (BACKORDER, WAIT, CANCEL_REST):
		if not frappe.db.exists(POLICY, mode):
			policy = frappe.get_doc({"doctype": POLICY, "policy_name": mode, "mode": mode})
			policy.insert(ignore_permissions=True)
