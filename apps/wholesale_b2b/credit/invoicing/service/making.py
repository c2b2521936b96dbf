"""The invoices themselves: made by a worker, each in a transaction of its own, each note invoiced once."""

from collections.abc import Sequence

import frappe
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, flt, getdate, now_datetime, strip_html

from wholesale_b2b.credit.invoicing import rules, store
from wholesale_b2b.credit.pro_forma.service import take_advances

WAITING = ("Queued", "Waiting", "Failed")


def work(notes: Sequence[str] | None = None) -> list[str]:
	"""Worker: make the invoices that are due, of these Delivery Notes or of all that wait; the names of those made.

	Each invoice is committed by itself. One that fails is kept with its reason and tried again later; the others are made.
	The worker acts for the company, not for who packed the goods: it runs as Administrator.
	"""
	today = getdate()
	waiting = store.due(today, now_datetime())
	facts = store.facts(waiting)
	open_orders = store.unfinished(order for fact in facts.values() for order in fact["orders"])
	shipped = [
		rules.Shipped(
			note=note,
			preference=fact["preference"],
			orders=fact["orders"],
			due=getdate(fact["due_on"]),
			terms=fact["terms"],
			alone=fact["lump"],
		)
		for note, fact in sorted(facts.items(), key=lambda pair: waiting.index(pair[0]))
	]
	made = []
	for bill in rules.bills(shipped, open_orders, today):
		if notes is None or not set(bill).isdisjoint(notes):
			made += _make_or_keep(bill)
	return made


def _make_or_keep(bill: Sequence[str]) -> list[str]:
	# a job's loop: one invoice, one transaction, so that one that fails takes no other along
	frappe.db.commit()  # nosemgrep
	try:
		made = make(bill)
		frappe.db.commit()  # nosemgrep
	except Exception as error:
		frappe.db.rollback()
		_keep(bill, error)
		frappe.db.commit()  # nosemgrep
		return []
	_tell(bill)
	return [made] if made else []


def make(bill: Sequence[str]) -> str | None:
	"""Make and submit one invoice of these Delivery Notes; its name, or None where nothing of them is left to invoice.

	Whoever comes second waits for the first and then finds the notes done. Raises whatever ERPNext refuses it with.
	"""
	rows = {note: row for note, row in store.lock(bill).items() if row.status in WAITING}
	left = store.to_bill(list(rows))
	for note in [note for note in rows if not left.get(note)]:
		_settle(note, rows.pop(note))
	if not rows:
		return None
	if drafts := store.drafts_of(list(rows)):
		note, draft = next(iter(drafts.items()))
		frappe.throw(
			_("There is a draft invoice {0} of {1} already. Submit it, or delete it and press Retry.").format(
				draft, note
			)
		)
	invoice = _map(list(rows))
	invoice.flags.ignore_permissions = True
	invoice.insert()
	invoice.submit()
	for row in rows.values():
		store.put(
			row.name,
			status="Done",
			reason="",
			sales_invoice=invoice.name,
			attempts=row.attempts + 1,
			next_try=None,
		)
	return invoice.name


def _settle(note: str, row: dict) -> None:
	"""A note of which nothing is left: invoiced by hand, or all of it came back."""
	by_hand = store.invoice_of(note)
	store.put(
		row.name,
		status="Done",
		sales_invoice=by_hand,
		reason=_("Invoiced by hand.") if by_hand else _("All of it came back: nothing is left to invoice."),
	)


def _map(notes: Sequence[str]) -> Document:
	"""The unsaved invoice of these notes, as ERPNext maps it, with the account's terms and the advances paid."""
	invoice = make_sales_invoice(notes[0])
	for note in notes[1:]:
		invoice = make_sales_invoice(note, invoice)
	_without_invoiced(invoice)
	_terms(invoice)
	_rounding(invoice)
	# advances of its own orders alone: what was paid on account is finance's to allot
	take_advances(invoice)
	return invoice


def _without_invoiced(invoice: Document) -> None:
	"""Leave out what was invoiced of the order before it shipped: ERPNext's mapping looks at invoices of the note alone."""
	left = store.unbilled(row.dn_detail for row in invoice.items)
	kept = []
	for row in invoice.items:
		if flt(row.rate) and flt(left.get(row.dn_detail)) < flt(row.qty) * flt(row.rate) - 0.005:
			row.qty = max(flt(flt(left.get(row.dn_detail)) / flt(row.rate), 6), 0)
		if flt(row.qty) > 0:
			row.idx = len(kept) + 1
			kept.append(row)
	invoice.set("items", kept)


def _terms(invoice: Document) -> None:
	"""Payment terms: those that its first order was taken with, else the account's, else the customer's own."""
	orders = [row.sales_order for row in invoice.items if row.sales_order]
	ordered = orders and frappe.db.get_value("Sales Order", orders[0], "payment_terms_template")
	agreed = ordered or store.account_of_note(invoice.b2b_trade_account).payment_terms_template
	if agreed:
		invoice.payment_terms_template = agreed
	invoice.update({"due_date": None, "payment_schedule": []})


def _rounding(invoice: Document) -> None:
	"""Parts of an order are not rounded each by itself: together they would be another sum than the order's."""
	invoice.run_method("calculate_taxes_and_totals")
	orders = {row.sales_order for row in invoice.items}
	whole = orders and frappe.db.get_value("Sales Order", orders.pop(), "grand_total")
	if orders or flt(whole, 2) != flt(invoice.grand_total, 2):
		invoice.disable_rounded_total = 1


def _keep(bill: Sequence[str], error: Exception) -> None:
	"""Keep why it failed, for people; the trace goes to the Error Log."""
	reason = strip_html(str(error)) or type(error).__name__
	frappe.log_error(_("Invoice of {0} failed").format(", ".join(bill))[:140])
	for row in store.lock(bill).values():
		if row.status not in WAITING:
			continue
		attempts = row.attempts + 1
		store.put(
			row.name,
			status="Failed",
			reason=reason[:1000],
			attempts=attempts,
			next_try=add_to_date(now_datetime(), minutes=rules.next_try_minutes(attempts)),
		)
	_tell(bill)


def _tell(bill: Sequence[str]) -> None:
	for note in bill:
		frappe.publish_realtime(
			"b2b_dispatch_invoice", {"delivery_note": note}, doctype="Delivery Note", docname=note
		)
