"""Product Bundles: what ERPNext does for a reserved order row, done here for a reserved component of one.

ERPNext consumes reservations by order row and warehouse without looking at the item
(`SellingController.update_stock_reservation_entries`), so entries keyed to a Packed Item are left to us.
"""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from frappe.model.document import Document

from wholesale_b2b.allocation.rules.components import renamed
from wholesale_b2b.allocation.store import bundles, writes
from wholesale_b2b.allocation.store.bundles import Reservation
from wholesale_b2b.allocation.store.demand import units
from wholesale_b2b.setup.switch import is_enabled


def find_warehouses(order: Document) -> None:
	"""ERPNext leaves the packed rows of an amended order without a warehouse: as the cancelled order had it, else the bundle's."""
	missing = [row for row in order.get("packed_items") or () if row.item_code and not row.warehouse]
	if not missing or not is_enabled(order.company):
		return
	before = bundles.warehouses(order.amended_from) if order.amended_from else {}
	own = {row.name: row.warehouse for row in order.items}
	for row in missing:
		row.warehouse = before.get((row.parent_item, row.item_code)) or own.get(row.parent_detail_docname)


def take_from_where_reserved(doc: Document) -> None:
	"""ERPNext makes the packing list of a delivery with the bundle's warehouse; new rows go where their units are reserved."""
	if not _delivers(doc):
		return
	order_rows = _order_rows(doc)
	fresh = [row for row in doc.packed_items if row.is_new() and row.parent_detail_docname in order_rows]
	if not fresh:
		return
	names = bundles.components(order_rows[row.parent_detail_docname] for row in fresh)
	places = bundles.places(name for group in names.values() for name in group)
	for row in fresh:
		reserved: dict[str, Decimal] = defaultdict(Decimal)
		for name in names.get((order_rows[row.parent_detail_docname], row.item_code), ()):
			for warehouse, qty in places.get(name, {}).items():
				reserved[warehouse] += qty
		if reserved and reserved.get(row.warehouse, 0) < units(row.qty):
			row.warehouse = max(sorted(reserved), key=reserved.get)


def consume(doc: Document) -> None:
	"""A delivery of bundles is about to be posted: its components take what is reserved for them.

	Before the posting, so that ERPNext's check on reserved stock finds only what is reserved for others.
	"""
	if _delivers(doc):
		_walk(doc, lambda row, qty: row.delivered + min(row.reserved - row.delivered, qty))


def give_back(doc: Document) -> None:
	"""A delivery of bundles is cancelled: what came back is reserved for the same components again."""
	if _delivers(doc):
		_walk(doc, lambda row, qty: row.delivered - min(row.delivered, qty))


def follow_new_names(doc: Document) -> None:
	"""*Update Items* makes the packing list anew, under new names: reservations and promises go with it."""
	before = doc.get_doc_before_save()
	if not before or not is_enabled(doc.company):
		return
	names = renamed(_named_rows(before), _named_rows(doc))
	if names:
		bundles.rename(doc.name, names)


def count_what_is_gone(doc: Document) -> None:
	"""*Update Items* deletes a bundle's row: ERPNext counts the bundle anew, and leaves its components as they were."""
	before = doc.get_doc_before_save()
	if not before or not is_enabled(doc.company):
		return
	rows = {row.name for row in doc.items}
	bundles.count_ordered(
		{
			(row.item_code, row.warehouse)
			for row in before.packed_items
			if row.warehouse and row.parent_detail_docname not in rows
		}
	)


def _named_rows(doc: Document) -> list[tuple[tuple[str, str], str]]:
	return [((row.parent_detail_docname, row.item_code), row.name) for row in doc.packed_items]


def _delivers(doc: Document) -> bool:
	if doc.get("is_return") or not doc.get("packed_items") or not is_enabled(doc.company):
		return False
	return doc.doctype != "Sales Invoice" or bool(doc.update_stock)


def _order_rows(doc: Document) -> dict[str, str]:
	"""The document's row → the Sales Order Item it delivers."""
	return {row.name: row.so_detail for row in doc.items if row.get("so_detail")}


def _walk(doc: Document, delivered: Callable[[Reservation, Decimal], Decimal]) -> None:
	"""Let each component's entries, the oldest first, take their part of what the document moves."""
	order_rows = _order_rows(doc)
	moved: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
	for part in doc.packed_items:
		if part.parent_detail_docname in order_rows:
			moved[order_rows[part.parent_detail_docname], part.item_code, part.warehouse] += units(part.qty)
	if not moved:
		return
	names = bundles.components(order_rows.values())
	entries = bundles.reservations(name for group in names.values() for name in group)
	changed = []
	for (row, item, warehouse), qty in moved.items():
		for entry in entries:
			if entry.component not in names.get((row, item), ()) or entry.warehouse != warehouse:
				continue
			after = delivered(entry, qty)
			if after != entry.delivered:
				changed.append((entry, after))
				qty -= abs(after - entry.delivered)
	bundles.deliver(changed)
	writes.sum_bins((part.item_code, part.warehouse) for part in doc.packed_items if part.warehouse)
