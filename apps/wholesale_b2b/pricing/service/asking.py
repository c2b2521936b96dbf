"""From a sales document to the question what its rows cost."""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt, getdate

from wholesale_b2b.pricing.rules import Agreed, Asked
from wholesale_b2b.pricing.rules.words import BLANKET_ORDER, ORIGINAL, QUOTATION
from wholesale_b2b.pricing.service import typed
from wholesale_b2b.pricing.service.questions import Ask, Question
from wholesale_b2b.pricing.store import agreed as store
from wholesale_b2b.pricing.store import overrides
from wholesale_b2b.setup.switch import is_enabled

DOCTYPES = ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")
IN_CASES = ("Quotation", "Sales Order")


def concerns(doc: Document) -> bool:
	"""Whether the prices of a document are ours: not where ERPNext makes them of something else."""
	return (
		doc.doctype in DOCTYPES
		and is_enabled(doc.get("company"))
		and not cint(doc.get("is_internal_customer"))
		and not cint(doc.get("is_consolidated"))
		and not cint(doc.get("is_debit_note"))
		and doc.get("is_opening") != "Yes"
		and not doc.get("subscription")
		and not doc.get("timesheets")
	)


def priced_rows(doc: Document) -> list[Document]:
	"""The rows that are priced: with an item, not free, no fixed assets."""
	return [
		row
		for row in doc.get("items")
		if row.get("item_code") and not cint(row.get("is_free_item")) and not cint(row.get("is_fixed_asset"))
	]


def question_of(doc: Document, rows: Iterable[Document], mapped: bool = False) -> Question:
	"""The question that these rows of a document ask; the key of a line is the row's place among them.

	mapped: it was just made from another document.
	"""
	rows = list(rows)
	earlier = _earlier(doc, rows)
	may, reason = typed.may_override(), cstr(doc.flags.b2b_price_reason)
	saved = doc.get_doc_before_save()
	before = {row.name: row for row in saved.get("items")} if saved else {}
	approved = overrides.approved_rates(doc) if any(map(_was_typed, rows)) else {}
	return Question(
		company=doc.company,
		customer=customer_of(doc),
		date=getdate(doc.get("transaction_date") or doc.get("posting_date")),
		lines=[
			_line(
				doc,
				row,
				number,
				earlier.get(id(row)),
				None
				if cint(doc.get("is_return"))
				else typed.asked_of(
					row, reason, may or bool(reason), mapped, approved.get(row.name), before.get(row.name)
				),
			)
			for number, row in enumerate(rows)
		],
		name=doc.name or "",
		doctype=doc.doctype,
		account=cstr(doc.get("b2b_trade_account")),
		currency=cstr(doc.currency),
		price_list=cstr(doc.selling_price_list),
		channel=cstr(doc.get("b2b_channel")),
		campaign=cstr(doc.get("campaign")),
		sales_partner=cstr(doc.get("sales_partner")),
		coupon_code=cstr(doc.get("coupon_code")),
		promotions=not cint(doc.get("ignore_pricing_rule")),
		cases=doc.doctype in IN_CASES,
		rates=_rates(doc),
		condition_doc=doc.as_dict,
	)


def _was_typed(row: Document) -> bool:
	"""Whether somebody changed the price, or typed one below the floor where there was none."""
	return bool(
		row.get("b2b_override_reason") or (row.get("b2b_price_decision") and not row.get("b2b_price_source"))
	)


def customer_of(doc: Document) -> str:
	if doc.doctype == "Quotation":
		return cstr(doc.party_name) if doc.quotation_to == "Customer" else ""
	return cstr(doc.customer)


def _line(
	doc: Document, row: Document, number: int, earlier: frappe._dict | None, asked: Asked | None
) -> Ask:
	return Ask(
		key=str(number),
		item=row.item_code,
		qty=_decimal(row.get("qty")),
		uom=cstr(row.get("uom")),
		factor=_decimal(row.get("conversion_factor")) if row.get("uom") else Decimal(0),
		batch=cstr(row.get("batch_no")),
		warehouse=cstr(row.get("warehouse")),
		agreed=_agreed(doc, row, earlier),
		asked=asked,
	)


def _earlier(doc: Document, rows: list[Document]) -> dict[int, frappe._dict]:
	found = store.earlier_rows(rows)
	if cint(doc.get("is_return")) and doc.get("return_against") and len(found) < len(rows):
		originals = store.original_rows(doc)
		for row in rows:
			if id(row) not in found and row.item_code in originals:
				found[id(row)] = originals[row.item_code]
	return found


def _agreed(doc: Document, row: Document, earlier: frappe._dict | None) -> Agreed | None:
	if cint(doc.get("is_return")) and flt(row.get("rate")):
		# as on the original, or the part of it that is given back: ERPNext sees that it is no more
		return Agreed(ORIGINAL, cstr(doc.get("return_against") or doc.name), _decimal(row.rate))
	if flt(row.get("blanket_order_rate")) and row.get("blanket_order"):
		return Agreed(BLANKET_ORDER, row.blanket_order, _decimal(row.blanket_order_rate))
	if not earlier or earlier.item_code != row.item_code:
		return None
	if (earlier.currency, earlier.company) != (doc.currency, doc.company):
		return None
	if earlier.doctype == "Quotation" and earlier.customer != customer_of(doc):
		return None
	rate = _decimal(earlier.rate)
	if row.get("uom") and earlier.uom != row.uom and flt(earlier.conversion_factor):
		rate = rate / _decimal(earlier.conversion_factor) * _decimal(row.conversion_factor)
	until = getdate(earlier.until) if earlier.until else None
	if cint(doc.get("is_return")):
		source = ORIGINAL
	else:
		source = QUOTATION if earlier.doctype == "Quotation" else earlier.doctype
	return Agreed(source, earlier.parent, rate, until)


def _rates(doc: Document) -> dict[str, Decimal]:
	"""The exchange rates that stand on the document."""
	rates = {cstr(doc.currency): _decimal(doc.conversion_rate)}
	if doc.get("price_list_currency") and doc.price_list_currency != doc.currency:
		rates[doc.price_list_currency] = _decimal(doc.plc_conversion_rate)
	return rates


def _decimal(value: object) -> Decimal:
	return Decimal(str(flt(value, 9)))
