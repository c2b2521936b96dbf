"""Reads for picking and dispatch."""

from collections.abc import Iterable

import frappe
from frappe.utils import cint

from wholesale_b2b.allocation.store import picking
from wholesale_b2b.setwise import update_rows


def reserved_rows(orders: Iterable[str], picked_too: bool = False) -> list[dict]:
	"""What of these orders may be picked: their reserved units, less those that stand on an open pick list already.

	picked_too: with those on pick lists.

	Keys: sales_order, sales_order_item, item_code, item_name, description, item_group, warehouse, qty (stock UOM), stock_uom, uom,
	conversion_factor, whole_number, idx. One row per order line and warehouse.
	"""
	return frappe.db.sql(
		f"""select soi.parent as sales_order, soi.name as sales_order_item, soi.item_code, soi.item_name, soi.description, soi.item_group,
			soi.stock_uom, soi.uom, soi.conversion_factor, soi.idx, sre.warehouse, uom.must_be_whole_number as whole_number,
			sum(sre.reserved_qty - sre.delivered_qty) - if({cint(picked_too)}, 0, ifnull((
				select sum({picking.LEFT}) from {picking.ROWS}
				where row.sales_order_item = soi.name and row.warehouse = sre.warehouse), 0)) as qty
		from `tabStock Reservation Entry` sre
		join `tabSales Order Item` soi on soi.name = sre.voucher_detail_no
		join `tabUOM` uom on uom.name = soi.uom
		where sre.docstatus = 1 and sre.status not in ('Delivered', 'Cancelled')
			and sre.voucher_type = 'Sales Order' and sre.voucher_no in %s
		group by soi.name, sre.warehouse
		having qty > 0
		order by soi.parent, soi.idx, sre.warehouse""",
		[tuple(orders) or ("",)],
		as_dict=True,
	)


def reserved_components(orders: Iterable[str]) -> list[dict]:
	"""The stock components of these orders' Product Bundles, each with what is reserved for it and on no open pick list.

	Keys as in `reserved_rows`, with product_bundle_item (the Packed Item), per_kit (stock units in one of the bundle) and
	reserved (qty with what is on pick lists).
	One row per component and warehouse; a component of which nothing is reserved has a row without a warehouse.
	"""
	return frappe.db.sql(
		f"""select soi.parent as sales_order, soi.name as sales_order_item, part.name as product_bundle_item, part.item_code, part.item_name,
			item.item_group, part.description, item.stock_uom, item.stock_uom as uom, 1 as conversion_factor,
			part.qty / soi.stock_qty as per_kit, soi.idx, sre.warehouse,
			ifnull(sum(sre.reserved_qty - sre.delivered_qty), 0) as reserved,
			ifnull(sum(sre.reserved_qty - sre.delivered_qty), 0) - ifnull((
				select sum({picking.LEFT}) from {picking.ROWS}
				where row.product_bundle_item = part.name and row.warehouse = sre.warehouse), 0) as qty
		from `tabSales Order Item` soi
		join `tabPacked Item` part on part.parent = soi.parent and part.parent_detail_docname = soi.name
			and part.parenttype = 'Sales Order' and part.qty > 0
		join `tabItem` item on item.name = part.item_code and item.is_stock_item = 1
		left join `tabStock Reservation Entry` sre on sre.voucher_detail_no = part.name and sre.docstatus = 1
			and sre.status not in ('Delivered', 'Cancelled')
		where soi.parent in %s group by part.name, sre.warehouse
		order by soi.parent, soi.idx, part.idx, sre.warehouse""",
		[tuple(orders) or ("",)],
		as_dict=True,
	)


def picks_of_others(rows: list[dict], held: dict[tuple[str, str], float] | None = None) -> list[dict]:
	"""Of these pick list rows (line, item_code, warehouse, qty), those that want units reserved for others.

	held: (item, warehouse) → units that are held for others until a time.
	Each of them with `reserved` (for its line, there) and `free` (nobody's, there).
	"""
	if not rows:
		return []
	own = _sums("voucher_detail_no", {row["line"] for row in rows})
	taken = _sums("item_code", {row["item_code"] for row in rows})
	actual = {
		(item, warehouse): qty
		for item, warehouse, qty in frappe.db.sql(
			"select item_code, warehouse, actual_qty from `tabBin` where item_code in %s",
			[tuple({row["item_code"] for row in rows})],
		)
	}
	held = held or {}
	left = {place: qty - taken.get(place, 0) - held.get(place, 0) for place, qty in actual.items()}
	short = []
	for row in rows:
		line, place = (row["line"], row["warehouse"]), (row["item_code"], row["warehouse"])
		reserved, free = own.get(line, 0), max(left.get(place, 0), 0)
		beyond = max(row["qty"] - reserved, 0)
		own[line] = max(reserved - row["qty"], 0)
		left[place] = free - beyond
		if beyond > free + 1e-6:
			short.append({**row, "reserved": reserved, "free": free})
	return short


def _sums(field: str, values: set[str]) -> dict[tuple[str, str], float]:
	"""(value, warehouse) → units of open reservations."""
	return {
		(value, warehouse): qty
		for value, warehouse, qty in frappe.db.sql(
			f"""select {field}, warehouse, sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
			where docstatus = 1 and status not in ('Delivered', 'Cancelled') and {field} in %s
			group by {field}, warehouse""",
			[tuple(values)],
		)
	}


def picked_components(rows: set[tuple[str, str]]) -> dict[tuple[str, str], list[dict]]:
	"""(pick list, Packed Item) → its rows on it, for these (pick list, Sales Order Item) pairs.

	Keys: name, picked_qty, per_kit (units in one bundle), bundles (stock units of the bundle delivered from the pick list).
	"""
	found: dict[tuple[str, str], list[dict]] = {}
	for row in frappe.db.sql(
		"""select pli.name, pli.parent, pli.product_bundle_item, pli.picked_qty, part.qty / soi.stock_qty as per_kit,
			ifnull((select sum(dni.stock_qty) from `tabDelivery Note Item` dni
				where dni.against_pick_list = pli.parent and dni.so_detail = pli.sales_order_item
					and dni.docstatus = 1 and dni.stock_qty > 0), 0) as bundles
		from `tabPick List Item` pli join `tabPacked Item` part on part.name = pli.product_bundle_item
		join `tabSales Order Item` soi on soi.name = pli.sales_order_item
		where pli.parent in %s and pli.sales_order_item in %s order by pli.idx""",
		[tuple({pick_list for pick_list, _row in rows}), tuple({row for _pick_list, row in rows})],
		as_dict=True,
	):
		found.setdefault((row.parent, row.product_bundle_item), []).append(row)
	return found


def set_delivered(rows: list[tuple[str, float]]) -> None:
	"""(Pick List Item, delivered units)."""
	update_rows("Pick List Item", ["delivered_qty"], rows)


def set_delivery_status(pick_list: str) -> None:
	"""Percent and status of a pick list from its rows, as ERPNext's status updater of the Delivery Note sets them."""
	frappe.db.sql(
		"""update `tabPick List` pl join (
			select parent, round(100 * sum(least(delivered_qty, picked_qty)) / nullif(sum(picked_qty), 0), 6) as percent
			from `tabPick List Item` where parent = %s group by parent
		) done on done.parent = pl.name
		set pl.per_delivered = ifnull(done.percent, 0), pl.delivery_status = case
			when ifnull(done.percent, 0) < 0.001 then 'Not Delivered'
			when done.percent >= 99.999999 then 'Fully Delivered' else 'Partly Delivered' end""",
		[pick_list],
	)
