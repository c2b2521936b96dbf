"""What a run has to remember so that it can be undone."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.rules.pegs import merged
from wholesale_b2b.allocation.rules.restore import less_delivered
from wholesale_b2b.allocation.service.planning import shelf_name
from wholesale_b2b.allocation.service.preview import Foresight
from wholesale_b2b.allocation.store import bundles
from wholesale_b2b.allocation.store import resequencing as store
from wholesale_b2b.allocation.store.demand import Key, Line

ZERO = Decimal(0)


def memory_of(foresight: Foresight, keys: Iterable[Key]) -> dict:
	"""The pegs that the lines which a run touches had and have.

	keys. shelves: those among the supplies. lines: line → order, row (the Sales Order Item), place (among the row's
	components of that item, None for a line that is none), item, had and has (supply → units), delivered (from its
	reservations, by then). received: future supply → units that had come in when the pegs on it were planned.
	"""
	world = foresight.world
	had, has = _by_line(foresight.before), _by_line(foresight.plan.pegs)
	touched = sorted(line for line in {*had, *has} if had.get(line) != has.get(line) and line in world.lines)
	delivered, places = store.delivered(touched), _places(world.lines[line] for line in touched)
	then = {promise.supply: promise.received_then for promise in world.promises}
	supplies = {supply for line in touched for supply in {**had.get(line, {}), **has.get(line, {})}}
	return {
		"keys": [list(key) for key in keys],
		"shelves": sorted(supplies & {shelf_name(key) for key in world.shelves}),
		"lines": {
			line: {
				"order": world.lines[line].order,
				"row": world.lines[line].row,
				"place": places.get(line),
				"item": world.lines[line].key[0],
				"had": had.get(line, {}),
				"has": has.get(line, {}),
				"delivered": str(delivered.get(line, ZERO)),
			}
			for line in touched
		},
		"received": {
			supply: str(then.get(supply, world.inbound[supply].received))
			for supply in sorted(supplies)
			if supply in world.inbound
		},
	}


def _by_line(pegs: Iterable[rules.Peg]) -> dict[str, dict[str, str]]:
	found: dict[str, dict[str, str]] = {}
	for peg in merged(pegs).values():
		# 5.0 and 5.000 are the same units
		found.setdefault(peg.demand, {})[peg.supply] = f"{peg.qty.normalize():f}"
	return found


def _places(lines: Iterable[Line]) -> dict[str, int]:
	"""Component → its place among those of the same item in the same bundle row."""
	rows = {line.row for line in lines if line.is_component}
	return {name: at for group in bundles.components(rows).values() for at, name in enumerate(group)}


def as_it_is_now(piece: dict) -> tuple[dict, list[dict]]:
	"""The piece with its lines under the names that they have now, and those lines that are not there any more.

	*Update Items* makes the components of a bundle anew, under other names.
	"""
	there = store.lines_there(piece["lines"])
	lost = {line: about for line, about in piece["lines"].items() if line not in there}
	found = bundles.components({about["row"] for about in lost.values() if about["place"] is not None})
	names = {}
	for line, about in lost.items():
		group = found.get((about["row"], about["item"]), []) if about["place"] is not None else []
		if about["place"] is not None and about["place"] < len(group):
			names[line] = group[about["place"]]
	return (
		{
			**piece,
			"lines": {names.get(n, n): a for n, a in piece["lines"].items() if n in there or n in names},
		},
		[about for line, about in lost.items() if line not in names],
	)


def pegs_of(piece: dict, delivered: Mapping[str, Decimal]) -> dict[str, tuple[rules.Peg, ...]]:
	"""Line → the pegs that it had, less what has been delivered from them since.

	delivered: line → units delivered from its reservations, ever.
	"""
	return {
		line: less_delivered(
			(rules.Peg(line, supply, Decimal(qty)) for supply, qty in about["had"].items()),
			delivered.get(line, ZERO) - Decimal(about["delivered"]),
			sorted(piece["shelves"], key=lambda shelf: (shelf not in about["has"], shelf)),
		)
		for line, about in piece["lines"].items()
	}


def arrivals_of(piece: dict) -> tuple[rules.Arrival, ...]:
	"""What has come in since of the supplies on which those pegs were."""
	then = {supply: Decimal(qty) for supply, qty in piece["received"].items()}
	return tuple(
		rules.Arrival(supply, shelf_name(row.key), row.received - then[supply])
		for supply, row in store.received(then).items()
		if row.received > then[supply]
	)
