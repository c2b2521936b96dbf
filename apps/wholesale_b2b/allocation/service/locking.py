"""Which documents and Bins are locked before ERPNext posts one. The order of locks: `store.locks`."""

from collections.abc import Callable, Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.store import keyring, locks
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.credit.service.steps import accounts_to_lock
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.ordering.trade_accounts.service import accounts_of_orders

# They write to no document but those they come from.
ORDERS = ("Subcontracting Order", "Work Order", "Purchase Order", "Material Request", "Sales Order")


def lock(doc: Document, keys_of: Callable[[], set[Key]]) -> set[Key]:
	"""Lock what `doc` reports to or ships, the accounts that it counts or ships for (with a limit or without: no hold on them
	may come in between), then the Bins of the keys, which are asked for once the documents stand still.

	Returns the keys.
	"""
	documents = reports_to(doc) | _orders(doc)
	locks.lock_documents(documents | _accounts(documents, doc))
	keys = keys_of()
	marking.lock(keys)
	return keys


def lock_pick_list(pick: Document, keys: Iterable[Key] = ()) -> None:
	"""Lock what a pick list reports to, then the Bins of `keys`, waiting for neither.

	ERPNext reads the rows of all pick lists under lock when it submits one, so whoever has these may be waiting for ours.

	Raises `frappe.DocumentLockedError` if somebody else keeps them for seconds.
	"""
	documents = reports_to(pick)
	if not (
		locks.only_one(pick.doctype)
		and locks.lock_documents(documents | _accounts(documents, pick), wait=False)
		and locks.try_bins(marking.allocated(keys))
	):
		frappe.throw(
			_(
				"The orders or the stock of {0} are being changed by somebody else. Try again in a moment."
			).format(_(pick.doctype)),
			frappe.DocumentLockedError,
		)


def lock_order(doctype: str, name: str, keys: Iterable[Key] = ()) -> None:
	"""Lock an order, the account whose limit it counts against, then the Bins of all its rows and pegs and of `keys`.

	A Purchase Order that goes straight to a customer: the Sales Orders and accounts that it ships for too.
	"""
	documents = {(doctype, name)}
	accounts = accounts_to_lock(documents)
	if doctype == "Purchase Order":
		doc = frappe.get_doc(doctype, name)
		documents |= _orders(doc)
		accounts |= _accounts(documents, doc)
	locks.lock_documents(documents | accounts)
	marking.lock({*keyring.order_keys(doctype, name), *keys})


def lock_order_from_within(doctype: str, name: str, keys: Iterable[Key] = ()) -> None:
	"""The same for somebody who has a part of the order in hand already: a row of it, or one of its reservations.

	Whoever has the order may be waiting for that part, so the order is not waited for.

	Raises `frappe.DocumentLockedError` if somebody else keeps it for seconds.
	"""
	if not locks.lock_documents({(doctype, name)} | accounts_to_lock([(doctype, name)]), wait=False):
		frappe.throw(
			_("{0} {1} is being changed by somebody else. Try again in a moment.").format(
				_(doctype), get_link_to_form(doctype, name)
			),
			frappe.DocumentLockedError,
		)
	marking.lock({*keyring.order_keys(doctype, name), *keys})


def _orders(doc: Document) -> set[tuple[str, str]]:
	return {("Sales Order", name) for name in leaving.orders(doc)} if leaving.ships(doc) else set()


def _accounts(documents: set[tuple[str, str]], doc: Document) -> set[tuple[str, str]]:
	found = accounts_to_lock(documents, doc)
	if leaving.ships(doc):
		on = accounts_of_orders(name for kind, name in documents if kind == "Sales Order")
		names = {account for names in on.values() for account in names} | leaving.accounts(doc)
		found |= {("Trade Account", name) for name in names}
	return found


def reports_to(doc: Document) -> set[tuple[str, str]]:
	"""The documents that ERPNext writes to when it posts `doc`, and `doc` itself: its links and those of its rows."""
	first = locks.LEVELS.index(doc.doctype) + 1 if doc.doctype in ORDERS else 0
	wanted = {*locks.LEVELS[first:], doc.doctype} - {"Trade Account"}
	found = {(doc.doctype, doc.name)} if doc.name and not doc.is_new() else set()
	for row in (doc, *doc.get_all_children()):
		for field in row.meta.get_link_fields():
			if field.options in wanted and field.fieldname != "amended_from" and row.get(field.fieldname):
				found.add((field.options, row.get(field.fieldname)))
	return found
