"""Pegs that change their supply, and pegs that give units up."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from wholesale_b2b.allocation.rules.model import ZERO, Arrival, Demand, Peg, Policy, Supply, by_name, ranks
from wholesale_b2b.allocation.rules.pegs import add, in_order, merged, reduce


def arrive(
	kept: Iterable[Peg],
	arrivals: Iterable[Arrival],
	demands: Iterable[Demand],
	supplies: Iterable[Supply],
	policy: Policy | None = None,
) -> tuple[Peg, ...]:
	"""Move pegs from a future supply to the shelf it has reached, first in line first.

	No more moves than arrived and than the shelf has unpromised, so a rejected or already taken unit moves nobody.
	Returns all kept pegs, moved or not; feed them to `plan`.
	"""
	pegs, arrivals = merged(kept), sorted(arrivals, key=lambda a: (a.supply, a.on_hand))
	if not arrivals:
		return in_order(pegs)
	lines, stock = by_name(demands, "line"), by_name(supplies, "key")
	order = ranks(lines.values(), policy or Policy())
	taken: dict[str, Decimal] = defaultdict(lambda: ZERO)
	waiting: dict[str, list[Peg]] = defaultdict(list)
	for peg in pegs.values():
		taken[peg.supply] += peg.qty
		if peg.demand in lines:
			waiting[peg.supply].append(peg)

	for arrival in arrivals:
		shelf = stock.get(arrival.on_hand)
		room = min(arrival.qty, shelf.qty - taken[shelf.key]) if shelf else ZERO
		for peg in sorted(waiting[arrival.supply], key=lambda p: order[p.demand]):
			peg = pegs.get((peg.demand, peg.supply))
			moved = min(peg.qty, room) if peg else ZERO
			if moved <= ZERO:
				continue
			room -= moved
			taken[shelf.key] += moved
			reduce(pegs, peg, moved)
			add(pegs, Peg(peg.demand, shelf.key, moved))
	return in_order(pegs)


def release(
	pegs: Iterable[Peg],
	qty: Decimal,
	demands: Iterable[Demand],
	prefer: Iterable[str] = (),
	policy: Policy | None = None,
) -> tuple[Peg, ...]:
	"""Which pegs give up `qty` units, last in line first; lines in `prefer` before all others; frozen units never.

	Returns pegs whose qty is what each gives up. Together less than `qty` if there is not that much to take.
	"""
	order = ranks(demands, policy or Policy())
	preferred, last = set(prefer), len(order)
	given = []
	for peg in sorted(
		merged(pegs).values(),
		key=lambda p: (p.demand in preferred, order.get(p.demand, last), p.demand, p.supply),
		reverse=True,
	):
		take = min(qty, peg.qty - peg.frozen)
		if take > ZERO:
			given.append(Peg(peg.demand, peg.supply, take))
			qty -= take
	return tuple(given)


@dataclass(frozen=True, slots=True)
class Loss:
	"""What a shelf that has too few units left costs. given: pegs whose qty is what each gives up. missing: units that
	only frozen pegs could give up, so that the loss cannot be borne."""

	given: tuple[Peg, ...]
	missing: Decimal = ZERO


def lose(
	pegs: Iterable[Peg],
	left: Decimal,
	demands: Iterable[Demand],
	prefer: Iterable[str] = (),
	policy: Policy | None = None,
) -> Loss:
	"""The plan in reverse: which of the pegs on a shelf give up what its `left` units do not carry any more.

	As many units as are needed and no more, the last in line first (see `release`).
	"""
	pegs = list(pegs)
	short = sum((peg.qty for peg in pegs), ZERO) - max(left, ZERO)
	if short <= ZERO:
		return Loss(())
	given = release(pegs, short, demands, prefer, policy)
	return Loss(given, short - sum((peg.qty for peg in given), ZERO))
