"""Orders that are amended: the new one gets what the cancelled one had.

ERPNext amends by cancelling first. What the order had then is kept for a while as Stock Holds, the units to come as
those on the shelf, and handed over when the amended order is submitted.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, flt, now_datetime

from wholesale_b2b.allocation.rules.amendment import Kept, hand_over
from wholesale_b2b.allocation.service import holds, marking
from wholesale_b2b.allocation.store import amendments as store
from wholesale_b2b.allocation.store import holds as hold_store
from wholesale_b2b.setup.switch import is_enabled, settings

DEFAULT_MINUTES = 15


def minutes() -> int:
	"""How long the units of a cancelled order wait for its amendment; 0: not at all."""
	kept = settings().get("keep_cancelled_minutes")
	return DEFAULT_MINUTES if kept is None else cint(kept)


def keep(order: Document) -> None:
	"""An order is about to be cancelled: hold what it has for the order that may amend it."""
	if is_enabled(order.company) and minutes():
		reason = _("{0} was cancelled; kept for its amendment").format(order.name)
		store.keep(order.name, store.pegs(order.name), _until(), reason)


def keep_longer(draft: Document) -> None:
	"""The amendment is being worked on: what is kept for it is kept from now on again."""
	if draft.docstatus == 0 and draft.amended_from and is_enabled(draft.company) and minutes():
		store.extend([row.name for row in _kept(draft.amended_from)], _until())


def take_over(order: Document) -> None:
	"""An amended order is submitted: its lines get what was kept for those that they replace, the rest is let go.

	The run before the commit keeps these units for the lines; if it is put off, the one that does it learns of them.
	"""
	if not order.amended_from or not is_enabled(order.company):
		return
	kept = _kept(order.amended_from, for_update=True)
	if not kept:
		return
	by_name = {row.name: row for row in kept}
	given = hand_over(
		store.lines(order.amended_from),
		store.lines(order.name),
		[Kept(row.name, row.for_row, row.item_code, row.warehouse, row.qty) for row in kept],
	)
	for part in given:
		hold = by_name[part.name]
		hold_store.consume(hold, part.qty, order.name, part.line)
	marking.mark({(row.item_code, row.warehouse) for row in kept}, f"Sales Order {order.name}")
	release(order.amended_from)


def release(order: str) -> int:
	"""Let go of what is kept for the amendment of a cancelled order; how many holds there were."""
	return holds.release(
		[row.name for row in _kept(order)],
		_("Nothing is kept for an amendment of {0} any more").format(order),
	)


def release_deleted(order: Document) -> None:
	"""A draft amendment, or the cancelled order itself, is deleted: nobody will take over what was kept."""
	release(order.amended_from if order.docstatus == 0 and order.amended_from else order.name)


def kept_for(order: str) -> list[dict]:
	"""What is kept for the amendment of a cancelled order: name, item_code, warehouse, qty, until, supply_type, supply_name."""
	fields = ("name", "item_code", "warehouse", "until", "supply_type", "supply_name")
	return [{"qty": flt(row.qty), **{field: row[field] for field in fields}} for row in _kept(order)]


def _kept(order: str, for_update: bool = False) -> list[frappe._dict]:
	return hold_store.active(now_datetime(), [order], for_update=for_update, doctype=store.ORDER)


def _until() -> datetime:
	return add_to_date(now_datetime(), minutes=minutes(), as_datetime=True)
