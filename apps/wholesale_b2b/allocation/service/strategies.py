"""Strategies of other apps: the hook `b2b_allocation_strategies` lists dotted paths of `rules.strategy.Strategy` classes."""

import frappe

from wholesale_b2b.allocation.rules.model import STRATEGIES
from wholesale_b2b.allocation.rules.strategy import Strategy

OWN = ("Earliest", "Just in Time", "Fair Share")


def plugged() -> tuple[Strategy, ...]:
	"""The strategies of other apps, in the order of their hooks.

	Raises ValueError for one that is no Strategy, has no name or the name of another.
	"""
	if getattr(frappe.local, "b2b_strategies", None) is None:
		found: dict[str, Strategy] = {}
		for path in frappe.get_hooks("b2b_allocation_strategies"):
			kind = frappe.get_attr(path)
			if not (isinstance(kind, type) and issubclass(kind, Strategy) and kind.name):
				raise ValueError(
					f"{path} is no allocation strategy: it needs {Strategy.__name__} as base, and a name"
				)
			if kind.name.lower() in (*STRATEGIES, *found):
				raise ValueError(f"{path}: there is an allocation strategy {kind.name!r} already")
			found[kind.name.lower()] = kind()
		frappe.local.b2b_strategies = tuple(found.values())
	return frappe.local.b2b_strategies


def names() -> tuple[str, ...]:
	"""All strategies that may be chosen, ours first."""
	return (*OWN, *(strategy.name for strategy in plugged()))
