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
