"""Floors and ceilings: which rule counts for an item, and what they leave for somebody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ProtectionRule:
	"""A floor and a ceiling (None for no cap) for a segment in a warehouse; one of item, brand and item_group is named."""

	name: str
	warehouse: str
	segment: str
	floor: Decimal = ZERO
	ceiling: Decimal | None = None
	item: str = ""
	brand: str = ""
	item_group: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
	"""What an item is. item_groups: its group, then each group above it."""

	brand: str = ""
	item_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guarded:
	"""The floor and ceiling that count for an item in a warehouse and a segment."""

	item: str
	warehouse: str
	segment: str
	floor: Decimal = ZERO
	ceiling: Decimal | None = None


def expand(rules: Iterable[ProtectionRule], items: Mapping[str, Kind]) -> list[Guarded]:
	"""Rules item by item, sorted. Of several for the same item, warehouse and segment the closest counts: the item's
	own, then its brand's, then that of the nearest item group."""
	closest: dict[tuple[str, str, str], tuple[int, str, ProtectionRule]] = {}
	for rule in rules:
		for item, distance in _covered(rule, items):
			place = (item, rule.warehouse, rule.segment)
			if place not in closest or (distance, rule.name) < closest[place][:2]:
				closest[place] = (distance, rule.name, rule)
	return [Guarded(*place, rule.floor, rule.ceiling) for place, (_, _, rule) in sorted(closest.items())]


def _covered(rule: ProtectionRule, items: Mapping[str, Kind]) -> Iterable[tuple[str, int]]:
	"""The items that a rule covers, each with how close it is to them; 0 is the item itself."""
	if rule.item:
		if rule.item in items:
			yield rule.item, 0
		return
	for item, kind in items.items():
		if rule.brand:
			if rule.brand == kind.brand:
				yield item, 1
		elif rule.item_group in kind.item_groups:
			yield item, 2 + kind.item_groups.index(rule.item_group)


def room(
	free: Decimal, segments: Iterable[str], guards: Iterable[Guarded], taken: Mapping[str, Decimal]
) -> Decimal:
	"""Of `free` units, those that somebody with these segments may have: not kept for others, not above the own ceiling.

	guards: those of one item and warehouse. taken: segment → units that it has already. Floors of several others add
	up. Never negative.
	"""
	own, guards = set(segments), list(guards)
	left = free
	for guard in guards:
		if guard.segment not in own:
			left -= max(guard.floor - taken.get(guard.segment, ZERO), ZERO)
	for guard in guards:
		if guard.segment in own and guard.ceiling is not None:
			left = min(left, guard.ceiling - taken.get(guard.segment, ZERO))
	return max(left, ZERO)
