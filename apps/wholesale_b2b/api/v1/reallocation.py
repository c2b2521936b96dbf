"""The Allocation Board: who has what of an item, why, and moving units by hand."""

import frappe
from frappe import _
from frappe.utils import cint

from wholesale_b2b.allocation.service import answers, explaining, reallocation
from wholesale_b2b.allocation.service import board as boards

MAY_SEE = {"Wholesale Manager", "Trade Desk User", "System Manager"}
MAY_MOVE = {"Wholesale Manager", "System Manager"}
MOST_LINES = 500


@frappe.whitelist()
def board(
	item_code: str,
	warehouse: str | None = None,
	customer: str | None = None,
	sales_order: str | None = None,
	supply: str | None = None,
	only: str | None = None,
	start: int = 0,
	limit: int = boards.PAGE,
) -> dict:
	"""Supply, demand and pegs of an item: what `allocation.service.board.board` returns, and may_move.

	warehouse: one, or a group for all below it; without it all that the user may see. customer, sales_order: whose
	lines. supply: lines that are promised units of this document, a purchase order say. only: `waiting` (something
	uncovered) or `picking` (something on a pick list). limit: at most 500 lines. For Wholesale Managers, Trade Desk
	Users and System Managers, and who may read Bins and Sales Orders. Raises PermissionError, DoesNotExistError for an
	unknown item or warehouse, ValidationError for another `only`.
	"""
	_check_may_see()
	if only not in (None, "", boards.WAITING, boards.PICKING):
		frappe.throw(_("only must be waiting or picking, not {0}.").format(only))
	filters = boards.Filters(customer or None, sales_order or None, supply or None, only or None)
	answer = boards.board(
		item_code,
		answers.permitted_warehouses(warehouse or None),
		filters,
		max(cint(start), 0),
		min(max(cint(limit), 1), MOST_LINES),
	)
	return {**answer, "may_move": _may_move()}


@frappe.whitelist()
def explain_peg(item_code: str, line: str, supply: str) -> dict:
	"""Why an order line has units of a supply, both as `board` names them: `allocation.service.explaining.explain`.

	For those who may see the board. Raises PermissionError, DoesNotExistError if there is no such peg any more.
	"""
	_check_may_see()
	return explaining.explain(item_code, line, supply, answers.permitted_warehouses())


@frappe.whitelist()
def preview_reallocation(
	item_code: str, supply: str, to_line: str, qty: float, from_line: str | None = None
) -> dict:
	"""What `reallocate` would change: most, refused and `changes` (`allocation.service.reallocation.foresee`). Writes nothing."""
	wish = reallocation.Wish(item_code, supply, to_line, qty, from_line or None)
	_check_may_move(wish)
	return reallocation.foresee(wish)


@frappe.whitelist(methods=["POST"])
def reallocate(
	item_code: str,
	supply: str,
	to_line: str,
	qty: float,
	reason: str,
	idempotency_key: str,
	from_line: str | None = None,
) -> dict:
	"""Take units of a supply from one order line (or free ones, without `from_line`) and give them to another.

	supply and lines as `board` names them, qty in the stock UOM. The same idempotency_key again answers the same and
	moves nothing. Returns run (the Allocation Run) and `changes` per order line. For Wholesale Managers and System
	Managers who may see both orders. Raises PermissionError, and ValidationError for a move that cannot be made, with
	what could be: units on an open pick list never move, and nobody gets more than it asks for.
	"""
	wish = reallocation.Wish(item_code, supply, to_line, qty, from_line or None)
	_check_may_move(wish)
	return reallocation.reallocate(wish, reason, idempotency_key)


def _check_may_see() -> None:
	if MAY_SEE.isdisjoint(frappe.get_roles()):
		frappe.has_permission("Bin", "read", throw=True)
		frappe.has_permission("Sales Order", "read", throw=True)


def _may_move() -> bool:
	return not MAY_MOVE.isdisjoint(frappe.get_roles())


def _check_may_move(wish: reallocation.Wish) -> None:
	if not _may_move():
		frappe.throw(
			_("Units are moved by those with the role Wholesale Manager. Ask one of them."),
			frappe.PermissionError,
		)
	orders = reallocation.orders_of(wish)
	if orders - boards.visible(orders):
		frappe.throw(_("You may not see one of these two orders."), frappe.PermissionError)
