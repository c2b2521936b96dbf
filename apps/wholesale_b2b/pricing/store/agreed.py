"""Rows of other documents whose price was agreed before: quotations, orders, deliveries, the originals of returns."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document

# Row of → (the field that names the earlier row, that row's DocType), the nearest first.
LINKS: dict[str, tuple[tuple[str, str], ...]] = {
	"Sales Order Item": (("quotation_item", "Quotation Item"),),
	"Delivery Note Item": (
		("dn_detail", "Delivery Note Item"),
		("si_detail", "Sales Invoice Item"),
		("so_detail", "Sales Order Item"),
	),
	"Sales Invoice Item": (
		("sales_invoice_item", "Sales Invoice Item"),
		("dn_detail", "Delivery Note Item"),
		("so_detail", "Sales Order Item"),
		("b2b_quotation_item", "Quotation Item"),
	),
	"POS Invoice Item": (
		("pos_invoice_item", "POS Invoice Item"),
		("dn_detail", "Delivery Note Item"),
		("so_detail", "Sales Order Item"),
	),
}
FIELDS = ("name", "parent", "item_code", "rate", "uom", "conversion_factor", "price_list_rate")


def earlier_rows(rows: Iterable[Document]) -> dict[int, frappe._dict]:
	"""id(row) → the row that it was made from: doctype, parent, item_code, rate, uom, conversion_factor, price_list_rate,
	currency, company, until and customer (of a quotation) of a submitted document. At most one query per link.
	"""
	rows = list(rows)
	found: dict[int, frappe._dict] = {}
	for field, doctype in LINKS.get(rows[0].doctype, ()) if rows else ():
		named = {id(row): row.get(field) for row in rows if row.get(field) and id(row) not in found}
		known = _rows(doctype, set(named.values()))
		found.update((key, known[name]) for key, name in named.items() if name in known)
	return found


def _rows(doctype: str, names: set[str]) -> dict[str, frappe._dict]:
	if not names:
		return {}
	parent = doctype.removesuffix(" Item")
	columns = ", ".join(f"row.{field}" for field in FIELDS)
	until, buyer = "null", "null"
	if parent == "Quotation":
		# one for a lead is for the customer that becomes of it, and for nobody before
		until = "head.valid_till"
		buyer = """case head.quotation_to when 'Customer' then head.party_name when 'Lead' then
			(select min(name) from `tabCustomer` where lead_name = head.party_name) when 'Prospect' then
			(select min(name) from `tabCustomer` where prospect_name = head.party_name) end"""
	rows = frappe.db.sql(
		f"""select {columns}, head.currency, head.company, {until} as until, {buyer} as customer from `tab{doctype}` row
		join `tab{parent}` head on head.name = row.parent and head.docstatus = 1 where row.name in %s""",
		[tuple(names)],
		as_dict=True,
	)
	return {row.name: frappe._dict(row, doctype=parent) for row in rows}


def original_rows(doc: Document) -> dict[str, frappe._dict]:
	"""Item → the dearest row of it on the document that `doc` returns; the keys as `earlier_rows` has them. One query."""
	rows = frappe.db.sql(
		f"""select {", ".join(f"row.{field}" for field in FIELDS)}, head.currency, head.company from `tab{doc.doctype} Item` row
		join `tab{doc.doctype}` head on head.name = row.parent
		where row.parent = %s and row.item_code is not null and row.is_free_item = 0 order by row.rate""",
		[doc.return_against],
		as_dict=True,
	)
	return {row.item_code: frappe._dict(row, doctype=doc.doctype, until=None) for row in rows}
