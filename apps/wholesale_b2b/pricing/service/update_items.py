"""*Update Items* of a submitted order: its rows are saved one by one, before the order itself."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.pricing.rules import Decision
from wholesale_b2b.pricing.service import documents, messages, writing
from wholesale_b2b.pricing.service.asking import concerns, priced_rows

CHANGING = ("qty", "uom", "conversion_factor", "rate", "item_code")
# Orders of which rows were changed in this request, and the reasons that were given with them.
TOUCHED = "b2b_orders_touched"
REASONS = "b2b_update_reasons"


def with_reasons(rows: list[dict]) -> None:
	"""Note the reasons for changed prices that come with the rows of a request: `b2b_override_reason` of each."""
	reasons = {}
	for row in rows:
		if why := (row.get("b2b_override_reason") or "").strip():
			reasons[row.get("docname") or f"{row.get('item_code')}"] = why
	frappe.flags[REASONS] = reasons


def price_row(row: Document) -> None:
	"""Price a row of a submitted order that is about to be saved on its own.

	Its price follows quantity and UOM; a price that was typed needs a reason. Raises as `documents.before_save`.
	"""
	if row.parenttype != "Sales Order" or not row.parent:
		return
	order = frappe.get_doc("Sales Order", row.parent)
	if order.docstatus != 1 or not concerns(order):
		return
	before = None if row.is_new() else next((old for old in order.items if old.name == row.name), None)
	if before and all(flt_or_text(before.get(field)) == flt_or_text(row.get(field)) for field in CHANGING):
		return
	if before and not row.get("b2b_price_decision") and flt(before.rate, 6) == flt(row.rate, 6):
		return
	order.set("items", [old for old in order.items if old.name != row.name])
	order.items.append(row)
	_settle_typed(order, row, before)
	decision = _decision(order, row)
	messages.refuse_unfit(order, row, decision)
	documents.refuse_change(order, row, decision)
	documents.take_cases(row, decision)
	writing.write(row, decision)
	frappe.flags[TOUCHED] = (frappe.flags.get(TOUCHED) or set()) | {order.name}


def _settle_typed(order: Document, row: Document, before: Document | None) -> None:
	"""Tell a price that somebody typed from one that the dialog had filled in."""
	reasons = frappe.flags.get(REASONS) or {}
	given = reasons.get(row.name if before else row.item_code)
	if before and flt(before.rate, 6) == flt(row.rate, 6):
		return
	if not before:
		shown = frappe.copy_doc(row)
		shown.update({"qty": 1, "rate": 0, "name": None, "parent": order.name, "parenttype": "Sales Order"})
		first = documents.decide(order, [shown])[0][0]
		if flt(row.rate, 6) in (flt(first.rate, 6), flt(first.list_rate, 6)):
			# what the dialog showed when the item was chosen
			row.rate = 0
			return
	row.b2b_override_reason = given or None


def _decision(order: Document, row: Document) -> Decision:
	rows = priced_rows(order)
	decisions, _book = documents.decide(order, rows)
	return decisions[rows.index(row)]


def price_order(doc: Document) -> None:
	"""Rows that count together with changed ones cost something else by that; the others keep their price."""
	touched = frappe.flags.get(TOUCHED) or set()
	if doc.name not in touched or not concerns(doc):
		return
	touched.discard(doc.name)
	rows = priced_rows(doc)
	decisions, _book = documents.decide(doc, rows)
	changed = False
	for row, decision in zip(rows, decisions, strict=True):
		mixed = decision.mix or '"mix": true' in (row.b2b_price_decision or "")
		if mixed and decision.source and flt(decision.rate, 6) != flt(row.rate, 6):
			writing.write(row, decision)
			changed = True
	if changed:
		doc.run_method("calculate_taxes_and_totals")
		doc.set_total_in_words()
		doc.set_payment_schedule()


def flt_or_text(value: object) -> object:
	return flt(value, 6) if isinstance(value, int | float) else value or ""
