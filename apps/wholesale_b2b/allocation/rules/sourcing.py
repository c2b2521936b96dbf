"""From which warehouses an order may be covered, and which must be looked at together because of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Key = tuple[str, str]
Places = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sources:
	"""What Order Rules and Trade Accounts say of priority and warehouses (best first).

	defaults: (company, customer) → the account of orders that name none. Accounts that say nothing may be left out.
	"""

	by_rule: Mapping[str, Places] = field(default_factory=dict)
	by_account: Mapping[str, Places] = field(default_factory=dict)
	priorities: Mapping[str, int] = field(default_factory=dict)
	defaults: Mapping[tuple[str, str], str] = field(default_factory=dict)

	def account(self, company: str, customer: str, named: str | None) -> str:
		"""The account that serves an order: the one it names, else its customer's default; empty for none."""
		return named or self.defaults.get((company, customer), "")

	def places(self, rule: str | None, account: str) -> Places:
		"""The warehouses of the rule that an order follows, else of its account; none: those of its own lines."""
		return self.by_rule.get(rule or "") or self.by_account.get(account, ())

	def lists(self) -> list[Places]:
		return [*self.by_rule.values(), *self.by_account.values()]


def linked(lists: Iterable[Iterable[str]]) -> dict[str, frozenset[str]]:
	"""Warehouse → all warehouses that it shares a sourcing list with, directly or through others, itself included."""
	groups: list[set[str]] = []
	for names in lists:
		group = set(names)
		apart = [other for other in groups if not other & group]
		groups = [*apart, group.union(*(other for other in groups if other & group))]
	return {name: frozenset(group) for group in groups for name in group}


def together(
	keys: Iterable[Key], lists: Iterable[Places], homes: Iterable[tuple[str, str, Places]]
) -> set[Key]:
	"""`keys`, and all that must be looked at with them.

	lists: sourcing lists. homes: (item, warehouse, list) of order lines whose own warehouse may be on no list.
	"""
	lists = list(lists)
	everywhere = linked(lists)
	own: dict[str, list[Places]] = defaultdict(list)
	for item, warehouse, places in homes:
		if not places or warehouse in places:
			continue
		own[item].append((warehouse, *places))
	links = {item: linked([*lists, *more]) for item, more in own.items()}
	keys = set(keys)
	return keys | {
		(item, place) for item, warehouse in keys for place in links.get(item, everywhere).get(warehouse, ())
	}
