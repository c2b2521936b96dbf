"""What the packing slip says: what is in the box, and what is still to follow and when."""

from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate

from wholesale_b2b.allocation.service import answers
from wholesale_b2b.fulfilment.dispatch.service.status import still_to_follow
from wholesale_b2b.fulfilment.dispatch.store import orders as store
from wholesale_b2b.fulfilment.policies.service import decisions


def b2b_packing_slip(doc: Document) -> dict:
	"""For the print format and the mail: what of a Delivery Note's orders is in the box, follows, is cancelled, as things
	stand when it is printed.

	boxed: item_code, item_name, qty, uom, order's number of the customer (po_no); the components of a bundle follow it, with
	is_part. following: the lines of its orders that go to the same address and are not shipped: item_code, item_name,
	stock_uom, qty and parts (qty, when, ready). cancelled: the same lines' units that are not delivered any more (without parts),
	with what the policy cancels when a draft is posted, and what an order that was closed does not deliver. orders: whether it is of any order. elsewhere: stock units that its
	orders owe to other addresses. ending: the sentence that says so where nothing follows here.
	"""
	orders = list(dict.fromkeys(row.against_sales_order for row in doc.items if row.against_sales_order))
	heads = store.heads(orders)
	leaving, cutting = _leaving(doc), _cutting(doc, orders)
	following, cancelled = [], []
	elsewhere, gone_elsewhere = 0.0, 0.0
	facts = store.lines(orders)
	for order in orders:
		for line in answers.order_cover(order):
			address = facts[line["name"]].address
			cut = cutting.get(line["name"], 0)
			rest = {**line, "owed_qty": max(flt(line["owed_qty"]) - cut, 0)}
			parts = still_to_follow(rest, leaving.get(line["name"], 0))
			owed = sum(part.qty for part in parts)
			gone = flt(facts[line["name"]].cancelled_qty) + flt(facts[line["name"]].closed_qty) + cut
			if doc.shipping_address_name and address and address != doc.shipping_address_name:
				elsewhere += owed
				gone_elsewhere += gone
				continue
			about = {key: line[key] for key in ("item_code", "item_name", "stock_uom")}
			about["po_no"] = heads[order].po_no
			if parts:
				following.append({**about, "qty": owed, "parts": parts})
			if gone:
				cancelled.append({**about, "qty": gone})
	return {
		"boxed": _boxed(doc, {order: heads[order].po_no for order in orders}),
		"following": following,
		"cancelled": cancelled,
		"orders": bool(orders),
		"elsewhere": elsewhere,
		"ending": ""
		if following or not orders
		else _ending(bool(elsewhere), bool(cancelled or gone_elsewhere)),
		"several": len(orders) > 1,
		"carrier": doc.transporter_name or doc.transporter,
		"today": getdate(),
	}


def _boxed(doc: Document, numbers: dict[str, str]) -> list[dict]:
	found = []
	for row in doc.items:
		po_no = numbers.get(row.against_sales_order)
		found.append(_boxed_row(row, po_no))
		parts = [part for part in doc.get("packed_items") or () if part.parent_detail_docname == row.name]
		found += [{**_boxed_row(part, po_no), "is_part": True} for part in parts if flt(part.qty)]
	return found


def _boxed_row(row: Document, po_no: str | None) -> dict:
	about = {key: row.get(key) for key in ("item_code", "item_name", "qty", "uom", "batch_no")}
	return {**about, "po_no": po_no, "is_part": False}


def _ending(elsewhere: bool, cancelled: bool) -> str:
	"""Where nothing follows to the address of the note: what that means for its order."""
	if elsewhere and cancelled:
		return _(
			"Nothing more to this address: what was not shipped is cancelled. What is left goes to your other addresses."
		)
	if elsewhere:
		return _("Nothing more to this address. The rest of your order goes to your other addresses.")
	if cancelled:
		return _("Nothing more: what was not shipped is cancelled.")
	return _("Nothing more: with this shipment your order is complete.")


def _cutting(doc: Document, orders: list[str]) -> dict[str, float]:
	"""Sales Order Item → stock units that its policy cancels as soon as a note that is not posted yet is."""
	if doc.docstatus == 1:
		return {}
	parts = [part for found in decisions(orders).values() for part in found.cancel]
	return {part.line: float(part.qty) for part in parts}


def _leaving(doc: Document) -> dict[str, float]:
	"""Sales Order Item → stock units on a note that is not posted yet: they still count as owed."""
	if doc.docstatus == 1:
		return {}
	found: dict[str, float] = {}
	for row in doc.items:
		if row.so_detail:
			factor = flt(row.conversion_factor) or 1
			found[row.so_detail] = found.get(row.so_detail, 0) + (flt(row.stock_qty) or flt(row.qty) * factor)
	return found
