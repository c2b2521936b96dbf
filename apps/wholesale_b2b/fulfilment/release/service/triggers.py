"""What has lists made: orders that are released or get stock, the clock, a person."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from wholesale_b2b.credit.pro_forma.service.payments import orders_of
from wholesale_b2b.fulfilment.policies.service import saying
from wholesale_b2b.fulfilment.release.rules import schedule
from wholesale_b2b.fulfilment.release.service import making
from wholesale_b2b.fulfilment.release.service import places as where
from wholesale_b2b.fulfilment.release.service.making import Made
from wholesale_b2b.fulfilment.release.store import orders as store
from wholesale_b2b.fulfilment.release.store import settings as rule_store
from wholesale_b2b.setup.switch import enabled_companies

JOBS = "wholesale_b2b.fulfilment.release.jobs"
# More orders than this a person does not wait for.
WHILE_WAITING = 20
# One job's worth of orders.
JOB = 500


# ---- at once --------------------------------------------------------------------------------------------------------


def may_go(orders: Iterable[str]) -> None:
	"""These orders may have something to pick now: where lists are made at once, a worker looks once this has committed.

	Cheap, and takes no lock: it is called by runs of the engine and by whatever releases an order.
	"""
	companies = _at_once_companies()
	orders = set(orders) if companies else set()
	if not orders:
		return
	waiting = _waiting()
	if not waiting:
		frappe.db.after_commit.add(_send_out)
		frappe.db.after_rollback.add(_forget)
	waiting.update(order for order, company in store.companies_of(orders).items() if company in companies)


def _at_once_companies() -> set[str]:
	return {
		rule.company for rule in rule_store.rules(enabled_companies()) if rule.release == schedule.AT_ONCE
	}


def _waiting() -> set[str]:
	if not hasattr(frappe.local, "b2b_may_go"):
		frappe.local.b2b_may_go = set()
	return frappe.local.b2b_may_go


def _forget() -> None:
	frappe.local.b2b_may_go = set()


def _send_out() -> None:
	orders = sorted(_waiting())
	_forget()
	for at in range(0, len(orders), JOB):
		ask_worker("make_at_once", orders=orders[at : at + JOB])


def ask_worker(job: str, queue: str = "short", **arguments: object) -> None:
	"""Queue a job; if the queue is down, the next sweep finds what it would have done."""
	try:
		frappe.enqueue(f"{JOBS}.{job}", queue=queue, **arguments)
	except Exception:
		frappe.logger("wholesale_b2b").warning(
			"pick lists wait for the sweep: the queue is down", exc_info=True
		)


def make_at_once(orders: Iterable[str]) -> Made:
	"""Worker: the lists of these orders, from the warehouses where lists are made at once."""
	within = where.load().at_once()
	return making.release(orders, within, most=1) if within else Made()


def sweep() -> Made:
	"""What should have been made at once and was not: a worker that died, a policy whose day has come."""
	within = where.load().at_once()
	return making.release(store.candidates(within), within, most=1) if within else Made()


def paid(payment: Document) -> None:
	"""A payment may let more of an order go that was not held: one that pays per shipment."""
	may_go(orders_of(payment))


# ---- by the clock ----------------------------------------------------------------------------------------------------


def due(now: datetime | None = None) -> list[str]:
	"""The rules whose cut-off or wave has come, each claimed for who asked; the names of those."""
	now = now or now_datetime()
	timed = [
		rule
		for rule in rule_store.rules(enabled_companies())
		if rule.release in (schedule.AT_TIMES, schedule.IN_WAVES)
	]
	if not timed:
		return []
	since = rule_store.released_at(rule.name for rule in timed)
	found = []
	for rule in timed:
		last = since.get(rule.name)
		# a new rule begins to count now
		is_due = schedule.is_due(rule, last, now)
		if (is_due or last is None) and rule_store.claim(rule.name, last, now) and is_due:
			found.append(rule.name)
	return found


def make_by_rule(rule: str) -> Made:
	"""Worker: the lists of all that waits in the warehouses of one rule."""
	within = where.load().following(rule)
	return making.release(store.candidates(within), within)


# ---- a person --------------------------------------------------------------------------------------------------------


def make_now(orders: Sequence[str], most: int) -> dict:
	"""Make the lists of these orders now, whatever the rules say of the time; many are left to a worker.

	most: orders on one list, 0 for any number. Answers `{"made": [names], "left": {order: why}, "queued": count}`; what is
	queued is told to the user as `b2b_pick_lists`. The caller has checked the permissions.
	"""
	orders = list(dict.fromkeys(orders))
	if len(orders) <= WHILE_WAITING:
		made = making.release(orders, most=most)
		left = {order: saying.why_nothing_goes(order) or why for order, why in made.left.items()}
		return {"made": made.made, "left": left, "queued": 0}
	ask = partial(frappe.enqueue, f"{JOBS}.make_now", queue="long", enqueue_after_commit=True)
	ask(orders=orders, most=most, asked_by=frappe.session.user)
	return {"made": [], "left": {}, "queued": len(orders)}


def make_and_tell(orders: Sequence[str], most: int, user: str) -> None:
	"""Worker: the same for many orders, saying how far it is, and at the end what became of it."""
	made = making.release(orders, most=most, tell=_teller(user))
	frappe.publish_realtime(
		"b2b_pick_lists",
		{
			"done": len(orders),
			"of": len(orders),
			"made": len(made.made),
			"left": dict(list(made.left.items())[:50]),
		},
		user=user,
	)


def _teller(user: str) -> Callable[[int, int], None]:
	return lambda done, total: frappe.publish_realtime(
		"b2b_pick_lists", {"done": done, "of": total}, user=user
	)


# ---- what is set -----------------------------------------------------------------------------------------------------


def check_rules(settings: Document) -> None:
	"""The rows of Wholesale Settings say when, and each place is named once. Keeps what workers have written on them."""
	seen = set()
	last = rule_store.released_at(row.name for row in settings.pick_rules if row.name)
	for row in settings.pick_rules:
		row.released_at = last.get(row.name)
		if (row.company, row.warehouse or "") in seen:
			frappe.throw(
				_("Picking, row {0}: {1} is named twice. Remove one of the rows.").format(
					row.idx, frappe.bold(row.warehouse or row.company)
				)
			)
		seen.add((row.company, row.warehouse or ""))
		if row.warehouse and frappe.get_cached_value("Warehouse", row.warehouse, "company") != row.company:
			frappe.throw(
				_("Picking, row {0}: {1} is no warehouse of {2}. Choose one of its warehouses.").format(
					row.idx, row.warehouse, row.company
				)
			)
		if row.release == schedule.IN_WAVES and not 1 <= (row.every_minutes or 0) <= schedule.DAY:
			frappe.throw(
				_("Picking, row {0}: say how many minutes there are between two waves, 1 to {1}.").format(
					row.idx, schedule.DAY
				)
			)
		if row.release == schedule.AT_TIMES and not _times(row):
			frappe.throw(_("Picking, row {0}: name the times, for example 10:00, 14:30.").format(row.idx))


def _times(row: Document) -> tuple:
	try:
		return schedule.times_of(row.times or "")
	except ValueError:
		return ()
