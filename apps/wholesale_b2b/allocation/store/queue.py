"""The queue of dirty keys as its workers read it."""

import frappe


def waiting(limit: int, share: int | None = None, shares: int = 1) -> list[dict]:
	"""Oldest dirty keys: item_code, warehouse, attempts (most of its rows), cause. share: only items of this share of so many."""
	return frappe.db.sql(
		"""select item_code, warehouse, max(attempts) as attempts, min(cause) as cause from `tabAllocation Key`
		where %(share)s is null or mod(crc32(item_code), %(shares)s) = %(share)s
		group by item_code, warehouse order by max(attempts), min(creation), item_code, warehouse limit %(limit)s""",
		{"share": share, "shares": shares, "limit": limit},
		as_dict=True,
	)


def count() -> int:
	"""How many keys are dirty."""
	return frappe.db.sql("select count(distinct item_code, warehouse) from `tabAllocation Key`")[0][0]


def claim(name: str) -> bool:
	"""Take a lock of this site by name, without waiting. It ends with the connection, whatever becomes of transactions."""
	return bool(frappe.db.sql("select get_lock(%s, 0)", [_lock(name)])[0][0])


def is_free(name: str) -> bool:
	"""Whether nobody holds the lock."""
	return bool(frappe.db.sql("select is_free_lock(%s)", [_lock(name)])[0][0])


def release(name: str) -> None:
	frappe.db.sql("select release_lock(%s)", [_lock(name)])


def _lock(name: str) -> str:
	return f"{frappe.conf.db_name}.b2b.{name}"[:64]
