"""What the imports have dealt with: Imported Order, Order Import Exception, and the counts on the Order Import."""

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import frappe
from frappe.utils import cint, now, time_diff_in_seconds

from wholesale_b2b import named_locks

from ..rules import Order, RawLine

RAW_FIELDS = tuple(field.name for field in fields(RawLine) if field.name != "row")


class Claimed(Exception):
	"""Another process has dealt with the order first."""


def claim(key: str, order_key: str, part: int, order: Order, settings: dict[str, Any]) -> None:
	"""Take an order for this transaction by inserting its Imported Order, whose primary key is the order.

	A second process that claims the same order waits here until the first commits or rolls back.
	Errors: `Claimed` if the order is taken already.
	"""
	doc = frappe.new_doc("Imported Order")
	doc.update(
		{
			"name": key,
			"order_key": order_key,
			"part": part,
			"external_order_no": order.order_no,
			"source": settings["source"],
			"company": settings["company"],
			"order_import": settings["name"],
			"row_count": order.row_count,
			"digest": order.digest,
		}
	)
	try:
		doc.db_insert()
	except frappe.DuplicateEntryError as error:
		frappe.clear_last_message()
		raise Claimed(key) from error


def settle(key: str, **values: Any) -> None:
	"""Write the outcome on the Imported Order: `outcome`, `sales_order`, `customer`, `rows_ordered`."""
	frappe.db.set_value("Imported Order", key, values)


def lock_order(order_key: str) -> dict[str, Any] | None:
	"""Lock the Imported Order of part 1 until the transaction ends; its fields, None when there is none."""
	fieldnames = ["name", "sales_order", "order_import", "row_count", "rows_ordered"]
	return frappe.db.get_value("Imported Order", order_key, fieldnames, for_update=True, as_dict=True)


def next_part(order_key: str) -> int:
	"""The number of the order's next supplement, 2 or higher; `claim` tells if another process was faster."""
	last = frappe.db.sql("select max(part) from `tabImported Order` where order_key = %s", order_key)[0][0]
	return max(1, cint(last)) + 1


def add_exceptions(settings: dict[str, Any], rows: Iterable[tuple[RawLine, str, str]]) -> None:
	"""Store rows that wait for a person: (row, reason, message), in one statement."""
	moment, user = now(), frappe.session.user
	values = [
		(
			exception_name(settings["name"], raw.row), moment, moment, user, user, "Open", settings["name"],
			settings["company"], raw.row, reason, message, *(getattr(raw, name)[:140] for name in RAW_FIELDS),
		)
		for raw, reason, message in rows
	]  # fmt: skip
	columns = ["name", "creation", "modified", "owner", "modified_by", "status", "order_import"]
	columns += ["company", "row_no", "reason", "message", *RAW_FIELDS]
	if values:
		frappe.db.bulk_insert("Order Import Exception", columns, values)


def exception_name(order_import: str, row: int) -> str:
	return f"{order_import}-{row:06d}"


def open_exceptions(order_import: str) -> list[str]:
	"""Names of the rows of an import that wait, in file order."""
	filters = {"order_import": order_import, "status": "Open"}
	return frappe.get_all("Order Import Exception", filters=filters, pluck="name", order_by="row_no")


def read_exceptions(names: Sequence[str], lock: bool = False) -> list[dict[str, Any]]:
	"""The open ones of these exceptions in file order; `lock` keeps other replays off until the transaction ends."""
	if not names:
		return []
	columns = ", ".join(f"`{name}`" for name in ("name", "order_import", "row_no", "modified", *RAW_FIELDS))
	return frappe.db.sql(
		f"""select {columns} from `tabOrder Import Exception`
		where name in %(names)s and status = 'Open'
		order by order_import, row_no {"for update" if lock else ""}""",
		{"names": tuple(names)},
		as_dict=True,
	)


def raw_of(exception: dict[str, Any]) -> RawLine:
	"""An exception's row, as corrected."""
	return RawLine(exception["row_no"], **{name: exception[name] or "" for name in RAW_FIELDS})


def close_exceptions(names: Sequence[str], status: str, sales_order: str | None = None) -> int:
	"""Mark open exceptions *Replayed* or *Dismissed*; how many were open."""
	table = frappe.qb.DocType("Order Import Exception")
	query = frappe.qb.update(table).set(table.status, status).set(table.modified, now())
	query = query.set(table.modified_by, frappe.session.user)
	if sales_order:
		query = query.set(table.sales_order, sales_order)
	query.where(table.name.isin(list(names)) & (table.status == "Open")).run()
	return frappe.db._cursor.rowcount


def reopen_reason(name: str, reason: str, message: str) -> None:
	"""Say anew why an exception still waits."""
	frappe.db.set_value("Order Import Exception", name, {"reason": reason, "message": message})


def counts(order_import: str) -> dict[str, int]:
	"""The import's figures, counted from what is there, so that no crash can make them wrong."""
	done, created, ordered = frappe.db.sql(
		"""select sum(part = 1), sum(ifnull(sales_order, '') != ''), ifnull(sum(rows_ordered), 0)
		from `tabImported Order` where order_import = %s""",
		order_import,
	)[0]
	excepted, waiting = frappe.db.sql(
		"select sum(status != 'Replayed'), sum(status = 'Open') from `tabOrder Import Exception` where order_import = %s",
		order_import,
	)[0]
	return {
		"orders_done": cint(done),
		"orders_created": cint(created),
		"rows_ordered": cint(ordered),
		"rows_excepted": cint(excepted),
		"exceptions_open": cint(waiting),
	}


def update_import(name: str, **values: Any) -> None:
	"""Set fields of the Order Import without touching `modified`, so that an open form can still save."""
	frappe.db.set_value("Order Import", name, values, update_modified=False)


def import_status(name: str, lock: bool = False) -> str:
	return frappe.db.get_value("Order Import", name, "status", for_update=lock)


def queued_for(name: str) -> float:
	"""Seconds since the import was queued."""
	since = frappe.db.get_value("Order Import", name, "started_at")
	return time_diff_in_seconds(now(), since) if since else float("inf")


@contextmanager
def worker_lock(name: str):
	"""Yield whether this process is now the import's only worker.

	The lock belongs to the database connection: when its process is killed, the database releases it at once.
	"""
	lock = _lock_name(name)
	mine = named_locks.claim(lock)
	try:
		yield mine
	finally:
		if mine:
			named_locks.release(lock)


def has_worker(name: str) -> bool:
	"""Whether a living process works on the import."""
	return not named_locks.is_free(_lock_name(name))


def _lock_name(name: str) -> str:
	return f"order import {name}"
