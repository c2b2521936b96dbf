"""Which item and warehouse pairs (*keys*) belong to what."""

from collections.abc import Iterable

import frappe
from frappe.utils import cstr

from wholesale_b2b.allocation.store.reads import ENDED_ENTRY, ENDED_ORDER, Key


def pegged_keys(order: str) -> set[Key]:
	"""Keys at which the pegs of a Sales Order are, whatever its rows say by now."""
	return {
		*_pairs("Stock Reservation Entry", "voucher_no = %s and docstatus = 1", order),
		*_pairs("Stock Pre Allocation", "sales_order = %s and status = 'Open'", order),
	}


def line_keys(lines: Iterable[str]) -> set[Key]:
	"""Keys of Sales Order Items by name, and of their pegs."""
	lines = tuple(set(lines))
	return {
		*_pairs("Sales Order Item", "name in %s", lines),
		*_pairs("Stock Reservation Entry", "voucher_detail_no in %s and docstatus = 1", lines),
		*_pairs("Stock Pre Allocation", "sales_order_item in %s and status = 'Open'", lines),
	}


def promised_keys(supply_type: str, supply_name: str) -> set[Key]:
	"""Keys at which units of a document are promised, whatever its rows say by now."""
	rows = frappe.db.sql(
		"""select distinct item_code, warehouse from `tabStock Pre Allocation`
		where supply_type = %s and supply_name = %s and status = 'Open'""",
		[supply_type, supply_name],
	)
	return {(item, warehouse) for item, warehouse in rows}


def stock_keys(keys: Iterable[Key], companies: Iterable[str]) -> set[Key]:
	"""Of `keys`, those that are allocated: a stock item in a warehouse (no group) of one of these companies."""
	keys = {key for key in keys if key[0] and key[1]}
	companies = set(companies)
	if not keys or not companies:
		return set()
	items = {
		row[0]
		for row in frappe.db.sql(
			"select name from `tabItem` where is_stock_item = 1 and name in %s", [tuple({k[0] for k in keys})]
		)
	}
	return {
		(item, warehouse)
		for item, warehouse in keys
		if item in items
		and frappe.get_cached_value("Warehouse", warehouse, "company") in companies
		and not frappe.get_cached_value("Warehouse", warehouse, "is_group")
	}


def all_keys(companies: Iterable[str]) -> list[Key]:
	"""Every key with open demand or a peg, sorted."""
	companies = tuple(companies)
	if not companies:
		return []
	rows = frappe.db.sql(
		"""select soi.item_code, soi.warehouse from `tabSales Order Item` soi
			join `tabSales Order` so on so.name = soi.parent
			where so.docstatus = 1 and so.status not in %(ended)s and so.company in %(companies)s
				and (so.per_delivered < 100 or soi.b2b_reserved_qty <> 0 or soi.b2b_pre_allocated_qty <> 0)
		union select item_code, warehouse from `tabStock Pre Allocation`
			where status = 'Open' and company in %(companies)s
		union select item_code, warehouse from `tabStock Reservation Entry`
			where docstatus = 1 and status not in %(entries)s and company in %(companies)s""",
		{"companies": companies, "ended": ENDED_ORDER, "entries": ENDED_ENTRY},
	)
	return sorted(stock_keys({(item, warehouse) for item, warehouse in rows}, companies))


def _pairs(doctype: str, condition: str, value) -> set[Key]:
	rows = frappe.db.sql(
		f"select distinct item_code, warehouse from `tab{doctype}` where {condition}", [value]
	)
	return {(cstr(item), cstr(warehouse)) for item, warehouse in rows if item and warehouse}
