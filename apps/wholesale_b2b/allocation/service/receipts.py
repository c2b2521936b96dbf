"""Giving units back before a receipt is cancelled."""

from collections import defaultdict
from decimal import Decimal

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.service.marking import mark
from wholesale_b2b.allocation.service.planning import demands, kept, policy, shelf_name
from wholesale_b2b.allocation.service.run import shrink
from wholesale_b2b.allocation.store import keyring, reads, writes
from wholesale_b2b.allocation.store.reads import Key
from wholesale_b2b.setup.switch import enabled_companies

ZERO = Decimal(0)


def make_way(leaving: dict[Key, Decimal], fulfilled: dict[str, set[str]], cause: str) -> None:
	"""Free the units that a cancelled receipt takes back, so that ERPNext lets it go.

	leaving: key → units that leave. fulfilled: supply type → rows they came on; the lines that were pre-allocated
	to these give up first, the last in line before the others. The run before commit plans them anew.
	"""
	keys = keyring.stock_keys(leaving, enabled_companies())
	if not keys:
		return
	world = reads.load(keys)
	conversions: dict[str, list[dict]] = defaultdict(list)
	for row in reads.converted(fulfilled):
		conversions[row.line].append(row)
	lines, pegs_now = demands(world), kept(world)
	resized = []
	for key in sorted(keys):
		shelf = shelf_name(key)
		pegs = [peg for peg in pegs_now if peg.supply == shelf]
		short = sum((p.qty for p in pegs), ZERO) - (world.shelves[key].actual - leaving[key])
		if short <= ZERO:
			continue
		for peg in rules.release(pegs, short, lines, prefer=conversions, policy=policy()):
			resized += shrink([e for e in world.entries if e.line == peg.demand and e.key == key], peg.qty)
			_take_back(conversions.get(peg.demand, []), peg.qty)
	writes.resize(resized)
	writes.sum_bins(keys)
	mark(keys, cause)


def _take_back(conversions: list[dict], qty: Decimal) -> None:
	rows = []
	for row in conversions:
		take = min(qty, reads.units(row.converted_qty))
		left = reads.units(row.converted_qty) - take
		status = row.status if row.status == "Open" or left else "Released"
		rows.append((row.name, left, status))
		qty -= take
	writes.unconvert(rows)
