"""What all hold rules say of orders and accounts, now."""

from collections import defaultdict
from collections.abc import Collection, Iterable

import frappe
from frappe import _
from frappe.model.document import Document

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


def judge_accounts(accounts: Iterable[str], lock: bool = False) -> dict[str, list[Hold]]:
	"""Trade Account → why nothing may be shipped to it, even without an order."""
	names = sorted({name for name in accounts if name})
	found: dict[str, list[Hold]] = defaultdict(list)
	if names:
		for rule in hold_rules():
			for account, hold in rule.accounts(names, lock).items():
				found[account].append(hold)
	return dict(found)


def judge_document(doc: Document, lock: bool = False) -> dict[str, list[Hold]]:
	"""Sales Order → why what a document takes of it may not go, of the orders on it."""
	found: dict[str, list[Hold]] = defaultdict(list)
	for rule in hold_rules():
		for order, hold in rule.document(doc, lock).items():
			found[order].append(hold)
	return dict(found)


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
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
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
