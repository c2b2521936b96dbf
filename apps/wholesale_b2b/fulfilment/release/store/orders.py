"""Reads of what could go on lists."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe

from wholesale_b2b.allocation.store import picking
from wholesale_b2b.allocation.store.demand import (
	ENDED_ENTRY,
	ENDED_ORDER,
	PER_KIT,
	component_rows,
	order_rows,
	units,
)
from wholesale_b2b.fulfilment.holds.store import lock_orders
from wholesale_b2b.fulfilment.release.rules.units import Unit
from wholesale_b2b.setwise import as_list, chunks, listed

__all__ = [
	"candidates",
	"companies_of",
	"dates",
	"heads",
	"in_order",
	"lock_orders",
	"owed",
	"packs",
	"per_kit",
]

# Orders in one of these are not picked.
HALTED = ("Closed", "On Hold")


def candidates(warehouses: Iterable[str]) -> list[str]:
	"""Orders that have units reserved in these warehouses beyond what stands on open lists, and are not held; in no order.

	What of them may go is not asked here.
	"""
	warehouses = tuple(warehouses)
	if not warehouses:
		return []
	return frappe.db.sql_list(
		f"""select distinct so.name from (
			select voucher_no, voucher_detail_no as line, warehouse, sum(reserved_qty - delivered_qty) as qty
			from `tabStock Reservation Entry`
			where docstatus = 1 and status not in %(ended)s and voucher_type = 'Sales Order'
				and warehouse in %(warehouses)s
			group by voucher_no, voucher_detail_no, warehouse
		) there join `tabSales Order` so on so.name = there.voucher_no
		left join (
			select {picking.LINE} as line, row.warehouse, sum({picking.LEFT}) as qty from {picking.ROWS}
			where row.warehouse in %(warehouses)s group by line, row.warehouse
		) listed on listed.line = there.line and listed.warehouse = there.warehouse
		where so.docstatus = 1 and so.status not in %(halted)s and so.b2b_hold_status <> 'Held'
			and there.qty > ifnull(listed.qty, 0) + 0.000001""",
		{"warehouses": warehouses, "ended": ENDED_ENTRY, "halted": HALTED},
	)


def in_order(orders: Iterable[str], default_priority: int) -> list[str]:
	"""These orders, the most urgent first: priority class, then age, then name, as stock is dealt out."""
	return frappe.db.sql_list(
		f"""select name from `tabSales Order` where name in {listed("orders")}
		order by coalesce(nullif(b2b_priority, 0), nullif(b2b_rule_priority, 0), %(default)s),
			ifnull(b2b_placed_at, timestamp(transaction_date, time(creation))), name""",
		{"orders": as_list(orders), "default": default_priority},
	)


def companies_of(orders: Iterable[str]) -> dict[str, str]:
	"""Order → its company."""
	return dict(
		frappe.db.sql(
			f"select name, company from `tabSales Order` where name in {listed('orders')}",
			{"orders": as_list(orders)},
		)
	)


def heads(orders: Iterable[str]) -> dict[str, frappe._dict]:
	"""Order → name, company, customer, customer_name; of submitted orders that may be picked."""
	rows = frappe.get_all(
		"Sales Order",
		{"name": ("in", list(orders)), "docstatus": 1, "status": ("not in", HALTED)},
		["name", "company", "customer", "customer_name"],
	)
	return {row.name: row for row in rows}


def packs(items: Iterable[str]) -> dict[str, list[Unit]]:
	"""Item → the units that it is picked in whole: those of its UOMs that cannot be broken."""
	found: dict[str, list[Unit]] = defaultdict(list)
	for chunk in chunks(sorted(set(items))):
		for item, uom, factor in frappe.db.sql(
			"""select detail.parent, detail.uom, detail.conversion_factor from `tabUOM Conversion Detail` detail
			join `tabUOM` uom on uom.name = detail.uom
			where detail.parenttype = 'Item' and detail.parent in %s and uom.must_be_whole_number = 1 and uom.enabled = 1
				and detail.conversion_factor > 1 order by detail.parent, detail.idx""",
			[tuple(chunk)],
		):
			found[item].append(Unit(uom, Decimal(str(round(factor, 6)))))
	return found


def dates(lines: Iterable[str]) -> dict[str, date | None]:
	"""Sales Order Item → when it is wanted."""
	return {
		line: day
		for chunk in chunks(sorted(set(lines)))
		for line, day in frappe.db.sql(
			"select name, delivery_date from `tabSales Order Item` where name in %s", [tuple(chunk)]
		)
	}


def owed(lines: Iterable[str]) -> dict[str, Decimal]:
	"""Line that is picked for (a Sales Order Item, or a component of one) → stock units that are still to deliver.

	Nothing of an order that has ended, or whose stock is released because it was not paid in time.
	"""
	where = {"names": tuple(set(lines)) or ("",), "ended_orders": ENDED_ORDER}
	rows = order_rows("soi.name in %(names)s", where) + component_rows("part.name in %(names)s", where)
	return {row.name: row.owed for row in rows}


def per_kit(parts: Iterable[str]) -> dict[str, Decimal]:
	"""Packed Item of an order → units of it in one stock unit of its bundle."""
	rows = frappe.db.sql(
		f"""select part.name, {PER_KIT} from `tabPacked Item` part
		join `tabSales Order Item` soi on soi.name = part.parent_detail_docname where part.name in %s""",
		[tuple(set(parts)) or ("",)],
	)
	return {part: units(qty) for part, qty in rows if qty}
