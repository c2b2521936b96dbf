"""One order and the rules."""

from collections.abc import Iterable
from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.ordering.order_rules import rules, store
from wholesale_b2b.ordering.order_rules.service.conditions import answer
from wholesale_b2b.ordering.order_rules.service.explain import explain
from wholesale_b2b.setup.switch import is_enabled


def evaluate(order: Document) -> None:
	"""Put on an order that is being saved what the first matching rule decides; nothing where no rule matches.

	Orders of companies that are not switched on are left alone. A condition that fails on this order counts as not met:
	the order is saved, and who saves it is told.
	"""
	if not is_enabled(order.company):
		return
	known = store.rules()
	if not known:
		store.set_outcome(order, rules.Outcome())
		return
	found = rules.match(known, store.facts_of(order), answer(partial(store.as_condition_doc, order)))
	store.set_outcome(order, found.outcome)
	_tell_failures(order, found)


def _tell_failures(order: Document, found: rules.Match) -> None:
	for reason in found.reasons:
		for check in reason.checks:
			if check.about == rules.CONDITION and check.found:
				frappe.msgprint(
					_("The condition of Order Rule {0} failed on {1} and was passed over: {2}").format(
						frappe.bold(reason.rule), order.name or _("this order"), check.found
					),
					title=_("Order Rule"),
					indicator="orange",
					alert=True,
				)


def sourcing(companies: Iterable[str]) -> dict[str, tuple[str, ...]]:
	"""Order Rule of these companies → the warehouses from which its orders are covered, best first.

	Only enabled rules that name warehouses; an order whose rule is not in it is covered from its lines' own warehouses.
	"""
	return store.sourcing(companies)


def naming_a_tier() -> list[rules.Rule]:
	"""The enabled rules that name a price tier."""
	return [rule for rule in store.rules() if rule.price_tier]


def test(rule: str, sales_order: str) -> dict:
	"""Which rule an order matches, and why; and whether it would match `rule` if that stood first.

	Returns `explain`'s dict with `rule`: {name, enabled, matches, sentences, wins}. Reads only; rules that are disabled
	are listed for the one asked about alone. The caller has checked the permissions.
	"""
	order = frappe.get_doc("Sales Order", sales_order)
	facts = store.facts_of(order)
	holds = answer(partial(store.as_condition_doc, order))
	found = rules.match(store.rules(), facts, holds)
	asked = store.as_rule(frappe.get_doc(store.RULE, rule))
	answer_in_words = explain(order, found, asked, rules.judge(asked, facts, holds))
	answer_in_words["outcome"]["hold"] = store.hold_reason(found.rule.name) if found.rule else ""
	return answer_in_words
