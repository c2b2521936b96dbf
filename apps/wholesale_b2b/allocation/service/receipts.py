"""Giving units back before a receipt is cancelled."""

from collections import defaultdict
from decimal import Decimal

from wholesale_b2b.allocation.service.giving import give_up
from wholesale_b2b.allocation.service.marking import mark
from wholesale_b2b.allocation.store import keyring, reads, writes
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.setup.switch import enabled_companies


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
	left = {key: world.shelves[key].actual - leaving[key] for key in keys}
	given, _missing = give_up(world, left, prefer=conversions)
	for _key, peg in given:
		_take_back(conversions.get(peg.demand, []), peg.qty)
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
