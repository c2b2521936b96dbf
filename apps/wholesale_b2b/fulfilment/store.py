"""Reads for picking and dispatch."""

import frappe


def reserved_rows(order: str) -> list[dict]:
	"""What of an order may be picked: its reserved units, less those that stand on an open pick list already.

	Keys: sales_order_item, item_code, item_name, description, item_group, warehouse, qty (stock UOM), stock_uom, uom,
	conversion_factor, idx. One row per order line and warehouse.
	"""
	return frappe.db.sql(
		"""select soi.name as sales_order_item, soi.item_code, soi.item_name, soi.description, soi.item_group,
			soi.stock_uom, soi.uom, soi.conversion_factor, soi.idx, sre.warehouse,
			sum(sre.reserved_qty - sre.delivered_qty) - ifnull((
				select sum(if(pl.docstatus = 1, pli.picked_qty, pli.stock_qty) - ifnull(pli.delivered_qty, 0))
				from `tabPick List Item` pli join `tabPick List` pl on pl.name = pli.parent
				where pli.sales_order_item = soi.name and pli.warehouse = sre.warehouse
					and pl.docstatus < 2 and pl.status not in ('Completed', 'Cancelled')), 0) as qty
		from `tabStock Reservation Entry` sre
		join `tabSales Order Item` soi on soi.name = sre.voucher_detail_no
		where sre.docstatus = 1 and sre.status not in ('Delivered', 'Cancelled')
			and sre.voucher_type = 'Sales Order' and sre.voucher_no = %s
		group by soi.name, sre.warehouse
		having qty > 0
		order by soi.idx, sre.warehouse""",
		[order],
		as_dict=True,
	)


def unreserved_picks(rows: list[dict]) -> list[dict]:
	"""Of these pick list rows (sales_order_item, warehouse, qty), those that want more than the order has reserved there."""
	if not rows:
		return []
	reserved = {
		(line, warehouse): qty
		for line, warehouse, qty in frappe.db.sql(
			"""select voucher_detail_no, warehouse, sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
			where docstatus = 1 and status not in ('Delivered', 'Cancelled') and voucher_detail_no in %s
			group by voucher_detail_no, warehouse""",
			[tuple({row["sales_order_item"] for row in rows})],
		)
	}
	wanted: dict[tuple, float] = {}
	short = []
	for row in rows:
		place = (row["sales_order_item"], row["warehouse"])
		wanted[place] = wanted.get(place, 0) + row["qty"]
		if wanted[place] > (reserved.get(place) or 0) + 1e-6:
			short.append({**row, "reserved": reserved.get(place) or 0})
	return short
