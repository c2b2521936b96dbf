"""Why an order, or everything of an account, may not be picked or shipped."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.fulfilment.holds import service
from wholesale_b2b.fulfilment.holds.service import byhand
from wholesale_b2b.setup.switch import is_enabled

SHOWN_ON = (
	"Sales Order",
	"Quotation",
	"Pick List",
	"Delivery Note",
	"Sales Invoice",
	"POS Invoice",
	"Stock Entry",
	"Purchase Order",
	"Trade Account",
)


class OrderHold(Document):
	def before_insert(self) -> None:
		# Those that open by themselves are written in sets; whatever is inserted is set by hand.
		byhand.prepare(self)

	def validate(self) -> None:
		if not self.is_new():
			frappe.throw(_("A hold is not edited. Release it, and set another if need be."))

	def after_insert(self) -> None:
		byhand.opened(self)

	def on_trash(self) -> None:
		byhand.refuse_delete(self)


@frappe.whitelist()
def of_document(doctype: str, name: str) -> dict:
	"""Why nothing may be picked or shipped with a document now; needs read on it.

	Keys: holds (`fulfilment.holds.service.of_document` describes the rows), orders (of a Trade Account: how many of its
	orders are held).
	"""
	if doctype not in SHOWN_ON:
		frappe.throw(_("Nothing holds a {0}.").format(_(doctype)))
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("read")
	if not is_enabled(doc.company):
		return {"holds": [], "orders": 0}
	return {
		"holds": service.of_document(doc),
		"orders": service.held_orders_of(name) if doctype == "Trade Account" else 0,
	}


@frappe.whitelist()
def kinds() -> list[str]:
	"""The kinds of holds that there can be. Needs read on Order Hold."""
	frappe.has_permission("Order Hold", "read", throw=True)
	return service.kinds()


@frappe.whitelist()
def roles() -> list[str]:
	"""Roles that may be given the release of a hold, those of people who work in Desk. Needs read on Order Hold."""
	frappe.has_permission("Order Hold", "read", throw=True)
	return service.release_roles()


@frappe.whitelist()
def of_order(sales_order: str) -> list[dict]:
	"""Why an order is held now; `fulfilment.holds.service.of_order` describes the rows. Needs read on the order."""
	frappe.get_doc("Sales Order", sales_order).check_permission("read")
	return service.of_order(sales_order)


@frappe.whitelist()
def of_account(trade_account: str) -> list[dict]:
	"""Why everything of an account is held now. Needs read on the account."""
	frappe.get_doc("Trade Account", trade_account).check_permission("read")
	return service.of_account(trade_account)


@frappe.whitelist(methods=["POST"])
def hold(reason: str, sales_order: str = "", trade_account: str = "", release_role: str = "") -> str:
	"""Hold an order or everything of an account by hand; returns the Order Hold. Needs create on Order Hold."""
	if sales_order:
		frappe.get_doc("Sales Order", sales_order).check_permission("read")
		return service.hold_order(sales_order, reason, release_role)
	frappe.get_doc("Trade Account", trade_account).check_permission("read")
	return service.hold_account(trade_account, reason, release_role)


@frappe.whitelist(methods=["POST"])
def release(name: str, reason: str) -> None:
	"""End a hold that was set by hand. Whoever set it may, and whoever has its role or is a Wholesale Manager."""
	frappe.get_doc("Order Hold", name).check_permission("read")
	service.release(name, reason)
