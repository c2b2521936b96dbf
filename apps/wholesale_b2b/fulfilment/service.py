"""Pick lists from reservations."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.fulfilment import store
from wholesale_b2b.setup.switch import is_enabled

COPIED = ("item_code", "item_name", "description", "item_group", "warehouse", "stock_uom", "sales_order_item")


def make_pick_list(order: str, target: Document | None = None) -> Document:
	"""An unsaved Pick List with the units that are reserved for a Sales Order, where they are reserved.

	target: a Pick List to which they are added, as *Get Items* does with several orders. Units that do not fill a whole
	unit of the line's UOM wait for the rest. Raises frappe.ValidationError if nothing of the order can be picked now,
	saying what it waits for.
	"""
	so = frappe.get_doc("Sales Order", order)
	so.check_permission("read")
	if so.docstatus != 1 or so.status in ("Closed", "On Hold"):
		frappe.throw(
			_("{0} is {1} and cannot be picked.").format(
				get_link_to_form("Sales Order", order), _(so.status or "Draft")
			),
			title=_("Nothing to pick"),
		)
	rows = [row for row in store.reserved_rows(order) if _whole_units(row)]
	if not rows:
		frappe.throw(
			_(
				"Nothing on the shelf is reserved for {0}, or it is on an open pick list already. Its promise date is {1}."
			).format(
				get_link_to_form("Sales Order", order),
				frappe.format(so.b2b_promise_date, "Date") if so.b2b_promise_date else _("not known yet"),
			),
			title=_("Nothing to pick"),
		)
	pick = target or frappe.new_doc("Pick List")
	pick.update({"company": so.company, "purpose": "Delivery", "pick_manually": 1})
	if not pick.get("locations"):
		pick.update({"customer": so.customer, "customer_name": so.customer_name})
	elif pick.customer != so.customer:
		pick.update({"customer": None, "customer_name": None})
	for row in rows:
		factor, qty = flt(row.conversion_factor) or 1, _whole_units(row)
		pick.append(
			"locations",
			{
				**{field: row[field] for field in COPIED},
				"sales_order": order,
				"uom": row.uom,
				"conversion_factor": factor,
				"qty": qty,
				"stock_qty": qty * factor,
				"picked_qty": 0,
			},
		)
	return pick


def _whole_units(row: dict) -> float:
	"""What of a row can be picked, in its own UOM; whole ones where the UOM cannot be broken."""
	qty = flt(flt(row.qty) / (flt(row.conversion_factor) or 1), 6)
	return float(int(qty)) if row.whole_number else qty


def picks_reservations(pick: Document) -> bool:
	"""Whether this pick list is one of a company that is switched on, so that it takes reserved units by right."""
	return pick.purpose == "Delivery" and is_enabled(pick.company)


def refuse_unreserved(pick: Document) -> None:
	"""Refuse rows of an order that would take units which are reserved for others.

	What is reserved for the order, and what nobody has, may be picked; ERPNext's own allowance for over-picking applies.
	"""
	rows = [
		{
			"idx": row.idx,
			"sales_order": row.sales_order,
			"sales_order_item": row.sales_order_item,
			"item_code": row.item_code,
			"warehouse": row.warehouse,
			"qty": flt(row.picked_qty) or flt(row.stock_qty),
		}
		for row in pick.locations
		if row.sales_order_item and not row.product_bundle_item
	]
	short = store.picks_of_others(rows)
	if short:
		frappe.throw(
			[
				_("Row {0}: {1} of {2} wanted in {3}; {4} are reserved for {5} and {6} are free.").format(
					row["idx"],
					flt(row["qty"]),
					row["item_code"],
					row["warehouse"],
					flt(row["reserved"]),
					row["sales_order"],
					flt(row["free"]),
				)
				for row in short
			],
			title=_("Reserved for other orders"),
			as_list=True,
		)
