"""Lists follow their orders: what is not owed any more is taken off drafts, and who picks is told."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.figures import plain
from wholesale_b2b.fulfilment.release.rules import short
from wholesale_b2b.fulfilment.release.service import stopping, triggers
from wholesale_b2b.fulfilment.release.store import lists as store
from wholesale_b2b.fulfilment.release.store import orders as order_store
from wholesale_b2b.setup.switch import enabled_companies, is_enabled
from wholesale_b2b.setwise import chunks

ZERO = Decimal(0)


def order_changed(order: Document) -> None:
	"""An order was changed, closed or cancelled: once that is committed a worker looks at its lists, if it has any."""
	if is_enabled(order.company):
		_look_at([order.name])


def delivered(note: Document) -> None:
	"""Goods have left, maybe past the list that they stand on."""
	if is_enabled(note.company):
		_look_at(
			{row.get("against_sales_order") or row.get("sales_order") for row in note.items} - {None, ""}
		)


def _look_at(orders: Iterable[str]) -> None:
	# the lists are locked before their orders everywhere else, so not within this transaction
	if listed := sorted(store.open_lists(orders)):
		frappe.db.after_commit.add(lambda: triggers.ask_worker("follow", orders=listed))


def sweep() -> None:
	"""Lists of orders that are not open any more."""
	for chunk in chunks(store.orders_ended_on_drafts(enabled_companies()), 50):
		follow(chunk)


def follow(orders: Iterable[str]) -> list[str]:
	"""Take off draft lists what these orders are not owed any more, each list in a transaction of its own.

	The last list gives up first; a list without rows is deleted. Of submitted lists the picker is told. Returns the lists
	that were changed.
	"""
	frappe.db.commit()  # a job's loop: see what others have committed
	orders = sorted(set(orders))
	changed = [name for name, cut in sorted(_beyond(orders, draft=True).items()) if _cut(name, orders, cut)]
	_tell_of_submitted(orders)
	frappe.db.commit()
	return changed


def _beyond(orders: list[str], draft: bool, only: str | None = None) -> dict[str, dict[str, Decimal]]:
	"""Pick list → row → units that it may keep, of rows that have more than their line is owed."""
	rows = store.rows_of(orders)
	owed = order_store.owed(row.line for row in rows)
	by_line: dict[str, list[frappe._dict]] = defaultdict(list)
	for row in rows:
		by_line[row.line].append(row)
	found: dict[str, dict[str, Decimal]] = defaultdict(dict)
	for line, group in by_line.items():
		cut = short.fit([(row.name, row.qty) for row in group], owed.get(line, ZERO))
		for row in group:
			if row.name in cut and (row.docstatus == 0) is draft and only in (None, row.parent):
				found[row.parent][row.name] = cut[row.name]
	return dict(found)


def _cut(name: str, orders: list[str], cut: dict[str, Decimal]) -> bool:
	"""Cut the rows of one draft; False if somebody has it in hand, or it is right by now."""
	if not store.lock_free([name]):
		frappe.db.rollback()
		triggers.ask_worker("follow", orders=orders)
		return False
	cut = _beyond(orders, draft=True, only=name).get(name, {})
	pick = frappe.get_doc("Pick List", name)
	if not cut or pick.docstatus:
		frappe.db.rollback()
		return False
	back = [text for row in pick.locations if row.name in cut for text in _shorten(row, cut[row.name])]
	pick.set("locations", [row for row in pick.locations if flt(row.stock_qty)])
	head = frappe._dict(name=name, owner=pick.owner, modified_by=pick.modified_by)
	if pick.locations:
		pick.flags.b2b_follows = True
		pick.save(ignore_permissions=True)
		why = _("What is not owed any more was taken off: {0}.").format(", ".join(orders))
		stopping.tell_pickers([head], {name: [" ".join([why, *back])]})
	else:
		frappe.delete_doc("Pick List", name, ignore_permissions=True)
		# what is said of a document goes with it
		why = _("{0} was deleted, nothing on it is owed any more.").format(name)
		stopping.tell_pickers([head], {name: [" ".join([why, *back])]}, orders[0])
	frappe.db.commit()  # a list each
	return True


def _shorten(row: Document, qty: Decimal) -> list[str]:
	"""Cut one row; what is to be put back of it, in words."""
	back = flt(row.picked_qty) - flt(qty)
	factor = flt(row.conversion_factor) or 1
	if flt(qty) % factor:
		row.update({"uom": row.stock_uom, "conversion_factor": 1})
		factor = 1
	row.update(
		{"stock_qty": flt(qty), "qty": flt(qty) / factor, "picked_qty": min(flt(row.picked_qty), flt(qty))}
	)
	if row.serial_no:
		row.serial_no = "\n".join(row.serial_no.split("\n")[: int(qty)]) or None
	if back <= 0:
		return []
	return [_("Put back {0} {1} of {2}.").format(plain(back), row.stock_uom, row.item_code)]


def _tell_of_submitted(orders: list[str]) -> None:
	beyond = _beyond(orders, draft=False)
	if not beyond:
		return
	ended = store.ended(orders)
	rows = [row for found in store.open_lists(orders).values() for row in found if row.name in beyond]
	text = _(
		"More was picked than is owed of {0}. Put the goods back and cancel this list, or dispatch what is owed."
	)
	stopping.tell_pickers(
		{row.name: row for row in rows}.values(),
		{
			name: [
				" ".join(
					[*(words for found in ended.values() for words in found), text.format(", ".join(orders))]
				)
			]
			for name in beyond
		},
	)
