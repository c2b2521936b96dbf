"""Short Picks are settled: by a count, by a loss, or by somebody who has found the units."""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime

from wholesale_b2b.allocation.service import holds, losses, marking, missing
from wholesale_b2b.fulfilment.release.store import shorts as store
from wholesale_b2b.setup.switch import is_enabled


def counted(count: Document) -> None:
	"""A Stock Reconciliation says what is there: nothing of these shelves is in question any more."""
	if is_enabled(count.company):
		rows = store.to_count({(row.item_code, row.warehouse) for row in count.items})
		_settle(rows, f"{count.doctype} {count.name}")


def lost(entry: Document) -> None:
	"""A Stock Entry marked *loss* has taken units: as many of those that were kept back are accounted for, the oldest first."""
	if not is_enabled(entry.company) or not losses.is_loss(entry):
		return
	keys = {(row.item_code, row.s_warehouse) for row in entry.items if row.s_warehouse}
	rows = store.to_count(keys)
	left = store.taken(keys, entry.doctype, entry.name) if rows else {}
	done = []
	for row in rows:
		key = (row.item_code, row.warehouse)
		if row.qty <= left.get(key, Decimal(0)):
			left[key] -= row.qty
			done.append(row)
	_settle(done, f"{entry.doctype} {entry.name}")


def found(names: Iterable[str]) -> int:
	"""Somebody has looked: the units are there and fit. How many Short Picks are settled by it."""
	rows = store.to_count(names=names)
	_settle(rows, _("Found"))
	return len(rows)


def _settle(rows: list[frappe._dict], what: str) -> None:
	if not rows:
		return
	store.settle([row.name for row in rows], what)
	holds.release([row.stock_hold for row in rows if row.stock_hold], what)
	marking.mark({(row.item_code, row.warehouse) for row in rows}, what)


def renew() -> int:
	"""What nobody has counted yet is kept from now on again; how many."""
	rows = store.to_count()
	missing.keep_longer(
		[row.stock_hold for row in rows if row.stock_hold], add_days(now_datetime(), missing.DAYS)
	)
	return len(rows)
