"""What must hold after every trial, whatever the processes did or how they ended."""

import frappe
from builders import settle_everything
from erpnext.stock.doctype.repost_item_valuation import repost_item_valuation

from wholesale_b2b.allocation.service import audit, marking
from wholesale_b2b.allocation.service.run import run

NEVER = ("QueryDeadlockError", "QueryTimeoutError")


def everything_holds(items) -> None:
	"""No promise without its units at any time; after a sweep nothing waits, no demand is lost, nothing is left to do."""
	frappe.db.rollback()
	assert over_reserved(items) == []
	repost(items)
	sweep(items)
	assert audit.run() == []
	assert lost_demand(items) == []
	assert idle_supply(items) == []
	runs_again(items)


def repost(items) -> None:
	"""What ERPNext's scheduler does each hour: until then a Bin is off where a count follows what was backdated."""
	queued = {"status": "Queued", "docstatus": 1, "item_code": ("in", items)}
	for name in frappe.get_all("Repost Item Valuation", queued, pluck="name", order_by="creation"):
		repost_item_valuation.repost(frappe.get_doc("Repost Item Valuation", name))
		frappe.db.commit()


def sweep(items) -> None:
	"""What the minute's job does; afterwards no key of these items waits."""
	settle_everything()
	left = frappe.get_all("Allocation Key", {"item_code": ("in", items)}, ["item_code", "cause", "error"])
	assert left == [], f"keys that wait after a sweep: {left}"


def over_reserved(items) -> list:
	"""Bins that promise more than they have, or whose total is not that of their reservations."""
	return list(
		frappe.db.sql(
			"""select b.item_code, b.warehouse, b.actual_qty, b.reserved_stock, ifnull(sum(s.reserved_qty - s.delivered_qty), 0) as r
		from `tabBin` b left join `tabStock Reservation Entry` s on s.item_code = b.item_code
			and s.warehouse = b.warehouse and s.docstatus = 1 and s.status not in ('Delivered', 'Cancelled')
		where b.item_code in %s group by b.name having r > b.actual_qty or r <> b.reserved_stock""",
			[tuple(items)],
		)
	)


# Everything that is owed: order lines, and the components of bundles by their own rows.
DEMAND = """
	select soi.name as line, soi.parent, soi.item_code, soi.warehouse, soi.b2b_reserved_qty, soi.b2b_pre_allocated_qty,
		soi.b2b_backorder_qty, so.docstatus,
		if(so.docstatus = 1 and so.status <> 'Closed', greatest(soi.stock_qty - soi.delivered_qty, 0), 0) as owed,
		ifnull((select sum(p.qty) from `tabStock Pre Allocation` p where p.sales_order_item = soi.name
			and p.status = 'Open'), 0) as promised
	from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
	where soi.item_code in %(items)s and so.docstatus > 0
	union all
	select part.name, part.parent, part.item_code, part.warehouse, part.b2b_reserved_qty, part.b2b_pre_allocated_qty,
		part.b2b_backorder_qty, so.docstatus,
		if(so.docstatus = 1 and so.status <> 'Closed',
			part.qty * greatest(soi.qty - soi.delivered_qty, 0) / soi.qty, 0),
		ifnull((select sum(p.qty) from `tabStock Pre Allocation` p where p.packed_item = part.name
			and p.status = 'Open'), 0)
	from `tabPacked Item` part join `tabSales Order Item` soi on soi.name = part.parent_detail_docname
	join `tabSales Order` so on so.name = soi.parent
	where part.parenttype = 'Sales Order' and part.item_code in %(items)s and so.docstatus > 0"""


def lost_demand(items) -> list:
	"""Open lines of which some units are neither reserved nor backordered, or that show what their pegs do not say."""
	return list(
		frappe.db.sql(
			f"""select x.* from (
				select d.*, ifnull((select sum(s.reserved_qty - s.delivered_qty) from `tabStock Reservation Entry` s
					where s.voucher_detail_no = d.line and s.docstatus = 1
						and s.status not in ('Delivered', 'Cancelled')), 0) as reserved
				from ({DEMAND}) d
			) x where b2b_reserved_qty <> reserved or b2b_pre_allocated_qty <> promised
				or b2b_reserved_qty + b2b_backorder_qty <> owed or promised > b2b_backorder_qty""",
			{"items": tuple(items)},
		)
	)


def idle_supply(items) -> list:
	"""Items of which somebody has no promise while units are free: on the shelf, or on a purchase order."""
	return list(
		frappe.db.sql(
			f"""select d.item_code, d.backorder, d.promised, b.free, ifnull(i.open, 0) as inbound from (
				select item_code, warehouse, sum(b2b_backorder_qty) as backorder, sum(promised) as promised
				from ({DEMAND}) x where docstatus = 1 group by item_code, warehouse
			) d
			join (select item_code, warehouse, actual_qty - reserved_stock as free from `tabBin`) b
				on b.item_code = d.item_code and b.warehouse = d.warehouse
			left join (
				select poi.item_code, poi.warehouse,
					sum(greatest(poi.stock_qty - poi.received_qty * poi.conversion_factor, 0)) as open
				from `tabPurchase Order Item` poi join `tabPurchase Order` po on po.name = poi.parent
				where po.docstatus = 1 and po.status not in ('Closed', 'On Hold') and poi.item_code in %(items)s
				group by poi.item_code, poi.warehouse
			) i on i.item_code = d.item_code and i.warehouse = d.warehouse
			where d.backorder > d.promised and (b.free > 0 or ifnull(i.open, 0) > d.promised)""",
			{"items": tuple(items)},
		)
	)


def runs_again(items) -> None:
	"""A run on what is settled changes nothing."""
	keys = {
		tuple(row)
		for row in frappe.get_all(
			"Bin", {"item_code": ("in", items)}, ["item_code", "warehouse"], as_list=True
		)
	}
	before = _pegs(items)
	outcome = run(marking.allocated(keys), "Once more")
	assert (outcome.changes, _pegs(items)) == ([], before)
	frappe.db.rollback()


def _pegs(items) -> list:
	return [
		frappe.db.sql(f"select * from `tab{doctype}` where item_code in %s order by name", [tuple(items)])
		for doctype in ("Stock Reservation Entry", "Stock Pre Allocation", "Sales Order Item", "Bin")
	]
