"""How Order Rules and Trade Accounts want orders served, as the engine asks for it."""

from collections.abc import Iterable

from wholesale_b2b.allocation.rules.sourcing import Key, Sources, together
from wholesale_b2b.allocation.store import keyring
from wholesale_b2b.ordering.order_rules.service.evaluation import sourcing
from wholesale_b2b.ordering.trade_accounts.service.reading import served


def sources(companies: Iterable[str]) -> Sources:
	"""What rules and accounts of these companies say, in a constant number of queries."""
	companies = sorted(companies)
	accounts = served(companies)
	return Sources(
		by_rule=sourcing(companies),
		by_account={one.name: one.warehouses for one in accounts if one.warehouses},
		priorities={one.name: one.priority for one in accounts if one.priority},
		defaults={(one.company, one.customer): one.name for one in accounts if one.is_default},
	)


def with_sources(keys: Iterable[Key], companies: Iterable[str]) -> set[Key]:
	"""`keys`, with those of all warehouses that the same orders may be covered from."""
	keys = {key for key in keys if key[0] and key[1]}
	found = sources(companies)
	if not keys or not found.lists():
		return keys
	customers = [
		customer for (_company, customer), name in found.defaults.items() if name in found.by_account
	]
	lines = keyring.sourced_lines(
		{item for item, _ in keys}, list(found.by_rule), list(found.by_account), customers
	)
	homes = (
		(
			line.item,
			line.warehouse,
			found.places(line.rule, found.account(line.company, line.customer, line.account)),
		)
		for line in lines
	)
	return together(keys, found.lists(), homes)
