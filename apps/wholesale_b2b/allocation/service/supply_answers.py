"""Who waits for a document that brings stock, whatever kind it is."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, now_datetime

from wholesale_b2b.allocation.store import answers, holds, sources


def check_kind(supply_type: str) -> None:
	"""Refuse a DocType that is no supply."""
	if supply_type not in sources.supply_types():
		frappe.throw(
			_("Nothing is promised from a {0}. Ask for one of: {1}.").format(
				_(supply_type), ", ".join(_(kind) for kind in sorted(sources.supply_types()))
			)
		)


def waiting_for(doc: Document) -> list[dict]:
	"""The rows of goods of a document that brings stock; the document itself where it has no rows.

	Each with name, idx, item_code, item_name, warehouse (that it reaches), stock_uom, stock_qty (all of it), received_qty,
	open_qty, expected_date, pre_allocated_qty, held_qty (kept for the amendment of a cancelled order), free_qty, all in
	the stock UOM, and `waiting`: sales_order, customer, customer_name, qty, needed_by, promise_date. A document of
	which nobody knows where it goes has none.
	"""
	places = {row.name: row.idx for row in doc.get("items") or ()} or {doc.name: 1}
	found = [
		row
		for row in sources.inbound((), (), {doc.doctype: tuple(places)})
		if row.doctype == doc.doctype and row.row in places
	]
	facts = answers.item_facts(row.key[0] for row in found)
	waiting: dict[str, list[dict]] = defaultdict(list)
	for row in answers.supply_waiting(doc.doctype, doc.name):
		waiting[row.pop("row")].append(row)
	held: dict[str, float] = defaultdict(float)
	for hold in holds.to_come({row.key[0] for row in found}, {row.key[1] for row in found}, now_datetime()):
		held[sources.supply_id(hold.supply_type, hold.supply_row)] += flt(hold.qty)
	lines = []
	for row in sorted(found, key=lambda row: places[row.row]):
		if row.key[0] not in facts:
			continue
		promised = sum(waiter["qty"] for waiter in waiting[row.row])
		lines.append(
			{
				"name": row.row,
				"idx": places[row.row],
				"item_code": row.key[0],
				"warehouse": row.key[1],
				**facts[row.key[0]],
				"stock_qty": _ordered(doc, row),
				"received_qty": flt(row.received),
				"open_qty": flt(row.open),
				"expected_date": row.expected,
				"pre_allocated_qty": promised,
				"held_qty": held[row.id],
				"free_qty": max(flt(row.open) - promised - held[row.id], 0),
				"waiting": waiting[row.row],
			}
		)
	return lines


def _ordered(doc: Document, row: sources.Inbound) -> float:
	"""All that the row is for, in the stock UOM."""
	own = next((line for line in doc.get("items") or () if line.name == row.row), doc)
	qty = own.get("stock_qty") or own.get("transfer_qty")
	return flt(qty) if qty else flt(own.get("qty")) * (flt(own.get("conversion_factor")) or 1)
