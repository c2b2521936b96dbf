"""What is available, what covers an order, who waits for a purchase order."""

import frappe
from frappe import _

from wholesale_b2b.allocation.service import answers

STOCK_ROLES = {"Wholesale Manager", "Trade Desk User"}
LIMIT = 10_000


@frappe.whitelist()
def availability(
	items: list[str] | str,
	warehouse: str | None = None,
	needed_by: str | None = None,
	channel: str | None = None,
	customer: str | None = None,
) -> dict:
	"""What of each item can be sold now and promised by a date.

	items: item codes, a list or its JSON, at most 10,000. warehouse: one, or a group for all below it; without it all
	warehouses that the user may see. needed_by: ISO date for `atp_qty`. channel, customer: for whom; Stock Protections
	keep units for some and cap others.

	Returns `{"items": [...]}` in the order asked, each with item_code, stock_uom, actual_qty, reserved_qty, ats_qty,
	in_transit_qty, inbound_qty, pre_allocated_qty, atp_qty (all in the stock UOM), next_date, next_qty, and
	`warehouses`: the same per warehouse. Raises PermissionError for those who may not see stock, DoesNotExistError for
	unknown items or warehouses, ValidationError for too many items or a date that is none.
	"""
	_check_may_see_stock()
	return {
		"items": answers.availability(
			_codes(items), answers.permitted_warehouses(warehouse), _date(needed_by), channel, customer
		)
	}


@frappe.whitelist()
def promise(lines: list[dict] | str, warehouse: str | None = None) -> dict:
	"""When each of these lines could ship if it were ordered now; nothing is written.

	lines: a list (or its JSON) of `{"item_code", "qty", "name"?}`, qty in the stock UOM, at most 10,000. warehouse: as in
	`availability`. Returns `{"lines": [...]}` in the order asked, each with name, item_code, qty, stock_uom, now_qty,
	promise_date (None if nobody knows) and `parts` (qty, source: now, inbound, lead time or unknown, date). Raises
	PermissionError, DoesNotExistError for unknown items, ValidationError for quantities that are none.
	"""
	_check_may_see_stock()
	return {"lines": answers.promise(_lines(lines), answers.permitted_warehouses(warehouse))}


@frappe.whitelist()
def order_allocation(sales_order: str) -> dict:
	"""What covers each line of a Sales Order: `{"lines": [...]}` as `answers.order_cover` describes.

	Needs read on the order; suppliers are named to those who may read Purchase Orders.
	"""
	frappe.get_doc("Sales Order", sales_order).check_permission("read")
	lines = answers.order_cover(sales_order)
	if not frappe.has_permission("Purchase Order", "read"):
		for peg in (peg for line in lines for peg in line["cover"]):
			peg["supplier"] = None
	return {"lines": lines}


@frappe.whitelist()
def purchase_order_allocation(purchase_order: str) -> dict:
	"""Who waits for each row of a Purchase Order: `{"lines": [...]}` as `answers.purchase_cover` describes. Needs read on the order."""
	frappe.get_doc("Purchase Order", purchase_order).check_permission("read")
	return {"lines": answers.purchase_cover(purchase_order)}


def _check_may_see_stock() -> None:
	if STOCK_ROLES.isdisjoint(frappe.get_roles()):
		frappe.has_permission("Bin", "read", throw=True)


def _codes(items: list[str] | str) -> list[str]:
	codes = frappe.parse_json(items) if isinstance(items, str) and items.lstrip().startswith("[") else items
	codes = [codes] if isinstance(codes, str) else list(codes or [])
	if not all(isinstance(code, str) for code in codes):
		frappe.throw(_("items must be a list of item codes."))
	if len(codes) > LIMIT:
		frappe.throw(_("At most {0} items at a time; {1} were asked for.").format(LIMIT, len(codes)))
	return codes


def _lines(lines: list[dict] | str) -> list[dict]:
	rows = frappe.parse_json(lines) if isinstance(lines, str) else lines
	if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get("item_code") for row in rows):
		frappe.throw(_("lines must be a list of objects with item_code and qty."))
	if len(rows) > LIMIT:
		frappe.throw(_("At most {0} lines at a time; {1} were asked for.").format(LIMIT, len(rows)))
	for row in rows:
		try:
			qty = float(row.get("qty"))
		except (TypeError, ValueError):
			qty = 0
		if not 0 < qty < 1e12:
			frappe.throw(
				_("{0}: {1} is not a quantity; give a number above zero.").format(
					row["item_code"], row.get("qty")
				)
			)
		row["qty"] = qty
	return rows


def _date(value: str | None):
	if not value:
		return None
	try:
		return frappe.utils.getdate(value)
	except Exception:
		frappe.throw(_("{0} is not a date; write it as YYYY-MM-DD.").format(value))
