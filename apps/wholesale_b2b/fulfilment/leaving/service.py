"""Whether goods leave with a document, for which orders and accounts, and whether its rows say so rightly.

Veto, locks, credit and payment gates all ask here, so that a document is to all of them what it is to the stock ledger,
not what its fields call it.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.fulfilment.leaving import rules, store
from wholesale_b2b.fulfilment.leaving.rules import Known, Move, Row, Sold
from wholesale_b2b.ordering.trade_accounts.service import judged_accounts
from wholesale_b2b.setup.switch import is_enabled

# Vouchers that take goods to a customer.
SHIPPING = ("Delivery Note", "Sales Invoice")
# Where a row names its order and that order's row.
ORDER_FIELDS = {
	"Delivery Note": ("against_sales_order", "so_detail"),
	"Sales Invoice": ("sales_order", "so_detail"),
	"POS Invoice": ("sales_order", "so_detail"),
	"Purchase Order": ("sales_order", "sales_order_item"),
}


# ---- whether ---------------------------------------------------------------------------------------------------------


def ships(doc: Document) -> bool:
	"""Whether goods are picked for a customer, or leave for one, with this document.

	Pick Lists of orders, Delivery Notes, Sales Invoices with stock, POS Invoices, Stock Entries from a pick list, and
	Purchase Orders that go straight to a customer. What only brings goods back does not ship, and what takes them out ships
	though it is called a return.
	"""
	if doc.doctype == "Pick List":
		return doc.purpose == "Delivery" or any(row.get("sales_order") for row in doc.locations)
	if doc.doctype == "Stock Entry":
		return bool(doc.get("pick_list")) and any(row.s_warehouse for row in doc.items)
	if doc.doctype == "Purchase Order":
		return bool(_straight(doc))
	if doc.doctype == "Sales Invoice" and not doc.update_stock:
		return False
	return doc.doctype in ORDER_FIELDS and rules.leaves(_moves(doc))


def _moves(doc: Document) -> Iterable[Move]:
	for row in (*doc.items, *(doc.get("packed_items") or ())):
		# the ledger goes by stock units, whatever the sign of the factor
		units = flt(row.qty) * (flt(row.get("conversion_factor")) or 1)
		yield Move(
			flt(row.qty) if row.doctype == "Packed Item" else flt(row.get("stock_qty")) or units,
			row.warehouse or "",
			row.get("target_warehouse") or "",
		)


def _straight(doc: Document) -> list[Document]:
	return [row for row in doc.items if row.get("delivered_by_supplier")]


def posts_till_sales(doc: Document) -> bool:
	"""Whether an invoice only posts what tills have sold: those goods have left the shop, and were asked for then.

	It must name the sales, and the sales must be there: of these goods, as many, and posted by nothing else. That it says
	it is *consolidated* is not enough.
	"""
	if doc.doctype != "Sales Invoice" or not doc.get("is_consolidated"):
		return False
	rows = [
		Sold(
			row.get("pos_invoice_item") or "",
			row.get("pos_invoice") or "",
			row.item_code,
			row.warehouse or "",
			flt(row.stock_qty) or flt(row.qty) * (flt(row.conversion_factor) or 1),
			doc.company,
		)
		for row in doc.items
	]
	return rules.posts_sales(rows, store.sold_at_tills((row.row for row in rows), doc.name))


# ---- for whom --------------------------------------------------------------------------------------------------------


def orders(doc: Document) -> set[str]:
	"""The Sales Orders whose goods are picked or leave with a document: those that its rows name, and those that what they
	name is of."""
	if doc.doctype == "Stock Entry":
		return store.orders_of_pick_list(doc.pick_list) if doc.get("pick_list") else set()
	if doc.doctype == "Pick List":
		return {row.sales_order for row in doc.locations if row.get("sales_order")}
	rows = _rows(doc)
	found = _known(rows)
	named = {row.order for row in rows}
	for row in (rules.complete(row, found) for row in rows):
		named |= {row.order, found.lines[row.line].parent if row.line in found.lines else ""}
	return named - {""}


def accounts(doc: Document) -> set[str]:
	"""The Trade Accounts that goods leave for with a document, whatever order they are of; none for a day's till sales."""
	if posts_till_sales(doc):
		return set()
	about = store.pick_list(doc.pick_list) if doc.doctype == "Stock Entry" and doc.get("pick_list") else doc
	return set(judged_accounts(about))


# ---- what rows say ---------------------------------------------------------------------------------------------------


def complete(doc: Document) -> None:
	"""Write down of which order a row is, where it names only the order's row, or what was picked or invoiced for it."""
	if doc.doctype not in ORDER_FIELDS or not is_enabled(doc.company) or not ships(doc):
		return
	order_field, line_field = ORDER_FIELDS[doc.doctype]
	rows = _rows(doc)
	found = _known(rows)
	places = _straight(doc) if doc.doctype == "Purchase Order" else doc.items
	for place, row in zip(places, rows, strict=True):
		whole = rules.complete(row, found)
		if whole != row:
			place.set(order_field, whole.order)
			place.set(line_field, whole.line)


def refuse_wrong_rows(doc: Document) -> None:
	"""Refuse a document whose rows name an order, an invoice or a pick list wrongly: what is shipped on it is counted there.

	Raises frappe.ValidationError with each row and what is wrong with it.
	"""
	if doc.doctype not in ORDER_FIELDS or posts_till_sales(doc):
		return
	rows = _rows(doc)
	found = _known(rows)
	customer = doc.get("customer") or ""
	wrong = []
	for row in rows:
		whole = rules.complete(row, found)
		what = rules.fault(whole, found, customer, doc.company)
		if not what and doc.doctype == "Purchase Order" and not whole.line:
			what = "half"
		if not what and doc.doctype == "POS Invoice" and whole.order:
			# consolidating it forgets the order, which would be delivered and billed all of it again: goods and services
			what = "till"
		if what:
			wrong.append(_say(whole, what))
	if wrong:
		many = len(wrong) > 1
		frappe.throw(wrong if many else wrong[0], title=_("Of which order?"), as_list=many)


def _say(row: Row, what: str) -> str:
	doctype, name = (
		("Sales Order", row.order) if row.order or not row.invoice else ("Sales Invoice", row.invoice)
	)
	named = get_link_to_form(doctype, name) if name else _("its order")
	return {
		"half": _(
			"Row {0} does not say which row of {1} it is of. Make the document from {1}, or remove the row."
		),
		"unknown": _(
			"Row {0} names a row that {1} does not have, or {1} is not submitted. Make the document from {1}."
		),
		"stranger": _("Row {0}: {1} is of another customer or company. Make a document of its own for it."),
		"other": _(
			"Row {0} takes what was picked or invoiced for another row than the one of {1} that it names. Make the document from {1}."
		),
		"till": _(
			"Row {0}: an order is not sold at a till, whose closing forgets it: {1} would be delivered or billed again. Make a Delivery Note or a Sales Invoice from {1}."
		),
		"delivered": _(
			"Row {0} says that its goods were delivered already, so they cannot leave with this document. Untick Update Stock."
		),
	}[what].format(row.idx, named)


def _rows(doc: Document) -> list[Row]:
	if doc.doctype not in ORDER_FIELDS:
		return []
	order_field, line_field = ORDER_FIELDS[doc.doctype]
	billed_before = doc.doctype == "Sales Invoice"
	return [
		Row(
			idx=row.idx,
			order=row.get(order_field) or "",
			line=row.get(line_field) or "",
			invoice=row.get("against_sales_invoice") or "",
			invoiced=row.get("si_detail") or "",
			via=row.get("pick_list_item") or row.get("sales_order_packed_item") or "",
			delivered=(row.get("dn_detail") or row.get("delivery_note") or "") if billed_before else "",
		)
		for row in (_straight(doc) if doc.doctype == "Purchase Order" else doc.items)
	]


def _known(rows: list[Row]) -> Known:
	return store.known((row.line for row in rows), (row.invoiced for row in rows), (row.via for row in rows))


# ---- what is on the ledger -------------------------------------------------------------------------------------------


def note_return(entry: Document) -> None:
	"""An entry takes back what a voucher has shipped: remember it for this transaction.

	ERPNext's *Recreate Stock Ledgers* takes a voucher's entries back and writes them anew. What was out may go out again
	then, whatever is held by now; what was not out (a draft, a cancelled document) is asked for like any other.
	"""
	if not entry.get("is_cancelled") or entry.voucher_type not in SHIPPING or flt(entry.actual_qty) <= 0:
		return
	if not is_enabled(entry.company):
		return
	place = _place(entry)
	if -store.on_ledger(*place) >= flt(entry.actual_qty) - 1e-6:
		if not _taken_back():
			frappe.db.after_commit.add(_forget)
			frappe.db.after_rollback.add(_forget)
		_taken_back()[place] = flt(entry.actual_qty)


def goes_out_again(entry: Document) -> bool:
	"""Whether an entry writes anew what this very transaction has taken back."""
	return 0 < -flt(entry.actual_qty) <= _taken_back().get(_place(entry), 0) + 1e-6


def comes_home(entry: Document, doc: Document) -> bool:
	"""Whether an entry takes goods out of one of our warehouses only to bring them to another: a transfer that is returned."""
	rows = (*doc.items, *(doc.get("packed_items") or ()))
	row = next((row for row in rows if row.name == entry.voucher_detail_no), None)
	return bool(row and flt(row.qty) < 0 and row.get("target_warehouse") == entry.warehouse and row.warehouse)


def _place(entry: Document) -> tuple[str, str, str, str]:
	return entry.voucher_no, entry.voucher_detail_no, entry.item_code, entry.warehouse


def _taken_back() -> dict[tuple, float]:
	if not hasattr(frappe.local, "b2b_taken_back"):
		frappe.local.b2b_taken_back = {}
	return frappe.local.b2b_taken_back


def _forget() -> None:
	frappe.local.b2b_taken_back = {}
