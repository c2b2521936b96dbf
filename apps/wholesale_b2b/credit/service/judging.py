"""Exposures of accounts, and which orders and accounts are beyond their limit now."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from wholesale_b2b.credit import rules, store
from wholesale_b2b.credit.rules import Excess, Exposure, Limit
from wholesale_b2b.credit.store import Account, Books
from wholesale_b2b.setup.switch import is_enabled

HOLDING = ("Hold", "Refuse")


def exposure(accounts: Iterable[str]) -> dict[str, dict]:
	"""Per Trade Account what it owes and may owe, in its company's currency, as plain values for panels and answers.

	Keys: trade_account, customer, company, currency, limit (0: none), over_limit, exposure, available (None without a
	limit), over (0 if it is not), state (`none`, `green`, `amber` from four fifths on, `red`), parts: ledger, ordered,
	out (of ordered: delivered already), delivered, till, this; and total: limit, exposure, available, over and state of
	the customer over all of its accounts, None without such a limit. Accounts that do not exist are left out.
	"""
	names = set(accounts)
	found = store.books(store.sides_of(names))
	return {name: figures(found, found.accounts[name]) for name in sorted(names) if name in found.accounts}


def figures(
	found: Books, account: Account, this: Decimal = rules.NOTHING, without: str | None = None
) -> dict:
	"""`exposure` of one account. this: what a document counts for on top. without: an order or a delivery to leave out for it."""
	checks = checks_of(found, account, this, without)
	own, limit = checks[0]
	total = next((_against(exposed, whole) for exposed, whole in checks if whole.whole), None)
	return {
		"trade_account": account.name,
		"customer": account.customer,
		"company": account.company,
		"currency": account.currency,
		"over_limit": account.over,
		**_against(own, limit),
		"parts": {part: _plain(getattr(own, part)) for part in Exposure.__dataclass_fields__},
		"total": total,
	}


def _against(exposed: Exposure, limit: Limit) -> dict:
	over = rules.excess(exposed.total, limit)
	state = "none"
	if limit.amount > 0:
		state = "red" if over else "amber" if exposed.total >= limit.amount * rules.NEARLY else "green"
	return {
		"limit": _plain(limit.amount),
		"exposure": _plain(exposed.total),
		"available": _plain(limit.amount - exposed.total) if limit.amount > 0 else None,
		"over": _plain(over.by) if over else 0.0,
		"state": state,
	}


def _plain(amount: Decimal) -> float:
	return round(float(amount), 2)


def checks_of(
	found: Books, account: Account, this: Decimal = rules.NOTHING, without: str | None = None
) -> list[tuple[Exposure, Limit]]:
	"""The account's exposure with its own limit, and its customer's with the total limit if there is one."""
	positions = found.positions[account.side]
	own = rules.exposure(positions[account.name], this, without)
	checks = [(own, Limit(account.limit, account.over))]
	if account.total_limit > 0:
		whole = rules.exposure(rules.together(positions.values()), this, without)
		checks.append((whole, Limit(account.total_limit, account.over, whole=True)))
	return checks


def orders_beyond(names: Sequence[str], lock: bool = False) -> dict[str, tuple[Account, Excess]]:
	"""Of these submitted Sales Orders, those that lie beyond a limit that holds orders, with the account and the excess."""
	asked = store.sides_of_documents("Sales Order", names)
	owners = _owners(asked)
	limited = {account.name: account for account in owners.values() if _holds(account)}
	if not limited:
		return {}
	if lock:
		lock_accounts(limited.values())
	found = store.books({account.side for account in limited.values()})
	beyond = {name: _orders_beyond(found, found.accounts[name]) for name in limited if name in found.accounts}
	return {
		order: (found.accounts[account.name], beyond[account.name][order])
		for order, account in owners.items()
		if order in beyond.get(account.name, ())
	}


def _orders_beyond(found: Books, account: Account) -> dict[str, Excess]:
	"""Orders of an account beyond its own limit or its customer's total."""
	if not _holds(account):
		return {}
	positions = found.positions[account.side]
	own = rules.beyond(positions[account.name], Limit(account.limit, account.over))
	limit = Limit(account.total_limit, account.over, whole=True)
	whole = rules.beyond(rules.together(positions.values()), limit)
	orders = {order.name for order in positions[account.name].orders}
	return {
		order: over
		for order in orders
		if (over := rules.worst([own.get(order), whole.get(order)])) is not None
	}


def _holds(account: Account) -> bool:
	return account.is_limited and account.over in HOLDING and is_enabled(account.company)


def _owners(asked: Mapping[str, tuple[tuple[str, str], str | None]]) -> dict[str, Account]:
	"""Per document the account that it counts for; what counts for none is left out."""
	accounts = store.accounts_of_sides({side for side, _named in asked.values()})
	owners = {}
	for document, (side, named) in asked.items():
		group = [account for account in accounts.values() if account.side == side]
		if owner := store.owner_of(group, named):
			owners[document] = accounts[owner]
	return owners


def names_to_lock(
	asked: Mapping[str, tuple[tuple[str, str], str | None]],
) -> set[str]:
	"""The accounts to lock before what these documents count for may change: those with a limit on them.

	asked: as `store.sides_of_documents` answers. Where a total limit stands it is all accounts of the customer, since each
	counts against it.
	"""
	accounts = store.accounts_of_sides({side for side, _named in asked.values()})
	names = set()
	for side, named in asked.values():
		group = [account for account in accounts.values() if account.side == side]
		owner = store.owner_of(group, named)
		if any(account.total_limit > 0 for account in group):
			names.update(account.name for account in group)
		elif owner and accounts[owner].is_limited:
			names.add(owner)
	return names


def lock_accounts(accounts: Iterable[Account]) -> None:
	"""Lock these accounts, and where a total limit stands those that share it."""
	store.lock(names_to_lock({account.name: (account.side, account.name) for account in accounts}))
