"""What of an order ships now, and what becomes of the rest."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from wholesale_b2b.fulfilment.policies.service import byhand, following, showing

LEAST = ("min_shipment_value", "max_shipments", "ship_after_days", "cancel_after_days", "escalate_after_days")


class FulfilmentPolicy(Document):
	def validate(self) -> None:
		for field in LEAST:
			if flt(self.get(field)) < 0:
				frappe.throw(_("{0} cannot be negative.").format(_(self.meta.get_label(field))))
		if not 0 <= flt(self.min_fill_percent) <= 100:
			frappe.throw(_("The least fill is a share of the order: from 0 to 100 percent."))
		if self.mode == "Ship and Cancel the Rest" and cint(self.max_shipments) > 1:
			frappe.throw(
				_("What ships and cancels the rest ships once: leave Most Shipments per Order empty.")
			)

	def on_update(self) -> None:
		following.policy_changed(self)

	def on_trash(self) -> None:
		following.policy_changed(self)


@frappe.whitelist()
def of_order(sales_order: str) -> dict:
	"""What of an order ships now, what waits for what, what is cancelled; `fulfilment.policies.service.showing.of_order`
	describes it. Needs read on the order."""
	frappe.get_doc("Sales Order", sales_order).check_permission("read")
	return showing.of_order(sales_order)


@frappe.whitelist(methods=["POST"])
def ship_now(sales_order: str, reason: str) -> None:
	"""Let the next shipment of an order go against its policy. For Sales and Wholesale Managers who may read the order."""
	byhand.ship_now(sales_order, reason)


@frappe.whitelist(methods=["POST"])
def keep_policy(sales_order: str, reason: str) -> None:
	"""Take *Ship Now* back. For the same people."""
	byhand.keep_policy(sales_order, reason)


@frappe.whitelist(methods=["POST"])
def cancel_rest(sales_order: str, reason: str, lines: list[str] | str | None = None) -> float:
	"""Cancel what is left of these lines of an order, or of all; how many stock units that were. For the same people."""
	return float(byhand.cancel(sales_order, reason, _listed(lines)))


@frappe.whitelist(methods=["POST"])
def restore_cancelled(sales_order: str, reason: str, lines: list[str] | str | None = None) -> float:
	"""Bring back what was cancelled of these lines, or of all; how many stock units that are. For the same people."""
	return float(byhand.restore(sales_order, reason, _listed(lines)))


def _listed(lines: list[str] | str | None) -> list[str]:
	"""A form sends a list as JSON."""
	return list(frappe.parse_json(lines) or ())
