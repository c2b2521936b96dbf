"""What a run writes: reservations, pre-allocations, the figures on order lines and the queue of dirty keys.

Rows are written in sets, without controllers: the fields are those that ERPNext's `StockReservationEntry` sets on
submit and cancel (a site test compares them field by field). The caller holds the Bins' locks.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import frappe
from frappe.model.naming import NamingSeries
from frappe.utils import now

from wholesale_b2b.allocation.store.demand import ENDED_ENTRY, ENDED_ORDER, Key, bundles
from wholesale_b2b.setwise import chunks, delete_rows, insert_rows, lockable, update_rows

SRE = "Stock Reservation Entry"
SPA = "Stock Pre Allocation"


def stamp() -> dict:
	"""The columns that Frappe fills on every row."""
	at, user = now(), frappe.session.user
	return {"owner": user, "creation": at, "modified": at, "modified_by": user}


# ---- reservations on hand ---------------------------------------------------------------------------------------


def reserve(rows: Sequence[dict]) -> None:
	"""Submit a Stock Reservation Entry for each row.

	Keys: item_code, warehouse, voucher_no, voucher_detail_no, voucher_qty, available_qty, reserved_qty, company,
	stock_uom, project, has_serial_no, has_batch_no.
	"""
	if not rows:
		return
	fixed = {
		**stamp(),
		"docstatus": 1,
		"idx": 0,
		"voucher_type": "Sales Order",
		"delivered_qty": 0,
		"reservation_based_on": "Qty",
		"from_voucher_type": "",
	}
	names = new_names(SRE, len(rows))
	columns = ["name", "status", *fixed, *rows[0]]
	insert_rows(
		SRE,
		columns,
		(
			[
				name,
				entry_status(row["reserved_qty"], Decimal(0), row["voucher_qty"]),
				*fixed.values(),
				*row.values(),
			]
			for name, row in zip(names, rows, strict=True)
		),
	)


def resize(rows: Sequence[tuple[str, Decimal, Decimal, Decimal]]) -> None:
	"""Give open entries another reserved quantity: (name, reserved, delivered, ordered). Nothing reserved: cancelled."""
	kept, ended = [], []
	at, user = now(), frappe.session.user
	for name, reserved, delivered, ordered in rows:
		if reserved > 0:
			kept.append((name, reserved, entry_status(reserved, delivered, ordered), at, user))
		else:
			ended.append((name, 2, "Cancelled", at, user))
	update_rows(SRE, ["reserved_qty", "status", "modified", "modified_by"], kept)
	update_rows(SRE, ["docstatus", "status", "modified", "modified_by"], ended)
	for chunk in chunks(row[0] for row in ended):
		frappe.db.sql(
			"update `tabSerial and Batch Entry` set docstatus = 2 where parenttype = %s and parent in %s",
			[SRE, tuple(chunk)],
		)


def grow(rows: Sequence[tuple[str, Decimal, Decimal, Decimal]]) -> None:
	"""Give open entries more: as `resize`, and from now on.

	ERPNext holds a posting of yesterday against the reservations that were made before it: one that has grown today would
	refuse even a receipt of yesterday.
	"""
	resize(rows)
	at = now()
	update_rows(SRE, ["creation"], ((row[0], at) for row in rows))


def entry_status(reserved: Decimal, delivered: Decimal, ordered: Decimal) -> str:
	"""Status of a submitted entry, as `StockReservationEntry.update_status` has it."""
	if reserved == delivered:
		return "Delivered"
	if delivered:
		return "Partially Delivered"
	return "Reserved" if reserved == ordered else "Partially Reserved"


def new_names(doctype: str, count: int) -> list[str]:
	"""`count` names from the naming series of a DocType, taken as one block under the lock of its counter."""
	series = frappe.get_meta(doctype).autoname
	if "#" not in series:
		return [frappe.generate_hash(length=12) for _ in range(count)]
	prefix, digits = NamingSeries(series).get_prefix(), series.count("#")
	current = frappe.db.sql("select `current` from `tabSeries` where name = %s for update", [prefix])
	start = (current[0][0] or 0) if current else 0
	if current:
		frappe.db.sql("update `tabSeries` set `current` = %s where name = %s", [start + count, prefix])
	else:
		frappe.db.sql(
			"""insert into `tabSeries` (name, `current`) values (%s, %s)
			on duplicate key update `current` = `current` + %s""",
			[prefix, count, count],
		)
		start = frappe.db.sql("select `current` from `tabSeries` where name = %s", [prefix])[0][0] - count
	return [f"{prefix}{number:0{digits}}" for number in range(start + 1, start + count + 1)]


def sum_bins(keys: Iterable[Key]) -> None:
	"""Set `Bin.reserved_stock` of these keys to the sum of their open entries."""
	for chunk in chunks(sorted(set(keys))):
		marks = ", ".join(["(%s, %s)"] * len(chunk))
		changed = frappe.db.sql(
			f"""with k(item_code, warehouse) as (values {marks})
			select b.name, b.reserved_stock, ifnull((
				select sum(s.reserved_qty - s.delivered_qty) from `tab{SRE}` s
				where s.item_code = k.item_code and s.warehouse = k.warehouse and s.docstatus = 1
					and s.status not in %s), 0) as total
			from k join `tabBin` b on b.item_code = k.item_code and b.warehouse = k.warehouse
			having b.reserved_stock <> total""",
			[*(value for key in chunk for value in key), ENDED_ENTRY],
		)
		update_rows("Bin", ["reserved_stock"], ((name, total) for name, _, total in changed))
		for name, _, _ in changed:
			frappe.clear_document_cache("Bin", name)


# ---- pre-allocations --------------------------------------------------------------------------------------------


def promise(rows: Sequence[dict]) -> None:
	"""Insert Open Stock Pre Allocations; keys are the DocType's fields."""
	if not rows:
		return
	fixed = {**stamp(), "docstatus": 0, "idx": 0, "status": "Open", "converted_qty": 0}
	insert_rows(
		SPA,
		["name", *fixed, *rows[0]],
		([frappe.generate_hash(length=12), *fixed.values(), *row.values()] for row in rows),
	)


def set_promises(rows: Iterable[tuple]) -> None:
	"""(name, qty, converted_qty, status, expected_date, supply_received_qty) of existing ones."""
	at, user = now(), frappe.session.user
	update_rows(
		SPA,
		["qty", "converted_qty", "status", "expected_date", "supply_received_qty", "modified", "modified_by"],
		((*row, at, user) for row in rows),
	)


def unconvert(rows: Iterable[tuple]) -> None:
	"""(name, converted_qty, status): conversions taken back with their receipt."""
	update_rows(SPA, ["converted_qty", "status"], rows)


def release_company(company: str) -> None:
	"""End a company's open pre-allocations and clear our figures on its orders."""
	frappe.db.sql(
		f"update `tab{SPA}` set status = 'Released', qty = 0 where status = 'Open' and company = %s",
		[company],
	)
	frappe.db.sql(
		"""delete k from `tabAllocation Key` k join `tabWarehouse` w on w.name = k.warehouse
		where w.company = %s""",
		[company],
	)
	frappe.db.sql(
		"""update `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
		set soi.b2b_reserved_qty = 0, soi.b2b_pre_allocated_qty = 0, soi.b2b_backorder_qty = 0,
			soi.b2b_promise_date = null, so.b2b_allocation_status = '', so.b2b_promise_date = null
		where so.company = %s""",
		[company],
	)
	frappe.db.sql(
		"""update `tabPacked Item` part join `tabSales Order` so on so.name = part.parent
		set part.b2b_reserved_qty = 0, part.b2b_pre_allocated_qty = 0, part.b2b_backorder_qty = 0,
			part.b2b_promise_date = null
		where part.parenttype = 'Sales Order' and so.company = %s""",
		[company],
	)


# ---- figures on orders ------------------------------------------------------------------------------------------


def lock_orders(
	orders: Iterable[str], rows: Iterable[str], components: Iterable[str] = ()
) -> tuple[set[str], set[str]]:
	"""The orders and, of their rows and components, those that can be written now; somebody else is saving the rest."""
	free = lockable("Sales Order", orders), lockable("Sales Order Item", rows)
	return free[0], free[1] | lockable("Packed Item", components)


FIGURES = ["b2b_reserved_qty", "b2b_pre_allocated_qty", "b2b_backorder_qty", "b2b_promise_date"]


def show_lines(rows: Iterable[tuple]) -> None:
	"""(line, reserved, pre-allocated, backordered, promise date, ERPNext's stock_reserved_qty). Leaves `modified` alone."""
	update_rows("Sales Order Item", [*FIGURES, "stock_reserved_qty"], rows)


def show_components(rows: Iterable[tuple]) -> None:
	"""(Packed Item, reserved, pre-allocated, backordered, promise date)."""
	update_rows("Packed Item", FIGURES, rows)


# Read first, then written by name: a statement that does both takes locks on all that it reads.


def show_bundles(rows: Iterable[str]) -> None:
	"""Set the figures of Product Bundle rows from their components: a bundle is as far as the least of them."""
	for chunk in chunks(sorted(set(rows))):
		found = frappe.db.sql(
			f"""select name, reserved, promised, backorder, ready
			from ({bundles("soi.name in %(rows)s")}) bundle order by name""",
			{"rows": tuple(chunk), "ended_orders": ENDED_ORDER},
		)
		update_rows("Sales Order Item", FIGURES, found)


def show_orders(orders: Iterable[str]) -> None:
	"""Set status and promise date on the orders from their lines."""
	for chunk in chunks(sorted(set(orders))):
		found = frappe.db.sql(
			"""select parent, ready, case
				when backorder = 0 and reserved = 0 then ''
				when backorder = 0 then 'Reserved'
				when backorder <= promised and reserved = 0 then 'Pre-Allocated'
				when backorder <= promised then 'Reserved and Pre-Allocated'
				when reserved = 0 and promised = 0 then 'Backordered'
				else 'Partly Backordered' end
			from (
				select parent, sum(b2b_reserved_qty) as reserved, sum(b2b_pre_allocated_qty) as promised,
					sum(b2b_backorder_qty) as backorder,
					if(sum(b2b_backorder_qty > b2b_pre_allocated_qty) > 0, null, max(b2b_promise_date)) as ready
				from `tabSales Order Item` where parent in %s group by parent
			) line order by parent""",
			[tuple(chunk)],
		)
		update_rows("Sales Order", ["b2b_promise_date", "b2b_allocation_status"], found)


# ---- the queue and the log --------------------------------------------------------------------------------------


def mark(keys: Iterable[Key], cause: str) -> None:
	"""Note that the pegs of these keys may be wrong. Rows are only added, so nobody waits for anybody."""
	fixed = [*stamp().values(), cause[:140], None, 0]
	insert_rows(
		"Allocation Key",
		[
			"name",
			"item_code",
			"warehouse",
			"owner",
			"creation",
			"modified",
			"modified_by",
			"cause",
			"error",
			"attempts",
		],
		([frappe.generate_hash(length=12), *key, *fixed] for key in sorted(set(keys))),
	)


def note_failure(key: Key, error: str) -> None:
	"""Keep the error on the queue's rows of this key and count the attempt."""
	frappe.db.sql(
		"update `tabAllocation Key` set attempts = attempts + 1, error = %s where item_code = %s and warehouse = %s",
		[error, *key],
	)


def marked(keys: Iterable[Key]) -> dict[str, Key]:
	"""The queue's rows for these keys: name → key."""
	keys = set(keys)
	if not keys:
		return {}
	rows = frappe.db.sql(
		"select name, item_code, warehouse from `tabAllocation Key` where item_code in %s and warehouse in %s",
		[tuple({k[0] for k in keys}), tuple({k[1] for k in keys})],
	)
	return {name: (item, warehouse) for name, item, warehouse in rows if (item, warehouse) in keys}


def unmark(names: Iterable[str]) -> None:
	"""Forget these rows of the queue; one that another run has in hand is left to it."""
	delete_rows("Allocation Key", sorted(lockable("Allocation Key", names)))
