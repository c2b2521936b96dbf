"""What the packing slip says: what is in the box, and what is still to follow and when."""

from frappe.model.document import Document
from frappe.utils import flt, getdate

from wholesale_b2b.allocation.service import answers
from wholesale_b2b.fulfilment.dispatch.service.status import still_to_follow
from wholesale_b2b.fulfilment.dispatch.store import orders as store
from wholesale_b2b.fulfilment.policies.service import decisions


def b2b_packing_slip(doc: Document) -> dict:
	"""For the print format: `boxed`, `following` and `cancelled` of a Delivery Note, as things stand when it is printed.

	boxed: item_code, item_name, qty, uom, order's number of the customer (po_no). following: the lines of its orders that go
	to the same address and are not shipped: item_code, item_name, stock_uom, qty and parts (qty, when, ready). cancelled: the same
	lines' units that are not delivered any more (without parts), with what the policy cancels when a draft is posted.
	"""
	orders = list(dict.fromkeys(row.against_sales_order for row in doc.items if row.against_sales_order))
	heads = store.heads(orders)
	leaving, cutting = _leaving(doc), _cutting(doc, orders)
	following, cancelled = [], []
	facts = store.lines(orders)
	for order in orders:
		for line in answers.order_cover(order):
			address = facts[line["name"]].address
			if doc.shipping_address_name and address and address != doc.shipping_address_name:
				continue
			about = {key: line[key] for key in ("item_code", "item_name", "stock_uom")}
			about["po_no"] = heads[order].po_no
			cut = cutting.get(line["name"], 0)
			rest = {**line, "owed_qty": max(flt(line["owed_qty"]) - cut, 0)}
			if parts := still_to_follow(rest, leaving.get(line["name"], 0)):
				following.append({**about, "qty": sum(part.qty for part in parts), "parts": parts})
			if gone := flt(facts[line["name"]].cancelled_qty) + cut:
				cancelled.append({**about, "qty": gone})
	numbers = {order: heads[order].po_no for order in orders}
	boxed = [
		{
			"item_code": row.item_code,
			"item_name": row.item_name,
			"qty": row.qty,
			"uom": row.uom,
			"batch_no": row.batch_no,
			"po_no": numbers.get(row.against_sales_order),
		}
		for row in doc.items
	]
	return {
		"boxed": boxed,
		"following": following,
		"cancelled": cancelled,
		"several": len(orders) > 1,
		"carrier": doc.transporter_name or doc.transporter,
		"today": getdate(),
	}


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
