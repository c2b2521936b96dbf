"""Keeping the Order Hold documents in step with what the rules say."""

from collections.abc import Collection, Iterable

import frappe
from frappe import _
from frappe.utils import escape_html

from wholesale_b2b.fulfilment.holds import store
from wholesale_b2b.fulfilment.holds.base import Hold
from wholesale_b2b.fulfilment.holds.service.judging import judge_leniently
from wholesale_b2b.fulfilment.rules import holds as rules
from wholesale_b2b.ordering.trade_accounts.service import open_orders_of
from wholesale_b2b.setwise import chunks

# More orders than this are looked at by a background worker.
AT_ONCE = 50


def refresh(orders: Iterable[str], cause: str, wait: bool = False, only: Collection[str] = ()) -> None:
	"""Open and close Order Holds so that they say what `judge` says of these orders now.

	Whatever a hold rule looks at, whoever changes it calls this, within the same transaction. cause: what happened, for
	the log. Orders that somebody else has in hand are left to a background worker (wait: are waited for). only: kinds of
	holds that can have changed, the others stay as they are; none: all are looked at. Orders whose last hold is gone are handed to the functions of the hook `b2b_orders_released`.
	"""
	orders = sorted({name for name in orders if name})
	if not orders:
		return
	if wait:
		store.lock_orders(orders)
	free = store.lock_free_orders(orders)
	# one that has been deleted meanwhile is in nobody's hands
	if busy := sorted(store.heads(set(orders) - free)):
		later(busy, cause)
	judged, silent = judge_leniently(free, only)
	_leave_to_people(judged)
	heads, kept = store.heads(free), store.kept(free)
	if only:
		kept = {name: [one for one in there if one.hold.kind in only] for name, there in kept.items()}
	opened, closed, reworded = [], [], []
	for name in sorted(heads):
		step = rules.difference(judged.get(name, ()), kept.get(name, ()), silent)
		opened += [(heads[name], hold) for hold in step.open]
		closed += [(heads[name], one) for one in step.close]
		reworded += step.reword
	new = store.open_holds(opened, cause)
	store.close_holds([one.name for _order, one in closed], cause)
	store.reword_holds(reworded)
	changed = {head.name for head, _hold in (*opened, *closed)}
	follow_up(changed, opened, [(head, one.hold) for head, one in closed], cause, new)


def _leave_to_people(judged: dict[str, list[Hold]]) -> None:
	"""Of an order that a person has set a hold on, no second one is opened that says the same of itself."""
	for order, row in store.by_hand(judged, ())[0].items():
		judged[order] = [hold for hold in judged[order] if hold.kind != row.kind]


def follow_up(
	changed: Iterable[str], opened: list[tuple], closed: list[tuple], cause: str, new: Iterable[str] = ()
) -> None:
	"""What comes after holds were opened or closed: the status of the orders, their timelines, who waits for release.

	opened, closed: (row of `store.heads`, Hold). new: the Order Holds that were opened on orders.
	"""
	changed = sorted(set(changed))
	if not changed:
		return
	store.set_status(changed)
	_tell(opened, closed, cause)
	for name in changed:
		frappe.publish_realtime(
			"b2b_holds", {"order": name}, doctype="Sales Order", docname=name, after_commit=True
		)
	_hand_to("b2b_orders_held", list(new))
	still = {row.sales_order for row in store.list_open(changed)}
	released = [
		name for name, head in store.heads(changed).items() if name not in still and head.docstatus == 1
	]
	_hand_to("b2b_orders_released", released)
	_hand_to("b2b_holds_changed", changed)


def _hand_to(hook: str, names: list[str]) -> None:
	for path in frappe.get_hooks(hook) if names else ():
		frappe.get_attr(path)(names)


def refresh_account(account: str, cause: str, at_once: bool = True) -> None:
	"""The same for all open orders of a Trade Account; many are left to a background worker, all of them without `at_once`."""
	orders = sorted({*open_orders_of([account]), *store.held_orders_of(account)})
	if at_once and len(orders) <= AT_ONCE:
		refresh(orders, cause)
	else:
		later(orders, cause)


def later(orders: Iterable[str], cause: str) -> None:
	"""Have a background worker look at these orders once this transaction has committed; the night would find them too."""
	for chunk in chunks(sorted(orders), 500):
		frappe.enqueue(
			"wholesale_b2b.fulfilment.holds.jobs.refresh",
			queue="short",
			enqueue_after_commit=True,
			orders=chunk,
			cause=cause,
		)


def reps_of_orders(orders: Iterable[str]) -> dict[str, list[str]]:
	"""Order → who is told of what becomes of it: the sales rep of its account."""
	heads = store.heads(orders)
	reps = store.reps_of(head.b2b_trade_account for head in heads.values())
	return {name: [rep] for name, head in heads.items() if (rep := reps.get(head.b2b_trade_account))}


def tell(messages: list[dict]) -> None:
	"""A line in the timeline of each order, and a notification; see `allocation.store.logbook.tell`."""
	store.tell(messages)


def _tell(opened: list[tuple], closed: list[tuple], cause: str) -> None:
	reps = store.reps_of(head.b2b_trade_account for head, _hold in (*opened, *closed))
	messages = []
	for head, hold, words, subject in (
		*((head, hold, _("Held: {0}"), _("{0} is held: {1}")) for head, hold in opened),
		*((head, hold, _("No longer held: {0}"), _("{0} is no longer held: {1}")) for head, hold in closed),
	):
		content = escape_html(words.format(hold.reason))
		if hold.release and words == _("Held: {0}"):
			content += f" {escape_html(hold.release)}"
		messages.append(
			{
				"sales_order": head.name,
				"subject": escape_html(subject.format(head.name, hold.reason)),
				"content": f"{content} ({escape_html(cause)})",
				"users": [
					user
					for user in {reps.get(head.b2b_trade_account)}
					if user and user != frappe.session.user
				],
			}
		)
	store.tell(messages)
