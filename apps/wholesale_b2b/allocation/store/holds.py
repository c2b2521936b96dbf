"""Stock Holds: units kept for a quotation or a basket. No ledger entry; they narrow what is to sell and to deal out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import frappe

from wholesale_b2b.allocation.store.reads import ENDED_ENTRY, Key, till_sales, units
from wholesale_b2b.setwise import chunks, lockable, update_rows

HOLD = "Stock Hold"


def held(items: Iterable[str], warehouses: Iterable[str], now: datetime) -> dict[Key, Decimal]:
	"""(item, warehouse) → units held at `now`: of holds that are active and not past their time."""
	return _sum(items, warehouses, "status = 'Active' and until > %s", now)


def awaiting(items: Iterable[str], warehouses: Iterable[str]) -> dict[Key, Decimal]:
	"""(item, warehouse) → units that went from a hold to an order for which no run has reserved them yet."""
	return _sum(items, warehouses, "status = 'Consumed' and awaiting_run = 1")


def _sum(
	items: Iterable[str], warehouses: Iterable[str], condition: str, *values: object
) -> dict[Key, Decimal]:
	warehouses = tuple(set(warehouses))
	found: dict[Key, Decimal] = {}
	for chunk in chunks(sorted(set(items))) if warehouses else ():
		rows = frappe.db.sql(
			f"""select item_code, warehouse, sum(qty) from `tabStock Hold`
			where item_code in %s and warehouse in %s and {condition} group by item_code, warehouse""",
			[tuple(chunk), warehouses, *values],
		)
		found.update({(item, warehouse): units(qty) for item, warehouse, qty in rows})
	return found


def free(keys: Iterable[Key], now: datetime) -> dict[Key, Decimal]:
	"""Units of each key that nobody has: on hand, less reserved, claimed, sold at tills and held. May be negative.

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
		till_sales(items, warehouses),
		held(items, warehouses, now),
		awaiting(items, warehouses),
	):
		for key, qty in taken.items():
			left[key] -= qty
	return {key: left[key] for key in keys}


# ---- holds by what they are for ---------------------------------------------------------------------------------


def active(
	now: datetime, quotations: Iterable[str] = (), basket: str | None = None, for_update: bool = False
) -> list[frappe._dict]:
	"""Active holds of these quotations and of a basket, the oldest first: name, item_code, warehouse, qty, until, for_row."""
	rows = frappe.db.sql(
		f"""select name, item_code, warehouse, qty, until, for_doctype, for_name, for_row, basket, owner
		from `tabStock Hold` where status = 'Active' and until > %s
			and ((for_doctype = 'Quotation' and for_name in %s) or (basket = %s and basket <> ''))
		order by creation, name {"for update" if for_update else ""}""",
		[now, tuple(set(quotations)) or ("",), basket or ""],
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


def reserved_for(lines: Iterable[str]) -> dict[str, dict[str, Decimal]]:
	"""Order line → warehouse → units that it took over from a hold and that no run has reserved for it yet."""
	found: dict[str, dict[str, Decimal]] = {}
	for chunk in chunks(sorted(set(lines))):
		for line, warehouse, qty in frappe.db.sql(
			"""select sales_order_item, warehouse, sum(qty) from `tabStock Hold`
			where sales_order_item in %s and status = 'Consumed' and awaiting_run = 1
			group by sales_order_item, warehouse""",
			[tuple(chunk)],
		):
			found.setdefault(line, {})[warehouse] = units(qty)
	return found


def settled(lines: Iterable[str], warehouses: Iterable[str]) -> None:
	"""A run has dealt out to these lines at these warehouses: what they took over from holds is reserved by now.

	Called by runs, which hold Bins and so wait for nobody: a hold in somebody's hands is left to the next run.
	"""
	warehouses = tuple(set(warehouses))
	for chunk in chunks(sorted(set(lines))) if warehouses else ():
		names = frappe.db.sql_list(
			"""select name from `tabStock Hold`
			where sales_order_item in %s and warehouse in %s and status = 'Consumed' and awaiting_run = 1""",
			[tuple(chunk), warehouses],
		)
		update_rows(HOLD, ["awaiting_run"], ((name, 0) for name in lockable(HOLD, names)))
