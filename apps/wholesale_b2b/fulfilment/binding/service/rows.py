"""Binding the rows of a document: to what batches and numbers, and the bundles that say so to ERPNext."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe
from erpnext.stock.doctype.serial_no.serial_no import get_serial_nos
from erpnext.stock.serial_batch_bundle import SerialBatchCreation
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from wholesale_b2b.fulfilment.binding import rules, store
from wholesale_b2b.fulfilment.binding.store import Key

ZERO = Decimal(0)


def unbound(rows: Iterable[Document]) -> list[Document]:
	"""Rows of items with batches or serial numbers that name none."""
	rows = [
		row
		for row in rows
		if not (row.batch_no or row.serial_no or row.serial_and_batch_bundle)
		and row.get("warehouse")
		and stock_qty(row) > ZERO
	]
	kinds = store.kinds({row.item_code for row in rows})
	return [row for row in rows if row.item_code in kinds]


def bind_rows(
	rows: list[Document], picks: Iterable[str], beside: Iterable[Document]
) -> dict[Document, tuple[rules.Part, ...]]:
	"""Parts of each row; `beside`: the rows of the same document, whose batches and numbers are spoken for."""
	by_key: dict[Key, list[Document]] = defaultdict(list)
	for row in rows:
		by_key[row.item_code, row.warehouse].append(row)
	if not by_key:
		return {}
	lots, own = store.lots(by_key, picks, getdate())
	beside = list(beside)
	parts: dict[Document, tuple[rules.Part, ...]] = {}
	for key, group in by_key.items():
		others = [row for row in beside if row.warehouse == key[1]]
		first = _bind_own(
			group, {o: _without(found, others) for (o, *k), found in own.items() if (*k,) == key}
		)
		left = [
			_wish(row, sum((part.qty for part in first[row] if not (part.batch or part.serials)), ZERO))
			for row in group
		]
		found = rules.bind(left, _without(lots.get(key, []), others))
		for row, rest in zip(group, found, strict=True):
			parts[row] = (*(part for part in first[row] if part.batch or part.serials), *rest)
	return parts


def _bind_own(
	rows: list[Document], own: dict[str, list[rules.Lot]]
) -> dict[Document, tuple[rules.Part, ...]]:
	"""Rows to what reservations name for their orders; own: order → its lots."""
	by_order: dict[str, list[Document]] = defaultdict(list)
	for row in rows:
		by_order[order_of(row)].append(row)
	parts: dict[Document, tuple[rules.Part, ...]] = {}
	for order, group in by_order.items():
		found = rules.bind([_wish(row, stock_qty(row)) for row in group], own.get(order, ()))
		parts.update(zip(group, found, strict=True))
	return parts


def _wish(row: Document, qty: Decimal) -> rules.Wish:
	return rules.Wish(qty, decimal(row.get("conversion_factor") or 1), _is_whole(row))


def order_of(row: Document) -> str:
	"""The sales order that a row of a pick list, a delivery or its components is for, or nothing."""
	if row.doctype == "Packed Item":
		parents = [item for item in row.parent_doc.items if item.name == row.parent_detail_docname]
		return order_of(parents[0]) if parents else ""
	return row.get("sales_order") or row.get("against_sales_order") or ""


def _without(lots: list[rules.Lot], rows: list[Document]) -> list[rules.Lot]:
	"""Lots less what other rows of the same document name already."""
	left = []
	for lot in lots:
		named = [
			row for row in rows if (row.batch_no or None) == lot.batch and (row.batch_no or row.serial_no)
		]
		numbers = {number for row in named for number in get_serial_nos(row.serial_no or "")}
		serials = tuple(number for number in lot.serials if number not in numbers)
		qty = Decimal(len(serials)) if lot.serials else lot.qty - sum((stock_qty(row) for row in named), ZERO)
		if qty > ZERO:
			left.append(rules.Lot(lot.batch, qty, lot.expires, lot.since, serials))
	return left


def make_bundles(
	doc: Document, rows: list[Document], picks: Iterable[str], beside: Iterable[Document]
) -> None:
	"""Give each row that can be bound in full a draft bundle, which ERPNext submits with the document."""
	for row, parts in bind_rows(rows, picks, beside).items():
		if all(part.batch or part.serials for part in parts):
			make_bundle(doc, row, parts)


def make_bundle(doc: Document, row: Document, parts: Iterable[rules.Part]) -> None:
	"""Put these parts on a row of a document that is being submitted; they add up to its quantity."""
	parts = list(parts)
	serials = [number for part in parts for number in part.serials]
	bundle = SerialBatchCreation(
		{
			"item_code": row.item_code,
			"warehouse": row.warehouse,
			"posting_date": doc.get("posting_date"),
			"posting_time": doc.get("posting_time"),
			"voucher_type": doc.doctype,
			"voucher_no": doc.name,
			"voucher_detail_no": row.name,
			"company": doc.company,
			"qty": flt(stock_qty(row)),
			"type_of_transaction": "Outward",
			"serial_nos": serials or None,
			"batches": None if serials else frappe._dict({part.batch: flt(part.qty) for part in parts}),
			"do_not_submit": True,
		}
	).make_serial_and_batch_bundle()
	row.update(
		{
			"serial_and_batch_bundle": bundle.name,
			"batch_no": None,
			"serial_no": None,
			"use_serial_batch_fields": 0,
		}
	)


def stock_qty(row: Document) -> Decimal:
	"""Units in the stock UOM; a Packed Item has them as its `qty`."""
	if row.doctype == "Packed Item":
		return decimal(row.qty)
	return decimal(row.stock_qty)


def _is_whole(row: Document) -> bool:
	return bool(row.get("uom") and cint(frappe.get_cached_value("UOM", row.uom, "must_be_whole_number")))


def decimal(value: float | None) -> Decimal:
	return Decimal(str(round(flt(value), 6)))


def refuse(message: str) -> None:
	frappe.throw(message, title=_("On a Pick List"))
