"""Short Picks: written when a list is submitted, settled when somebody has counted."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import frappe
from frappe.utils import now_datetime

from wholesale_b2b.allocation.store.demand import Key, units
from wholesale_b2b.allocation.store.writes import stamp
from wholesale_b2b.setwise import insert_rows, update_rows

SHORT = "Short Pick"
TO_COUNT, SETTLED = "To Count", "Settled"
COLUMNS = (
	"status",
	"company",
	"item_code",
	"warehouse",
	"batch_no",
	"serial_no",
	"reason",
	"note",
	"qty",
	"stock_uom",
	"picked_qty",
	"pick_list",
	"sales_order",
	"line",
	"stock_hold",
	"kept_qty",
)


def write(rows: Sequence[dict]) -> list[str]:
	"""A Short Pick for each row (keys: `COLUMNS`); their names."""
	names = [row.get("name") or frappe.generate_hash(length=10) for row in rows]
	fixed = {
		**stamp(),
		"docstatus": 0,
		"idx": 0,
		"picked_by": frappe.session.user,
		"picked_at": now_datetime(),
	}
	insert_rows(
		SHORT,
		["name", *fixed, *COLUMNS],
		(
			[name, *fixed.values(), *(row.get(column) for column in COLUMNS)]
			for name, row in zip(names, rows, strict=True)
		),
	)
	return names


def to_count(keys: Iterable[Key] | None = None, names: Iterable[str] | None = None) -> list[frappe._dict]:
	"""Those that nobody has counted yet, of these shelves or of these names, the oldest first.

	Keys: name, item_code, warehouse, qty, kept_qty, stock_hold, sales_order.
	"""
	keys = None if keys is None else set(keys)
	if keys is not None and not keys:
		return []
	filters: dict = {"status": TO_COUNT}
	if keys is not None:
		filters |= {
			"item_code": ("in", sorted({item for item, _ in keys})),
			"warehouse": ("in", sorted({place for _, place in keys})),
		}
	if names is not None:
		filters["name"] = ("in", list(names) or [""])
	rows = frappe.get_all(
		SHORT,
		filters,
		["name", "item_code", "warehouse", "qty", "kept_qty", "stock_hold", "sales_order"],
		order_by="creation, name",
	)
	return [
		row.update(qty=units(row.qty), kept_qty=units(row.kept_qty)) or row
		for row in rows
		if keys is None or (row.item_code, row.warehouse) in keys
	]


def settle(names: Iterable[str], what: str) -> None:
	at, user = now_datetime(), frappe.session.user
	columns = ["status", "settled_by_what", "settled_by", "settled_at", "modified", "modified_by"]
	update_rows(SHORT, columns, ((name, SETTLED, what[:140], user, at, at, user) for name in sorted(names)))
	for name in names:
		frappe.clear_document_cache(SHORT, name)


def taken(keys: Iterable[Key], doctype: str, name: str) -> dict[Key, Decimal]:
	"""Units that a Stock Entry takes from these shelves."""
	rows = frappe.db.sql(
		"""select item_code, warehouse, -sum(actual_qty) from `tabStock Ledger Entry`
		where voucher_type = %s and voucher_no = %s and actual_qty < 0 and is_cancelled = 0
		group by item_code, warehouse""",
		[doctype, name],
	)
	keys = set(keys)
	return {(item, place): units(qty) for item, place, qty in rows if (item, place) in keys}
