"""What a pick list says of itself, and that no unit stands on two."""

from collections import defaultdict
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import comma_and, flt, get_link_to_form

from wholesale_b2b.allocation.store.demand import units
from wholesale_b2b.figures import plain
from wholesale_b2b.fulfilment.release.store import lists as store
from wholesale_b2b.fulfilment.release.store import orders as order_store
from wholesale_b2b.setup.switch import is_enabled

ZERO = Decimal(0)


def is_ours(pick: Document) -> bool:
	"""Whether a pick list is one of a company that is switched on, so that it takes reserved units by right."""
	return pick.purpose == "Delivery" and is_enabled(pick.company)


def before_insert(pick: Document) -> None:
	"""Lock the orders of a new list before it gets its number: whoever makes another of them waits, and then sees this one."""
	if is_ours(pick):
		order_store.lock_orders(row.sales_order for row in pick.locations)


def refuse_doubles(pick: Document) -> None:
	"""Refuse a draft that wants more of a line than is owed and on no other open list."""
	if pick.docstatus or not is_ours(pick) or pick.flags.b2b_judged or pick.flags.b2b_follows:
		return
	wanted: dict[str, Decimal] = defaultdict(lambda: ZERO)
	first: dict[str, Document] = {}
	for row in pick.locations:
		if row.sales_order_item:
			line = row.product_bundle_item or row.sales_order_item
			wanted[line] += units(row.stock_qty)
			first.setdefault(line, row)
	if not wanted:
		return
	others = store.on_other_lists(wanted, pick.name)
	owed = order_store.owed(others)
	for line, lists in others.items():
		left = max(owed.get(line, ZERO) - sum(lists.values(), ZERO), ZERO)
		if wanted[line] > left:
			row = first[line]
			frappe.throw(
				_(
					"Row {0}: {1} of {2} are wanted for {3}, but only {4} are not on {5} already. Take fewer, or delete that list."
				).format(
					row.idx,
					plain(flt(wanted[line])),
					row.item_code,
					get_link_to_form("Sales Order", row.sales_order),
					plain(flt(left)),
					comma_and([get_link_to_form("Pick List", name) for name in sorted(lists)], False),
				),
				title=_("On Another Pick List"),
			)


def fill(pick: Document) -> None:
	"""When it is wanted, and how many orders are on it."""
	if pick.docstatus == 2 or not is_ours(pick):
		return
	days = order_store.dates(row.sales_order_item for row in pick.locations if row.sales_order_item)
	pick.b2b_ship_date = min(filter(None, days.values()), default=None)
	pick.b2b_order_count = len({row.sales_order for row in pick.locations if row.sales_order})
