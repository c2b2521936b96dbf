"""Trade Pro Formas: raised by themselves, kept in step with their orders and payments, expired, extended."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, date_diff, getdate

from wholesale_b2b.allocation.service import documents, marking
from wholesale_b2b.credit.pro_forma import rules
from wholesale_b2b.credit.pro_forma.service import gate, telling
from wholesale_b2b.credit.pro_forma.service.gate import Judged
from wholesale_b2b.credit.pro_forma.store import papers
from wholesale_b2b.setup.switch import enabled_companies, settings

DEFAULT_DAYS = 14
FIGURES = ("status", "amount", "paid_amount", "order_total", "kind", "deposit_percent", "may_be_picked")


def papers_of(orders: Iterable[str]) -> dict[str, str]:
	"""Sales Order → its Trade Pro Forma."""
	return papers.of_orders(orders)


def refresh(orders: Iterable[str], cause: str) -> None:
	"""Bring pro formas, stock and holds of these orders in step with what they cost and what has been paid.

	Raises a pro forma where one is needed and there is none. Safe to call again; the caller's transaction keeps or loses
	all of it.
	"""
	telling.holds(raise_due(orders), cause)


def raise_due(orders: Iterable[str]) -> list[str]:
	"""The same without the holds: whoever calls it looks at them next. Returns the orders that have been looked at."""
	judged = gate.gates(orders)
	have = papers.of_orders(judged)
	for name in sorted(judged):
		one = judged[name]
		if name in have:
			_keep_in_step(papers.load(have[name], lock=True), one)
		elif (
			one.need.kind and one.order.docstatus == 1 and not one.order.ended and not one.order.bill.complete
		):
			telling.raised(_raise(name, one), one.terms)
	return sorted(judged)


def _raise(order: str, one: Judged) -> Document:
	paper = papers.new(order)
	paper.set_new_name()
	fill(paper, one)
	paper.flags.b2b_filled = True
	return paper.insert(ignore_permissions=True)


def _keep_in_step(paper: Document, one: Judged) -> None:
	before = paper.status
	figures = {field: paper.get(field) for field in (*FIGURES, "valid_until")}
	fill(paper, one)
	if any(str(paper.get(field) or "") != str(value or "") for field, value in figures.items()):
		paper.flags.b2b_filled = True
		paper.flags.ignore_links = True
		paper.save(ignore_permissions=True)
	_release_stock(one, paper.status == rules.EXPIRED)
	if before != paper.status:
		telling.status_changed(paper, before, one.terms)


def fill(paper: Document, one: Judged | None = None) -> None:
	"""Fill a pro forma in from its order and the payments on it. Whatever stood there counts for nothing."""
	one = one or gate.gates([paper.sales_order]).get(paper.sales_order)
	if not one:
		frappe.throw(_("Wholesale B2B is not switched on for the company of {0}.").format(paper.sales_order))
	order, at, today = one.order, one.gate, getdate()
	new = paper.is_new()
	started = getdate(paper.posting_date or today)
	grew = not new and float(at.due) > (paper.amount or 0)
	reopened = not new and bool(paper.may_be_picked) and not at.open
	last_day = rules.valid_until(
		getdate(paper.valid_until) if paper.valid_until else None,
		grew,
		reopened,
		today,
		_days(one),
		started,
	)
	asked = bool(one.need.kind)
	state = rules.status(at, today, last_day, order.ended, order.bill.complete)
	if not asked or order.docstatus == 2:
		state = (
			rules.PAID if new or (paper.status == rules.PAID and order.docstatus == 1) else rules.CANCELLED
		)
	paper.update(
		{
			"trade_account": order.account or None,
			"customer": order.customer,
			"company": order.company,
			"currency": order.currency,
			"posting_date": started,
			"valid_until": last_day,
			"order_total": float(order.bill.total),
			"paid_amount": float(at.paid),
			"status": state,
			"may_be_picked": int(at.open and order.docstatus == 1),
			"payment_reference": paper.name,
		}
	)
	if asked:
		paper.update(
			{"kind": one.need.kind, "deposit_percent": float(one.need.percent), "amount": float(at.due)}
		)
	paper.outstanding_amount = max((paper.amount or 0) - (paper.paid_amount or 0), 0)


def _days(one: Judged) -> int:
	own = settings().get("pro_forma_days")
	return one.terms.pro_forma_days or (DEFAULT_DAYS if own is None else cint(own))


def _release_stock(one: Judged, released: bool) -> None:
	"""An expired pro forma lets the order's stock go; paid or extended, the order asks for it again."""
	if one.order.released == released:
		return
	papers.set_released(one.order.name, released)
	order = frappe.get_doc("Sales Order", one.order.name)
	marking.mark(documents.keys_of(order), f"Sales Order {order.name}")


def expire(today: date | None = None) -> int:
	"""Let lapse what has not been paid in time, and look at everything else that is open; how many orders were looked at.

	Each order in a transaction of its own: one that fails stays for the next night, and is logged.
	"""
	names = sorted(
		{*papers.lapsing(getdate(today), enabled_companies()), *papers.standing(enabled_companies())}
	)
	for name in names:
		try:
			refresh([name], _("Nightly check of pro formas"))
			frappe.db.commit()  # so that one failure takes no other order with it
		except Exception:
			frappe.db.rollback()
			frappe.log_error(f"Pro forma of {name}")
	return len(names)


def extend(name: str, until: date) -> Document:
	"""Give the customer until this day; an expired pro forma is open again and its order asks for stock again."""
	paper = papers.load(name, lock=True)
	until = getdate(until)
	if paper.status in (rules.PAID, rules.CANCELLED):
		frappe.throw(
			_("{0} is {1}: there is nothing to wait for.").format(paper.name, _(paper.status).lower())
		)
	if date_diff(until, getdate()) < 0:
		frappe.throw(_("{0} is over. Choose today or a later day.").format(frappe.format(until, "Date")))
	paper.valid_until = until
	paper.save(ignore_permissions=True)
	paper.add_comment("Info", _("Extended until {0}").format(frappe.format(until, "Date")))
	one = gate.gates([paper.sales_order])[paper.sales_order]
	_release_stock(one, paper.status == rules.EXPIRED)
	telling.holds([paper.sales_order], f"Trade Pro Forma {paper.name}")
	return paper


def raise_for(order: Document, kind: str, percent: float) -> Document:
	"""Ask for payment on an order by hand; its pro forma. The order then waits for the money."""
	if order.docstatus != 1 or order.status == "Closed":
		frappe.throw(
			_("{0} is {1}. A pro forma asks for payment on a submitted order that is still open.").format(
				order.name, _(order.status)
			)
		)
	if kind not in (rules.WHOLE, rules.DEPOSIT, rules.PER_SHIPMENT):
		frappe.throw(_("Say what is to be paid: the whole order, a deposit, or per shipment."))
	order.update({"b2b_pro_forma": kind, "b2b_deposit_percent": percent if kind == rules.DEPOSIT else 0})
	order.save()
	refresh([order.name], f"Sales Order {order.name}")
	return papers.load(papers.of_orders([order.name])[order.name])


def answer(order: str) -> dict:
	"""How the payment of an order stands, as plain values for forms: see `trade_pro_forma.of_order`."""
	one = gate.gates([order]).get(order)
	name = papers.of_orders([order]).get(order)
	if not one:
		return {"needed": "", "pro_forma": None}
	paper = papers.load(name) if name else frappe._dict()
	return {
		"needed": one.need.kind,
		"pro_forma": name,
		"status": paper.status,
		"valid_until": paper.valid_until,
		"currency": one.order.currency,
		"due": float(one.gate.due),
		"paid": float(one.gate.paid),
		"outstanding": float(one.gate.outstanding),
		"room": None if one.gate.room is None else float(one.gate.room),
		"may_be_picked": one.gate.open and one.order.docstatus == 1,
		"released": one.order.released,
	}
