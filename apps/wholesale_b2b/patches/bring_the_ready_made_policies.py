"""Sites that had the app before Fulfilment Policies get the three that a new site has."""

import frappe

from wholesale_b2b.fulfilment.policies.store import ready_made


def execute() -> None:
	frappe.reload_doc("wholesale_b2b", "doctype", "fulfilment_policy")
	ready_made.make()
