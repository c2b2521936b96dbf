"""Reads for those who ask: what is available, what covers an order, who waits for a purchase order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import frappe
from frappe.utils import getdate

from wholesale_b2b.allocation.store import batches, sources, till
from wholesale_b2b.allocation.store.demand import (
	ENDED_ENTRY,
	ENDED_ORDER,
	GONE,
	OWED,
	PER_KIT,
	PROMISED_LINE,
	Key,
	units,
)
from wholesale_b2b.setwise import as_list, listed
from wholesale_b2b.trees import below

# A warehouse whose stock can be sold: not in transit, disabled or for rejected goods.
SELLING = {"warehouse_type": ("!=", "Transit"), "disabled": 0, "is_rejected_warehouse": 0}


def item_uoms(items: Sequence[str]) -> dict[str, str]:
	"""Item → stock UOM, for those that exist."""
	rows = frappe.db.sql(UOMS, {"items": as_list(items), "parts": _parts(len(items))})
	return {item: uom for uom, text in rows for item in text.split("\x1e")}


def lead_days(items: Sequence[str]) -> dict[str, int]:
	"""Item → days from ordering to having it, where the Item says so."""
	return dict(
		frappe.db.sql(
			f"select name, lead_time_days from `tabItem` where lead_time_days > 0 and name in {listed('items')}",
			{"items": as_list(items)},
		)
	)


def recipes(items: Sequence[str]) -> dict[str, tuple[tuple[str, Decimal], ...]]:
	"""Of these items the Product Bundles that hold stock items: bundle → (item, stock units in one of it), each item once."""
	found: dict[str, dict[str, Decimal]] = defaultdict(dict)
	for bundle, item, qty in frappe.db.sql(
		f"""select bundle.new_item_code, part.item_code, sum(part.qty) from `tabProduct Bundle` bundle
		join `tabProduct Bundle Item` part on part.parent = bundle.name
		join `tabItem` item on item.name = part.item_code and item.is_stock_item = 1
		where bundle.new_item_code in {listed("items")} and bundle.disabled = 0 and part.qty > 0
		group by bundle.new_item_code, part.item_code order by min(part.idx)""",
		{"items": as_list(items)},
	):
		found[bundle][item] = units(qty)
	return {bundle: tuple(parts.items()) for bundle, parts in found.items()}


def items_with_figures(item_code: str | None, item_group: str | None) -> list[str]:
	"""Stock items with anything on hand, on order or asked for, sorted by name."""
	conditions, where = ["item.is_stock_item = 1"], {}
	if item_code:
		conditions.append("item.name = %(item_code)s")
		where["item_code"] = item_code
	if item_group:
		conditions.append("item.item_group in %(groups)s")
		where["groups"] = below("Item Group", item_group) or ("",)
	return frappe.db.sql_list(
		f"""select distinct item.name from `tabItem` item join `tabBin` b on b.item_code = item.name
			and (b.actual_qty <> 0 or b.ordered_qty <> 0 or b.reserved_qty <> 0 or b.reserved_stock <> 0)
		where {" and ".join(conditions)} order by item.name""",
		where,
	)


def leaf_warehouses(warehouse: str) -> list[str]:
	"""The warehouse itself, or all warehouses below a group."""
	left, right = frappe.db.get_value("Warehouse", warehouse, ["lft", "rgt"])
	return frappe.get_all(
		"Warehouse", {"lft": (">=", left), "rgt": ("<=", right), "is_group": 0}, pluck="name"
	)


def selling_warehouses(names: Iterable[str]) -> set[str]:
	"""Of these, the ones whose stock can be sold: none in transit, disabled or for rejected goods."""
	return set(frappe.get_all("Warehouse", {"name": ("in", list(names)), **SELLING}, pluck="name"))


def stock_figures(items: Sequence[str], warehouses: Sequence[str], kinds: set[str]) -> dict[Key, dict]:
	"""(item, warehouse) → actual, expired, reserved, claimed, pre_allocated, in_transit (floats), inbound: rows of supply;
	uom: the stock UOM, where the Bin says it (ERPNext keeps the two the same), else "".

	expired: of the actual units, those in batches that have expired or are disabled. kinds: what there is at all, as
	`kinds.in_use` says.
	"""
	where = {"items": as_list(items), "warehouses": tuple(warehouses) or ("",), "entries": ENDED_ENTRY}
	figures: dict[Key, dict] = defaultdict(_nothing, _bins(where, len(items)))
	for name, query in [(name, query) for name, kind, query in SUMS if kind in kinds]:
		for item, warehouse, qty in frappe.db.sql(query, where):
			figures[item, warehouse][name] += qty or 0
	if "Batch" in kinds:
		for key, qty in batches.unsellable(items, warehouses, getdate()).items():
			figures[key]["expired"] += float(qty)
	inbound = [row for row in sources.inbound(items, where["warehouses"], of=kinds) if row.open > 0]
	pegged = pegged_per_row(where) if inbound else {}
	for row in inbound:
		coming = {
			"expected": row.expected,
			"qty": float(row.open),
			"pegged": pegged.get((row.doctype, row.row), 0.0),
		}
		figures[row.key]["inbound"] += (coming,)
	return figures


def _nothing(actual: float = 0.0, claimed: float = 0.0, uom: str = "") -> dict:
	return {
		"actual": actual,
		"expired": 0.0,
		"reserved": 0.0,
		"claimed": claimed,
		"pre_allocated": 0.0,
		"in_transit": 0.0,
		"inbound": (),
		"uom": uom,
	}


def _bins(where: dict, items: int) -> Iterator[tuple[Key, dict]]:
	"""What the Bins say. They come as a few long texts: the driver takes longer over so many rows than the server does."""
	for warehouse, uom, text in frappe.db.sql(BINS, {**where, "parts": _parts(items)}):
		for row in text.split("\x1e"):
			item, actual, claimed = row.split("\x1f")
			yield (item, warehouse), _nothing(float(actual), float(claimed), uom)


def pegged_per_row(where: dict) -> dict[tuple[str, str], float]:
	"""(supply type, row) → units promised from it, or kept for the amendment of a cancelled order."""
	return {
		(kind, row): qty
		for kind, row, qty in frappe.db.sql(
			f"""select supply_type, supply_row, sum(qty) from (
				select supply_type, supply_row, qty from `tabStock Pre Allocation` where {PLACE} and status = 'Open'
				union all
				select supply_type, supply_row, qty from `tabStock Hold`
				where {PLACE} and supply_row <> '' and (status = 'Active' and until > %(now)s or awaiting_run = 1)
			) taken group by supply_type, supply_row""",
			{"now": frappe.utils.now_datetime(), **where},
		)
	}


PLACE = f"item_code in {listed('items')} and warehouse in %(warehouses)s"

# A text must not outgrow the server's `group_concat_max_len` (1 MiB): an item code has 140 characters at most.
ITEMS_PER_TEXT = 500


def _parts(items: int) -> int:
	return max(items // ITEMS_PER_TEXT, 1)


UOMS = f"""select stock_uom, group_concat(name separator '\x1e') from `tabItem` where name in {listed("items")}
	group by stock_uom, mod(crc32(name), %(parts)s)"""
BINS = f"""select warehouse, ifnull(stock_uom, ''), group_concat(
		concat_ws(x'1f', item_code, actual_qty, reserved_qty_for_production + reserved_qty_for_sub_contract)
		separator '\x1e')
	from `tabBin` where {PLACE}
		and (actual_qty <> 0 or reserved_qty_for_production > 0 or reserved_qty_for_sub_contract > 0)
	group by warehouse, stock_uom, mod(crc32(item_code), %(parts)s)"""

# Shown where it is going, or where it lies when nobody has said where it goes.
IN_TRANSIT = f"""select d.item_code, ifnull({sources.DESTINATION}, d.t_warehouse) as place,
		sum((d.qty - d.transferred_qty) * d.conversion_factor)
	from {sources.TRANSFERS}
	where e.docstatus = 1 and e.add_to_transit = 1 and e.per_transferred < 100
		and d.item_code in {listed("items")} and d.qty > d.transferred_qty
	group by d.item_code, place having place in %(warehouses)s"""

# name of the figure, the kind that it comes from, its query
SUMS = (
	("claimed", "POS Invoice", till.sold(listed("items"))),
	(
		"reserved",
		"Stock Reservation Entry",
		f"""select item_code, warehouse, sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
		where {PLACE} and docstatus = 1 and status not in %(entries)s group by item_code, warehouse""",
	),
	(
		"pre_allocated",
		"Stock Pre Allocation",
		f"""select item_code, warehouse, sum(qty) from `tabStock Pre Allocation`
		where {PLACE} and status = 'Open' group by item_code, warehouse""",
	),
	("in_transit", "Stock Entry", IN_TRANSIT),
)


def order_lines(order: str) -> list[dict]:
	"""The rows of a Sales Order with what they show; is_bundle for product bundles, is_stock_item for goods."""
	return frappe.db.sql(
		f"""select soi.name, soi.idx, soi.item_code, soi.item_name, soi.warehouse, soi.stock_uom, soi.stock_qty,
			if(so.status in %(ended)s, 0, {OWED}) as owed_qty,
			{GONE} as delivered_qty,
			soi.b2b_reserved_qty as reserved_qty, soi.b2b_pre_allocated_qty as pre_allocated_qty,
			soi.b2b_backorder_qty as backorder_qty, soi.b2b_promise_date as promise_date, soi.delivery_date,
			soi.delivered_by_supplier, item.is_stock_item,
			exists(select 1 from `tabPacked Item` part where part.parent = soi.parent
				and part.parent_detail_docname = soi.name) as is_bundle
		from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
		join `tabItem` item on item.name = soi.item_code
		where soi.parent = %(order)s order by soi.idx""",
		{"order": order, "ended": ENDED_ORDER},
		as_dict=True,
	)


def order_components(order: str) -> list[dict]:
	"""The stock components of a Sales Order's bundles, as `order_lines` has rows; `row`: the bundle's row."""
	return frappe.db.sql(
		f"""select part.name, part.idx, soi.name as row, part.item_code, part.item_name, part.warehouse, item.stock_uom,
			part.qty as stock_qty, soi.delivery_date, soi.delivered_by_supplier, item.is_stock_item, 0 as is_bundle,
			if(so.status in %(ended)s, 0, {OWED} * {PER_KIT}) as owed_qty,
			{GONE} * {PER_KIT} as delivered_qty,
			part.b2b_reserved_qty as reserved_qty, part.b2b_pre_allocated_qty as pre_allocated_qty,
			part.b2b_backorder_qty as backorder_qty, part.b2b_promise_date as promise_date
		from `tabPacked Item` part join `tabSales Order` so on so.name = part.parent
		join `tabSales Order Item` soi on soi.name = part.parent_detail_docname
		join `tabItem` item on item.name = part.item_code and item.is_stock_item = 1
		where part.parenttype = 'Sales Order' and part.parent = %(order)s order by part.idx""",
		{"order": order, "ended": ENDED_ORDER},
		as_dict=True,
	)


def order_pegs(order: str) -> list[dict]:
	"""What covers a Sales Order: line (its row, or a Packed Item), kind (on_hand, inbound), doctype, name, warehouse, qty,
	expected_date, supplier."""
	return frappe.db.sql(
		f"""select voucher_detail_no as line, 'on_hand' as kind, 'Stock Reservation Entry' as doctype, name, warehouse,
			reserved_qty - delivered_qty as qty, null as expected_date, null as supplier
		from `tabStock Reservation Entry`
		where voucher_no = %(order)s and docstatus = 1 and status not in %(ended)s and reserved_qty > delivered_qty
		union all
		select {PROMISED_LINE}, 'inbound', spa.supply_type, spa.supply_name, spa.warehouse, spa.qty,
			spa.expected_date, po.supplier_name
		from `tabStock Pre Allocation` spa left join `tabPurchase Order` po on po.name = spa.supply_name
		where spa.sales_order = %(order)s and spa.status = 'Open'
		order by expected_date, name""",
		{"order": order, "ended": ENDED_ENTRY},
		as_dict=True,
	)


def item_facts(items: Iterable[str]) -> dict[str, dict]:
	"""Stock items by code: item_name, stock_uom."""
	names = tuple(set(items))
	rows = frappe.get_all(
		"Item", {"name": ("in", names), "is_stock_item": 1}, ["name", "item_name", "stock_uom"]
	)
	return {row.pop("name"): row for row in rows} if names else {}


def supply_waiting(supply_type: str, name: str) -> list[dict]:
	"""Who waits for a document that brings stock: row, sales_order, customer, customer_name, qty, needed_by, promise_date."""
	return frappe.db.sql(
		"""select spa.supply_row as row, spa.sales_order, so.customer, so.customer_name, spa.qty,
			soi.delivery_date as needed_by, spa.expected_date as promise_date
		from `tabStock Pre Allocation` spa
		join `tabSales Order` so on so.name = spa.sales_order
		left join `tabSales Order Item` soi on soi.name = spa.sales_order_item
		where spa.supply_type = %s and spa.supply_name = %s and spa.status = 'Open'
		order by spa.supply_row, so.transaction_date, spa.sales_order, soi.idx""",
		[supply_type, name],
		as_dict=True,
	)
