"""Units that are not delivered any more: cancelled by the policy or by a person, and brought back by a person.

The ordered quantity stays as it was. What is cancelled is no demand, no exposure and not shipped; an order of which nothing
else is left is closed by ERPNext's own *Close* once all that has gone out is invoiced.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate

from wholesale_b2b import busy
from wholesale_b2b.allocation.service import documents
from wholesale_b2b.credit.pro_forma.service import orders as pro_forma
from wholesale_b2b.credit.service import refreshing
from wholesale_b2b.figures import plain
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.holds.service import keeping
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.fulfilment.mail import service as mail
from wholesale_b2b.fulfilment.policies.service import deciding
from wholesale_b2b.fulfilment.policies.service.deciding import KINDS, Case
from wholesale_b2b.fulfilment.policies.service.words import why
from wholesale_b2b.fulfilment.policies.store import cancelling as store
from wholesale_b2b.fulfilment.rules.decide import REST_CANCELLED, Decision, Part
from wholesale_b2b.setup.switch import enabled_companies
from wholesale_b2b.setwise import chunks

SAVEPOINT = "b2b_cancel_rest"
CLOSE = "wholesale_b2b.fulfilment.policies.jobs.close_done"


@dataclass(frozen=True, slots=True)
class Cut:
	"""Stock units of a line that are cancelled (below zero: brought back), and why, in words."""

	line: str
	qty: Decimal
	why: str


def apply(orders: Iterable[str], cause: str) -> list[str]:
	"""Cancel what the policies of these orders cancel now; returns the orders of which something was cancelled.

	The caller has the orders in hand. The rest of an order is cancelled once a shipment of it has left, what is too late by
	its date alone.
	"""
	orders = sorted({name for name in orders if name})
	cases = deciding.cases(orders, asking=True)
	held = holds.judge(cases, without=KINDS)
	today, cut = getdate(), {}
	for name, case in cases.items():
		decision = case.decide(today, [hold.reason for hold in held.get(name, ())])
		if cuts := [Cut(part.line, part.qty, why(part, case.company)) for part in _due(decision, case)]:
			cut[name] = cuts
	_write(cut, cause)
	return sorted(cut)


def _due(decision: Decision, case: Case) -> list[Part]:
	return [
		part for part in decision.cancel if case.left or all(r.code != REST_CANCELLED for r in part.reasons)
	]


def shipped(doc: Document) -> None:
	"""A Delivery Note or a Sales Invoice with stock was submitted: what its policies cancel now is cancelled, and who was
	let go against the policy must keep it again. Whatever goes wrong is logged: the shipment stands, the night looks again."""
	orders = leaving.orders(doc)
	if not orders or doc.get("is_return"):
		return
	frappe.db.savepoint(SAVEPOINT)
	try:
		store.set_ship_now(store.overridden(orders), "")
		apply(orders, f"{doc.doctype} {doc.name}")
	except busy.BUSY:
		raise
	except Exception:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.log_error(
			title="Fulfilment Policy failed",
			message=frappe.get_traceback(),
			reference_doctype=doc.doctype,
			reference_name=doc.name,
		)


def write_by_hand(order: str, cuts: Sequence[Cut], cause: str) -> None:
	"""What a person cancels or brings back on an order; the caller has locked it and checked."""
	_write({order: list(cuts)}, cause)


def _write(cut: Mapping[str, list[Cut]], cause: str) -> None:
	if not cut:
		return
	lines = store.lines_of(cut)
	all_cuts = [one for cuts in cut.values() for one in cuts]
	store.set_cancelled(
		{one.line: lines[one.line].cancelled + one.qty for one in all_cuts},
		{one.line for one in all_cuts if one.qty < 0},
	)
	_tell(cut, lines, cause)
	_mail(cut, lines)
	for name in sorted(cut):
		order = frappe.get_doc("Sales Order", name)
		documents.mark(order)
		pro_forma.changed(order)
		refreshing.document_posted(order)
		frappe.publish_realtime(
			"b2b_allocation", {"sales_order": name}, doctype="Sales Order", docname=name, after_commit=True
		)
	close_later(cut)


def _tell(cut: Mapping[str, list[Cut]], lines: Mapping[str, frappe._dict], cause: str) -> None:
	reps = keeping.reps_of_orders(cut)
	messages = []
	for name, cuts in sorted(cut.items()):
		back = all(one.qty < 0 for one in cuts)
		words = _("Brought back: {0}") if back else _("Cancelled: {0}")
		parts = defaultdict(list)
		for one in cuts:
			row = lines[one.line]
			parts[one.why].append(
				_("{0} {1} of {2}").format(plain(float(abs(one.qty))), _(row.stock_uom), row.item_code)
			)
		said = "; ".join(f"{', '.join(goods)} ({why})" for why, goods in parts.items())
		messages.append(
			{
				"sales_order": name,
				"subject": escape_html(f"{name}: {words.format(said)}"),
				"content": f"{escape_html(words.format(said))} ({escape_html(cause)})",
				"users": [user for user in reps.get(name, ()) if user != frappe.session.user],
			}
		)
	keeping.tell(messages)


def _mail(cut: Mapping[str, list[Cut]], lines: Mapping[str, frappe._dict]) -> None:
	gone, back = defaultdict(list), defaultdict(list)
	for name, cuts in cut.items():
		for one in cuts:
			row = lines[one.line]
			goods = {field: row[field] for field in ("item_code", "item_name", "stock_uom")}
			(back if one.qty < 0 else gone)[name].append(
				{**goods, "qty": float(abs(one.qty)), "why": one.why}
			)
	mail.units_changed(gone, back=False)
	mail.units_changed(back, back=True)


# ---- closing ----------------------------------------------------------------------------------------------------


def close_later(orders: Iterable[str]) -> None:
	"""Have a worker close those of these orders of which nothing is left, once this transaction has committed: closing locks
	all Bins of an order, which stand before what this transaction may have."""
	names = sorted(set(orders))
	for chunk in chunks(names, 200):
		frappe.enqueue(CLOSE, queue="short", enqueue_after_commit=True, orders=chunk)


def invoiced(invoice: Document) -> None:
	"""A Sales Invoice was submitted: it may have been the last thing that its orders waited for."""
	orders = {row.sales_order for row in invoice.items if row.get("sales_order")}
	if done := store.done(orders) if orders else []:
		close_later(done)


def close_done(orders: Iterable[str]) -> list[str]:
	"""Close those of these orders of which cancellations have left nothing, each a transaction of its own."""
	closed = []
	for name in store.done(orders):
		order = frappe.get_doc("Sales Order", name, for_update=True)
		if store.done([name]):
			order.update_status("Closed")
			order.add_comment("Info", _("Closed: all that was not delivered is cancelled."))
			closed.append(name)
		frappe.db.commit()  # a worker's loop: no order is kept locked while the others are looked at
	return closed


def close_all() -> list[str]:
	"""The same of all companies."""
	companies = sorted(enabled_companies())
	return close_done(store.done(companies=companies)) if companies else []


def refuse_invoice(invoice: Document) -> None:
	"""Raise frappe.ValidationError for an invoice that bills units which were cancelled."""
	if invoice.get("is_return"):
		return
	rows = [row for row in invoice.items if row.get("so_detail") and not row.get("delivery_note")]
	lines = store.lines_of({row.sales_order for row in rows if row.sales_order}) if rows else {}
	asked: dict[str, Decimal] = defaultdict(Decimal)
	for row in rows:
		if row.so_detail in lines and lines[row.so_detail].cancelled > 0:
			asked[row.so_detail] += Decimal(str(row.stock_qty or 0))
	before = store.invoiced(asked) if asked else {}
	for line, qty in asked.items():
		row = lines[line]
		left = max(row.ordered - row.cancelled - before.get(line, Decimal(0)), Decimal(0))
		if qty > left + Decimal("0.000001"):
			frappe.throw(
				_(
					"{0} {1} of {2} on {3} were cancelled. {4} are left to invoice, this takes {5}. Lower the quantity, or choose Restore Cancelled Units on the order."
				).format(
					plain(float(row.cancelled)),
					_(row.stock_uom),
					frappe.bold(row.item_code),
					frappe.utils.get_link_to_form("Sales Order", row.order),
					plain(float(left)),
					plain(float(qty)),
				),
				title=_("Cancelled Units"),
			)
