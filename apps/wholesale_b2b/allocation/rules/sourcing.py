"""Which warehouses must be looked at together, because one order may be sourced from any of them."""

from collections.abc import Iterable


def linked(lists: Iterable[Iterable[str]]) -> dict[str, frozenset[str]]:
	"""Warehouse → all warehouses that it shares a sourcing list with, directly or through others, itself included."""
	groups: list[set[str]] = []
	for names in lists:
		group = set(names)
		apart = [other for other in groups if not other & group]
		groups = [*apart, group.union(*(other for other in groups if other & group))]
	return {name: frozenset(group) for group in groups for name in group}
