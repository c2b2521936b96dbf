"""What the tests of Fulfilment Policies share."""

import frappe
from builders import unique

from wholesale_b2b.fulfilment.policies.service import decisions


def make_policy(mode="Ship and Backorder", commit=True, **fields):
	"""A Fulfilment Policy of its own."""
	doc = frappe.get_doc(
		{"doctype": "Fulfilment Policy", "policy_name": unique("Policy"), "mode": mode, **fields}
	).insert()
	if commit:
		frappe.db.commit()
	return doc


def decided(order, **more):
	"""(units that ship now, (units that wait, codes of why), units that are cancelled) of an order's first line."""
	name = order.items[0].name
	found = decisions([order.name], **more)[order.name]
	waits = next((part for part in found.wait if part.line == name), None)
	cut = next((part for part in found.cancel if part.line == name), None)
	return (
		found.ship.get(name, 0),
		(waits.qty, [reason.code for reason in waits.reasons]) if waits else None,
		cut.qty if cut else 0,
	)


def holds_of(order):
	"""The open Order Holds of an order."""
	fields = ["kind", "reason", "release_role", "released_by_what"]
	return frappe.get_all(
		"Order Hold", {"sales_order": order.name, "status": "Open"}, fields, order_by="kind"
	)


def timeline(order):
	"""What the order's timeline says, oldest first."""
	filters = {"reference_name": order.name, "comment_type": "Info"}
	return frappe.get_all("Comment", filters, pluck="content", order_by="creation")
