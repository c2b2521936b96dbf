"""Reads for picking and dispatch."""

import frappe


def reserved_rows(order: str) -> list[dict]:
	"""What of an order may be picked: its reserved units, less those that stand on an open pick list already.

	Keys: sales_order_item, item_code, item_name, description, item_group, warehouse, qty (stock UOM), stock_uom, uom,
	conversion_factor, whole_number, idx. One row per order line and warehouse.
	"""
	return frappe.db.sql(
		"""select soi.name as sales_order_item, soi.item_code, soi.item_name, soi.description, soi.item_group,
			soi.stock_uom, soi.uom, soi.conversion_factor, soi.idx, sre.warehouse, uom.must_be_whole_number as whole_number,
			sum(sre.reserved_qty - sre.delivered_qty) - ifnull((
				select sum(if(pl.docstatus = 1, pli.picked_qty, pli.stock_qty) - ifnull(pli.delivered_qty, 0))
				from `tabPick List Item` pli join `tabPick List` pl on pl.name = pli.parent
				where pli.sales_order_item = soi.name and pli.warehouse = sre.warehouse
					and pl.docstatus < 2 and pl.status not in ('Completed', 'Cancelled')), 0) as qty
		from `tabStock Reservation Entry` sre
		join `tabSales Order Item` soi on soi.name = sre.voucher_detail_no
		join `tabUOM` uom on uom.name = soi.uom
		where sre.docstatus = 1 and sre.status not in ('Delivered', 'Cancelled')
			and sre.voucher_type = 'Sales Order' and sre.voucher_no = %s
		group by soi.name, sre.warehouse
		having qty > 0
		order by soi.idx, sre.warehouse""",
		[order],
		as_dict=True,
	)


def picks_of_others(rows: list[dict]) -> list[dict]:
	"""Of these pick list rows (sales_order_item, item_code, warehouse, qty), those that want units reserved for others.

	Each of them with `reserved` (for its line, there) and `free` (nobody's, there).
	"""
	if not rows:
		return []
	own = _sums("voucher_detail_no", {row["sales_order_item"] for row in rows})
	taken = _sums("item_code", {row["item_code"] for row in rows})
	actual = {
		(item, warehouse): qty
		for item, warehouse, qty in frappe.db.sql(
			"select item_code, warehouse, actual_qty from `tabBin` where item_code in %s",
			[tuple({row["item_code"] for row in rows})],
		)
	}
	left = {place: qty - taken.get(place, 0) for place, qty in actual.items()}
	short = []
	for row in rows:
		line, place = (row["sales_order_item"], row["warehouse"]), (row["item_code"], row["warehouse"])
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
