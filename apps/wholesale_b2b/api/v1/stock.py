"""What is available, what covers an order, who waits for a purchase order."""

import frappe
from frappe import _

from wholesale_b2b.allocation.service import answers, portal, supply_answers
from wholesale_b2b.api.v1 import arguments
from wholesale_b2b.api.v1.arguments import LIMIT

STOCK_ROLES = {"Wholesale Manager", "Trade Desk User"}
PAGE = 500


@frappe.whitelist()
def availability(
	items: list[str] | str | None = None,
	warehouse: str | None = None,
	needed_by: str | None = None,
	channel: str | None = None,
	customer: str | None = None,
	start: int = 0,
	page_length: int | None = None,
) -> dict:
	"""What of each item can be sold now and promised by a date.

	items: item codes, a list or its JSON, at most 10,000; without it every item that has stock, promises or supply, page
	by page. warehouse: one, or a group for all below it; without it all warehouses that the user may see. needed_by: ISO
	date for `atp_qty`. channel, customer: for whom; Stock Protections keep units for some and cap others. start,
	page_length: which part of the list, at most 10,000 at a time; 500 where no items are named, else all.

	Returns `{"items": [...], "total": ..., "next_start": ...}` in the order asked (next_start None: that was the last
	page), each item with item_code, stock_uom, actual_qty, expired_qty, reserved_qty, ats_qty, in_transit_qty,
	inbound_qty, pre_allocated_qty, atp_qty (all in the stock UOM), next_date, next_qty, and `warehouses`: the same per
	warehouse. The portal user of a customer gets item_code, stock_uom, ats_qty, atp_qty and next_date, for that
	customer and of what is sold; warehouse and channel do not count then. Raises PermissionError for those who may not
	see stock, or ask for somebody else, DoesNotExistError for unknown items or warehouses, ValidationError for too many
	items, a page that is none or a date that is none.
	"""
	buyer = _buyer(customer)
	until = arguments.day(needed_by)
	named = items is not None and items != ""
	codes = _codes(items) if named else answers.items_with_figures()
	if buyer and not named:
		codes = portal.on_offer(codes)
	page, more = _page(codes, start, page_length or (LIMIT if named else PAGE))
	if buyer:
		rows = portal.availability(page, buyer, until)
	else:
		rows = answers.availability(page, answers.permitted_warehouses(warehouse), until, channel, customer)
	return {"items": rows, **more}


@frappe.whitelist()
def promise(
	lines: list[dict] | str,
	warehouse: str | None = None,
	channel: str | None = None,
	customer: str | None = None,
) -> dict:
	"""When each of these lines could ship if it were ordered now; nothing is written.

	lines: a list (or its JSON) of `{"item_code", "qty", "name"?}`, qty in the stock UOM, at most 10,000. warehouse, channel,
	customer: as in `availability`. Returns `{"lines": [...]}` in the order asked, each with name, item_code, qty,
	stock_uom, now_qty, promise_date (None if nobody knows) and `parts` (qty, source: now, inbound, lead time or unknown,
	date), which portal users do not get. Raises PermissionError, DoesNotExistError for unknown items, ValidationError for
	quantities that are none.
	"""
	buyer, rows = _buyer(customer), arguments.lines(lines)
	if buyer:
		return {"lines": portal.promise(rows, buyer)}
	return {"lines": answers.promise(rows, answers.permitted_warehouses(warehouse), channel, customer)}


@frappe.whitelist()
def order_allocation(sales_order: str) -> dict:
	"""What covers each line of a Sales Order: `{"lines": [...]}` as `answers.order_cover` describes.

	Needs read on the order; suppliers are named to those who may read Purchase Orders. Portal users get the lines of
	their own customer's orders as `portal.order_cover` describes.
	"""
	if not frappe.has_permission("Sales Order", "read") and portal.is_customer(frappe.session.user):
		return {"lines": portal.order_cover(sales_order, frappe.session.user)}
	frappe.get_doc("Sales Order", sales_order).check_permission("read")
	lines = answers.order_cover(sales_order)
	if not frappe.has_permission("Purchase Order", "read"):
		for peg in (peg for line in lines for peg in line["cover"]):
			peg["supplier"] = None
	return {"lines": lines}


@frappe.whitelist()
def supply_allocation(supply_type: str, supply_name: str) -> dict:
	"""Who waits for a document that brings stock: `{"lines": [...]}` as `supply_answers.waiting_for` describes.

	supply_type: Purchase Order, Work Order, Subcontracting Order, Stock Entry (a transfer in transit), or a kind that
	another app brings. Needs read on the document. Raises PermissionError, DoesNotExistError, ValidationError for a
	DocType that is no supply.
	"""
	supply_answers.check_kind(supply_type)
	doc = frappe.get_doc(supply_type, supply_name)
	doc.check_permission("read")
	return {"lines": supply_answers.waiting_for(doc)}


@frappe.whitelist()
def purchase_order_allocation(purchase_order: str) -> dict:
	"""`supply_allocation` of a Purchase Order."""
	return supply_allocation("Purchase Order", purchase_order)


def _buyer(customer: str | None) -> str | None:
	"""None for those who may see stock; else the customer whose portal user asks. PermissionError for everybody else."""
	if not STOCK_ROLES.isdisjoint(frappe.get_roles()) or frappe.has_permission("Bin", "read"):
		if customer and not frappe.db.exists("Customer", customer):
			frappe.throw(_("There is no Customer {0}.").format(customer), frappe.DoesNotExistError)
		return None
	return portal.customer_of(frappe.session.user, customer)


def _page(codes: list[str], start: int, length: int) -> tuple[list[str], dict]:
	"""The part of `codes` that is asked for, and what to tell about the rest."""
	if start < 0 or not 0 < length <= LIMIT:
		frappe.throw(
			_("start {0}, page_length {1}: give a start of 0 or more and 1 to {2} items a page.").format(
				start, length, LIMIT
			)
		)
	end = start + length
	return codes[start:end], {"total": len(codes), "next_start": end if end < len(codes) else None}


def _codes(items: list[str] | str) -> list[str]:
	codes = arguments.names(items, _("items must be a list of item codes."))
	if len(codes) > LIMIT:
		frappe.throw(_("At most {0} items at a time; {1} were asked for.").format(LIMIT, len(codes)))
	return codes
