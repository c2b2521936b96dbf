"""What a run would do: the same reads and decisions, nothing written and, unless asked for, nothing locked."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from decimal import Decimal

from frappe.utils import getdate

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.service import planning
from wholesale_b2b.allocation.service.changes import change, figures, handed, name_beneficiaries
from wholesale_b2b.allocation.store import reads
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.pegs import Cover
from wholesale_b2b.allocation.store.reads import Shelf, World

ZERO = Decimal(0)


@dataclass(frozen=True)
class Foresight:
	"""before: the pegs there are. plan: those a run would leave. changes: the rows of Allocation Change it would log."""

	world: World
	before: tuple[rules.Peg, ...]
	plan: rules.Plan
	changes: list[dict]


def look(keys: Iterable[Key], lock: bool = False) -> World:
	"""What a run on `keys` would see. lock: take the reservation entries in hand too, under the locks of the Bins."""
	world = reads.load(keys, lock_entries=lock)
	for key in world.keys:
		# A run would make the Bin first.
		world.shelves.setdefault(key, Shelf(key, ZERO, ZERO))
	return world


def foresee(world: World, steer: planning.Steer | None = None) -> Foresight:
	"""What a run that sees this world would do."""
	before = tuple(planning.kept(world))
	steer = steer or planning.Steer()
	plan, order = planning.decide(world, steer)
	covers, today, why = _covers(world, plan), getdate(), steer.why
	changes = []
	for line in world.lines.values():
		new = figures(line, covers[line.name], today)
		if new[:4] != line.shown[:4]:
			changes.append(change(line, new, why.get(line.name)))
	name_beneficiaries(changes, handed(world, steer), order)
	return Foresight(world, before, plan, changes)


def _covers(world: World, plan: rules.Plan) -> dict[str, Cover]:
	"""line → what covers it once the plan is written."""
	found = defaultdict(Cover, {line: copy(cover) for line, cover in world.elsewhere.items()})
	shelves = {planning.shelf_name(key) for key in world.shelves}
	for peg in plan.pegs:
		if peg.supply in shelves:
			found[peg.demand].reserve(peg.qty, peg.qty)
		else:
			found[peg.demand].promise(peg.qty, world.inbound[peg.supply].expected)
	return found
