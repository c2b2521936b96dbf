"""What came back to be replaced is picked again: ERPNext would count it as picked already, and refuse the second list."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.model.document import Document

from wholesale_b2b.allocation.service.returns import replaced_rows
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.fulfilment.returns import store


def came_back(doc: Document, cancelled: bool = False) -> None:
	"""A return was submitted or cancelled: its rows marked *replace* are not picked any more, or are again."""
	back: dict[str, Decimal] = defaultdict(Decimal)
	for row in replaced_rows(doc):
		back[row.so_detail] += abs(Decimal(str(row.stock_qty or 0)))
	if not back:
		return
	bundles = store.bundles(back)
	store.count_picked(back.keys() - bundles)
	for line in sorted(bundles):
		store.shift_picked(line, -back[line] if cancelled else back[line])
	for name in sorted(leaving.orders(doc)):
		frappe.get_doc("Sales Order", name).update_picking_status()


def count_again(lines: Iterable[str]) -> None:
	"""ERPNext has just summed up what lists have picked for these order rows: without what came back to be replaced."""
	store.count_picked(lines)
