"""Orders that their rule holds, and who lets them go."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import escape_html, get_link_to_form

from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.ordering.order_rules import store
from wholesale_b2b.setup.switch import enabled_companies

MANAGER = "Wholesale Manager"


def held(orders: Iterable[str]) -> dict[str, frappe._dict]:
	"""Of these orders, those that their rule holds: order → rule, reason, role."""
	return store.held_by_rule(orders)


def release(order: str, reason: str) -> None:
	"""Let an order go that its rule holds; its timeline keeps who and why.

	Raises frappe.PermissionError for whoever may not read the order, or has neither the rule's role nor is a Wholesale
	Manager, frappe.ValidationError without a reason and for an order that no rule holds.
	"""
	doc = frappe.get_doc("Sales Order", order, for_update=True)
	doc.check_permission("read")
	row = held([order]).get(order)
	if not row:
		frappe.throw(_("No Order Rule holds {0}.").format(get_link_to_form("Sales Order", order)))
	if not {row.role, MANAGER, "System Manager"} & set(frappe.get_roles()):
		frappe.throw(
			_("Only {0} can release this hold.").format(_(row.role or MANAGER)), frappe.PermissionError
		)
	if not (reason or "").strip():
		frappe.throw(_("Say why it is released."))
	store.set_released(order, row.rule)
	said = _("Released from Order Rule {0}: {1}").format(row.rule, reason.strip())
	doc.add_comment("Info", escape_html(said))
	holds.refresh([order], said)


def rule_changed(rule: str) -> None:
	"""A rule holds its orders now, or for another reason, or not any more."""
	holds.later(store.open_orders_of(rule, enabled_companies()), _("Order Rule {0} was changed").format(rule))


def rules_changed(orders: Iterable[str], rules: Iterable[str], cause: str) -> None:
	"""These orders follow another rule than before: these are the rules, old and new."""
	if store.rules_that_hold() & set(rules):
		holds.refresh(orders, cause)
