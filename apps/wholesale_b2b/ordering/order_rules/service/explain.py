"""The answer to *which rule does this order follow, and why* in words."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, fmt_money

from wholesale_b2b.ordering.order_rules import rules
from wholesale_b2b.ordering.order_rules.rules import Check, Match, Reason, Rule
from wholesale_b2b.setup.switch import is_enabled


def explain(order: Document, found: Match, asked: Rule, own: Reason) -> dict:
	"""A match as a form shows it; every sentence is safe HTML.

	order, own_priority, own_policy (the order's own, which come first), matched (rule name or None), outcome {priority, strategy, horizon_days, policy; hold, why it holds its orders, is added by `evaluation.test`}, switched_on, steps: one per rule
	looked at {rule, matched, sentences}, rule: the one asked about {name, enabled, matches, wins, sentences}.
	"""
	currency = frappe.get_cached_value("Company", order.company, "default_currency")
	return {
		"order": order.name,
		"switched_on": is_enabled(order.company),
		"own_priority": order.get("b2b_priority") or None,
		"own_policy": order.get("b2b_fulfilment_policy") or None,
		"matched": found.rule.name if found.rule else None,
		"outcome": {
			"priority": found.outcome.priority,
			"strategy": found.outcome.strategy,
			"horizon_days": found.outcome.horizon_days,
			"policy": found.outcome.policy or None,
		},
		"steps": [
			{"rule": reason.rule, "matched": reason.matched, "sentences": sentences(reason, currency)}
			for reason in found.reasons
		],
		"rule": {
			"name": asked.name,
			"enabled": asked.enabled,
			"matches": own.matched,
			"wins": bool(found.rule and found.rule.name == asked.name),
			"sentences": sentences(own, currency),
		},
	}


def sentences(reason: Reason, currency: str) -> list[str]:
	"""Why a rule matched or did not, one sentence per check."""
	if reason.matched and not reason.checks:
		return [_("It has no conditions: every order matches it.")]
	return [sentence(check, currency) for check in reason.checks]


def sentence(check: Check, currency: str) -> str:
	"""One check in words."""
	if check.about == rules.ENABLED:
		return _("It is not enabled.")
	if check.about == rules.CONDITION:
		return _condition(check)
	if check.about == rules.ITEM_GROUP:
		return _item_group(check)
	if check.about in (rules.MIN_VALUE, rules.MAX_VALUE):
		return _value(check, currency)
	wanted, found = _bold(check.wanted), _bold(check.found) if check.found else ""
	label = _label(check.about)
	if check.holds and check.wanted == check.found:
		return _("{0} is {1}.").format(label, wanted)
	if check.holds:
		return _("{0} {1} is within {2}.").format(label, found, wanted)
	if not found:
		return _("{0} should be {1}; the order names none.").format(label, wanted)
	if check.about in (rules.CUSTOMER_GROUP, rules.TERRITORY):
		return _("{0} {1} is not within {2}.").format(label, found, wanted)
	return _("{0} is {1}, not {2}.").format(label, found, wanted)


def _label(about: str) -> str:
	return {
		rules.COMPANY: _("The company"),
		rules.CUSTOMER: _("The customer"),
		rules.CUSTOMER_GROUP: _("The customer group"),
		rules.TERRITORY: _("The territory"),
		rules.CHANNEL: _("The channel"),
	}[about]


def _item_group(check: Check) -> str:
	(group, how), (inside, lines) = check.wanted, check.found
	if how == rules.EVERY_LINE:
		words = _("{0} of {1} lines are within item group {2}; every line has to be.")
	else:
		words = _("{0} of {1} lines are within item group {2}; one is enough.")
	return words.format(inside, lines, _bold(group))


def _value(check: Check, currency: str) -> str:
	value, bound = _money(check.found, currency), _money(check.wanted, currency)
	if check.about == rules.MIN_VALUE:
		words = (
			_("The net total {0} is at least {1}.") if check.holds else _("The net total {0} is below {1}.")
		)
	else:
		words = (
			_("The net total {0} is at most {1}.") if check.holds else _("The net total {0} is above {1}.")
		)
	return words.format(value, bound)


def _condition(check: Check) -> str:
	code = f"<code>{escape_html(str(check.wanted))}</code>"
	if check.holds:
		return _("The condition {0} holds.").format(code)
	if check.found:
		return _("The condition {0} failed: {1}").format(code, check.found)
	return _("The condition {0} does not hold.").format(code)


def _bold(value: object) -> str:
	return frappe.bold(escape_html(str(value)))


def _money(value: Decimal, currency: str) -> str:
	return frappe.bold(fmt_money(float(value), currency=currency))
