"""What stands on trade quotations, order confirmations and invoices: list, discount and net as the account prefers."""

from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, fmt_money, formatdate

from wholesale_b2b.figures import plain
from wholesale_b2b.ordering.trade_accounts.service import terms as account_terms
from wholesale_b2b.pricing.service.price_lists import COLUMNS, DISCOUNT, LIST

TITLES = {"Quotation": "Quotation", "Sales Order": "Order Confirmation", "Sales Invoice": "Invoice"}


def b2b_trade_paper(doc: Document) -> dict:
	"""What the print formats say: title, columns (`list`, `discount`), lines (item_code, item_name, qty, uom, list_rate,
	discount, rate, amount, delivery_date; formatted), net_total, taxes, total, dates, addresses and references. Bundles are
	followed by what is in them. Lines that cost what the list says show no discount.
	"""

	def money(value: float) -> str:
		return fmt_money(flt(value), currency=doc.currency)

	account = account_terms([doc.get("b2b_trade_account")]).get(doc.get("b2b_trade_account"))
	columns = COLUMNS.get(account.print_prices if account else "", COLUMNS["List, Discount and Net"])
	lines = [_line(doc, row, money) for row in doc.items]
	if not any(line["discount"] for line in lines):
		columns = tuple(column for column in columns if column != DISCOUNT)
		if not any(line["list_rate"] != line["rate"] for line in lines):
			columns = ()
	is_return = cint(doc.get("is_return"))
	return {
		"title": _("Credit Note") if is_return else _(TITLES.get(doc.doctype, doc.doctype)),
		"with_list": LIST in columns,
		"with_discount": DISCOUNT in columns,
		"lines": lines,
		"net_total": money(doc.net_total),
		"total_discount": money(_saved(doc)) if LIST in columns and _saved(doc) > 0 else "",
		"taxes": [
			(row.description, money(row.tax_amount_after_discount_amount))
			for row in doc.taxes
			if row.tax_amount
		],
		"total": money(doc.get("rounded_total") or doc.grand_total),
		"date": formatdate(doc.get("transaction_date") or doc.get("posting_date")),
		"until": formatdate(doc.get("valid_till")) if doc.get("valid_till") else "",
		"due": formatdate(doc.get("due_date"))
		if doc.doctype == "Sales Invoice" and doc.get("due_date")
		else "",
		"delivery": formatdate(doc.get("delivery_date")) if doc.get("delivery_date") else "",
		"to": doc.get("address_display") or "",
		"ship_to": doc.get("shipping_address") or "",
		"from": doc.get("company_address_display") or "",
		"customer": doc.get("customer_name") or doc.get("party_name"),
		"your_order": doc.get("po_no") or "",
		"outstanding": money(doc.outstanding_amount) if flt(doc.get("outstanding_amount")) else "",
	}


def _line(doc: Document, row: Document, money) -> dict:
	list_rate = flt(row.price_list_rate) or flt(row.rate)
	off = flt((list_rate - flt(row.rate)) * 100 / list_rate, 1) if list_rate > flt(row.rate) else 0
	parts = [
		f"{plain(flt(part.qty))} × {part.item_name or part.item_code}"
		for part in doc.get("packed_items") or ()
		if part.parent_detail_docname == row.name
	]
	return {
		"item_code": row.item_code or "",
		"item_name": row.item_name or row.item_code,
		"parts": parts,
		"free": cint(row.get("is_free_item")),
		"alternative": cint(row.get("is_alternative")),
		"qty": plain(flt(row.qty)),
		"uom": row.uom or "",
		"list_rate": money(max(list_rate, flt(row.rate))),
		"discount": f"{plain(off)} %" if off else "",
		"rate": money(row.rate),
		"amount": money(row.amount),
	}


def _saved(doc: Document) -> float:
	"""What the customer pays less than by the list."""
	return sum(
		max(flt(row.price_list_rate) - flt(row.rate), 0) * flt(row.qty)
		for row in doc.items
		if not cint(row.get("is_alternative"))
	)
