import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.fulfilment.policies.service import following
from wholesale_b2b.fulfilment.release.service import triggers
from wholesale_b2b.ordering.order_rules.service import reevaluation
from wholesale_b2b.ordering.trade_accounts.service import limits
from wholesale_b2b.setup import preflight

DEFAULTS = ("date_rule", "default_priority", "default_strategy", "horizon_days")


class WholesaleSettings(Document):
	def validate(self) -> None:
		companies = [row.company for row in self.companies]
		if len(companies) != len(set(companies)):
			frappe.throw(_("A company stands in the list twice. Remove one of the two rows."))
		if self._switched_on():
			preflight.refuse_unfit()
		preflight.stamp_switches(self)
		triggers.check_rules(self)

	def on_update(self) -> None:
		preflight.release_pre_allocations(self._switched_off())
		preflight.allocate_open_orders(self._switched_on())
		self._move_credit_limits()
		if any(self.has_value_changed(name) for name in DEFAULTS):
			reevaluation.defaults_changed()
		if self.has_value_changed("fulfilment_policy"):
			following.default_changed()

	def _move_credit_limits(self) -> None:
		for company in self._switched_off():
			limits.company_switched_off(company)
		for company in self._switched_on():
			limits.company_switched_on(company)

	def _enabled_before(self) -> set[str]:
		before = self.get_doc_before_save()
		return {row.company for row in before.companies if row.enabled} if before else set()

	def _switched_on(self) -> list[str]:
		return sorted({row.company for row in self.companies if row.enabled} - self._enabled_before())

	def _switched_off(self) -> list[str]:
		return sorted(self._enabled_before() - {row.company for row in self.companies if row.enabled})

	@frappe.whitelist()
	def get_preflight(self) -> list[dict]:
		"""The site's needs: need, ok, advice, mendable."""
		self.check_permission("read")
		return preflight.state()

	@frappe.whitelist()
	def mend(self) -> list[dict]:
		"""Set what may be set without a decision, and answer with the needs as they are then."""
		self.check_permission("write")
		preflight.mend()
		return preflight.state()
