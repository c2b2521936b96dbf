"""Items, warehouses, customers and reposts: what a change of theirs may make wrong."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_link_to_form

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.store import keyring
from wholesale_b2b.setup.switch import enabled_companies

# Whether it may be promised, how it may be posted, and which Stock Protections cover it.
ITEM_FIELDS = ("disabled", "allow_negative_stock", "is_stock_item", "brand", "item_group")
# Whether anything is promised from it, and which transfers end in it.
WAREHOUSE_FIELDS = (
	"disabled",
	"is_rejected_warehouse",
	"warehouse_type",
	"default_in_transit_warehouse",
)
CUSTOMER_FIELDS = ("customer_group", "territory")


def item_changed(doc: Document) -> None:
	"""Mark an item wherever it is owed, promised or in stock, when something changed that a promise depends on."""
	if _changed(doc, ITEM_FIELDS):
		marking.mark(keyring.item_keys(doc.name), _cause(doc))


def warehouse_changed(doc: Document) -> None:
	"""Mark all that is owed, promised or in stock in a warehouse, and what is on its way to it."""
	if not _changed(doc, WAREHOUSE_FIELDS):
		return
	before = doc.get_doc_before_save()
	transit = {doc.default_in_transit_warehouse, before.default_in_transit_warehouse} - {None, ""}
	items = {item for name in transit for item, _warehouse in keyring.warehouse_keys(name)}
	marking.mark(
		keyring.warehouse_keys(doc.name) | {(item, doc.name) for item in items},
		_cause(doc),
	)


def refuse_merge(doc: Document, into: str) -> None:
	"""Refuse to merge items or warehouses of which units are reserved.

	ERPNext deletes the Bins of both and posts all that ever happened anew, which fails half-way where it meets a reservation.
	"""
	keys_of = keyring.item_keys if doc.doctype == "Item" else keyring.warehouse_keys
	keys = marking.allocated(keys_of(doc.name) | keys_of(into))
	if orders := keyring.reserving_orders(keys):
		frappe.throw(
			_(
				"{0} cannot be merged into {1} while units of theirs are reserved, by Sales Order {2}. Deliver or close the orders first."
			).format(
				frappe.bold(doc.name),
				frappe.bold(into),
				", ".join(get_link_to_form("Sales Order", order) for order in orders[:5]),
			),
			title=_("Reserved Stock"),
		)


def renamed(doc: Document) -> None:
	"""An item or warehouse has another name or was merged into another, whose Bins ERPNext has made anew."""
	keys = keyring.item_keys(doc.name) if doc.doctype == "Item" else keyring.warehouse_keys(doc.name)
	marking.mark(keys, _cause(doc))


def customer_changed(doc: Document) -> None:
	"""Mark the keys of a customer's open orders, when its group or territory changes."""
	if _changed(doc, CUSTOMER_FIELDS):
		marking.mark(keyring.customer_keys(doc.name), _cause(doc))


def account_changed(doc: Document) -> None:
	"""Mark the keys of its customer's open orders, when a Trade Account gets another priority or other warehouses.

	Its customer's, since orders that name no account follow the default one.
	"""
	before = doc.get_doc_before_save()
	_account_asks(doc, _served(before) if before else None, _served(doc))


def account_deleted(doc: Document) -> None:
	"""The same for an account that goes."""
	_account_asks(doc, _served(doc), None)


def _account_asks(doc: Document, then: tuple | None, now: tuple | None) -> None:
	if then == now or not any(asks and (asks[0] or asks[1]) for asks in (then, now)):
		return
	keys = keyring.customer_keys(doc.customer)
	places = {place for asks in (then, now) if asks for place in asks[1]}
	marking.mark(keys | {(item, place) for item, _warehouse in keys for place in places}, _cause(doc))


def _served(doc: Document) -> tuple[int, tuple[str, ...], bool]:
	"""Priority class, sourcing warehouses, whether it is its customer's default."""
	places = tuple(row.warehouse for row in doc.sourcing_warehouses)
	return cint(doc.priority), places, bool(doc.is_default)


def reposted(doc: Document) -> None:
	"""Mark the keys of a Repost Item Valuation that has run."""
	if doc.based_on == "Transaction":
		keys = keyring.voucher_keys(doc.voucher_type, doc.voucher_no)
	else:
		keys = {(doc.item_code, doc.warehouse)}
	marking.mark(keys, _cause(doc))


def refuse_unfit_warehouse(doc: Document) -> None:
	"""Refuse to make a warehouse a group, or another company's, while orders are covered or to be covered from it."""
	before = None if doc.is_new() else frappe.db.get_value("Warehouse", doc.name, ["is_group", "company"])
	if not before or before[1] not in enabled_companies():
		return
	if not doc.is_group and doc.company == before[1]:
		return
	if before[0] or not (orders := keyring.orders_at(doc.name)):
		return
	frappe.throw(
		_(
			"Warehouse {0} has to stay a warehouse of {1} that holds stock: Sales Order {2} is to be delivered from it. Change the orders' warehouse with Update Items, or close them, first."
		).format(
			frappe.bold(doc.name),
			frappe.bold(before[1]),
			", ".join(get_link_to_form("Sales Order", order) for order in orders[:5]),
		),
		title=_("Warehouse in Use"),
	)


def warn_of_negative_stock(doc: Document) -> None:
	"""Say what *Allow Negative Stock* does not do, when it is switched on for an item that orders wait for or hold."""
	if not doc.allow_negative_stock or doc.is_new() or not doc.has_value_changed("allow_negative_stock"):
		return
	if marking.allocated(keyring.item_keys(doc.name)):
		frappe.msgprint(
			_(
				"{0} may go below zero in ERPNext from now on. Units that are reserved for orders stay protected all the same: whatever would take them is refused."
			).format(frappe.bold(doc.name)),
			title=_("Allow Negative Stock"),
			indicator="orange",
		)


def _changed(doc: Document, fields: tuple[str, ...]) -> bool:
	return bool(doc.get_doc_before_save()) and any(doc.has_value_changed(field) for field in fields)


def _cause(doc: Document) -> str:
	return f"{doc.doctype} {doc.name}"
