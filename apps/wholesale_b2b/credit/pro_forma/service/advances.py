"""Advances on orders: taken in by the invoice, carried over to the order that amends one, given back with the invoice."""

import json
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form

from wholesale_b2b.credit.pro_forma import rules
from wholesale_b2b.credit.pro_forma.service import messages
from wholesale_b2b.credit.pro_forma.store import advances as store
from wholesale_b2b.credit.pro_forma.store import facts
from wholesale_b2b.credit.pro_forma.store.advances import Advance
from wholesale_b2b.setup.switch import is_enabled


def take_advances(invoice: Document) -> float:
	"""Put the advances paid on its orders on a draft Sales Invoice, the oldest first; what it takes in, in all.

	Each order's advance pays that order's part and no other's. Rows that stand there already stay, for orders that have
	one nothing is added. Returns 0 for returns, point of sale and companies that are not switched on. Amounts are in the
	currency of the customer's account; the invoice's totals are calculated anew.
	"""
	if not _takes(invoice):
		return 0.0
	orders = {row.sales_order for row in invoice.items if row.get("sales_order")}
	have = {row.reference_row for row in invoice.get("advances") or () if row.reference_row}
	found = store.on_orders(orders)
	done = {advance.order for advance in found if advance.row in have}
	usable = [
		advance
		for advance in found
		if advance.order not in done and advance.currency == invoice.party_account_currency
	]
	if not usable:
		return 0.0
	invoice.run_method("calculate_taxes_and_totals")
	taken = rules.take_in(
		_shares(invoice), [(advance.row, advance.order, facts.money(advance.amount)) for advance in usable]
	)
	for advance in usable:
		if taken[advance.row] > 0:
			_append(invoice, advance, float(taken[advance.row]))
	# ERPNext would fill the table anew on every save, without looking at whose advance it is.
	invoice.allocate_advances_automatically = 0
	invoice.set_advance_gain_or_loss()
	invoice.run_method("calculate_taxes_and_totals")
	return float(sum(taken.values(), Decimal(0)))


def _takes(invoice: Document) -> bool:
	return (
		invoice.doctype == "Sales Invoice"
		and invoice.docstatus == 0
		and not invoice.get("is_return")
		and not invoice.get("is_pos")
		and is_enabled(invoice.company)
	)


def _shares(invoice: Document) -> dict[str, Decimal]:
	"""Order → its part of what the invoice comes to, in the account's currency, less what other advances pay."""
	company_currency = frappe.get_cached_value("Company", invoice.company, "default_currency")
	in_company = invoice.party_account_currency == company_currency
	total = (
		flt(invoice.base_rounded_total) or flt(invoice.base_grand_total)
		if in_company
		else flt(invoice.rounded_total) or flt(invoice.grand_total)
	)
	taken = sum(flt(row.allocated_amount) for row in invoice.get("advances") or ())
	worth: dict[str, Decimal] = {}
	for row in invoice.items:
		order = row.get("sales_order") or ""
		worth[order] = worth.get(order, Decimal(0)) + facts.money(row.base_net_amount)
	unit = facts.smallest(invoice.party_account_currency)
	return facts.shares_of(worth, max(facts.money(total - taken), Decimal(0)), unit)


def _append(invoice: Document, advance: Advance, amount: float) -> None:
	invoice.append(
		"advances",
		{
			"reference_type": advance.voucher_type,
			"reference_name": advance.voucher,
			"reference_row": advance.row,
			"remarks": advance.remarks,
			"advance_amount": flt(advance.amount),
			"allocated_amount": amount,
			"ref_exchange_rate": flt(advance.exchange_rate) or 1,
			"difference_posting_date": invoice.posting_date,
			"account": advance.account,
			"b2b_sales_order": advance.order,
		},
	)


# ---- an order is amended ---------------------------------------------------------------------------------------------


def remember(order: Document) -> None:
	"""An order is about to be cancelled, which un-allocates what was paid on it: note it for the order that amends it."""
	if not is_enabled(order.company):
		return
	kept = [
		{field: getattr(advance, field) for field in Advance.__slots__}
		for advance in store.on_orders([order.name])
	]
	order.b2b_advances = json.dumps(kept) if kept else None


def carry_over(order: Document) -> None:
	"""An amended order is submitted: what had been paid on the one it replaces is allocated to it.

	As far as nobody has used the money meanwhile, and up to what the order comes to; the rest stays on the customer's
	account. Says so in the timeline.
	"""
	if not order.amended_from or not is_enabled(order.company):
		return
	kept = json.loads(frappe.db.get_value("Sales Order", order.amended_from, "b2b_advances") or "[]")
	left = None
	carried = []
	for values in kept:
		advance = Advance(**values)
		if left is None:
			left = flt(order.rounded_total) or flt(order.grand_total)
			if advance.currency != order.currency:
				left = flt(order.base_rounded_total) or flt(order.base_grand_total)
		amount = flt(min(advance.amount, store.unallocated(advance)[1], left), 6)
		if amount <= 0:
			continue
		store.allocate(advance, order.name, amount)
		_note_move(advance, order, amount)
		left -= amount
		carried.append(
			_("{0} of {1}").format(
				messages.amount(amount, advance.currency),
				get_link_to_form(advance.voucher_type, advance.voucher),
			)
		)
	if carried:
		store.renew_total(order.name)
		order.add_comment(
			"Info", _("Advances carried over from {0}: {1}").format(order.amended_from, ", ".join(carried))
		)


def _note_move(advance: Advance, order: Document, amount: float) -> None:
	had = min(store.noted(advance.voucher, advance.order), advance.amount)
	store.note(advance.voucher_type, advance.voucher, advance.order, order.company, advance.currency, -had)
	store.note(advance.voucher_type, advance.voucher, order.name, order.company, advance.currency, amount)


# ---- an invoice that took advances in is cancelled -------------------------------------------------------------------


def before_invoice_cancel(invoice: Document) -> None:
	"""Note what the invoice has taken in of its orders, before ERPNext un-allocates it."""
	if is_enabled(invoice.company) and not invoice.get("is_return"):
		invoice.flags.b2b_advances = store.taken_by(invoice.name)


def give_back(invoice: Document) -> None:
	"""The invoice is cancelled: its advances are the orders' again, as far as they are free."""
	for advance in invoice.flags.pop("b2b_advances", None) or ():
		if frappe.db.get_value("Sales Order", advance.order, "docstatus") != 1:
			continue
		amount = flt(min(advance.amount, store.unallocated(advance)[1]), 6)
		if amount > 0:
			store.allocate(advance, advance.order, amount)


# ---- ERPNext's own ledger of advances --------------------------------------------------------------------------------


def payment_cancelled(payment: Document) -> None:
	"""ERPNext takes back from its ledger of advances what the payment still names; not what an invoice had taken in."""
	for order, amount in store.still_noted(payment.name):
		store.note(payment.doctype, payment.name, order, payment.company, _currency(payment), -amount)
		store.renew_total(order)


def unreconciled(document: Document) -> None:
	"""ERPNext leaves un-reconciled advances in its ledger of advances; without this the order could not be paid again."""
	for row in document.allocations:
		if row.reference_doctype != "Sales Order":
			continue
		live = sum(
			flt(a.amount) for a in store.on_orders([row.reference_name]) if a.voucher == document.voucher_no
		)
		gone = flt(
			min(flt(row.allocated_amount), store.noted(document.voucher_no, row.reference_name) - live), 6
		)
		if gone > 0:
			store.note(
				document.voucher_type,
				document.voucher_no,
				row.reference_name,
				document.company,
				row.account_currency,
				-gone,
			)
			store.renew_total(row.reference_name)


def _currency(payment: Document) -> str:
	if payment.doctype == "Payment Entry":
		return payment.paid_from_account_currency
	return next((row.account_currency for row in payment.accounts if row.party_type == "Customer"), None)
