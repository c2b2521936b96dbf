"""Open pick lists: whose they are, what stands on them, what they say of holds."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _

from wholesale_b2b.allocation.store import picking
from wholesale_b2b.allocation.store.demand import units
from wholesale_b2b.setwise import chunks, lockable, update_rows

LIST = "Pick List"
ROW = "Pick List Item"


def open_lists(orders: Iterable[str]) -> dict[str, list[frappe._dict]]:
	"""Order → its open pick lists, the oldest first: name, docstatus, status, owner, modified_by, rows, picked (units)."""
	found: dict[str, list[frappe._dict]] = defaultdict(list)
	for chunk in chunks(sorted({order for order in orders if order})):
		for row in frappe.db.sql(
			f"""select row.sales_order, pl.name, pl.docstatus, pl.status, pl.owner, pl.modified_by,
				count(*) as `rows`, sum(row.picked_qty) as picked
			from {picking.ROWS} where row.sales_order in %s
			group by row.sales_order, pl.name order by pl.creation, pl.name""",
			[tuple(chunk)],
			as_dict=True,
		):
			found[row.pop("sales_order")].append(row)
	return dict(found)


def rows_of(orders: Iterable[str]) -> list[frappe._dict]:
	"""Rows of open lists of these orders, the oldest list first; keys: name, parent, docstatus, line, sales_order,
	item_code, warehouse, uom, conversion_factor, stock_uom, qty (stock units still to leave), picked_qty."""
	rows = frappe.db.sql(
		f"""select row.name, row.parent, pl.docstatus, {picking.LINE} as line, row.sales_order, row.item_code,
			row.warehouse, row.uom, row.conversion_factor, row.stock_uom, {picking.LEFT} as qty, row.picked_qty
		from {picking.ROWS} where row.sales_order in %s and ifnull(row.sales_order_item, '') <> ''
		order by pl.docstatus desc, pl.creation, pl.name, row.idx""",
		[tuple(set(orders)) or ("",)],
		as_dict=True,
	)
	return [row.update(qty=units(row.qty), picked_qty=units(row.picked_qty)) or row for row in rows]


def on_other_lists(lines: Iterable[str], but: str) -> dict[str, dict[str, Decimal]]:
	"""Line → open pick list, other than `but` → units of it there that have not left."""
	found: dict[str, dict[str, Decimal]] = defaultdict(dict)
	for line, name, qty in frappe.db.sql(
		f"""select {picking.LINE} as line, pl.name, sum({picking.LEFT}) from {picking.ROWS}
		where pl.name <> %(but)s and (row.sales_order_item in %(lines)s or row.product_bundle_item in %(lines)s)
		group by line, pl.name""",
		{"but": but or "", "lines": tuple(set(lines)) or ("",)},
	):
		found[line][name] = units(qty)
	return dict(found)


def lock_free(names: Iterable[str]) -> set[str]:
	"""Lock those of these lists that nobody has in hand; the names of those."""
	return lockable(LIST, names)


def named(names: Iterable[str]) -> list[str]:
	"""Those of these lists that are there."""
	return frappe.get_all(LIST, {"name": ("in", list(names) or [""])}, pluck="name", order_by="name")


def set_held(names: Iterable[str], held: bool) -> None:
	"""Say on these lists that orders on them are held. Leaves `modified` alone, so that a picker can save."""
	update_rows(LIST, ["b2b_hold_status"], ((name, "Held" if held else "") for name in sorted(set(names))))
	for name in set(names):
		frappe.clear_document_cache(LIST, name)


def holds_named(names: Iterable[str]) -> list[frappe._dict]:
	"""Order Holds: name, sales_order, kind, reason, released_by_what; those of orders alone."""
	return frappe.get_all(
		"Order Hold",
		{"name": ("in", list(names) or [""]), "sales_order": ("is", "set")},
		["name", "sales_order", "kind", "reason", "released_by_what"],
		order_by="opened_at, name",
	)


def held_among(orders: Iterable[str]) -> set[str]:
	"""Those of these orders of which a hold is open, as is written down."""
	filters = {"name": ("in", list(set(orders)) or [""]), "b2b_hold_status": "Held"}
	return set(frappe.get_all("Sales Order", filters, pluck="name"))


def ended(orders: Iterable[str]) -> dict[str, list[str]]:
	"""Those of these orders that are not open any more → that in a sentence."""
	rows = frappe.get_all(
		"Sales Order", {"name": ("in", list(set(orders)) or [""])}, ["name", "docstatus", "status"]
	)
	return {
		row.name: [_("The order is {0}.").format(_(row.status).lower())]
		for row in rows
		if row.docstatus == 2 or row.status == "Closed"
	}


def orders_on(names: Iterable[str]) -> dict[str, set[str]]:
	"""Pick list → the orders on it."""
	found: dict[str, set[str]] = defaultdict(set)
	for name, order in frappe.db.sql(
		f"""select distinct parent, sales_order from `tab{ROW}`
		where parent in %s and ifnull(sales_order, '') <> ''""",
		[tuple(set(names)) or ("",)],
	):
		found[name].add(order)
	return dict(found)


def assigned_to(names: Iterable[str]) -> dict[str, set[str]]:
	"""Pick list → users who have it to do."""
	found: dict[str, set[str]] = defaultdict(set)
	filters = {"reference_type": LIST, "reference_name": ("in", list(set(names)) or [""]), "status": "Open"}
	for row in frappe.get_all("ToDo", filters, ["reference_name", "allocated_to"]):
		found[row.reference_name].add(row.allocated_to)
	return dict(found)


def orders_ended_on_drafts(companies: Iterable[str]) -> list[str]:
	"""Orders of these companies that are closed or cancelled and still stand on a draft list."""
	return frappe.db.sql_list(
		f"""select distinct so.name from {picking.ROWS} join `tabSales Order` so on so.name = row.sales_order
		where pl.docstatus = 0 and so.company in %s and (so.docstatus = 2 or so.status = 'Closed') order by so.name""",
		[tuple(companies) or ("",)],
	)
