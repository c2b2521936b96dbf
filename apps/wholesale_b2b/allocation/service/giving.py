"""Reservations give up units that their shelves have not got any more."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.service.planning import demands, kept, policy, shelf_name
from wholesale_b2b.allocation.service.run import shrink
from wholesale_b2b.allocation.store import writes
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.reads import World

Given = list[tuple[Key, rules.Peg]]


def give_up(
	world: World, left: Mapping[Key, Decimal], prefer: Iterable[str] = ()
) -> tuple[Given, dict[Key, Decimal]]:
	"""Cut the reservations of these keys down to the units `left` of each, the last in line first (`rules.lose`).

	prefer: lines that give up before all others. Returns what each peg gave up, and key → units that only frozen pegs
	could give up (nothing is done about those). The caller holds the Bins' locks and marks the keys.
	"""
	lines, pegs, how, prefer = demands(world), kept(world), policy(), set(prefer)
	given: Given = []
	missing: dict[Key, Decimal] = {}
	resized = []
	for key in sorted(left):
		shelf = shelf_name(key)
		loss = rules.lose([peg for peg in pegs if peg.supply == shelf], left[key], lines, prefer, how)
		if loss.missing:
			missing[key] = loss.missing
		for peg in loss.given:
			resized += shrink([e for e in world.entries if e.line == peg.demand and e.key == key], peg.qty)
			given.append((key, peg))
	writes.resize(resized)
	writes.sum_bins(left)
	return given, missing
