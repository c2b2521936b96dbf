"""The same answers for customers on the website, reduced: no warehouses, suppliers, other people's orders or figures."""

from collections.abc import Sequence
from datetime import date

import frappe
from frappe import _

from wholesale_b2b.allocation.service import answers
from wholesale_b2b.allocation.store import portal as store
from wholesale_b2b.setup.switch import enabled_companies

AVAILABILITY = ("item_code", "stock_uom", "ats_qty", "atp_qty", "next_date")
PROMISE = ("name", "item_code", "qty", "stock_uom", "now_qty", "promise_date")
ORDER_LINE = (
	"name",
	"idx",
	"item_code",
	"item_name",
	"stock_uom",
	"stock_qty",
	"owed_qty",
	"delivered_qty",
	"promise_date",
	"delivery_date",
	"state",
)


def customer_of(user: str, asked: str | None = None, refusal: str = "") -> str:
	"""The customer for whom this user asks: the only one whose portal user they are, or the one of theirs that is `asked`.

	refusal: what somebody else is told. Raises frappe.PermissionError for somebody else's customer and for users of none, ValidationError where it is unclear.
	"""
	own = [] if user == "Guest" else store.customers_of(user)
	if not own or (asked and asked not in own):
		frappe.throw(refusal or _("You may not see the stock of this customer."), frappe.PermissionError)
	if not asked and len(own) > 1:
		frappe.throw(_("Say for which customer: {0}.").format(", ".join(own)))
	return asked or own[0]


def is_customer(user: str) -> bool:
	"""Whether a user is the portal user of any customer."""
	return user != "Guest" and bool(store.customers_of(user))


def is_own(user: str, customer: str) -> bool:
	"""Whether a user is a portal user of this customer."""
	return user != "Guest" and customer in store.customers_of(user)


def on_offer(items: Sequence[str]) -> list[str]:
	"""Of these items, those that customers may see, in the order given."""
	seen = store.on_offer(items)
	return [item for item in items if item in seen]


def availability(items: Sequence[str], customer: str, needed_by: date | None = None) -> list[dict]:
	"""What this customer can have of each item: the keys of `AVAILABILITY`, over all companies that are switched on.

	Raises frappe.DoesNotExistError for items that do not exist or are not sold, alike.
	"""
	_refuse_hidden(items)
	rows = answers.availability(items, _warehouses(), needed_by, None, customer)
	return [_only(row, AVAILABILITY) for row in rows]


def promise(lines: Sequence[dict], customer: str) -> list[dict]:
	"""When these lines could ship to this customer: the keys of `PROMISE`. Raises as `availability`."""
	_refuse_hidden([line["item_code"] for line in lines])
	rows = answers.promise(lines, _warehouses(), None, customer)
	return [_only(row, PROMISE) for row in rows]


def order_cover(order: str, user: str) -> list[dict]:
	"""The lines of an order of this user's own customer: the keys of `ORDER_LINE`, and ready_qty: what can ship now.

	Raises frappe.PermissionError for an order that is somebody else's, is not submitted or does not exist, alike.
	"""
	check_own_order(order, user)
	return [
		{**_only(line, ORDER_LINE), "ready_qty": line["reserved_qty"]} for line in answers.order_cover(order)
	]


def check_own_order(order: str, user: str) -> None:
	"""Raise frappe.PermissionError for an order that is somebody else's, is not submitted or does not exist, alike."""
	found = frappe.db.get_value("Sales Order", order, ["customer", "docstatus"], as_dict=True)
	if not found or found.docstatus != 1 or found.customer not in store.customers_of(user):
		frappe.throw(_("You have no order {0}.").format(order), frappe.PermissionError)


def _warehouses() -> list[str]:
	return store.selling_warehouses(enabled_companies())


def _refuse_hidden(items: Sequence[str]) -> None:
	seen = store.on_offer(list(dict.fromkeys(items)))
	if hidden := [item for item in items if item not in seen]:
		frappe.throw(_("There is no Item {0}.").format(", ".join(hidden[:10])), frappe.DoesNotExistError)


def _only(row: dict, keys: Sequence[str]) -> dict:
	return {key: row[key] for key in keys}
