"""What stays of the promises that were made, before anything new is dealt out."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from wholesale_b2b.allocation.rules.model import MOST, ZERO, Demand, Peg, Supply, bad_quantity
from wholesale_b2b.allocation.rules.pegs import Pegs, cut, merged


def usable(kept: Iterable[Peg], lines: dict[str, Demand], stock: dict[str, Supply]) -> dict[str, list[Peg]]:
	"""Item → its kept pegs whose line and supply are there and go together."""
	found: dict[str, list[Peg]] = defaultdict(list)
	for peg in kept:
		if not (peg.qty.is_finite() and ZERO <= peg.qty <= MOST):
			raise bad_quantity(f"peg of {peg.demand!r} on {peg.supply!r}", peg.qty)
		demand, supply = lines.get(peg.demand), stock.get(peg.supply)
		if demand and supply and demand.item == supply.item and supply.warehouse in _places(demand):
			found[demand.item].append(peg)
	return found


def fit(kept: Iterable[Peg], queue: list[Demand], stock: dict[str, Supply]) -> Pegs:
	"""Kept pegs cut down to what their demand still owes, then to what their supply still has."""
	held = merged(kept)
	if not held:
		return held
	lines = {demand.line: demand for demand in queue}
	order = {line: place for place, line in enumerate(lines)}
	by_line, by_supply = defaultdict(list), defaultdict(list)
	for peg in held.values():
		by_line[peg.demand].append(peg)
	for line, pegs in by_line.items():
		# A shrinking line keeps what is nearest: frozen, then on the shelf, then the earliest date.
		pegs.sort(key=lambda p: _nearness(lines[line], stock[p.supply]))
		cut(held, pegs, lines[line].qty)

	for peg in held.values():
		by_supply[peg.supply].append(peg)
	for supply, pegs in by_supply.items():
		pegs.sort(key=lambda p: order[p.demand])
		cut(held, pegs, stock[supply].qty)
	return held


def _nearness(demand: Demand, supply: Supply) -> tuple:
	return (*when(supply), _places(demand).index(supply.warehouse), supply.key)


def _places(demand: Demand) -> tuple[str, ...]:
	"""Where a line may keep what it has."""
	return (*demand.warehouses, *demand.also) if demand.also else demand.warehouses


def when(supply: Supply) -> tuple[bool, date]:
	"""The shelf first, then by date."""
	return supply.available_on is not None, supply.available_on or date.min
