"""A set of pegs, one per demand and supply, that can be added to and cut down."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from wholesale_b2b.allocation.rules.model import ZERO, Peg

Pegs = dict[tuple[str, str], Peg]


def merged(pegs: Iterable[Peg]) -> Pegs:
	"""Pegs by (demand, supply); several of the same pair become one."""
	found: Pegs = {}
	for peg in pegs:
		if peg.qty:
			add(found, peg)
	return found


def add(pegs: Pegs, peg: Peg) -> None:
	key = (peg.demand, peg.supply)
	before = pegs.get(key)
	pegs[key] = (
		replace(before, qty=before.qty + peg.qty, frozen=before.frozen + peg.frozen) if before else peg
	)


def reduce(pegs: Pegs, peg: Peg, by: Decimal) -> None:
	"""Take `by` units from a peg; an empty one goes."""
	if by <= ZERO:
		return
	key = (peg.demand, peg.supply)
	left = pegs[key].qty - by
	if left > ZERO:
		pegs[key] = replace(pegs[key], qty=left, frozen=min(pegs[key].frozen, left))
	else:
		del pegs[key]


def cut(held: Pegs, pegs: list[Peg], limit: Decimal) -> None:
	"""Keep at most `limit` units of these pegs (best first): every frozen unit, then the others in their order."""
	if sum(p.qty for p in pegs) <= limit:
		return
	secured = []
	for peg in pegs:
		secured.append(min(peg.frozen, peg.qty, limit))
		limit -= secured[-1]
	for peg, frozen in zip(pegs, secured, strict=True):
		extra = min(peg.qty - frozen, limit)
		limit -= extra
		reduce(held, peg, peg.qty - frozen - extra)


def totals(pegs: Iterable[Peg]) -> dict[str, Decimal]:
	"""Line → units promised to it."""
	found: dict[str, Decimal] = {}
	for peg in pegs:
		found[peg.demand] = found.get(peg.demand, ZERO) + peg.qty
	return found


def in_order(pegs: Pegs) -> tuple[Peg, ...]:
	return by_place(pegs.values())


def by_place(pegs: Iterable[Peg]) -> tuple[Peg, ...]:
	"""Pegs sorted by demand, then supply."""
	return tuple(sorted(pegs, key=lambda peg: (peg.demand, peg.supply)))
