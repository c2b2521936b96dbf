"""Which item and warehouse pairs (*keys*) belong to what."""

from collections.abc import Iterable
from typing import NamedTuple

import frappe
from frappe.model.document import Document
from frappe.utils import cstr

from wholesale_b2b.allocation.store.demand import ENDED_ENTRY, ENDED_ORDER, Key


def pegged_keys(order: str) -> set[Key]:
	"""Keys at which the pegs of a Sales Order are, whatever its rows say by now."""
	return {
		*_pairs("Stock Reservation Entry", "voucher_no = %s and docstatus = 1", order),
		*_pairs("Stock Pre Allocation", "sales_order = %s and status = 'Open'", order),
	}


def order_keys(doctype: str, name: str) -> set[Key]:
	"""Keys of all rows of a Sales Order or Purchase Order and, whatever its rows say by now, of all that is promised."""
	keys = _pairs(f"{doctype} Item", "parent = %s", name)
	if doctype == "Sales Order":
		return (
			keys
			| _pairs("Packed Item", "parenttype = 'Sales Order' and parent = %s", name)
			| pegged_keys(name)
		)
	return keys | promised_keys(doctype, name)


def made_from_keys(entry: Document) -> set[Key]:
	"""Keys of the pick list or receipt that a Stock Reservation Entry is made from."""
	if not entry.from_voucher_type or not entry.from_voucher_no:
		return set()
	return _pairs(f"{entry.from_voucher_type} Item", "parent = %s", entry.from_voucher_no)


def line_keys(lines: Iterable[str]) -> set[Key]:
	"""Keys of Sales Order Items by name, of their components, and of the pegs of all."""
	lines = tuple(set(lines))
	parts = frappe.db.sql_list(
		"""select part.name from `tabSales Order Item` soi
		join `tabPacked Item` part on part.parent = soi.parent and part.parent_detail_docname = soi.name
		where part.parenttype = 'Sales Order' and soi.name in %s""",
		[lines],
	)
	lines = (*lines, *parts)
	return {
		*_pairs("Packed Item", "name in %s", lines),
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
		union select part.item_code, part.warehouse from `tabPacked Item` part
			join `tabSales Order` so on so.name = part.parent
			where part.parenttype = 'Sales Order' and so.docstatus = 1 and so.status not in %(ended)s
				and so.company in %(companies)s
				and (so.per_delivered < 100 or part.b2b_reserved_qty <> 0 or part.b2b_pre_allocated_qty <> 0)
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


# ---- of master records ------------------------------------------------------------------------------------------

OWED = """select soi.item_code, soi.warehouse from `tabSales Order Item` soi
	join `tabSales Order` so on so.name = soi.parent
	where so.docstatus = 1 and so.status not in %(ended)s and {condition}
	union select p.item_code, p.warehouse from `tabPacked Item` p join `tabSales Order` so on so.name = p.parent
	where p.parenttype = 'Sales Order' and so.docstatus = 1 and so.status not in %(ended)s and {packed}"""


def item_keys(item: str) -> set[Key]:
	"""Keys at which an item is owed, promised, ordered or in stock."""
	return _of_master("item_code", item)


def warehouse_keys(warehouse: str) -> set[Key]:
	"""Keys at which anything is owed, promised, ordered or in stock in a warehouse."""
	return _of_master("warehouse", warehouse)


def _of_master(column: str, name: str) -> set[Key]:
	owed = OWED.format(condition=f"soi.{column} = %(name)s", packed=f"p.{column} = %(name)s")
	rows = frappe.db.sql(
		f"""{owed}
		union select item_code, warehouse from `tabStock Pre Allocation` where status = 'Open' and {column} = %(name)s
		union select item_code, warehouse from `tabStock Reservation Entry`
			where docstatus = 1 and status not in %(entries)s and {column} = %(name)s
		union select item_code, warehouse from `tabBin`
			where {column} = %(name)s and (actual_qty <> 0 or reserved_stock <> 0 or ordered_qty <> 0 or planned_qty <> 0)""",
		{"name": name, "ended": ENDED_ORDER, "entries": ENDED_ENTRY},
	)
	return {(cstr(item), cstr(warehouse)) for item, warehouse in rows if item and warehouse}


def customer_keys(customer: str) -> set[Key]:
	"""Keys of a customer's open orders and of their pegs."""
	orders = frappe.db.sql_list(
		"""select name from `tabSales Order` where customer = %s and docstatus = 1 and status not in %s
			and (per_delivered < 100 or b2b_allocation_status <> '')""",
		[customer, ENDED_ORDER],
	)
	rows = frappe.db.sql(
		OWED.format(condition="so.name in %(orders)s", packed="so.name in %(orders)s"),
		{"orders": tuple(orders) or ("",), "ended": ENDED_ORDER},
	)
	keys = {(cstr(item), cstr(warehouse)) for item, warehouse in rows if item and warehouse}
	return keys.union(*(pegged_keys(order) for order in orders))


class SourcedLine(NamedTuple):
	"""An open order line, or component of one, that a rule or an account may have covered from elsewhere."""

	item: str
	warehouse: str
	company: str
	customer: str
	rule: str | None
	account: str | None


def sourced_lines(
	items: Iterable[str], rules: Iterable[str], accounts: Iterable[str], customers: Iterable[str]
) -> set[SourcedLine]:
	"""Open lines of these items, of orders that follow these Order Rules or are on these Trade Accounts, or that name no
	account and are these customers'."""
	where = {
		"items": tuple(items) or ("",),
		"rules": tuple(rules) or ("",),
		"accounts": tuple(accounts) or ("",),
		"customers": tuple(customers) or ("",),
		"ended": ENDED_ORDER,
	}
	of_order = """so.company, so.customer, so.b2b_order_rule, so.b2b_trade_account"""
	served = """so.docstatus = 1 and so.status not in %(ended)s and so.per_delivered < 100
		and (so.b2b_order_rule in %(rules)s or so.b2b_trade_account in %(accounts)s
			or (ifnull(so.b2b_trade_account, '') = '' and so.customer in %(customers)s))"""
	rows = frappe.db.sql(
		f"""select soi.item_code, soi.warehouse, {of_order} from `tabSales Order Item` soi
			join `tabSales Order` so on so.name = soi.parent
			where soi.item_code in %(items)s and soi.docstatus = 1 and {served}
		union select part.item_code, part.warehouse, {of_order} from `tabPacked Item` part
			join `tabSales Order` so on so.name = part.parent
			where part.parenttype = 'Sales Order' and part.item_code in %(items)s and {served}""",
		where,
	)
	return {SourcedLine(*row) for row in rows if row[1]}


def voucher_keys(voucher_type: str, voucher_no: str) -> set[Key]:
	"""Keys to which a document has posted."""
	rows = frappe.db.sql(
		"""select distinct item_code, warehouse from `tabStock Ledger Entry`
		where voucher_type = %s and voucher_no = %s""",
		[voucher_type, voucher_no],
	)
	return {(item, warehouse) for item, warehouse in rows}


def orders_at(warehouse: str) -> list[str]:
	"""Orders with something still to deliver from a warehouse, or with a peg there, the oldest first."""
	return frappe.db.sql_list(
		"""select so.name from `tabSales Order` so where so.docstatus = 1 and so.status not in %(ended)s and (
			exists(select 1 from `tabSales Order Item` i
				where i.parent = so.name and i.warehouse = %(warehouse)s and i.qty > i.delivered_qty)
			or exists(select 1 from `tabStock Pre Allocation` p
				where p.sales_order = so.name and p.warehouse = %(warehouse)s and p.status = 'Open')
			or exists(select 1 from `tabStock Reservation Entry` e where e.voucher_no = so.name and e.docstatus = 1
				and e.warehouse = %(warehouse)s and e.status not in %(entries)s)
		) order by so.creation, so.name""",
		{"warehouse": warehouse, "ended": ENDED_ORDER, "entries": ENDED_ENTRY},
	)


def reserving_orders(keys: Iterable[Key]) -> list[str]:
	"""Orders that have units reserved at any of these keys, sorted."""
	keys = set(keys)
	if not keys:
		return []
	rows = frappe.db.sql(
		"""select distinct voucher_no, item_code, warehouse from `tabStock Reservation Entry`
		where docstatus = 1 and status not in %s and item_code in %s and warehouse in %s""",
		[ENDED_ENTRY, tuple({item for item, _ in keys}), tuple({warehouse for _, warehouse in keys})],
	)
	return sorted({order for order, item, warehouse in rows if (item, warehouse) in keys})
