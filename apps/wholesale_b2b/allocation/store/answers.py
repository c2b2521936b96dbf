"""Reads for those who ask: what is available, what covers an order, who waits for a purchase order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import frappe

from wholesale_b2b.allocation.store import sources
from wholesale_b2b.allocation.store.reads import ENDED_ENTRY, ENDED_ORDER, GONE, Key
from wholesale_b2b.setwise import chunks


def item_uoms(items: Sequence[str]) -> dict[str, str]:
	"""Item → stock UOM, for those that exist."""
	found: dict[str, str] = {}
	for chunk in chunks(items, 5000):
		found.update(frappe.db.sql("select name, stock_uom from `tabItem` where name in %s", [tuple(chunk)]))
	return found


def lead_days(items: Sequence[str]) -> dict[str, int]:
	"""Item → days from ordering to having it, where the Item says so."""
	found: dict[str, int] = {}
	for chunk in chunks(items, 5000):
		found.update(
			frappe.db.sql(
				"select name, lead_time_days from `tabItem` where lead_time_days > 0 and name in %s",
				[tuple(chunk)],
			)
		)
	return found


def items_with_figures(item_code: str | None, item_group: str | None) -> list[str]:
	"""Stock items with anything on hand, on order or asked for, sorted by name."""
	conditions, where = ["item.is_stock_item = 1"], {}
	if item_code:
		conditions.append("item.name = %(item_code)s")
		where["item_code"] = item_code
	if item_group:
		left, right = frappe.db.get_value("Item Group", item_group, ["lft", "rgt"])
		conditions.append(
			"item.item_group in (select name from `tabItem Group` where lft >= %(left)s and rgt <= %(right)s)"
		)
		where.update(left=left, right=right)
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
	"""Of these, the ones whose stock can be sold: not the transit warehouses."""
	return set(
		frappe.get_all(
			"Warehouse", {"name": ("in", list(names)), "warehouse_type": ("!=", "Transit")}, pluck="name"
		)
	)


def stock_figures(items: Sequence[str], warehouses: Sequence[str]) -> dict[Key, dict]:
	"""(item, warehouse) → actual, reserved, claimed, pre_allocated, in_transit (floats), inbound: rows of open supply."""
	figures: dict[Key, dict] = defaultdict(
		lambda: {
			"actual": 0.0,
			"reserved": 0.0,
			"claimed": 0.0,
			"pre_allocated": 0.0,
			"in_transit": 0.0,
			"inbound": [],
		}
	)
	for chunk in chunks(items, 5000):
		where = {
			"items": tuple(chunk),
			"warehouses": tuple(warehouses) or ("",),
			"entries": ENDED_ENTRY,
		}
		for name, query in SUMS:
			for item, warehouse, qty in frappe.db.sql(query, where):
				figures[item, warehouse][name] += qty or 0
		pegged = pegged_per_row(where)
		for row in sources.inbound(where["items"], where["warehouses"]):
			if row.open > 0:
				figures[row.key]["inbound"].append(
					{
						"expected": row.expected,
						"qty": float(row.open),
						"pegged": pegged.get((row.doctype, row.row), 0.0),
					}
				)
	return figures


def pegged_per_row(where: dict) -> dict[tuple[str, str], float]:
	"""(supply type, row) → units promised from it."""
	return {
		(kind, row): qty
		for kind, row, qty in frappe.db.sql(
			f"""select supply_type, supply_row, sum(qty) from `tabStock Pre Allocation`
			where {PLACE} and status = 'Open' group by supply_type, supply_row""",
			where,
		)
	}


PLACE = "item_code in %(items)s and warehouse in %(warehouses)s"

# Shown where it is going, or where it lies when nobody has said where it goes.
IN_TRANSIT = f"""select d.item_code, ifnull({sources.DESTINATION}, d.t_warehouse) as place,
		sum((d.qty - d.transferred_qty) * d.conversion_factor)
	from {sources.TRANSFERS}
	where e.docstatus = 1 and e.add_to_transit = 1 and e.per_transferred < 100
		and d.item_code in %(items)s and d.qty > d.transferred_qty
	group by d.item_code, place having place in %(warehouses)s"""

SUMS = (
	("actual", f"select item_code, warehouse, actual_qty from `tabBin` where {PLACE} and actual_qty <> 0"),
	(
		"claimed",
		f"""select item_code, warehouse, reserved_qty_for_production + reserved_qty_for_sub_contract from `tabBin`
		where {PLACE} and (reserved_qty_for_production > 0 or reserved_qty_for_sub_contract > 0)""",
	),
	(
		"claimed",
		"""select p.item_code, p.warehouse, greatest(sum(p.stock_qty), 0) from `tabPOS Invoice` i
		join `tabPOS Invoice Item` p on p.parent = i.name
		where i.docstatus = 1 and ifnull(i.consolidated_invoice, '') = ''
			and p.item_code in %(items)s and p.warehouse in %(warehouses)s group by p.item_code, p.warehouse""",
	),
	(
		"reserved",
		f"""select item_code, warehouse, sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
		where {PLACE} and docstatus = 1 and status not in %(entries)s group by item_code, warehouse""",
	),
	(
		"pre_allocated",
		f"""select item_code, warehouse, sum(qty) from `tabStock Pre Allocation`
		where {PLACE} and status = 'Open' group by item_code, warehouse""",
	),
	("in_transit", IN_TRANSIT),
)


def order_lines(order: str) -> list[dict]:
	"""The rows of a Sales Order with what they show; is_bundle for product bundles, is_stock_item for goods."""
	return frappe.db.sql(
		f"""select soi.name, soi.idx, soi.item_code, soi.item_name, soi.warehouse, soi.stock_uom, soi.stock_qty,
			if(so.status in %(ended)s, 0, greatest(soi.stock_qty - {GONE}, 0)) as owed_qty,
			{GONE} as delivered_qty,
			soi.b2b_reserved_qty as reserved_qty, soi.b2b_pre_allocated_qty as pre_allocated_qty,
			soi.b2b_backorder_qty as backorder_qty, soi.b2b_promise_date as promise_date, soi.delivery_date,
			soi.delivered_by_supplier, item.is_stock_item,
			exists(select 1 from `tabProduct Bundle` pb where pb.new_item_code = soi.item_code and pb.disabled = 0) as is_bundle
		from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
		join `tabItem` item on item.name = soi.item_code
		where soi.parent = %(order)s order by soi.idx""",
		{"order": order, "ended": ENDED_ORDER},
		as_dict=True,
	)


def order_pegs(order: str) -> list[dict]:
	"""What covers a Sales Order: line, kind (on_hand, inbound), doctype, name, warehouse, qty, expected_date, supplier."""
	return frappe.db.sql(
		"""select voucher_detail_no as line, 'on_hand' as kind, 'Stock Reservation Entry' as doctype, name, warehouse,
			reserved_qty - delivered_qty as qty, null as expected_date, null as supplier
		from `tabStock Reservation Entry`
		where voucher_no = %(order)s and docstatus = 1 and status not in %(ended)s and reserved_qty > delivered_qty
		union all
		select spa.sales_order_item, 'inbound', spa.supply_type, spa.supply_name, spa.warehouse, spa.qty,
			spa.expected_date, po.supplier_name
		from `tabStock Pre Allocation` spa left join `tabPurchase Order` po on po.name = spa.supply_name
		where spa.sales_order = %(order)s and spa.status = 'Open'
		order by expected_date, name""",
		{"order": order, "ended": ENDED_ENTRY},
		as_dict=True,
	)


def purchase_lines(order: str) -> list[dict]:
	"""The rows of a Purchase Order: ordered, received and open in the stock UOM, and when they are expected."""
	return frappe.db.sql(
		"""select poi.name, poi.idx, poi.item_code, poi.item_name, poi.warehouse, poi.stock_uom, poi.stock_qty,
			poi.received_qty * poi.conversion_factor as received_qty,
			if(po.status in %(ended)s or poi.delivered_by_supplier, 0,
				greatest(poi.stock_qty - poi.received_qty * poi.conversion_factor, 0)) as open_qty,
			ifnull(poi.expected_delivery_date, poi.schedule_date) as expected_date, item.is_stock_item
		from `tabPurchase Order Item` poi join `tabPurchase Order` po on po.name = poi.parent
		left join `tabItem` item on item.name = poi.item_code
		where poi.parent = %(order)s order by poi.idx""",
		{"order": order, "ended": ("Closed", "Cancelled", "Delivered")},
		as_dict=True,
	)


def purchase_waiting(order: str) -> list[dict]:
	"""Who waits for a Purchase Order: row, sales_order, customer, customer_name, qty, needed_by, promise_date."""
	return frappe.db.sql(
		"""select spa.supply_row as row, spa.sales_order, so.customer, so.customer_name, spa.qty,
			soi.delivery_date as needed_by, spa.expected_date as promise_date
		from `tabStock Pre Allocation` spa
		join `tabSales Order` so on so.name = spa.sales_order
		left join `tabSales Order Item` soi on soi.name = spa.sales_order_item
		where spa.supply_type = 'Purchase Order' and spa.supply_name = %s and spa.status = 'Open'
		order by spa.supply_row, so.transaction_date, spa.sales_order, soi.idx""",
		[order],
		as_dict=True,
	)
