"""Stock Holds: units kept for a quotation or a basket. No ledger entry; they narrow what is to sell and to deal out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import frappe

from wholesale_b2b.allocation.store.batches import unsellable
from wholesale_b2b.allocation.store.demand import ENDED_ENTRY, Key, units
from wholesale_b2b.allocation.store.reads import till_sales
from wholesale_b2b.allocation.store.sources import supply_id
from wholesale_b2b.allocation.store.writes import stamp
from wholesale_b2b.setwise import as_list, chunks, insert_rows, listed, lockable, update_rows

HOLD = "Stock Hold"
HELD = "(status = 'Active' and until > %(now)s)"
AWAITING = "(status = 'Consumed' and awaiting_run = 1)"
# A cancelled order's units are kept where they were, on the shelf or on a supply that is still to come.
ON_SHELF = "ifnull(supply_row, '') = ''"
TO_COME = "supply_row <> ''"


def held(items: Iterable[str], warehouses: Iterable[str], now: datetime) -> dict[Key, Decimal]:
	"""(item, warehouse) → units held at `now`: of holds that are active and not past their time."""
	return _sum(items, warehouses, f"{ON_SHELF} and {HELD}", now=now)


def kept(items: Iterable[str], warehouses: Iterable[str], now: datetime) -> dict[Key, Decimal]:
	"""`held` and `awaiting` together."""
	return _sum(items, warehouses, f"{ON_SHELF} and ({HELD} or {AWAITING})", now=now)


def awaiting(items: Iterable[str], warehouses: Iterable[str]) -> dict[Key, Decimal]:
	"""(item, warehouse) → units that went from a hold to an order for which no run has reserved them yet."""
	return _sum(items, warehouses, f"{ON_SHELF} and {AWAITING}")


def _sum(
	items: Iterable[str], warehouses: Iterable[str], condition: str, **more: object
) -> dict[Key, Decimal]:
	rows = frappe.db.sql(
		f"""select item_code, warehouse, sum(qty) from `tabStock Hold`
		where item_code in {listed("items")} and warehouse in {listed("warehouses")} and {condition}
		group by item_code, warehouse""",
		{"items": as_list(items), "warehouses": as_list(warehouses), **more},
	)
	return {(item, warehouse): units(qty) for item, warehouse, qty in rows}


def free(keys: Iterable[Key], now: datetime) -> dict[Key, Decimal]:
	"""Units of each key that nobody has: on hand, less expired, reserved, claimed, sold at tills and held. May be negative.

	Read under the locks of their Bins.
	"""
	keys = set(keys)
	if not keys:
		return {}
	items, warehouses = tuple({item for item, _ in keys}), tuple({place for _, place in keys})
	left: dict[Key, Decimal] = defaultdict(Decimal)
	for item, warehouse, qty in frappe.db.sql(
		"""select item_code, warehouse, actual_qty - reserved_qty_for_production - reserved_qty_for_sub_contract
		from `tabBin` where item_code in %s and warehouse in %s""",
		[items, warehouses],
	):
		left[item, warehouse] += units(qty)
	for item, warehouse, qty in frappe.db.sql(
		"""select item_code, warehouse, sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
		where item_code in %s and warehouse in %s and docstatus = 1 and status not in %s
		group by item_code, warehouse""",
		[items, warehouses, ENDED_ENTRY],
	):
		left[item, warehouse] -= units(qty)
	for taken in (
		unsellable(items, warehouses, now.date()),
		till_sales(items, warehouses),
		held(items, warehouses, now),
		awaiting(items, warehouses),
	):
		for key, qty in taken.items():
			left[key] -= qty
	return {key: left[key] for key in keys}


# ---- units that are still to come -------------------------------------------------------------------------------


def to_come(items: Iterable[str], warehouses: Iterable[str], now: datetime) -> list[frappe._dict]:
	"""Active holds of units to come: name, item_code, warehouse, qty, supply_type, supply_row, supply_received_qty."""
	rows = _to_come(items, warehouses, "status = 'Active' and until > %s", now)
	return [
		row.update(qty=units(row.qty), supply_received_qty=units(row.supply_received_qty)) or row
		for row in rows
	]


def _to_come(
	items: Iterable[str], warehouses: Iterable[str], condition: str, now: datetime
) -> list[frappe._dict]:
	warehouses = tuple(set(warehouses))
	return [
		row
		for chunk in (chunks(sorted(set(items))) if warehouses else ())
		for row in frappe.db.sql(
			f"""select name, item_code, warehouse, qty, supply_type, supply_row, supply_received_qty
			from `tabStock Hold` where item_code in %s and warehouse in %s and {TO_COME} and {condition}
			order by creation, idx, name""",
			[tuple(chunk), warehouses, now],
			as_dict=True,
		)
	]


def arrived(rows: Iterable[tuple[str, Decimal, Decimal, Decimal]]) -> None:
	"""Of a hold of units to come, some are on the shelf now: (name, units on the shelf, units to come, received so far)."""
	waiting, landed = [], []
	rows = {row[0]: row for row in rows}
	# One in somebody's hands is about to end.
	for name in sorted(lockable(HOLD, rows)):
		_name, here, coming, received = rows[name]
		if coming > 0 and here > 0:
			part = frappe.copy_doc(frappe.get_doc(HOLD, name))
			part.flags.b2b_part_of = name
			part.update({"qty": here, "supply_type": None, "supply_name": None, "supply_row": None})
			part.insert(ignore_permissions=True)
		if coming > 0:
			waiting.append((name, coming, received))
		else:
			landed.append((name, None, None, None, received))
	update_rows(HOLD, ["qty", "supply_received_qty"], waiting)
	update_rows(HOLD, ["supply_type", "supply_name", "supply_row", "supply_received_qty"], landed)


# ---- units that a sale may not take -----------------------------------------------------------------------------


def standing(keys: Iterable[Key], now: datetime, order_rows: Iterable[str] = ()) -> list[frappe._dict]:
	"""Holds that stand on these shelves, the first to end first: name, status, item_code, warehouse, qty, until, for_name,
	sales_order. Units on their way from a hold to an order too. Without those of the quotations and baskets that
	these order rows came from, and of these rows themselves."""
	keys, rows = set(keys), tuple(set(order_rows)) or ("",)
	if not keys:
		return []
	found = frappe.db.sql(
		f"""select name, status, item_code, warehouse, qty, until, for_name, sales_order from `tabStock Hold`
		where item_code in %(items)s and warehouse in %(warehouses)s and {ON_SHELF}
			and (status = 'Active' and until > %(now)s or status = 'Consumed' and awaiting_run = 1)
			and (ifnull(sales_order_item, '') = '' or sales_order_item not in %(rows)s)
			and (ifnull(for_name, '') = '' or for_name not in (
				select prevdoc_docname from `tabSales Order Item` where name in %(rows)s and prevdoc_docname <> ''))
			and (ifnull(basket, '') = '' or basket not in (
				select so.b2b_basket from `tabSales Order` so join `tabSales Order Item` soi on soi.parent = so.name
				where soi.name in %(rows)s and so.b2b_basket <> ''))
		order by until, name""",
		{
			"items": tuple({item for item, _ in keys}),
			"warehouses": tuple({place for _, place in keys}),
			"now": now,
			"rows": rows,
		},
		as_dict=True,
	)
	return [row.update(qty=units(row.qty)) or row for row in found if (row.item_code, row.warehouse) in keys]


def reserved(lines: Iterable[str]) -> dict[tuple[str, str], Decimal]:
	"""(demand line, warehouse) → units reserved for it there."""
	found: dict[tuple[str, str], Decimal] = {}
	for chunk in chunks(sorted(set(lines))):
		for line, warehouse, qty in frappe.db.sql(
			"""select voucher_detail_no, warehouse, sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
			where voucher_detail_no in %s and docstatus = 1 and status not in %s group by voucher_detail_no, warehouse""",
			[tuple(chunk), ENDED_ENTRY],
		):
			found[line, warehouse] = units(qty)
	return found


# ---- holds by what they are for ---------------------------------------------------------------------------------


def active(
	now: datetime,
	names: Iterable[str] = (),
	basket: str | None = None,
	for_update: bool = False,
	doctype: str = "Quotation",
) -> list[frappe._dict]:
	"""Active holds of these documents and of a basket, the oldest first: name, item_code, warehouse, qty, until, for_row,
	supply_type, supply_name."""
	rows = frappe.db.sql(
		f"""select name, item_code, warehouse, qty, until, for_doctype, for_name, for_row, basket, owner, supply_type,
			supply_name
		from `tabStock Hold` where status = 'Active' and until > %s
			and ((for_doctype = %s and for_name in %s) or (basket = %s and basket <> ''))
		order by creation, idx, name {"for update" if for_update else ""}""",
		[now, doctype, tuple(set(names)) or ("",), basket or ""],
		as_dict=True,
	)
	return [row.update(qty=units(row.qty)) or row for row in rows]


def named(names: Iterable[str]) -> list[frappe._dict]:
	"""Lock holds by name; returns those that are active, in time or not."""
	names = tuple(set(names))
	if not names:
		return []
	return frappe.db.sql(
		"""select name, item_code, warehouse, qty from `tabStock Hold` where status = 'Active' and name in %s
		order by name for update""",
		[names],
		as_dict=True,
	)


def past(now: datetime, limit: int) -> list[frappe._dict]:
	"""Holds whose time is over but which still say they are active."""
	return frappe.db.sql(
		"""select name, item_code, warehouse from `tabStock Hold` where status = 'Active' and until <= %s
		order by until, name limit %s""",
		[now, limit],
		as_dict=True,
	)


def end(names: Iterable[str], status: str) -> list[frappe._dict]:
	"""Close those of these holds that are active; returns them."""
	rows = named(names)
	at, user = frappe.utils.now(), frappe.session.user
	update_rows(HOLD, ["status", "modified", "modified_by"], ((row.name, status, at, user) for row in rows))
	for row in rows:
		frappe.clear_document_cache(HOLD, row.name)
	return rows


def put(rows: Sequence[dict], **common: object) -> list[str]:
	"""Active holds, a row each, made by the engine and not asked whether there are so many; their names.

	Keys of a row: item_code, warehouse, qty and further fields, the same in all; common: fields of all of them.
	"""
	if not rows:
		return []
	items = {row["item_code"] for row in rows}
	uoms = dict(frappe.db.sql("select name, stock_uom from `tabItem` where name in %s", [tuple(items)]))
	fixed = {"docstatus": 0, "status": "Active", "requested_by": frappe.session.user, **stamp(), **common}
	own = [field for field in rows[0] if frappe.get_meta(HOLD).has_field(field)]
	names = [frappe.generate_hash(length=10) for _row in rows]
	insert_rows(
		HOLD,
		["name", "idx", "stock_uom", *fixed, *own],
		(
			[name, idx, uoms.get(row["item_code"]), *fixed.values(), *(row[field] for field in own)]
			for idx, (name, row) in enumerate(zip(names, rows, strict=True), 1)
		),
	)
	return names


def extend(names: Iterable[str], until: datetime) -> None:
	"""Let these holds stand until then."""
	for name in names:
		frappe.db.set_value(HOLD, name, "until", until)


# ---- from hold to order -----------------------------------------------------------------------------------------


def consume(hold: frappe._dict, qty: Decimal, order: str, line: str) -> None:
	"""Give `qty` units of a hold to an order line. What is left stays held; the part that went is a hold of its own."""
	doc = frappe.get_doc(HOLD, hold.name)
	if qty < units(doc.qty):
		rest = units(doc.qty) - qty
		part = frappe.copy_doc(doc)
		frappe.db.set_value(HOLD, doc.name, "qty", rest)
		part.flags.b2b_part_of = doc.name
		part.update({"qty": qty, "asked_qty": 0, "requested_by": doc.requested_by, "status": "Active"})
		doc = part.insert(ignore_permissions=True)
	frappe.db.set_value(
		HOLD,
		doc.name,
		{"status": "Consumed", "sales_order": order, "sales_order_item": line, "awaiting_run": 1},
	)


def handed_over(items: Iterable[str], warehouses: Iterable[str]) -> list[frappe._dict]:
	"""Holds that order lines took over and that no run has reserved or promised for them yet.

	Keys: name, line, warehouse, supply (id of a supply that is still to come, None on the shelf), qty.
	"""
	rows = frappe.db.sql(
		f"""select name, sales_order_item as line, warehouse, supply_type, supply_row, qty from `tabStock Hold`
		where awaiting_run = 1 and status = 'Consumed'
			and item_code in {listed("items")} and warehouse in {listed("warehouses")}""",
		{"items": as_list(items), "warehouses": as_list(warehouses)},
		as_dict=True,
	)
	for row in rows:
		kind, supply_row = row.pop("supply_type"), row.pop("supply_row")
		row.update(qty=units(row.qty), supply=supply_id(kind, supply_row) if supply_row else None)
	return rows


def settled(names: Iterable[str]) -> None:
	"""A run has dealt out to the lines that took over these holds: what they took over is reserved by now.

	Called by runs, which hold Bins and so wait for nobody: a hold in somebody's hands is left to the next run.
	"""
	update_rows(HOLD, ["awaiting_run"], ((name, 0) for name in sorted(lockable(HOLD, names))))
