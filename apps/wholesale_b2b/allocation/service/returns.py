"""Goods that customers send back, to be delivered again (*replace*)."""

from collections import defaultdict
from decimal import Decimal

from frappe.model.document import Document
from frappe.utils import cint, flt

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.service.run import shrink
from wholesale_b2b.allocation.store import reads, writes
from wholesale_b2b.setup.switch import is_enabled

ZERO = Decimal(0)


def make_way_for_cancel(doc: Document) -> None:
	"""A return is about to be cancelled: what its orders were owed again because of it gives its reservations back.

	So ERPNext finds the units free that leave the shelf again. Units that others have by now, or that stand on an open
	pick list, stay where they are, and ERPNext refuses the cancellation.
	"""
	replaced = _replaced(doc)
	keys = marking.allocated((item, warehouse) for _row, item, warehouse in replaced)
	if not keys:
		return
	world = reads.load(keys)
	again: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
	for (row, item, _warehouse), qty in replaced.items():
		again[row, item] += qty
	resized = []
	for line in world.lines.values():
		# Several components of a bundle may be of one item: what one has given up the next need not.
		if qty := again.get((line.row, line.key[0])):
			entries = [entry for entry in world.entries if entry.line == line.name]
			picked = sum((world.picking.get((line.name, place), ZERO) for _, place in keys), ZERO)
			has = sum((entry.open for entry in entries), ZERO) + world.pegged_elsewhere(line.name)
			too_much = min(has - (line.owed - qty), has - picked, qty)
			resized += shrink(entries, max(too_much, ZERO))
			again[line.row, line.key[0]] -= max(too_much, ZERO)
	writes.resize(resized)
	writes.sum_bins(keys)


def replaced_rows(doc: Document) -> list[Document]:
	"""The rows of a return that bring goods of orders back to be delivered again; none where the company is not switched on."""
	back = bool(doc.get("is_return")) and (doc.doctype == "Delivery Note" or bool(doc.update_stock))
	if not back or not is_enabled(doc.company):
		return []
	return [
		row
		for row in doc.items
		if row.get("so_detail") and (cint(doc.get("b2b_replace")) or cint(row.get("b2b_replace")))
	]


def _replaced(doc: Document) -> dict[tuple[str, str, str], Decimal]:
	"""(order row, item, warehouse) → units that came back to be delivered again; a bundle's by its components."""
	found: dict[tuple[str, str, str], Decimal] = defaultdict(lambda: ZERO)
	rows = {row.name: row for row in replaced_rows(doc)}
	for row in rows.values():
		found[row.so_detail, row.item_code, row.warehouse] -= reads.units(row.stock_qty)
	for part in doc.get("packed_items") or ():
		if row := rows.get(part.parent_detail_docname):
			found[row.so_detail, part.item_code, part.warehouse] += abs(reads.units(flt(part.qty)))
	return {place: qty for place, qty in found.items() if place[2] and qty > ZERO}
