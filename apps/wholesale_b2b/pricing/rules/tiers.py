"""Tiers that inherit: who stands above whom, and one tier that says the same as the whole line."""

from collections.abc import Mapping
from dataclasses import replace

from .model import HUNDRED, ONE, ZERO, Row, Tier
from .words import NO_PROMOTIONS


class Cycle(ValueError):
	"""A tier that inherits from itself. `names`: the way round."""

	def __init__(self, names: tuple[str, ...]) -> None:
		super().__init__(" → ".join(names))
		self.names = names


def line(tiers: Mapping[str, Tier], name: str) -> tuple[Tier, ...]:
	"""A tier and those above it, itself first; ends where a parent is not known. Raises `Cycle`."""
	found: dict[str, Tier] = {}
	while name in tiers:
		if name in found:
			names = tuple(found)
			raise Cycle((*names[names.index(name) :], name))
		found[name] = tiers[name]
		name = found[name].parent
	return tuple(found.values())


def flatten(tiers: Mapping[str, Tier], name: str) -> Tier:
	"""One tier without a parent that prices everything as the line of tiers does. Raises `Cycle`, KeyError if unknown.

	What a tier inherits it changes by its `change`, price list included; its own rows it does not. Rows keep their rank, by
	which the nearer tier comes first where two say something about the same thing.
	"""
	above = line(tiers, name)
	own, rows, factor = tiers[name], [], ONE
	for rank, tier in enumerate(above):
		rows += [
			replace(
				row,
				tier=row.tier or tier.name,
				currency=row.currency or tier.currency,
				rank=row.rank + rank,
				factor=row.factor * factor,
				exact=row.exact and factor == ONE,
			)
			for row in tier.rows
		]
		factor *= tier.list_factor * (HUNDRED + tier.change) / HUNDRED
	rounding = _first(above, "rounding")
	floor = _first(above, "floor_by")
	return replace(
		own,
		parent="",
		change=own.change * 0,
		list_factor=factor,
		rows=tuple(rows),
		price_list=_value(_first(above, "price_list"), "price_list"),
		rounding=_value(rounding, "rounding"),
		direction=_value(rounding, "direction"),
		promotions=_value(_first(above, "promotions"), "promotions") or NO_PROMOTIONS,
		floor_by=_value(floor, "floor_by"),
		floor_percent=floor.floor_percent if floor else own.floor_percent,
	)


def standing_alone(tier: Tier) -> list[Row]:
	"""The rows of a flattened tier as rows that inherit from nothing: percentages and prices with all changes in them.

	Of rows about the same thing only the nearest is left: it is the one that counts.
	"""
	nearest: dict[tuple, int] = {}
	for row in tier.rows:
		key = (row.apply_on, row.target, bool(row.min_qty))
		nearest[key] = min(row.rank, nearest.get(key, row.rank))
	found = []
	for row in tier.rows:
		if row.rank != nearest[(row.apply_on, row.target, bool(row.min_qty))]:
			continue
		if row.discount is not None:
			found.append(
				replace(
					row,
					discount=max(round(HUNDRED - (HUNDRED - row.discount) * row.factor, 6), ZERO),
					factor=ONE,
				)
			)
		else:
			found.append(replace(row, rate=round((row.rate or 0) * row.factor, 6), factor=ONE))
	return found


def _first(above: tuple[Tier, ...], field: str) -> Tier | None:
	"""The nearest tier that says something about a field."""
	return next((tier for tier in above if getattr(tier, field)), None)


def _value(tier: Tier | None, field: str) -> str:
	return getattr(tier, field) if tier else ""
