"""Other apps, and the sales channels, learn what is paid on an order: hook `b2b_payment_received`."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import frappe

from wholesale_b2b import busy, named_locks
from wholesale_b2b.credit.pro_forma import rules
from wholesale_b2b.credit.pro_forma.service import gate
from wholesale_b2b.credit.pro_forma.store import news as marks

HOOK = "b2b_payment_received"
JOB = "wholesale_b2b.credit.pro_forma.jobs.tell_paid"
TRIES = 6
# A worker has so many seconds to tell: what is still to be told then was lost with it.
LOST_AFTER = 300


@dataclass(frozen=True, slots=True)
class Paid:
	"""What is paid on an order now, in its currency; amounts of all payments together, so that telling it twice does no harm.

	order: Sales Order. amount: paid so far, on the order and on its invoices. total: what the order comes to. state:
	Unpaid, Partly Paid or Paid. payment: what has changed, as "DocType name".
	"""

	order: str
	customer: str
	currency: str
	amount: Decimal
	total: Decimal
	state: str
	payment: str


def after_commit(orders: Iterable[str], payment: str) -> None:
	"""Tell of these orders once this transaction has committed; nothing is told of one that is rolled back.

	That they are to be told is written down with the payment: a worker that dies is made up for by `tell_lost`.
	"""
	if (names := sorted(orders)) and frappe.get_hooks(HOOK):
		marks.put(names, payment)
		frappe.db.after_commit.add(partial(_ask, names, payment))


def _ask(orders: list[str], payment: str) -> None:
	"""By a worker: whoever enters a payment does not wait for a web shop."""
	try:
		frappe.enqueue(JOB, queue="short", orders=orders, payment=payment)
	except Exception:
		frappe.logger("wholesale_b2b").warning("the queue is down: told at once", exc_info=True)
		user = frappe.session.user
		# as a worker would: who entered the payment need not be allowed what listeners do
		frappe.set_user("Administrator")
		try:
			tell(orders, payment)
		finally:
			frappe.set_user(user)


def tell(orders: Iterable[str], payment: str) -> None:
	"""Hand what is paid on each order to every listener. What one has done is committed, or rolled back if it fails.

	Of one order at a time, with what is true just then: who is told last is told the latest. A failure is written to the
	Error Log, and keeps nothing from the other listeners.
	"""
	for order in orders:
		lock = f"paid on {order}"
		attempt = 0
		while not (mine := named_locks.claim(lock)) and attempt < TRIES:
			busy.pause(attempt)
			attempt += 1
		try:
			frappe.db.commit()  # nosemgrep
			told = marks.of(order, payment)
			for news in paid_on([order], payment):
				_tell_all(news)
			marks.drop(told)
			frappe.db.commit()  # nosemgrep
		finally:
			if mine:
				named_locks.release(lock)


def tell_lost() -> int:
	"""Tell what a worker should have told and did not; how much. What is true by now is told, so that twice does no harm."""
	lost = marks.overdue(LOST_AFTER)
	for order, payment in lost:
		try:
			tell([order], payment)
		except Exception:
			# the others are told; this one is tried again with the next sweep
			frappe.db.rollback()
			frappe.log_error(
				f"what is paid on {order} could not be told",
				reference_doctype="Sales Order",
				reference_name=order,
			)
			frappe.db.commit()  # nosemgrep
	return len(lost)


def _tell_all(news: Paid) -> None:
	for path in frappe.get_hooks(HOOK):
		for attempt in range(TRIES):
			try:
				frappe.get_attr(path)(news)
				frappe.db.commit()  # nosemgrep
			except Exception as error:
				frappe.db.rollback()
				if isinstance(error, busy.BUSY) and attempt + 1 < TRIES:
					busy.pause(attempt)
					continue
				frappe.log_error(
					f"{path} could not be told what is paid on {news.order}",
					reference_doctype="Sales Order",
					reference_name=news.order,
				)
				frappe.db.commit()  # nosemgrep
			break


def paid_on(orders: Iterable[str], payment: str = "") -> list[Paid]:
	"""How payment of these orders stands, by the payments themselves; of companies that are switched on."""
	found = []
	for name, judged in sorted(gate.gates(orders).items()):
		order, paid = judged.order, judged.gate.paid
		state = rules.paid_state(paid, order.bill.total)
		found.append(Paid(name, order.customer, order.currency, paid, order.bill.total, state, payment))
	return found
