"""Reservations that name serial numbers or batches: what they name may be the very thing that is gone."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.service.giving import Given
from wholesale_b2b.allocation.service.planning import demands, policy
from wholesale_b2b.allocation.store import losses, reads, writes
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.losses import BoundRow
from wholesale_b2b.allocation.store.reads import Entry, World

ZERO = Decimal(0)


def give_up_what_is_gone(world: World) -> Given:
	"""Cut reservations by the serial numbers that have left their warehouse and the units that a batch has not any more.

	Of a batch the last in line gives up first. Returns what was given up.
	"""
	entries = {entry.name: entry for entry in world.entries}
	rows = losses.bound_rows(entries)
	cuts = {row.name: row.open for row in rows if not row.here}
	cuts.update(_beyond_their_batch(world, [row for row in rows if not row.serial], entries))
	lost: dict[str, Decimal] = defaultdict(Decimal)
	for row in rows:
		lost[row.entry] += cuts.get(row.name, ZERO)
	losses.cut_bound(
		(row.name, row.delivered + row.open - cuts[row.name]) for row in rows if row.name in cuts
	)
	resized, given = [], []
	for name, qty in lost.items():
		if qty:
			entry = entries[name]
			resized.append((name, entry.reserved - qty, entry.delivered, entry.ordered))
			given.append((entry.key, rules.Peg(entry.line, "", qty)))
	writes.resize(resized)
	return given


def _beyond_their_batch(world: World, rows: list[BoundRow], entries: dict[str, Entry]) -> dict[str, Decimal]:
	"""Row → the units of its batch that are not in the warehouse any more."""
	found: dict[str, Decimal] = {}
	lines, how = demands(world), policy()
	by_key: dict[Key, dict[str, list[BoundRow]]] = defaultdict(lambda: defaultdict(list))
	for row in rows:
		by_key[entries[row.entry].key][row.batch].append(row)
	for key, batches in by_key.items():
		here = losses.batches_here(key, batches)
		for batch, named in batches.items():
			pegs = [rules.Peg(entries[row.entry].line, batch, row.open) for row in named]
			for peg in rules.lose(pegs, here.get(batch, ZERO), lines, policy=how).given:
				left = peg.qty
				for row in reversed(named):
					if entries[row.entry].line == peg.demand and left:
						found[row.name] = min(left, row.open)
						left -= found[row.name]
	return found


def trim(keys: Iterable[Key]) -> None:
	"""Have reservations that were cut name no more than they reserve: the last rows go."""
	entries = {entry.name: entry for entry in reads.load(keys).entries}
	named: dict[str, list[BoundRow]] = defaultdict(list)
	for row in losses.bound_rows(entries):
		named[row.entry].append(row)
	cuts = []
	for name, rows in named.items():
		over = sum((row.open for row in rows), ZERO) - entries[name].open
		for row in reversed(rows):
			take = min(over, row.open)
			if take > ZERO:
				cuts.append((row.name, row.delivered + row.open - take))
				over -= take
	losses.cut_bound(cuts)
