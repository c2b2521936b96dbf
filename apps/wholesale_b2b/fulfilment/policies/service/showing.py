"""What the form of an order shows of its policy."""

import frappe
from frappe import _

from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.policies.service import byhand, deciding
from wholesale_b2b.fulfilment.policies.service.deciding import Case
from wholesale_b2b.fulfilment.policies.service.saying import plan_of
from wholesale_b2b.fulfilment.policies.store import asking
from wholesale_b2b.fulfilment.rules import policy as rules


def of_order(order: str) -> dict:
	"""For the order's form: policy and where_from (in words) of an order that follows one, ship_now (why it need not keep it
	for its next shipment), may_decide (whether this user may say so), plan (`plan_of`), asked (Sales Order Item → Material
	Requests), holds (`holds.service.of_order`)."""
	case = deciding.cases([order]).get(order)
	return {
		"policy": case.policy.name if case else "",
		"where_from": _where(case, order) if case else "",
		"ship_now": case.ship_now if case else "",
		"may_decide": byhand.may_decide(),
		"plan": plan_of(order),
		"asked": asking.requests_of(order),
		"holds": holds.of_order(order),
	}


def _where(case: Case, order: str) -> str:
	head = frappe.db.get_value("Sales Order", order, ["b2b_order_rule", "b2b_trade_account"], as_dict=True)
	return {
		rules.ORDER: _("set on the order"),
		rules.RULE: _("from Order Rule {0}").format(head.b2b_order_rule),
		rules.ACCOUNT: _("from Trade Account {0}").format(head.b2b_trade_account),
		rules.DEFAULT: _("from Wholesale Settings"),
		rules.NONE: "",
	}[case.where]
