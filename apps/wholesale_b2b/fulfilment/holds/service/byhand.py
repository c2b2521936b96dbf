"""Holds that a person sets and releases."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.permissions import AUTOMATIC_ROLES
from frappe.utils import get_link_to_form, now_datetime

from wholesale_b2b.fulfilment.holds import store
from wholesale_b2b.fulfilment.holds.base import Hold
from wholesale_b2b.fulfilment.holds.service.keeping import follow_up, refresh_account
from wholesale_b2b.ordering.trade_accounts.service import terms
from wholesale_b2b.setup.switch import check_enabled, is_enabled

KIND = "Set by Hand"
MANAGER = "Wholesale Manager"


def hold_order(order: str, reason: str, role: str = "") -> str:
	"""Hold a Sales Order until somebody releases it; returns the Order Hold. The caller has checked the permissions."""
	return _insert({"sales_order": order, "reason": reason, "release_role": role or MANAGER})


def hold_account(account: str, reason: str, role: str = "") -> str:
	"""Hold everything of a Trade Account, with or without an order; returns the Order Hold."""
	return _insert({"trade_account": account, "reason": reason, "release_role": role or MANAGER})


def _insert(fields: dict) -> str:
	return frappe.get_doc({"doctype": store.HOLD, "manual": 1, **fields}).insert().name


def prepare(hold: Document) -> None:
	"""Complete and check an Order Hold that a person makes; its order or account is locked, so that nothing ships past it.

	Only the order or account, the reason and the role are the person's to say, whatever else was sent along. Raises
	frappe.ValidationError for one without an order or account, without a reason, or for a company that is off, and
	frappe.PermissionError to who may not read what is to be held.
	"""
	if hold.docstatus:
		frappe.throw(_("A hold is not submitted: it holds as soon as it is saved."))
	hold.update(
		{"manual": 1, "kind": KIND, "status": "Open", "released_by_what": _("It is released by hand.")}
	)
	hold.update({"opened_at": now_datetime(), "opened_by": frappe.session.user})
	hold.update(dict.fromkeys(("cause", "released_at", "released_by", "release_reason")))
	_check_role(hold)
	if not (hold.reason or "").strip():
		frappe.throw(_("Say why it is held, in words that the customer could read."))
	_check_read(hold)
	if hold.sales_order:
		store.lock_orders([hold.sales_order])
		head = store.heads([hold.sales_order]).get(hold.sales_order)
		if not head or head.docstatus != 1:
			frappe.throw(
				_("{0} is not submitted: only what could ship can be held.").format(
					get_link_to_form("Sales Order", hold.sales_order)
				)
			)
		hold.update(
			{"company": head.company, "customer": head.customer, "trade_account": head.b2b_trade_account}
		)
	elif hold.trade_account:
		known = terms([hold.trade_account], lock=True)[hold.trade_account]
		hold.update({"company": known.company, "customer": known.customer})
	else:
		frappe.throw(_("Choose the Sales Order or the Trade Account that is to be held."))
	check_enabled(hold.company)


def _check_role(hold: Document) -> None:
	hold.release_role = hold.release_role or MANAGER
	if hold.release_role not in release_roles():
		frappe.throw(
			_("{0} is no role of somebody who works here: choose who is to release it.").format(
				frappe.bold(_(hold.release_role))
			)
		)


def release_roles() -> list[str]:
	"""Roles of people who work in Desk; what everybody has is nobody's in particular."""
	return [role for role in store.desk_roles() if role not in AUTOMATIC_ROLES]


def _check_read(hold: Document) -> None:
	doctype, name = (
		("Sales Order", hold.sales_order) if hold.sales_order else ("Trade Account", hold.trade_account)
	)
	if name and not hold.flags.ignore_permissions:
		frappe.get_doc(doctype, name).check_permission("read")


def release(name: str, reason: str) -> None:
	"""End a hold that a person has set.

	Whoever set it may, and whoever has its role or is a Wholesale Manager. Raises frappe.PermissionError for others, and
	frappe.ValidationError for a hold that ends by itself when its reason is gone.
	"""
	hold = frappe.get_doc(store.HOLD, name, for_update=True)
	if not hold.manual:
		frappe.throw(
			_("This hold ends by itself: {0}").format(hold.released_by_what or hold.reason),
			title=_("Not by hand"),
		)
	if not may_release(hold):
		frappe.throw(
			_("Only {0} can release this hold.").format(_(hold.release_role or MANAGER)),
			frappe.PermissionError,
		)
	if hold.status == "Released":
		return
	if not (reason or "").strip():
		frappe.throw(_("Say why it is released."))
	store.close_holds([name], reason)
	_follow(hold, closed=True)


def may_release(hold: Document | frappe._dict) -> bool:
	"""Whether who asks may release a hold that was set by hand."""
	roles = {hold.release_role, MANAGER, "System Manager"}
	return hold.opened_by == frappe.session.user or bool(roles & set(frappe.get_roles()))


def refuse_delete(hold: Document) -> None:
	"""A hold that stands is released, with a reason, not deleted: what it holds would go without a word."""
	if hold.status == "Open":
		frappe.throw(_("This hold stands. Release it instead of deleting it."), title=_("Held"))


def outlast(order: Document) -> None:
	"""An order that was put on hold in ERPNext is about to be cancelled: what amends it is held as well."""
	if order.status == "On Hold" and is_enabled(order.company):
		hold = frappe.get_doc(
			{
				"doctype": store.HOLD,
				"sales_order": order.name,
				"reason": _("{0} was on hold when it was cancelled").format(order.name),
				"release_role": "Sales User",
			}
		)
		hold.insert(ignore_permissions=True)


def take_over(order: Document) -> None:
	"""What a person has held of an order that was cancelled is held of the order that amends it."""
	moved = store.hand_on(order.amended_from, order.name)
	if moved:
		head = store.heads([order.name])[order.name]
		said = [(head, Hold(KIND, row.reason, row.released_by_what, row.release_role)) for row in moved]
		follow_up([order.name], said, [], _("{0} amends {1}").format(order.name, order.amended_from))


def opened(hold: Document) -> None:
	"""An Order Hold was made by hand."""
	_follow(hold, closed=False)


def _follow(hold: Document, closed: bool) -> None:
	if not hold.sales_order:
		# Its orders, which a shipment locks before the account, are not waited for: those in somebody's hands follow later.
		refresh_account(hold.trade_account, frappe.session.user)
		return
	heads = store.heads([hold.sales_order])
	said = [(head, Hold(KIND, hold.reason, "", "")) for head in heads.values()]
	new = [] if closed else [hold.name]
	follow_up(heads, [] if closed else said, said if closed else [], frappe.session.user, new)
