"""Dispatch of picked lists, and what became of an order."""

import frappe

from wholesale_b2b.allocation.service import portal
from wholesale_b2b.fulfilment.dispatch.service import shipping, status


@frappe.whitelist(methods=["POST"])
def dispatch(
	pick_list: str,
	transporter: str | None = None,
	tracking_number: str | None = None,
	submit: bool | None = None,
	with_others: bool = False,
) -> dict:
	"""Make the Delivery Notes of a submitted pick list: one for each shipment.

	with_others: what other picked lists of the same warehouse have for the same notes goes on them, for accounts that
	consolidate deliveries.

	transporter: a Supplier, the carrier; tracking_number: its number; for all of them. submit: post them at once, without
	it as Wholesale Settings say. What is on a note already is left out, so the same call again makes nothing more.
	Returns `{"made": [names], "notes": [...], "held": {...}}` as `shipping.dispatch` describes. Needs read on the pick list and create
	(submit) on Delivery Note. Raises PermissionError, DoesNotExistError, ValidationError where nothing was picked.
	"""
	return shipping.dispatch(pick_list, transporter, tracking_number, submit, with_others)


@frappe.whitelist()
def order_status(sales_order: str) -> dict:
	"""What became of a submitted Sales Order: shipments, what is outstanding and when it comes, holds, invoices, money.

	The answer is described at `status.order_status`. Staff need read on the order; money and invoices are told to those who
	may read Sales Invoices or write the order. Portal users get their own customer's orders (`status.order_status_of_own`).
	Raises PermissionError (for portal users also where the order does not exist), DoesNotExistError, and ValidationError
	for an order that is not submitted.
	"""
	if not frappe.has_permission("Sales Order", "read") and portal.is_customer(frappe.session.user):
		return status.order_status_of_own(sales_order, frappe.session.user)
	return status.for_staff(sales_order)
