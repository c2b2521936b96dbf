"""Giving lines back what they had, as far as demand and supply still carry it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from wholesale_b2b.allocation.rules.fitting import fit, usable
from wholesale_b2b.allocation.rules.model import (
	ZERO,
	Arrival,
	Demand,
	Peg,
	Plan,
	Policy,
	Supply,
	by_name,
	rank,
)
from wholesale_b2b.allocation.rules.moves import arrive
from wholesale_b2b.allocation.rules.pegs import Pegs, add, in_order, merged, reduce, totals
from wholesale_b2b.allocation.rules.planner import plan


def restore(
	demands: Iterable[Demand],
	supplies: Iterable[Supply],
	kept: Iterable[Peg],
	had: Mapping[str, Iterable[Peg]],
	arrivals: Iterable[Arrival] = (),
	policy: Policy | None = None,
) -> Plan:
	"""A plan in which the lines named in `had` have those pegs again instead of the kept ones; then the rest is dealt.

	arrivals: units that have reached the shelf since; pegs of `had` on their supply follow them. The other lines keep
	all they have, and take precedence where a supply does not carry both; but they gain nothing before the lines of
	`had` have as many units as they had, or as they still owe. Frozen units stay where they are.
	"""
	demands, supplies, policy = list(demands), list(supplies), policy or Policy()
	kept, had = list(kept), {line: list(pegs) for line, pegs in had.items()}
	others = [peg for peg in kept if peg.demand not in had]
	room = _room(supplies, others)
	left = [replace(supply, qty=room[supply.key]) for supply in supplies]
	back = arrive(
		[replace(peg, frozen=ZERO) for pegs in had.values() for peg in pegs], arrivals, demands, left, policy
	)
	held = merged(back)
	_freeze(held, [peg for peg in kept if peg.demand in had and peg.frozen])
	pegs = [*others, *_fitting(held.values(), demands, left, policy)]
	# First up to what they had, each in its turn, then whoever waits.
	asking = _asking(
		demands, totals(pegs), {line: sum((p.qty for p in own), ZERO) for line, own in had.items()}
	)
	return plan(demands, supplies, plan(asking, supplies, pegs, policy).pegs, policy)


def less_delivered(pegs: Iterable[Peg], delivered: Decimal, shelves: Iterable[str]) -> tuple[Peg, ...]:
	"""What is left of a line's pegs once so many of its units have left: those on `shelves` first, in that order."""
	order = {supply: place for place, supply in enumerate(shelves)}
	left = merged(pegs)
	for peg in sorted(left.values(), key=lambda peg: (order.get(peg.supply, len(order)), peg.supply)):
		gone = min(peg.qty, max(delivered, ZERO))
		delivered -= gone
		reduce(left, peg, gone)
	return in_order(left)


def _fitting(
	pegs: Iterable[Peg], demands: Iterable[Demand], supplies: Iterable[Supply], policy: Policy
) -> list[Peg]:
	"""The pegs cut down to what each line still owes, and only then to what each supply carries."""
	queue = sorted(demands, key=lambda demand: rank(demand, policy))
	stock = by_name(supplies, "key")
	found = usable(pegs, by_name(queue, "line"), stock)
	return list(fit([peg for own in found.values() for peg in own], queue, stock).values())


def _asking(
	demands: Iterable[Demand], has: Mapping[str, Decimal], had: Mapping[str, Decimal]
) -> list[Demand]:
	"""The demands asking for what they have, and those of `had` for what they had where that is more."""
	return [
		replace(demand, qty=min(demand.qty, max(has.get(demand.line, ZERO), had.get(demand.line, ZERO))))
		for demand in demands
	]


def _room(supplies: Iterable[Supply], pegs: Iterable[Peg]) -> dict[str, Decimal]:
	"""Supply → units that these pegs leave."""
	room = {supply.key: supply.qty for supply in supplies}
	for peg in pegs:
		if peg.supply in room:
			room[peg.supply] = max(room[peg.supply] - peg.qty, ZERO)
	return room


def _freeze(held: Pegs, frozen: Iterable[Peg]) -> None:
	"""Let the pegs have at least these frozen units."""
	for peg in merged(frozen).values():
		units = min(peg.frozen, peg.qty)
		has = held.get((peg.demand, peg.supply))
		missing = max(units - (has.qty if has else ZERO), ZERO)
		add(held, Peg(peg.demand, peg.supply, missing, units))
