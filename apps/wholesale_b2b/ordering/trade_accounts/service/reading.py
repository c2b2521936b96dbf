"""What other capabilities ask about accounts."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import frappe
from frappe.model.document import Document

from wholesale_b2b.ordering.trade_accounts import rules, store
from wholesale_b2b.ordering.trade_accounts.rules import Served, Terms
from wholesale_b2b.setup.switch import is_enabled

T = TypeVar("T")


@contextmanager
def remembered() -> Iterator[None]:
	"""Within it each account is read once, however many ask for it: for questions between which nothing is written."""
	outer = getattr(frappe.local, "b2b_accounts_read", None)
	frappe.local.b2b_accounts_read = {} if outer is None else outer
	try:
		yield
	finally:
		frappe.local.b2b_accounts_read = outer


def _read(about: Hashable, names: Iterable[str], load: Callable[[set[str]], dict[str, T]]) -> dict[str, T]:
	"""What `load` says of these names; what has been said already within `remembered` is not asked again."""
	names = {name for name in names if name}
	known = getattr(frappe.local, "b2b_accounts_read", None)
	if known is None:
		return load(names)
	if new := {name for name in names if (about, name) not in known}:
		found = load(new)
		known.update({(about, name): found.get(name) for name in new})
	return {name: value for name in sorted(names) if (value := known[about, name])}


def terms(names: Iterable[str], lock: bool = False) -> dict[str, Terms]:
	"""Trade Account → its terms, for a set of names; unknown and empty names are left out.

	lock: the accounts stay as they are read until the transaction ends. They are locked by name, after documents and
	before Bins (ARCHITECTURE.md, Locks).
	"""

	def load(wanted: set[str]) -> dict[str, Terms]:
		if lock:
			store.lock(wanted)
		return store.terms(wanted)

	return _read(("terms", lock), names, load)


def served(companies: Iterable[str]) -> list[Served]:
	"""Accounts of these companies that say how stock is dealt out to their orders."""
	return store.served(companies)


def accounts_of_orders(orders: Iterable[str]) -> dict[str, tuple[str, ...]]:
	"""Sales Order → the Trade Accounts by which it is judged: the one that it is on.

	An order that names none, since it is older than its customer's accounts, is judged by the one that it would be put on
	today (`rules.judged`). Orders of customers without accounts are left out.
	"""
	return _read("orders", orders, _accounts_of_orders)


def _accounts_of_orders(orders: Iterable[str]) -> dict[str, tuple[str, ...]]:
	heads = store.order_heads(orders)
	found = {head.name: (head.b2b_trade_account,) for head in heads if head.b2b_trade_account}
	older = [head for head in heads if head.name not in found]
	known = store.of_customers(head.customer for head in older)
	for head in older:
		if names := rules.judged(known.get((head.customer, head.company), ()), "", head.b2b_channel or ""):
			found[head.name] = names
	return found


def judged_accounts(doc: Document) -> tuple[str, ...]:
	"""The same of anything with a customer and a company; an account of somebody else that it names counts for nothing."""
	if not doc.get("customer") or not is_enabled(doc.get("company")):
		return ()
	known = store.of_customer(doc.get("customer"), doc.get("company"))
	return rules.judged(known, doc.get("b2b_trade_account") or "", doc.get("b2b_channel") or "")


def open_orders_of(accounts: Iterable[str]) -> list[str]:
	"""Submitted orders with something to deliver that these accounts may say something about."""
	return store.open_orders(accounts)
