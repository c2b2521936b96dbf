"""What waits for its invoice, and what happens to notes and invoices meanwhile."""

from collections.abc import Sequence
from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, getdate

from wholesale_b2b.credit.invoicing import rules, store
from wholesale_b2b.setup.switch import is_enabled, settings

JOB = "wholesale_b2b.credit.invoicing.jobs.invoice"


def note_submitted(note: Document) -> None:
	"""Put a delivery to a Trade Account in the queue. Whatever goes wrong here is logged: the goods leave all the same, and
	the note is marked for the sweep."""
	if not _is_invoiced_by_itself(note):
		return
	frappe.db.savepoint("b2b_queue_invoice")
	try:
		_queue(note)
	except Exception:
		frappe.db.rollback(save_point="b2b_queue_invoice")
		if note.b2b_not_queued:
			return
		store.mark_not_queued(note.name, True)
		frappe.log_error(
			_("{0} is not queued for invoicing").format(note.name),
			reference_doctype="Delivery Note",
			reference_name=note.name,
		)


def queue_missed() -> None:
	"""Sweep: notes that could not be put in the queue when they were submitted."""
	for name in store.not_queued():
		note_submitted(frappe.get_doc("Delivery Note", name))


def _is_invoiced_by_itself(note: Document) -> bool:
	return bool(
		is_enabled(note.company)
		and not note.is_return
		and not note.get("is_internal_customer")
		and note.get("b2b_trade_account")
		and settings().invoice_at_dispatch
	)


def _queue(note: Document) -> None:
	account = store.account_of_note(note.b2b_trade_account)
	preference = account.invoicing or rules.AT_DISPATCH
	due = rules.statement_date(preference, account.statement_day or 1, getdate(note.posting_date))
	waits = {
		rules.PER_ORDER: _("Invoiced once all of its orders has shipped."),
		rules.AT_DISPATCH: "",
	}
	frappe.get_doc(
		{
			"doctype": "Dispatch Invoice",
			"delivery_note": note.name,
			"company": note.company,
			"customer": note.customer,
			"trade_account": note.b2b_trade_account,
			"preference": preference,
			"due_on": due,
			"status": "Queued" if preference == rules.AT_DISPATCH else "Waiting",
			"reason": waits.get(preference, _("Invoiced on {0}.").format(formatdate(due))),
		}
	).insert(ignore_permissions=True)
	if note.b2b_not_queued:
		store.mark_not_queued(note.name, False)
	if preference in (rules.AT_DISPATCH, rules.PER_ORDER):
		ask_worker([note.name])


def ask_worker(notes: Sequence[str]) -> None:
	"""Have a worker see to these Delivery Notes once this transaction has committed; without a queue the next sweep does."""
	frappe.db.after_commit.add(partial(_enqueue, list(notes)))


def _enqueue(notes: list[str]) -> None:
	try:
		frappe.enqueue(JOB, queue="short", notes=notes)
	except Exception:
		frappe.logger("wholesale_b2b").warning(
			"invoices are made by the next sweep: the queue is down", exc_info=True
		)


def note_cancelled(note: Document) -> None:
	"""A note that did not happen is not invoiced."""
	for name in store.of_notes([note.name]):
		store.put(name, status="Stopped", reason=_("The Delivery Note was cancelled."))


def invoice_cancelled(invoice: Document) -> None:
	"""An invoice that somebody cancels does not come back by itself: that would undo what they did."""
	for name in store.of_invoice(invoice.name):
		store.put(
			name,
			status="Stopped",
			reason=_("{0} was cancelled. Press Retry for another invoice, or make one by hand.").format(
				invoice.name
			),
		)


def invoice_submitted(invoice: Document) -> None:
	"""Whoever made it, by hand or by itself: what is fully invoiced waits no more."""
	notes = store.of_notes(row.delivery_note for row in invoice.items if row.get("delivery_note"))
	left = store.to_bill(notes)
	for name in notes:
		if not left.get(name):
			store.put(name, status="Done", reason="", sales_invoice=invoice.name, next_try=None)


def retry(names: Sequence[str]) -> int:
	"""Queue Dispatch Invoices that failed or were stopped, or that wait for a later day, again; how many there were.

	Those whose note is cancelled stay as they are. Needs create on Sales Invoice.
	"""
	frappe.has_permission("Sales Invoice", "create", throw=True)
	rows = store.lock(names)
	left = store.to_bill(list(rows))
	again = [note for note, row in rows.items() if row.status != "Done" and note in left]
	for note in again:
		store.put(
			rows[note].name,
			status="Queued",
			reason="",
			preference=rules.AT_DISPATCH,
			due_on=getdate(),
			attempts=0,
			next_try=None,
		)
	if again:
		ask_worker(again)
	return len(again)
