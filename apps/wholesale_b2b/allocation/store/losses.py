"""Reads and writes for losing stock: reservations out of ERPNext's sight, those bound to what is gone, who is picking."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import frappe

from wholesale_b2b.allocation.store import picking
from wholesale_b2b.allocation.store.demand import ENDED_ENTRY, Key, units
from wholesale_b2b.allocation.store.writes import SRE
from wholesale_b2b.setwise import chunks, delete_rows, lockable, update_rows

BOUND = "Serial and Batch Entry"


def reserved_among(items: Iterable[str], warehouses: Iterable[str]) -> dict[str, tuple[Key, str]]:
	"""Open reservations of any of these items in any of these warehouses: name → (key, status)."""
	items, warehouses = tuple(set(items)), tuple(set(warehouses))
	if not items or not warehouses:
		return {}
	rows = frappe.db.sql(
		f"""select name, item_code, warehouse, status from `tab{SRE}`
		where item_code in %s and warehouse in %s and docstatus = 1 and status not in %s""",
		[items, warehouses, ENDED_ENTRY],
	)
	return {name: ((item, warehouse), status) for name, item, warehouse, status in rows}


def lock_entries(names: Iterable[str]) -> set[str]:
	"""Lock these reservations; those in somebody else's hands are left out."""
	return lockable(SRE, names)


def hide(names: Iterable[str]) -> None:
	"""Take reservations out of ERPNext's sight, for the rest of the posting in this transaction."""
	update_rows(SRE, ["docstatus", "status"], ((name, 2, "Cancelled") for name in sorted(names)))


def show(statuses: dict[str, str]) -> None:
	"""Bring hidden reservations back as they were: name → status."""
	update_rows(
		SRE, ["docstatus", "status"], ((name, 1, status) for name, status in sorted(statuses.items()))
	)


# ---- reservations of named serial numbers and batches ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoundRow:
	"""A serial number (one unit) or some units of a batch that an open reservation names. here: still in its warehouse."""

	name: str
	entry: str
	serial: str | None
	batch: str | None
	open: Decimal
	delivered: Decimal
	here: bool


def bound_rows(entries: Iterable[str]) -> list[BoundRow]:
	"""What these reservations name and have not delivered, in their order."""
	found: list[BoundRow] = []
	for chunk in chunks(sorted(set(entries))):
		rows = frappe.db.sql(
			f"""select sb.name, sb.parent, sb.serial_no, sb.batch_no, sb.qty, sb.delivered_qty,
				ifnull(sb.serial_no, '') = '' or ifnull(s.warehouse, '') = e.warehouse as here
			from `tab{BOUND}` sb join `tab{SRE}` e on e.name = sb.parent
			left join `tabSerial No` s on s.name = sb.serial_no
			where sb.parenttype = '{SRE}' and sb.parent in %s and e.reservation_based_on = 'Serial and Batch'
				and sb.qty > sb.delivered_qty
			order by sb.parent, sb.idx""",
			[tuple(chunk)],
			as_dict=True,
		)
		found += [
			BoundRow(
				name=row.name,
				entry=row.parent,
				serial=row.serial_no or None,
				batch=row.batch_no or None,
				open=units(row.qty) - units(row.delivered_qty),
				delivered=units(row.delivered_qty),
				here=bool(row.here),
			)
			for row in rows
		]
	return found


def batches_here(key: Key, batches: Iterable[str]) -> dict[str, Decimal]:
	"""Batch → its units in a warehouse."""
	batches = tuple(set(batches))
	if not batches:
		return {}
	rows = frappe.db.sql(
		f"""select r.batch_no, sum(r.qty) from `tab{BOUND}` r
		join `tabSerial and Batch Bundle` b on b.name = r.parent and r.parenttype = 'Serial and Batch Bundle'
		where b.docstatus = 1 and b.is_cancelled = 0 and b.item_code = %s and r.warehouse = %s and r.batch_no in %s
			and b.voucher_type <> 'Pick List'
		group by r.batch_no""",
		[*key, batches],
	)
	return {batch: units(qty) for batch, qty in rows}


def cut_bound(rows: Iterable[tuple[str, Decimal]]) -> None:
	"""(row, units it still names); a row without any is deleted."""
	kept, gone = [], []
	for name, qty in rows:
		if qty > 0:
			kept.append((name, qty))
		else:
			gone.append(name)
	update_rows(BOUND, ["qty"], kept)
	delete_rows(BOUND, gone)


# ---- who stands in the way ---------------------------------------------------------------------------------------


def pick_lists(key: Key) -> list[str]:
	"""Open pick lists that have units of this item in this warehouse for orders."""
	return frappe.db.sql_list(
		f"""select distinct pl.name from {picking.ROWS}
		where ifnull(row.sales_order_item, '') <> '' and row.item_code = %s and row.warehouse = %s
		order by pl.name""",
		list(key),
	)
