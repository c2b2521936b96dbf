"""What the rules of `fulfilment.holds.own` look at."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import frappe

from wholesale_b2b.fulfilment.holds import store
from wholesale_b2b.fulfilment.holds.base import Hold
from wholesale_b2b.ordering.trade_accounts import rules
from wholesale_b2b.ordering.trade_accounts.service import accounts_of_orders, terms

__all__ = ["accounts_by_hand", "by_account", "by_hand", "licence_gaps", "on_hold", "terms"]


def by_account(orders: Sequence[str], judge: Callable[[Sequence[str]], dict[str, Hold]]) -> dict[str, Hold]:
	"""Order → what `judge` says of its account, or of the first that it may be on."""
	on = accounts_of_orders(orders)
	held = judge(sorted({account for names in on.values() for account in names})) if on else {}
	found = {order: [held[name] for name in names if name in held] for order, names in on.items()}
	return {order: holds[0] for order, holds in found.items() if holds}


def licence_gaps(
	accounts: Iterable[str], today: date, lock: bool = False
) -> dict[str, tuple[str, date | None]]:
	"""Account → (`missing` or `expired`, expiry), of those whose licence is not in order."""
	found = {}
	for name, known in terms(accounts, lock).items():
		if gap := rules.licence_gap(known, today):
			found[name] = gap, known.licence_expiry
	return found


def on_hold(orders: Sequence[str]) -> list[str]:
	"""Orders of the status *On Hold*."""
	return [name for name, head in store.heads(orders).items() if head.status == "On Hold"]


def by_hand(orders: Sequence[str], lock: bool = False) -> dict[str, frappe._dict]:
	"""Order → the hold that a person has set on it or on its account."""
	on = accounts_of_orders(orders)
	accounts = {account for names in on.values() for account in names}
	if lock:
		terms(accounts, lock=True)
	of_orders, of_accounts = store.by_hand(orders, accounts)
	found = {}
	for order in orders:
		held = [of_orders.get(order), *(of_accounts.get(account) for account in on.get(order, ()))]
		if first := next((row for row in held if row), None):
			found[order] = first
	return found


def accounts_by_hand(accounts: Sequence[str], lock: bool = False) -> dict[str, frappe._dict]:
	"""Account → the hold that a person has set on all of it."""
	if lock:
		terms(accounts, lock=True)
	return store.by_hand((), accounts)[1]
