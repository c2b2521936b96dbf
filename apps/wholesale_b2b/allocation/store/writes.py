"""What a run writes: reservations, pre-allocations, the figures on order lines, the log and the queue of dirty keys.

Rows are written in sets, without controllers: the fields are those that ERPNext's `StockReservationEntry` sets on
submit and cancel (a site test compares them field by field). The caller holds the Bins' locks.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import frappe
from frappe.model.naming import NamingSeries
from frappe.utils import now

from wholesale_b2b.allocation.store.reads import ENDED_ENTRY, Key
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


# ---- figures on orders ------------------------------------------------------------------------------------------


def pegs_of(lines: Iterable[str]) -> dict[str, dict]:
	"""line → reserved (open), reserved_ever (what ERPNext's `stock_reserved_qty` means), promised, latest date."""
	found: dict[str, dict] = {}
	for chunk in chunks(sorted(set(lines))):
		for row in frappe.db.sql(
			f"""select voucher_detail_no as line, sum(reserved_qty) as ever,
				sum(if(status in %s, 0, reserved_qty - delivered_qty)) as reserved
			from `tab{SRE}` where docstatus = 1 and voucher_type = 'Sales Order' and voucher_detail_no in %s
			group by voucher_detail_no""",
			[ENDED_ENTRY, tuple(chunk)],
			as_dict=True,
		):
			found.setdefault(row.line, {}).update(ever=row.ever, reserved=row.reserved)
		for row in frappe.db.sql(
			f"""select sales_order_item as line, sum(qty) as promised, max(expected_date) as expected
			from `tab{SPA}` where status = 'Open' and sales_order_item in %s group by sales_order_item""",
			[tuple(chunk)],
			as_dict=True,
		):
			found.setdefault(row.line, {}).update(promised=row.promised, expected=row.expected)
	return found


def lock_orders(orders: Iterable[str], lines: Iterable[str]) -> tuple[set[str], set[str]]:
	"""The orders and, of the lines, those that can be written now; the rest are being saved by somebody else."""
	free_orders = lockable("Sales Order", orders)
	return free_orders, lockable("Sales Order Item", lines)


def show_lines(rows: Iterable[tuple]) -> None:
	"""(line, reserved, pre-allocated, backordered, promise date, ERPNext's stock_reserved_qty). Leaves `modified` alone."""
	update_rows(
		"Sales Order Item",
		[
			"b2b_reserved_qty",
			"b2b_pre_allocated_qty",
			"b2b_backorder_qty",
			"b2b_promise_date",
			"stock_reserved_qty",
		],
		rows,
	)


def show_orders(orders: Iterable[str]) -> None:
	"""Set status and promise date on the orders from their lines."""
	for chunk in chunks(sorted(set(orders))):
		frappe.db.sql(
			"""update (
				select parent, sum(b2b_reserved_qty) as reserved, sum(b2b_pre_allocated_qty) as promised,
					sum(b2b_backorder_qty) as backorder,
					if(sum(b2b_backorder_qty > b2b_pre_allocated_qty) > 0, null, max(b2b_promise_date)) as ready
				from `tabSales Order Item` where parent in %s group by parent
			) line straight_join `tabSales Order` so on so.name = line.parent
			set so.b2b_promise_date = line.ready, so.b2b_allocation_status = case
				when line.backorder = 0 and line.reserved = 0 then ''
				when line.backorder = 0 then 'Reserved'
				when line.backorder <= line.promised and line.reserved = 0 then 'Pre-Allocated'
				when line.backorder <= line.promised then 'Reserved and Pre-Allocated'
				when line.reserved = 0 and line.promised = 0 then 'Backordered'
				else 'Partly Backordered' end""",
			[tuple(chunk)],
		)


# ---- the queue and the log --------------------------------------------------------------------------------------


def mark(keys: Iterable[Key], cause: str, error: str | None = None, attempts: int = 0) -> None:
	"""Note that the pegs of these keys may be wrong. Rows are only added, so nobody waits for anybody."""
	fixed = [*stamp().values(), cause[:140], error, attempts]
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


def waiting(limit: int) -> list[dict]:
	"""Oldest dirty keys: item_code, warehouse, attempts (most of its rows), cause."""
	return frappe.db.sql(
		"""select item_code, warehouse, max(attempts) as attempts, min(cause) as cause from `tabAllocation Key`
		group by item_code, warehouse order by max(attempts), min(creation) limit %s""",
		[limit],
		as_dict=True,
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


def log_run(run: dict, changes: Sequence[dict]) -> str:
	"""Insert an Allocation Run with its Allocation Changes; returns its name."""
	name, fixed = frappe.generate_hash(length=12), stamp()
	insert_rows("Allocation Run", ["name", *fixed, *run], [[name, *fixed.values(), *run.values()]])
	if changes:
		parent = {**fixed, "parent": name, "parenttype": "Allocation Run", "parentfield": "changes"}
		insert_rows(
			"Allocation Change",
			["name", "idx", *parent, *changes[0]],
			(
				[frappe.generate_hash(length=12), idx, *parent.values(), *change.values()]
				for idx, change in enumerate(changes, 1)
			),
		)
	return name


def tell(messages: Sequence[dict]) -> None:
	"""A line in the timeline of each order and a notification to each of its people.

	Keys: sales_order, subject (text), content (HTML), users. Written without controllers, so that the order's row, which
	somebody may be saving, is not touched.
	"""
	fixed = {**stamp(), "docstatus": 0, "idx": 0}
	about = ["reference_doctype", "reference_name", "comment_type", "comment_email", "comment_by", "content"]
	insert_rows(
		"Comment",
		["name", *fixed, *about],
		(
			[
				frappe.generate_hash(length=12),
				*fixed.values(),
				"Sales Order",
				row["sales_order"],
				"Info",
				frappe.session.user,
				frappe.session.user,
				row["content"],
			]
			for row in messages
		),
	)
	insert_rows(
		"Notification Log",
		[
			"name",
			*fixed,
			"for_user",
			"from_user",
			"type",
			"document_type",
			"document_name",
			"subject",
			"read",
		],
		(
			[
				frappe.generate_hash(length=12),
				*fixed.values(),
				user,
				frappe.session.user,
				"Alert",
				"Sales Order",
				row["sales_order"],
				row["subject"],
				0,
			]
			for row in messages
			for user in row["users"]
		),
	)
	for user in sorted({user for row in messages for user in row["users"]}):
		frappe.publish_realtime("notification", user=user, after_commit=True)


def people_of(orders: Iterable[str]) -> dict[str, list[str]]:
	"""Order → enabled Desk users who look after it: its owner and those it is assigned to."""
	orders = tuple(set(orders))
	if not orders:
		return {}
	found: dict[str, list[str]] = {}
	for order, user in frappe.db.sql(
		"""select distinct x.name, u.name from (
			select name, owner as user from `tabSales Order` where name in %(orders)s
			union select reference_name, allocated_to from `tabToDo`
				where reference_type = 'Sales Order' and status = 'Open' and reference_name in %(orders)s
		) x join `tabUser` u on u.name = x.user and u.enabled = 1 and u.user_type = 'System User'
		order by x.name, u.name""",
		{"orders": orders},
	):
		found.setdefault(order, []).append(user)
	return found


def forget_runs(days: int) -> None:
	"""Delete Allocation Runs older than `days`."""
	old = "select name from `tabAllocation Run` where creation < now() - interval %s day"
	frappe.db.sql(f"delete from `tabAllocation Change` where parent in ({old})", [days])
	frappe.db.sql("delete from `tabAllocation Run` where creation < now() - interval %s day", [days])
