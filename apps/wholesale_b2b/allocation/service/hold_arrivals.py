"""Units to come that are held, when they arrive."""

from collections import defaultdict
from decimal import Decimal

from frappe.utils import now_datetime

from wholesale_b2b.allocation.store import holds
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.reads import World
from wholesale_b2b.allocation.store.sources import supply_id

ZERO = Decimal(0)


def arrive(world: World) -> None:
	"""Holds of units to come go on holding on the shelf what has been received, before anybody else is dealt it.

	What orders were promised of the same supply comes to them first: a hold gets no more than is received beyond that,
	and no more than lies free on the shelf.
	"""
	items, places = {item for item, _ in world.keys}, {warehouse for _, warehouse in world.keys}
	rows = holds.to_come(items, places, now_datetime())
	if not rows:
		return
	room = _room(world, holds.held(items, places, now_datetime()))
	spare: dict[str, Decimal] = {}
	moved = []
	for row in rows:
		supply = supply_id(row.supply_type, row.supply_row)
		source = world.inbound.get(supply)
		if source is None or source.received == row.supply_received_qty:
			continue
		key = (row.item_code, row.warehouse)
		if supply not in spare:
			arrived, promised = source.received - row.supply_received_qty, _promised(world, supply)
			spare[supply] = max(arrived - promised, ZERO)
			room[key] = room.get(key, ZERO) - max(min(arrived, promised), ZERO)
		here = max(min(row.qty, spare[supply], room.get(key, ZERO)), ZERO)
		spare[supply] -= here
		room[key] = room.get(key, ZERO) - here
		moved.append((row.name, here, row.qty - here, source.received))
	holds.arrived(moved)


def _promised(world: World, supply: str) -> Decimal:
	return sum((peg.qty for peg in world.promises if peg.supply == supply and _owes(world, peg.line)), ZERO)


def _room(world: World, held: dict[Key, Decimal]) -> dict[Key, Decimal]:
	taken: dict[Key, Decimal] = defaultdict(lambda: ZERO)
	for entry in world.entries:
		taken[entry.key] += entry.open if _owes(world, entry.line) else ZERO
	return {
		key: shelf.actual - shelf.claimed - taken[key] - held.get(key, ZERO)
		for key, shelf in world.shelves.items()
	}


def _owes(world: World, line: str) -> bool:
	return line in world.lines and world.lines[line].owed > ZERO
