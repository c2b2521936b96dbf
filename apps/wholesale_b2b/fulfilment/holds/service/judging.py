"""What all hold rules say of orders and accounts, now."""

from collections import defaultdict
from collections.abc import Collection, Iterable

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b import busy
from wholesale_b2b.fulfilment.holds import store
from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule
from wholesale_b2b.ordering.trade_accounts.service import remembered
from wholesale_b2b.setup.switch import enabled_companies


def hold_rules() -> list[HoldRule]:
	"""The rules of all installed apps, in the order of the hook `b2b_hold_rules`, made anew.

	Raises frappe.ValidationError for a path that leads to no subclass of `HoldRule`.
	"""
	found = []
	for path in frappe.get_hooks("b2b_hold_rules"):
		kind = frappe.get_attr(path)
		if not (isinstance(kind, type) and issubclass(kind, HoldRule) and kind.kind):
			frappe.throw(
				_("The hook b2b_hold_rules names {0}, which is no HoldRule with a kind.").format(
					frappe.bold(path)
				)
			)
		found.append(kind())
	return found


def judge(orders: Iterable[str], lock: bool = False, without: Collection[str] = ()) -> dict[str, list[Hold]]:
	"""Sales Order → why it may not be picked or shipped now; orders that nothing holds are left out.

	without: kinds of rules that are not asked.

	Orders that are not submitted, are closed, or are of companies that are not switched on, are held by nothing. lock: what
	the answer rests on stays as it is until the transaction ends: the orders are locked, then what the rules read.
	"""
	orders = sorted({name for name in orders if name})
	if lock:
		store.lock_orders(orders)
	return _ask(_judged(orders), lock, without=without)[0]


def of_own_shelves() -> set[str]:
	"""The kinds of holds that are about our own warehouses alone."""
	return {kind for rule in hold_rules() if rule.own_shelves for kind in rule.kinds}


def judge_accounts(
	accounts: Iterable[str], lock: bool = False, doc: Document | None = None
) -> dict[str, list[Hold]]:
	"""Trade Account → why nothing may be shipped to it, even without an order; doc: and not with this document."""
	names = sorted({name for name in accounts if name})
	found: dict[str, list[Hold]] = defaultdict(list)
	if names:
		for rule in hold_rules():
			for account, hold in rule.accounts(names, lock).items():
				found[account].append(hold)
			for account, hold in rule.delivery(doc, names, lock).items() if doc else ():
				found[account].append(hold)
	return dict(found)


def judge_document(doc: Document, lock: bool = False) -> dict[str, list[Hold]]:
	"""Sales Order → why what a document takes of it may not go, of the orders on it."""
	found: dict[str, list[Hold]] = defaultdict(list)
	for rule in hold_rules():
		for order, hold in rule.document(doc, lock).items():
			found[order].append(hold)
	return dict(found)


def judge_all(
	orders: Iterable[str], accounts: Iterable[str], lock: bool = False, doc: Document | None = None
) -> tuple[dict[str, list[Hold]], dict[str, list[Hold]]]:
	"""(Sales Order → why it may not be picked or shipped, Trade Account → why nothing may be shipped to it).

	What holds an account holds its orders too: it is said once, of the order. doc: what stops what this document takes, and takes it
	where it does, is among it.
	"""
	straight = bool(doc) and doc.doctype == "Purchase Order"
	judged = judge(orders, lock, without=of_own_shelves() if straight else ())
	for order, holds in judge_document(doc, lock).items() if doc else ():
		kinds = {hold.kind for hold in judged.get(order, ())}
		judged.setdefault(order, []).extend(hold for hold in holds if hold.kind not in kinds)
	said = {(hold.kind, hold.reason) for holds in judged.values() for hold in holds}
	on_accounts = {
		account: [hold for hold in holds if (hold.kind, hold.reason) not in said]
		for account, holds in judge_accounts(accounts, lock, doc).items()
	}
	return judged, on_accounts


def judge_leniently(
	orders: Iterable[str], only: Collection[str] = ()
) -> tuple[dict[str, list[Hold]], frozenset[str]]:
	"""The same as `judge` for what is only written down: a rule that fails is logged and passed over.

	only: kinds of holds that are asked for; none: all. Returns the kinds of rules that failed with the answer. The veto does not use this: it refuses instead.
	"""
	return _ask(_judged(orders), lock=False, lenient=True, only=only)


def _judged(orders: Iterable[str]) -> list[str]:
	companies = enabled_companies()
	return [
		name
		for name, head in sorted(store.heads(orders).items())
		if head.docstatus == 1 and head.status != "Closed" and head.company in companies
	]


def _ask(
	orders: list[str],
	lock: bool,
	lenient: bool = False,
	without: Collection[str] = (),
	only: Collection[str] = (),
) -> tuple[dict[str, list[Hold]], frozenset[str]]:
	with remembered():
		return _answers(orders, lock, lenient, without, only)


def _answers(
	orders: list[str], lock: bool, lenient: bool, without: Collection[str], only: Collection[str]
) -> tuple[dict[str, list[Hold]], frozenset[str]]:
	found: dict[str, list[Hold]] = defaultdict(list)
	failed = set()
	for rule in hold_rules() if orders else ():
		if set(rule.kinds) <= set(without) or (only and set(rule.kinds).isdisjoint(only)):
			continue
		try:
			answer = rule.orders(orders, lock)
		except busy.BUSY:
			raise
		except Exception:
			if not lenient:
				raise
			frappe.log_error(title=f"Hold rule {rule.kind} failed", message=frappe.get_traceback())
			failed.update(rule.kinds)
			continue
		for order, hold in answer.items():
			found[order].append(hold)
	return dict(found), frozenset(failed)
