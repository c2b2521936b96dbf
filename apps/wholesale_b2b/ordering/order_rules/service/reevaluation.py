"""Open orders and changed rules. Imports the allocation's queue, so the allocation's services must not import it."""

from functools import partial
from time import sleep

import frappe
from frappe import _

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.fulfilment.policies.service import following
from wholesale_b2b.ordering.order_rules import rules, store
from wholesale_b2b.ordering.order_rules.service import byhand
from wholesale_b2b.ordering.order_rules.service.conditions import answer
from wholesale_b2b.setup.switch import enabled_companies
from wholesale_b2b.setwise import chunks

JOB = "wholesale_b2b.ordering.order_rules.jobs.reevaluate"
BATCH = 500
PATIENCE = (0.2, 1, 5)


def request(cause: str, resourced: str | None = None) -> None:
	"""Have a worker put the rules to all open orders once this transaction has committed, and say to how many.

	resourced: a rule whose sourcing warehouses changed; its orders are planned anew though their fields stay the same.
	"""
	count = len(store.open_orders(enabled_companies()))
	if not count:
		return
	frappe.db.after_commit.add(partial(_enqueue, cause, resourced, frappe.session.user))
	frappe.msgprint(
		_("{0}: {1} open orders are checked against the rules in the background.").format(
			cause, frappe.bold(count)
		),
		alert=True,
		indicator="blue",
	)


def _enqueue(cause: str, resourced: str | None, user: str) -> None:
	try:
		frappe.enqueue(JOB, queue="long", cause=cause, resourced=resourced, user=user)
	except Exception:
		frappe.logger("wholesale_b2b").warning(
			"open orders are checked against the rules tonight: the queue is down", exc_info=True
		)


def forget(rule: str) -> None:
	"""A rule is being deleted: its orders name it no longer and are planned anew."""
	open_ones = store.open_orders_of(rule, enabled_companies())
	keys = store.keys_of(open_ones, {})
	store.clear_rule(rule)
	marking.mark(keys, _("Order Rule {0} was deleted").format(rule))


def defaults_changed() -> None:
	"""The defaults of Wholesale Settings changed: every open order that has no rule's answer follows the new ones."""
	marking.mark_all(enabled_companies(), _("The defaults of Wholesale Settings were changed"))


def reevaluate(cause: str, resourced: str | None = None) -> int:
	"""Put the rules to every open order, batch by batch, each its own transaction; how many orders changed.

	Orders that somebody is saving are tried again a little later; saving them evaluates the rules as well.
	"""
	changed = 0
	waiting = store.open_orders(enabled_companies())
	for pause in (*PATIENCE, 0):
		busy = []
		for batch in chunks(waiting, BATCH):
			done, passed_over = _batch(batch, cause, resourced)
			frappe.db.commit()  # a batch each: no order is kept locked while the others are looked at
			changed += done
			busy += passed_over
		if not busy:
			break
		waiting = busy
		sleep(pause)
	return changed


def _batch(names: list[str], cause: str, resourced: str | None) -> tuple[int, list[str]]:
	"""How many orders of a batch changed, and which were busy."""
	free = store.lock(names)
	known, before = store.rules(), store.outcomes(free)
	docs: dict[str, frappe._dict] = {}

	def load(order: str) -> frappe._dict:
		# all of the batch at once, the first time a condition is asked
		if not docs:
			docs.update(store.condition_docs(free))
		return docs[order]

	after = {
		facts.order: rules.match(known, facts, answer(partial(load, facts.order))).outcome
		for facts in store.facts(free)
	}
	changed = {name: outcome for name, outcome in after.items() if outcome != before[name]}
	store.write_outcomes(changed)
	following.note(
		(name for name, outcome in changed.items() if outcome.policy != before[name].policy), cause
	)
	moved = [name for name, outcome in changed.items() if outcome.rule != before[name].rule]
	byhand.rules_changed(
		moved, {rule for name in moved for rule in (changed[name].rule, before[name].rule)}, cause
	)
	again = {name for name, outcome in after.items() if resourced and resourced == outcome.rule}
	marking.mark(store.keys_of({*changed, *again}, _sources(after, {*changed, *again})), cause)
	return len({*changed, *again}), sorted(set(names) - free)


def _sources(after: dict[str, rules.Outcome], orders: set[str]) -> dict[str, tuple[str, ...]]:
	warehouses = store.sourcing(enabled_companies()) if orders else {}
	return {order: warehouses.get(after[order].rule, ()) for order in orders}


def report(user: str, changed: int) -> None:
	"""Tell who changed the rule what became of it."""
	frappe.publish_realtime(
		"msgprint",
		{
			"message": _("{0} open orders follow another rule now and are allocated anew.").format(changed)
			if changed
			else _("All open orders follow the same rules as before."),
			"alert": True,
			"indicator": "green",
		},
		user=user,
	)
