"""What documents that pick or ship take of orders."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.allocation.store import picking
from wholesale_b2b.allocation.store.demand import PER_KIT, units

NOBODY = ("",)


@dataclass(frozen=True, slots=True)
class Row:
	"""Stock units of an order's line on a document; of a bundle, bundles. pick_list: the list they were picked on."""

	order: str
	line: str
	qty: Decimal
	pick_list: str = ""


def carried(doc: Document) -> list[Row]:
	"""The rows of a Pick List, Delivery Note, Sales or POS Invoice that are an order's. Of other documents none: what they
	take was picked before."""
	if doc.doctype == "Pick List":
		return _picked(doc)
	if doc.doctype not in ("Delivery Note", "Sales Invoice", "POS Invoice"):
		return []
	return [
		Row(order, row.so_detail, units(flt(row.stock_qty)), row.get("against_pick_list") or "")
		for row in doc.get("items") or ()
		if (order := row.get("against_sales_order") or row.get("sales_order"))
		and row.get("so_detail")
		and not row.get("delivery_note")
		and flt(row.stock_qty) > 0
	]


def _picked(doc: Document) -> list[Row]:
	"""A component of a bundle counts as so many bundles, and the bundle as the most of its components."""
	submits = doc.docstatus == 1
	parts: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
	for row in doc.get("locations") or ():
		if row.sales_order and row.sales_order_item:
			qty = flt(row.picked_qty) if submits else flt(row.stock_qty)
			parts[row.sales_order, row.sales_order_item, row.get("product_bundle_item") or ""] += units(qty)
	per_kit = _per_kit({part for _order, _line, part in parts if part})
	lines: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
	for (order, line, part), qty in parts.items():
		per = per_kit.get(part, Decimal(1))
		lines[order, line] = max(lines[order, line], qty / per if per else qty)
	return [Row(order, line, qty) for (order, line), qty in lines.items() if qty > 0]


def _per_kit(parts: Iterable[str]) -> dict[str, Decimal]:
	rows = frappe.db.sql(
		f"""select part.name, {PER_KIT} from `tabPacked Item` part
		join `tabSales Order Item` soi on soi.name = part.parent_detail_docname and soi.parent = part.parent
		where part.name in %s""",
		[tuple(parts) or NOBODY],
	)
	return {part: units(per) for part, per in rows}


def beyond_lists(rows: Iterable[Row]) -> dict[str, Decimal]:
	"""Line → what these rows take beyond what is left on the pick lists that they name."""
	taken: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
	for row in rows:
		taken[row.pick_list, row.line] += row.qty
	left = _on_lists({pick_list for pick_list, _line in taken if pick_list})
	found: dict[str, Decimal] = defaultdict(Decimal)
	for (pick_list, line), qty in taken.items():
		found[line] += max(qty - left.get((pick_list, line), Decimal(0)), Decimal(0))
	return {line: qty for line, qty in found.items() if qty > 0}


def _on_lists(pick_lists: Iterable[str]) -> dict[tuple[str, str], Decimal]:
	rows = frappe.db.sql(
		f"""select pick_list, line, max(qty) from (
			select row.parent as pick_list, row.sales_order_item as line,
				sum({picking.LEFT} / if(part.name is null, 1, {PER_KIT})) as qty
			from {picking.ROWS} join `tabSales Order Item` soi on soi.name = row.sales_order_item
			left join `tabPacked Item` part on part.name = row.product_bundle_item
			where row.parent in %s group by row.parent, row.sales_order_item, row.product_bundle_item
		) parts group by pick_list, line""",
		[tuple(pick_lists) or NOBODY],
	)
	return {(pick_list, line): units(qty) for pick_list, line, qty in rows}


def cancelled(orders: Iterable[str]) -> dict[str, Decimal]:
	"""Line → its cancelled units, of these orders' lines that have any."""
	rows = frappe.db.sql(
		"select name, b2b_cancelled_qty from `tabSales Order Item` where parent in %s and b2b_cancelled_qty > 0",
		[tuple(orders) or NOBODY],
	)
	return {line: units(qty) for line, qty in rows}
