"""A rule for the orders that match it; the first by position decides."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from wholesale_b2b.ordering.order_rules import service
from wholesale_b2b.ordering.order_rules.service import byhand, reevaluation
from wholesale_b2b.ordering.trade_accounts.service.sourcing import check_warehouses

STEP = 10
# Whoever changes one of these changes what open orders follow.
DECISIVE = (
	"enabled",
	"priority_order",
	"company",
	"customer",
	"customer_group",
	"territory",
	"channel",
	"item_group",
	"item_group_match",
	"min_value",
	"max_value",
	"condition",
	"priority",
	"strategy",
	"horizon_days",
	"fulfilment_policy",
)


class OrderRule(Document):
	def validate(self) -> None:
		self._take_last_place()
		self._check_values()
		self._check_warehouses()
		if self.hold_reason and not self.hold_role:
			self.hold_role = byhand.MANAGER
		if self.condition and (self.is_new() or self.has_value_changed("condition")):
			service.check_condition(self.condition)
		if remark := service.remark(self):
			frappe.msgprint(remark, title=_("No order follows this rule yet"), indicator="orange")

	def on_update(self) -> None:
		before = self.get_doc_before_save()
		changed = not before or any(self.get(name) != before.get(name) for name in DECISIVE)
		resourced = bool(before) and _sources(self) != _sources(before)
		if (changed or resourced) and (self.enabled or (before and before.enabled)):
			reevaluation.request(
				_("Order Rule {0} was changed").format(self.name), self.name if resourced else None
			)

		if before and (self.hold_reason or "") != (before.hold_reason or ""):
			byhand.rule_changed(self.name)

	def on_trash(self) -> None:
		reevaluation.forget(self.name)
		if self.enabled:
			reevaluation.request(_("Order Rule {0} was deleted").format(self.name))

	def _take_last_place(self) -> None:
		if not cint(self.priority_order):
			last = frappe.get_all(
				"Order Rule", {"name": ("!=", self.name or "")}, ["max(priority_order) as at"]
			)
			self.priority_order = (cint(last[0].at) // STEP + 1) * STEP

	def _check_values(self) -> None:
		if flt(self.min_value) < 0 or flt(self.max_value) < 0:
			frappe.throw(
				_("Order Rule {0}: an order value cannot be negative.").format(frappe.bold(self.rule_name))
			)
		if flt(self.max_value) and flt(self.min_value) > flt(self.max_value):
			frappe.throw(
				_("Order Rule {0}: the least order value is above the greatest; no order can match.").format(
					frappe.bold(self.rule_name)
				)
			)

		if self.price_tier and (flt(self.min_value) or flt(self.max_value) or (self.condition or "").strip()):
			frappe.throw(
				_(
					"Order Rule {0} names a Price Tier, which decides what an order comes to; so it cannot ask for an order value or a Python condition. Make a rule of its own for the tier."
				).format(frappe.bold(self.rule_name))
			)

	def _check_warehouses(self) -> None:
		if not self.sourcing_warehouses:
			return
		if not self.company:
			frappe.throw(
				_(
					"Order Rule {0} names sourcing warehouses. Fill in its company as well: orders are covered from their own company's warehouses only."
				).format(frappe.bold(self.rule_name))
			)
		check_warehouses(self)


def _sources(doc: Document) -> list[str]:
	return [row.warehouse for row in doc.sourcing_warehouses]


@frappe.whitelist()
def test(rule: str, sales_order: str) -> dict:
	"""Which rule a Sales Order matches, and why; `ordering.order_rules.service.explain` describes the answer.

	Needs read on the rule and on the order. Nothing is written.
	"""
	frappe.get_doc("Order Rule", rule).check_permission("read")
	frappe.get_doc("Sales Order", sales_order).check_permission("read")
	return service.test(rule, sales_order)


@frappe.whitelist(methods=["POST"])
def release(sales_order: str, reason: str) -> None:
	"""Let an order go that its Order Rule holds. For whoever has the rule's role and may read the order, and for Wholesale
	Managers."""
	byhand.release(sales_order, reason)
