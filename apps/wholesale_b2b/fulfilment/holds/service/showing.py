"""What people see of holds."""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document

from wholesale_b2b.fulfilment.holds import store
from wholesale_b2b.fulfilment.holds.base import Hold
from wholesale_b2b.fulfilment.holds.service import byhand
from wholesale_b2b.fulfilment.holds.service.judging import judge_all
from wholesale_b2b.fulfilment.leaving import service as leaving
from wholesale_b2b.ordering.trade_accounts.service import accounts_of_orders, judged_accounts

ORDER, ACCOUNT = "Sales Order", "Trade Account"


def of_order(order: str) -> list[dict]:
	"""Why a Sales Order is held now, with since when where that is written down.

	Keys: kind, reason, release, role; since, by (a user), by_name, hold (the Order Hold), manual, may_release (by who asks).
	"""
	return _of([order], [])


def of_account(account: str) -> list[dict]:
	"""The same of everything of a Trade Account."""
	return _of([], [account])


def of_document(doc: Document) -> list[dict]:
	"""Why nothing may be picked or shipped with a document as things stand; rows as `of_order`, with doctype and name of
	what is held. What holds both an order and its account is said once, of the order.
	"""
	if doc.doctype == ACCOUNT:
		return _of([], [doc.name])
	if doc.doctype == ORDER and doc.docstatus:
		return _of([doc.name], [])
	if doc.doctype in ("Quotation", ORDER):
		customer = doc.get("customer") or (doc.party_name if doc.quotation_to == "Customer" else "")
		return _of([], judged_accounts({**doc.as_dict(), "customer": customer}))
	if not leaving.ships(doc):
		return []
	return _of(leaving.orders(doc), leaving.accounts(doc), None if doc.docstatus else doc)


def held_orders_of(account: str) -> int:
	"""How many orders of an account are held."""
	return len(store.held_orders_of(account))


def _of(orders: Iterable[str], accounts: Iterable[str], draft: Document | None = None) -> list[dict]:
	orders, accounts = sorted(orders), sorted(accounts)
	on = accounts_of_orders(orders)
	written = store.list_open(orders, {*accounts, *(name for names in on.values() for name in names)})
	on_orders, on_accounts = judge_all(orders, accounts, doc=draft)
	rows = [
		_row(ORDER, order, hold, written, on.get(order, ()))
		for order, holds in sorted(on_orders.items())
		for hold in holds
	]
	rows += [
		_row(ACCOUNT, account, hold, written, (account,))
		for account, holds in sorted(on_accounts.items())
		for hold in holds
	]
	shown = {row["hold"] for row in rows}
	# a person's holds are released one by one; the judgement names the first
	for kept in written:
		if kept.manual and kept.name not in shown:
			doctype, name = (ORDER, kept.sales_order) if kept.sales_order else (ACCOUNT, kept.trade_account)
			hold = Hold(kept.kind, kept.reason, kept.released_by_what or "", kept.release_role or "")
			rows.append(_row(doctype, name, hold, [kept], (name,)))
	return rows


def _row(doctype: str, name: str, hold: Hold, written: list[frappe._dict], accounts: Iterable[str]) -> dict:
	about = [row for row in written if row.kind == hold.kind and row.sales_order == name]
	of_account = [
		row
		for row in written
		if row.kind == hold.kind and not row.sales_order and row.trade_account in accounts
	]
	kept = next(iter(about + of_account), frappe._dict())
	return {
		"doctype": doctype,
		"name": name,
		"kind": hold.kind,
		"reason": hold.reason,
		"release": hold.release,
		"role": hold.role,
		"since": kept.opened_at,
		"by": kept.opened_by,
		"by_name": frappe.utils.get_fullname(kept.opened_by) if kept.opened_by else None,
		"hold": kept.name,
		"manual": bool(kept.manual),
		"may_release": bool(kept.manual) and byhand.may_release(kept),
	}
