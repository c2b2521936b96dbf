"""From what the store has read to what the rules decide: demands, supplies, kept pegs, protections, and the plan."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from frappe.utils import cint, getdate, now_datetime

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.rules.resequence import resequence
from wholesale_b2b.allocation.store import holds, protections
from wholesale_b2b.allocation.store.reads import Key, World
from wholesale_b2b.ordering.order_rules.service.evaluation import sourcing
from wholesale_b2b.setup.switch import settings

ZERO = Decimal(0)
DEFAULT_PRIORITY = 50


@dataclass(frozen=True)
class Steer:
	"""What a person decided for one run. modes: line → mode of a re-sequencing (`rules.resequence.MODES`)."""

	modes: Mapping[str, str] = field(default_factory=dict)


def decide(world: World, steer: Steer | None = None) -> tuple[rules.Plan, dict[str, int]]:
	"""The plan, and the place of each line in the queue."""
	lines, stock, how = demands(world), supplies(world), policy(world)
	pegs = rules.arrive(kept(world), _arrivals(world), lines, stock, how)
	order = rules.ranks(lines, how)
	if steer and steer.modes:
		return resequence(lines, stock, pegs, steer.modes, how), order
	return rules.plan(lines, stock, pegs, how), order


def policy(world: World | None = None) -> rules.Policy:
	"""How Wholesale Settings and the Stock Protections of these shelves want stock dealt out."""
	guards = protections.guards(*_places(world), getdate()) if world else []
	return rules.Policy(
		date_rule=(settings().date_rule or "Order Date").lower(),
		today=getdate(),
		horizon_days=cint(settings().horizon_days) or None,
		protections=tuple(
			rules.Protection(
				shelf_name((guard.item, guard.warehouse)), guard.segment, guard.floor, guard.ceiling
			)
			for guard in guards
			if (guard.item, guard.warehouse) in world.shelves
		),
	)


def _places(world: World) -> tuple[set[str], set[str]]:
	return {item for item, _ in world.keys}, {warehouse for _, warehouse in world.keys}


def demands(world: World) -> list[rules.Demand]:
	by_hand: dict[str, set[str]] = defaultdict(set)
	for entry in world.entries:
		by_hand[entry.line].add(entry.key[1])
	for line, key in world.taken:
		by_hand[line].add(key[1])
	segments = protections.segments(line.buyer for line in world.lines.values())
	sources = {company: sourcing(company) for company in {line.company for line in world.lines.values()}}
	default = cint(settings().default_priority) or DEFAULT_PRIORITY
	strategy = settings().default_strategy or rules.EARLIEST
	found = []
	for line in world.lines.values():
		chosen = sources[line.company].get(line.rule or "", ())
		own = chosen if line.key[1] in chosen else (line.key[1], *chosen)
		found.append(
			rules.Demand(
				line=line.name,
				item=line.key[0],
				warehouses=tuple(own),
				# A user may have reserved it from another warehouse by hand: that reservation counts and stays.
				also=tuple(sorted(by_hand[line.name] - set(own))),
				qty=max(line.owed - world.elsewhere.get(line.name, ZERO), ZERO),
				priority=line.priority or default,
				needed_by=line.needed_by,
				placed_at=line.placed_at,
				strategy=(line.strategy or strategy).lower(),
				pack=line.pack,
				segments=segments[line.buyer],
				horizon_days=line.horizon_days,
			)
		)
	return found


def supplies(world: World) -> list[rules.Supply]:
	promised: dict[Key, Decimal] = defaultdict(lambda: ZERO)
	for entry in world.entries:
		promised[entry.key] += entry.open
	for key, qty in _taken_again(world).items():
		promised[key[1]] += qty
	held = holds.held(*_places(world), now_datetime())
	shelves = [
		rules.Supply(
			key=shelf_name(key),
			kind=rules.ON_HAND,
			item=key[0],
			warehouse=key[1],
			# What is promised stays promised while it is there; new promises only from what nobody has claimed.
			qty=max(
				min(promised[key], shelf.actual), shelf.actual - shelf.claimed - held.get(key, ZERO), ZERO
			),
		)
		for key, shelf in world.shelves.items()
	]
	inbound = [
		rules.Supply(row.id, rules.INBOUND, row.key[0], row.key[1], row.open, row.expected or date.max)
		for row in world.inbound.values()
		if row.key in world.shelves
	]
	return shelves + inbound


def kept(world: World) -> list[rules.Peg]:
	"""Existing pegs, with the units of each that are being picked, are bound to a serial number or are busy as frozen."""
	picking = dict(world.picking)
	pegs = []
	for entry in world.entries:
		place = (entry.line, entry.key[1])
		frozen = min(entry.open, picking.get(place, ZERO))
		picking[place] = picking.get(place, ZERO) - frozen
		fixed = entry.busy or (entry.bound and entry.line in world.lines and world.lines[entry.line].owed)
		pegs.append(rules.Peg(entry.line, shelf_name(entry.key), entry.open, entry.open if fixed else frozen))
	for (line, key), qty in _taken_again(world).items():
		pegs.append(rules.Peg(line, shelf_name(key), qty, min(qty, picking.get((line, key[1]), ZERO))))
	pegs += [rules.Peg(promise.line, promise.supply, promise.qty) for promise in world.promises]
	return pegs


def _taken_again(world: World) -> dict[tuple[str, Key], Decimal]:
	"""(line, key) → units that are that line's without a reservation yet: taken from it in this very transaction, or
	handed over to it by a Stock Hold."""
	wanted = dict(world.taken)
	for line, places in holds.reserved_for(world.lines).items():
		for warehouse, qty in places.items():
			place = (line, (world.lines[line].key[0], warehouse))
			wanted[place] = max(wanted.get(place, ZERO), qty)
	if not wanted:
		return {}
	have: dict[tuple[str, Key], Decimal] = defaultdict(lambda: ZERO)
	for entry in world.entries:
		have[entry.line, entry.key] += entry.open
	return {
		place: qty - have[place]
		for place, qty in wanted.items()
		if qty > have[place] and place[1] in world.shelves
	}


def _arrivals(world: World) -> list[rules.Arrival]:
	"""Units received on supplies since their pegs were last planned."""
	then = {promise.supply: promise.received_then for promise in world.promises}
	return [
		rules.Arrival(name, shelf_name(row.key), row.received - then[name])
		for name, row in world.inbound.items()
		if name in then and row.received > then[name]
	]


def shelf_name(key: Key) -> str:
	"""The name of a shelf among the supplies of a plan."""
	return "\n".join(key)
