"""What is odd about a rule that may stand: it can be saved, and yet no order would follow it as things are."""

from frappe import _
from frappe.model.document import Document

from wholesale_b2b.ordering.order_rules import store
from wholesale_b2b.ordering.order_rules.rules import in_order, is_open
from wholesale_b2b.setup.switch import is_enabled


def remark(doc: Document) -> str:
	"""Why no order can follow an enabled Order Rule, as things are; empty if one can."""
	if not doc.enabled:
		return ""
	if doc.company and not is_enabled(doc.company):
		return _("Wholesale B2B is not switched on for {0}.").format(doc.company)
	if doc.customer:
		groups, territories = store.places_of(doc.customer)
		if doc.customer_group and doc.customer_group not in groups:
			return _("{0} is not in the customer group {1}.").format(doc.customer, doc.customer_group)
		if doc.territory and doc.territory not in territories:
			return _("{0} is not in the territory {1}.").format(doc.customer, doc.territory)
	own = store.as_rule(doc)
	for rule in in_order([*(rule for rule in store.rules() if rule.name != own.name), own]):
		if rule.name == own.name:
			return ""
		if is_open(rule) and rule.company in ("", own.company):
			return _("Order Rule {0} stands before it and takes every order.").format(rule.name)
	return ""
