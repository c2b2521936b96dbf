"""Components of Product Bundles."""

from collections import defaultdict
from collections.abc import Hashable, Iterable


def renamed(before: Iterable[tuple[Hashable, str]], after: Iterable[tuple[Hashable, str]]) -> dict[str, str]:
	"""Old name → new name of rows that are the same by their key: (key, name) before and after, in order.

	Several rows of one key are paired in their order. Rows that keep their name, and those that went, are left out.
	"""
	waiting: dict[Hashable, list[str]] = defaultdict(list)
	for key, name in after:
		waiting[key].append(name)
	pairs = {}
	for key, name in before:
		if waiting[key]:
			new = waiting[key].pop(0)
			if new != name:
				pairs[name] = new
	return pairs
