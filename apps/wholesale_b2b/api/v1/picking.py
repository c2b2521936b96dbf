"""Pick lists, made now."""

import frappe
from frappe import _
from frappe.utils import cint

from wholesale_b2b.api.v1 import arguments
from wholesale_b2b.fulfilment.release.service import triggers


@frappe.whitelist(methods=["POST"])
def make_pick_lists(orders: list | str, orders_per_list: int = 1) -> dict:
	"""Make the pick lists of what may go of these Sales Orders now: reserved, on no list, not held, let go by its policy.

	orders: names (JSON or a list). orders_per_list: at most so many orders on one list, 0 for any number. Asked again it makes
	nothing more, so it needs no key. Returns `{"made": [Pick Lists], "left": {order: why nothing of it went on one}, "queued":
	count}`: many orders are left to a worker, which tells the user as the realtime event `b2b_pick_lists`. Needs create on
	Pick List and read on each order. Raises PermissionError, DoesNotExistError, ValidationError for no orders.
	"""
	frappe.has_permission("Pick List", "create", throw=True)
	names = arguments.names(orders, _("orders must be a list of Sales Orders."))
	if not names:
		frappe.throw(_("Name the Sales Orders of which pick lists are to be made."))
	for name in names:
		frappe.get_doc("Sales Order", name).check_permission("read")
	return triggers.make_now(names, max(cint(orders_per_list), 0))
