"""What must hold at any time: the invariants, each a query that answers with what breaks it."""

from collections.abc import Iterable

import frappe
from frappe.utils import getdate

from wholesale_b2b.allocation.store import batches, sources
from wholesale_b2b.allocation.store.demand import ENDED_ORDER, OWED, PER_KIT, PROMISED_LINE, bundles
from wholesale_b2b.figures import plain

TOLERANCE = 0.0005

# Units reserved for and promised to the demand line `soi`.
PEGGED = """(ifnull((select sum(s.reserved_qty - s.delivered_qty) from `tabStock Reservation Entry` s
		where s.voucher_detail_no = soi.name and s.docstatus = 1 and s.status not in ('Delivered', 'Cancelled')), 0)
	+ ifnull((select sum(qty) from `tabStock Pre Allocation` p
		where p.sales_order_item = soi.name and ifnull(p.packed_item, '') = '' and p.status = 'Open'), 0)
	+ ifnull((select sum(qty) from `tabStock Pre Allocation` p
		where p.packed_item = soi.name and p.status = 'Open'), 0))"""

INVARIANTS = (
	(
		"Reserved in {0} at {1}: {2}, but only {3} on hand",
		"""select s.item_code, s.warehouse, sum(s.reserved_qty - s.delivered_qty) as reserved, ifnull(b.actual_qty, 0) as actual
		from `tabStock Reservation Entry` s
		left join `tabBin` b on b.item_code = s.item_code and b.warehouse = s.warehouse
		where s.docstatus = 1 and s.status not in ('Delivered', 'Cancelled') and s.company in %(companies)s
		group by s.item_code, s.warehouse having reserved > actual + %(tolerance)s""",
	),
	(
		"Bin of {0} at {1} says {2} reserved, its reservations add up to {3}",
		"""select b.item_code, b.warehouse, b.reserved_stock, ifnull(sum(s.reserved_qty - s.delivered_qty), 0) as total
		from `tabBin` b join `tabWarehouse` w on w.name = b.warehouse and w.company in %(companies)s
		left join `tabStock Reservation Entry` s on s.item_code = b.item_code and s.warehouse = b.warehouse
			and s.docstatus = 1 and s.status not in ('Delivered', 'Cancelled')
		group by b.name having abs(b.reserved_stock - total) > %(tolerance)s""",
	),
	(
		"Bin of {0} at {1} says {2} on hand, the last ledger entry {3}",
		"""select b.item_code, b.warehouse, b.actual_qty, ifnull(l.qty, 0) as ledger
		from `tabBin` b join `tabWarehouse` w on w.name = b.warehouse and w.company in %(companies)s
		left join (
			select item_code, warehouse, qty_after_transaction as qty from (
				select item_code, warehouse, qty_after_transaction, row_number() over (
					partition by item_code, warehouse order by posting_datetime desc, creation desc
				) as place
				from `tabStock Ledger Entry` where is_cancelled = 0 and company in %(companies)s
			) e where place = 1
		) l on l.item_code = b.item_code and l.warehouse = b.warehouse
		having abs(b.actual_qty - ledger) > %(tolerance)s""",
	),
	(
		"Bin of {0} at {1} says {2} ordered by customers, open orders {3}",
		# both sides in one sum: a join of all Bins with what is counted anew has no index to go by
		"""select item_code, warehouse, sum(told) as said, sum(qty) as demand from (
			select b.item_code, b.warehouse, b.reserved_qty as told, 0 as qty, 1 as is_bin
			from `tabBin` b join `tabWarehouse` w on w.name = b.warehouse and w.company in %(companies)s
			join `tabItem` i on i.name = b.item_code and i.is_stock_item = 1
			union all
			select soi.item_code, soi.warehouse, 0,
				if(soi.qty > soi.delivered_qty, (soi.qty - soi.delivered_qty) * soi.conversion_factor, 0), 0
			from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
			where so.docstatus = 1 and so.status not in ('On Hold', 'Closed') and soi.delivered_by_supplier = 0
				and so.company in %(companies)s
			union all
			select p.item_code, p.warehouse, 0,
				if(soi.qty > soi.delivered_qty, p.qty * (soi.qty - soi.delivered_qty) / soi.qty, 0), 0
			from `tabPacked Item` p join `tabSales Order Item` soi on soi.name = p.parent_detail_docname
			join `tabSales Order` so on so.name = soi.parent
			where p.parenttype = 'Sales Order' and so.docstatus = 1 and so.status not in ('On Hold', 'Closed')
				and so.company in %(companies)s
		) x group by item_code, warehouse
		having max(is_bin) = 1 and abs(said - demand) > %(tolerance)s""",
	),
	(
		"{0} row {1}: {2} reserved and pre-allocated, only {3} still to deliver",
		f"""select pegs.parent, pegs.line, sum(pegs.qty) as pegged,
			ifnull(max(if(so.docstatus = 1 and so.status <> 'Closed',
				{OWED} * if(part.name is null, 1, {PER_KIT}), 0)), 0) as owed
		from (
			select voucher_no as parent, voucher_detail_no as line, reserved_qty - delivered_qty as qty
			from `tabStock Reservation Entry`
			where docstatus = 1 and status not in ('Delivered', 'Cancelled') and company in %(companies)s
			union all
			select sales_order, {PROMISED_LINE}, qty from `tabStock Pre Allocation`
			where status = 'Open' and company in %(companies)s
		) pegs
		left join `tabPacked Item` part on part.name = pegs.line and part.parenttype = 'Sales Order'
		left join `tabSales Order Item` soi on soi.name = ifnull(part.parent_detail_docname, pegs.line)
		left join `tabSales Order` so on so.name = soi.parent
		group by pegs.parent, pegs.line having pegged > owed + %(tolerance)s""",
	),
	(
		"{0} row {1} shows {2} reserved or pre-allocated, its pegs add up to {3}",
		f"""select soi.parent, soi.name, soi.b2b_reserved_qty + soi.b2b_pre_allocated_qty as shown, {PEGGED} as pegged
		from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
		where so.docstatus = 1 and so.company in %(companies)s and not exists (
			select 1 from `tabPacked Item` part
			where part.parent = soi.parent and part.parent_detail_docname = soi.name)
		having abs(shown - pegged) > %(tolerance)s""",
	),
	(
		"{0} component {1} shows {2} reserved or pre-allocated, its pegs add up to {3}",
		f"""select soi.parent, soi.name, soi.b2b_reserved_qty + soi.b2b_pre_allocated_qty as shown, {PEGGED} as pegged
		from `tabPacked Item` soi join `tabSales Order` so on so.name = soi.parent
		where soi.parenttype = 'Sales Order' and so.docstatus = 1 and so.company in %(companies)s
		having abs(shown - pegged) > %(tolerance)s""",
	),
	(
		"{0} bundle {1} shows {2} reserved or pre-allocated, its components allow {3}",
		f"""select soi.parent, soi.name, soi.b2b_reserved_qty + soi.b2b_pre_allocated_qty as shown,
			bundle.reserved + bundle.promised as allowed
		from ({bundles("so.docstatus = 1 and so.company in %(companies)s")}) bundle
		join `tabSales Order Item` soi on soi.name = bundle.name
		having abs(shown - allowed) > %(tolerance)s""",
	),
	(
		"{0} at {1} waits for an allocation run since {2} (attempts: {3})",
		"""select k.item_code, k.warehouse, min(k.creation), max(k.attempts) from `tabAllocation Key` k
		group by k.item_code, k.warehouse having min(k.creation) < now() - interval 5 minute or max(k.attempts) > 0""",
	),
)


def broken(companies: Iterable[str]) -> list[str]:
	"""A sentence for each breach of an invariant in these companies, in English."""
	where = {
		"companies": tuple(companies) or ("",),
		"tolerance": TOLERANCE,
		"ended_orders": ENDED_ORDER,
	}
	by_query = [
		sentence.format(*row) for sentence, query in INVARIANTS for row in frappe.db.sql(query, where)
	]
	return by_query + _reserved_of_expired(where) + _promised_beyond_supply(where)


def _reserved_of_expired(where: dict) -> list[str]:
	"""Units of batches that have expired or are disabled are reserved for nobody."""
	ours = set(frappe.get_all("Warehouse", {"company": ("in", where["companies"])}, pluck="name"))
	return [
		f"Reserved in {item} at {warehouse}: {plain(reserved)}, but only {plain(there)} on hand in batches that can be sold"
		for (item, warehouse), (reserved, there) in sorted(batches.over_reserved(getdate()).items())
		if warehouse in ours
	]


def _promised_beyond_supply(where: dict) -> list[str]:
	"""Pre-allocations of a supply are at most what is outstanding on it, whatever kind it is."""
	promised = frappe.db.sql(
		"""select supply_type, supply_row, supply_name, sum(qty) from `tabStock Pre Allocation`
		where status = 'Open' and company in %(companies)s group by supply_type, supply_row, supply_name""",
		where,
	)
	named: dict[str, list[str]] = {}
	for kind, row, _name, _qty in promised:
		named.setdefault(kind, []).append(row)
	open_now = {(row.doctype, row.row): float(row.open) for row in sources.inbound((), (), named)}
	return [
		f"{kind} {name} row {row}: {plain(qty)} pre-allocated, only {plain(open_now.get((kind, row), 0.0))} outstanding"
		for kind, row, name, qty in promised
		if qty > open_now.get((kind, row), 0.0) + TOLERANCE
	]
