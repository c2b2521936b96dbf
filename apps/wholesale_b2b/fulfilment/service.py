"""Pick lists from reservations."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.fulfilment import store
from wholesale_b2b.setup.switch import is_enabled


def make_pick_list(order: str) -> Document:
	"""An unsaved Pick List with the units that are reserved for a Sales Order, where they are reserved.

	Raises frappe.ValidationError if nothing of the order can be picked now, saying what it waits for.
	"""
	so = frappe.get_doc("Sales Order", order)
	so.check_permission("read")
	rows = store.reserved_rows(order)
	if so.docstatus != 1 or so.status in ("Closed", "On Hold"):
		frappe.throw(
			_("{0} is {1} and cannot be picked.").format(
				get_link_to_form("Sales Order", order), _(so.status or "Draft")
			),
			title=_("Nothing to pick"),
		)
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
	pick = frappe.new_doc("Pick List")
	pick.update(
		{
			"company": so.company,
			"purpose": "Delivery",
			"customer": so.customer,
			"customer_name": so.customer_name,
			"pick_manually": 1,
		}
	)
	for row in rows:
		factor = flt(row.conversion_factor) or 1
		pick.append(
			"locations",
			{
				**{
					key: row[key]
					for key in (
						"item_code",
						"item_name",
						"description",
						"item_group",
						"warehouse",
						"stock_uom",
						"uom",
						"sales_order_item",
					)
				},
				"sales_order": order,
				"conversion_factor": factor,
				"qty": flt(row.qty) / factor,
				"stock_qty": flt(row.qty),
				"picked_qty": 0,
			},
		)
	return pick


def picks_reservations(pick: Document) -> bool:
	"""Whether this pick list is one of a company that is switched on, so that it takes reserved units by right."""
	return pick.purpose == "Delivery" and is_enabled(pick.company)


def refuse_unreserved(pick: Document) -> None:
	"""Refuse rows of an order that want units which are not reserved for it."""
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
	short = store.unreserved_picks(rows)
	if short:
		frappe.throw(
			[
				_("Row {0}: {1} of {2} wanted in {3}, {4} reserved for {5}.").format(
					row["idx"],
					row["qty"],
					row["item_code"],
					row["warehouse"],
					flt(row["reserved"]),
					row["sales_order"],
				)
				for row in short
			],
			title=_("Not reserved for these orders"),
			as_list=True,
		)
