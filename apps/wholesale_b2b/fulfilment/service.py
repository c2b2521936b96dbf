"""Pick lists from reservations."""

from collections import defaultdict
from decimal import Decimal

import frappe
from erpnext.selling.doctype.sales_order import sales_order
from erpnext.stock.doctype.packed_item.packed_item import make_packing_list
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.allocation.service import locking
from wholesale_b2b.allocation.service.taking import held_from
from wholesale_b2b.fulfilment import store
from wholesale_b2b.fulfilment.binding.service import picks as binding
from wholesale_b2b.fulfilment.dispatch.service import addresses
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.policies.service import saying
from wholesale_b2b.fulfilment.policies.service.deciding import may_leave
from wholesale_b2b.fulfilment.release.rules import sheets
from wholesale_b2b.fulfilment.release.service import rows as picking_rows
from wholesale_b2b.fulfilment.release.service import shortage
from wholesale_b2b.fulfilment.release.service.deciding import may_ship
from wholesale_b2b.fulfilment.rules import spread
from wholesale_b2b.setup.switch import is_enabled


def make_pick_list(order: str, target: Document | None = None) -> Document:
	"""An unsaved Pick List with the units that are reserved for a Sales Order and may go by its policy, where they are.

	target: a Pick List to which they are added, as *Get Items* does with several orders. Units that do not fill a whole
	unit of the line's UOM wait for the rest. Raises frappe.ValidationError if nothing of the order can be picked now,
	saying what it waits for.
	"""
	so = frappe.get_doc("Sales Order", order)
	so.check_permission("read")
	if so.docstatus != 1 or so.status in ("Closed", "On Hold"):
		frappe.throw(
			_("{0} is {1} and cannot be picked. Submit it, re-open it or resume it first.").format(
				get_link_to_form("Sales Order", order), _(so.status or "Draft")
			),
			title=_("Nothing to pick"),
		)
	holds.refuse([order], lock=False)
	ready, sources = picking_rows.ready([order])
	rows = picking_rows.list_rows(sheets.take(ready, may_ship([order])[order]), sources)
	if not rows and (why := saying.why_nothing_goes(order) if ready else ""):
		frappe.throw(
			_("What is reserved for {0} may not go yet: {1}.").format(
				get_link_to_form("Sales Order", order), frappe.utils.escape_html(why)
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
	pick = target or frappe.new_doc("Pick List")
	pick.update({"company": so.company, "purpose": "Delivery", "pick_manually": 1})
	if not pick.get("locations"):
		pick.update({"customer": so.customer, "customer_name": so.customer_name})
	elif pick.customer != so.customer:
		pick.update({"customer": None, "customer_name": None})
	for row in rows:
		pick.append("locations", row)
	binding.propose(pick)
	return pick


def _whole_units(row: dict) -> float:
	"""What of a row can be picked, in its own UOM; whole ones where the UOM cannot be broken."""
	qty = flt(flt(row["qty"]) / (flt(row["conversion_factor"]) or 1), 6)
	return float(int(qty)) if row.get("whole_number") else qty


def has_reserved_components(order: str) -> bool:
	"""Whether units are reserved for components of this order's Product Bundles."""
	return any(flt(row.reserved) for row in store.reserved_components([order]))


def make_delivery_note(order: str, target=None, args: dict | None = None) -> Document:
	"""An unsaved Delivery Note with what is reserved for a Sales Order: bundles whole, rows from where they are reserved.

	target, args: as ERPNext's `make_delivery_note` takes them (args.delivery_dates: only rows of these dates). Rows
	without a reservation are left out.
	"""
	note = sales_order.make_delivery_note(order, target, {**(args or {}), "for_reserved_stock": False})
	plain = defaultdict(list)
	for row in store.reserved_rows([order], picked_too=True):
		plain[row.sales_order_item].append(row)
	bundles = picking_rows.reserved_bundles([order], "reserved")
	kept = []
	for row in note.items:
		if row.against_sales_order != order:
			kept.append(row)
		elif row.so_detail in bundles:
			if count := bundles[row.so_detail][0]:
				row.qty = min(flt(row.qty), _whole_uoms(count, row))
				kept += [row] if row.qty else []
		else:
			kept += _rows_where_reserved(row, plain.get(row.so_detail, []))
	_set_rows(note, kept)
	return note


def _set_rows(note: Document, rows: list[Document]) -> None:
	note.set("items", [])
	for row in rows:
		row.idx = None
		note.append("items", row)
	note.set("packed_items", [])
	make_packing_list(note)
	note.run_method("calculate_taxes_and_totals")


def leave_out_stopped(note: Document, order: str) -> Document:
	"""The same unsaved Delivery Note without what the policy of the order does not let go; unchanged where that is all of it:
	saving it says why."""
	left = may_leave(order)
	if left is None:
		return note
	kept = {}
	for row in note.items:
		qty = flt(row.qty)
		if row.against_sales_order == order and row.so_detail in left:
			factor = flt(row.conversion_factor) or 1
			qty = min(qty, _whole_uoms(float(left[row.so_detail]), row))
			left[row.so_detail] -= Decimal(str(flt(qty * factor, 6)))
		if qty:
			kept[row] = qty
	for row, qty in kept.items():
		row.qty = qty
	if kept:
		_set_rows(note, list(kept))
	return note


def keep_one_address(note: Document) -> Document:
	"""The same unsaved Delivery Note with what goes to the address of its first row."""
	rows = addresses.rows_of_first(note)
	if len(rows) < len(note.items):
		_set_rows(note, rows)
	return note


def _whole_uoms(stock_qty: float, row: Document) -> float:
	"""So many stock units in the row's UOM; whole ones where the UOM cannot be broken."""
	whole = frappe.get_cached_value("UOM", row.uom, "must_be_whole_number")
	return _whole_units({"qty": stock_qty, "conversion_factor": row.conversion_factor, "whole_number": whole})


def _rows_where_reserved(row: Document, places: list[dict]) -> list[Document]:
	"""A row for each warehouse where units of it are reserved."""
	found = []
	for place in places:
		copy = frappe.copy_doc(row) if found else row
		copy.update({"warehouse": place.warehouse, "qty": _whole_units(place)})
		if copy.qty:
			found.append(copy)
	return found


def before_pick(pick: Document) -> None:
	"""A pick list of ours is being submitted: without what is held, cut to what was picked, bound to batches and numbers, and
	nobody else's."""
	locking.lock_pick_list(pick, {(row.item_code, row.warehouse) for row in pick.locations})
	shortage.leave_out_held(pick)
	shortage.cut(pick)
	binding.refuse_wrong_numbers(pick)
	refuse_unreserved(pick)
	binding.complete(pick)
	binding.refuse_doubles(pick)


def refuse_unreserved(pick: Document) -> None:
	"""Refuse rows of an order that would take units which are reserved for others.

	What is reserved for the order, and what nobody has, may be picked; ERPNext's own allowance for over-picking applies.
	"""
	rows = [
		{
			"idx": row.idx,
			"sales_order": row.sales_order,
			"line": row.product_bundle_item or row.sales_order_item,
			"item_code": row.item_code,
			"warehouse": row.warehouse,
			"qty": flt(row.picked_qty) or flt(row.stock_qty),
		}
		for row in pick.locations
		if row.sales_order_item
	]
	held = held_from(
		{(row["item_code"], row["warehouse"]) for row in rows},
		{row.sales_order_item for row in pick.locations},
	)
	short = store.picks_of_others(rows, {place: flt(qty) for place, qty in held.items()})
	if short:
		frappe.throw(
			[
				_(
					"Row {0}: {1} of {2} wanted in {3}; {4} are reserved for {5} and {6} are free. Lower the quantity, or move units on the Allocation Board."
				).format(
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


def count_delivered_bundles(note: Document) -> None:
	"""Tell pick lists what a Delivery Note (or its cancellation) took of bundles that they picked.

	ERPNext counts by pick list row (`Pick List Item.delivered_qty`), and the row of a bundle has none: its components
	would stand on an open pick list for ever.
	"""
	rows = {
		(row.against_pick_list, row.so_detail)
		for row in note.items
		if row.against_pick_list and row.so_detail and not row.pick_list_item
	}
	if not rows or not is_enabled(note.company):
		return
	picked = store.picked_components(rows)
	delivered = []
	for group in picked.values():
		total = flt(group[0].bundles) * flt(group[0].per_kit)
		parts = spread(total, [flt(row.picked_qty) for row in group])
		delivered += [(row.name, qty) for row, qty in zip(group, parts, strict=True)]
	store.set_delivered(delivered)
	for pick_list in sorted({pick_list for pick_list, _row in rows}):
		store.set_delivery_status(pick_list)
		frappe.get_doc("Pick List", pick_list).run_method("update_status")
