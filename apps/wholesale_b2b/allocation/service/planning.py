"""From what the store has read to what the rules decide: demands, supplies, kept pegs, protections, and the plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from frappe.utils import cint, getdate, now_datetime

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.rules.handover import Move, hand_over
from wholesale_b2b.allocation.rules.resequence import resequence
from wholesale_b2b.allocation.rules.restore import restore
from wholesale_b2b.allocation.service import strategies
from wholesale_b2b.allocation.service.sourcing import sources
from wholesale_b2b.allocation.store import holds, missing, protections
from wholesale_b2b.allocation.store.demand import Key
from wholesale_b2b.allocation.store.reads import World
from wholesale_b2b.allocation.store.sources import supply_id
from wholesale_b2b.setup.switch import settings

ZERO = Decimal(0)
DEFAULT_PRIORITY = 50


@dataclass(frozen=True)
class Steer:
	"""What a person decided for one run.

	modes: line → mode of a re-sequencing (`rules.resequence.MODES`). moves: units handed from line to line, which go
	before everything else. why: line → the rule that its Allocation Change names. run_type: as Allocation Run has it.
	had: line → pegs that it is given back, and arrived: what has come in of them since, when a run is undone.
	into: an Allocation Run that takes the log; without it one is made, with `reason` and `idempotency_key`.
	"""

	modes: Mapping[str, str] = field(default_factory=dict)
	moves: tuple[Move, ...] = ()
	had: Mapping[str, tuple[rules.Peg, ...]] = field(default_factory=dict)
	arrived: tuple[rules.Arrival, ...] = ()
	why: Mapping[str, str] = field(default_factory=dict)
	run_type: str = "Re-Sequencing"
	into: str | None = None
	reason: str | None = None
	idempotency_key: str | None = None


def decide(world: World, steer: Steer | None = None) -> tuple[rules.Plan, dict[str, int]]:
	"""The plan, and the place of each line in the queue."""
	lines, stock, how = demands(world), supplies(world), policy(world)
	pegs = rules.arrive(kept(world), _arrivals(world), lines, stock, how)
	order = rules.ranks(lines, how)
	if steer and steer.moves:
		# What is moved must be there, so first make right what is not.
		fitted = rules.plan(lines, stock, pegs, how).pegs
		pegs = hand_over(fitted, steer.moves, lines, stock)
	if steer and steer.had:
		return restore(lines, stock, pegs, steer.had, steer.arrived, how), order
	if steer and steer.modes:
		return resequence(lines, stock, pegs, steer.modes, how), order
	return rules.plan(lines, stock, pegs, how), order


def policy(world: World | None = None) -> rules.Policy:
	"""How Wholesale Settings and the Stock Protections of these shelves want stock dealt out."""
	guards = protections.guards(*_places(world), getdate()) if world else []
	return rules.Policy(
		strategies=strategies.plugged(),
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
	for line, key in _taken_again(world):
		by_hand[line].add(key[1])
	segments = protections.segments(line.buyer for line in world.lines.values())
	served = sources({line.company for line in world.lines.values()})
	default = cint(settings().default_priority) or DEFAULT_PRIORITY
	strategy = (settings().default_strategy or rules.EARLIEST).lower()
	barred = missing.barred(*_places(world))
	# The app that brought a strategy may be gone.
	known = {name.lower() for name in strategies.names()}
	found = []
	for line in world.lines.values():
		account = served.account(line.company, line.customer, line.account)
		chosen = served.places(line.rule, account)
		own = chosen if line.key[1] in chosen else (line.key[1], *chosen)
		found.append(
			rules.Demand(
				line=line.name,
				item=line.key[0],
				warehouses=tuple(own),
				# A user may have reserved it from another warehouse by hand: that reservation counts and stays.
				also=tuple(sorted(by_hand[line.name] - set(own))),
				qty=max(line.owed - world.pegged_elsewhere(line.name), ZERO),
				priority=line.priority or served.priorities.get(account) or default,
				needed_by=line.needed_by,
				placed_at=line.placed_at,
				strategy=_first_known(((line.strategy or "").lower(), strategy), known),
				pack=line.pack,
				segments=segments[line.buyer],
				horizon_days=line.horizon_days,
				barred=tuple(shelf_name(key) for key in sorted(barred.get(line.name, ()))),
			)
		)
	return found


def _first_known(wanted: Iterable[str], known: set[str]) -> str:
	return next((name for name in wanted if name in known), rules.EARLIEST)


def supplies(world: World) -> list[rules.Supply]:
	# What a line that owes nothing any more still has is promised to nobody.
	owing = {name for name, line in world.lines.items() if line.owed > ZERO}
	promised: dict[Key, Decimal] = defaultdict(lambda: ZERO)
	for entry in world.entries:
		promised[entry.key] += entry.open if entry.line in owing and not entry.void else ZERO
	for (line, key), qty in _taken_again(world).items():
		promised[key] += qty if line in owing else ZERO
	coming: dict[str, Decimal] = defaultdict(lambda: ZERO)
	for promise in world.promises:
		coming[promise.supply] += promise.qty if promise.line in owing else ZERO
	for arrival in _arrivals(world):
		coming[arrival.supply] -= min(arrival.qty, coming[arrival.supply])
	for (_line, supply), qty in _taken_over(world).items():
		coming[supply] += qty
	now = now_datetime()
	held, held_to_come = holds.held(*_places(world), now), _held_to_come(world, now)
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
		rules.Supply(
			row.id,
			rules.INBOUND,
			row.key[0],
			row.key[1],
			max(min(coming[row.id], row.open), row.open - held_to_come.get(row.id, ZERO)),
			row.expected or date.max,
		)
		for row in world.inbound.values()
		if row.key in world.shelves
	]
	return shelves + inbound


def kept(world: World) -> list[rules.Peg]:
	"""Existing pegs, with the units of each that are being picked, are bound to a serial number or are busy as frozen."""
	picking = dict(world.picking)
	pegs = []
	for entry in world.entries:
		if entry.void:
			continue
		place = (entry.line, entry.key[1])
		frozen = min(entry.open, picking.get(place, ZERO))
		picking[place] = picking.get(place, ZERO) - frozen
		fixed = entry.busy or (entry.bound and entry.line in world.lines and world.lines[entry.line].owed)
		pegs.append(rules.Peg(entry.line, shelf_name(entry.key), entry.open, entry.open if fixed else frozen))
	for (line, key), qty in _taken_again(world).items():
		pegs.append(rules.Peg(line, shelf_name(key), qty, min(qty, picking.get((line, key[1]), ZERO))))
	pegs += [rules.Peg(promise.line, promise.supply, promise.qty) for promise in world.promises]
	pegs += [rules.Peg(line, supply, qty) for (line, supply), qty in _taken_over(world).items()]
	return pegs


def _taken_again(world: World) -> dict[tuple[str, Key], Decimal]:
	"""(line, key) → units that are that line's without a reservation yet: taken from it in this very transaction, or
	handed over to it by a Stock Hold."""
	handed: dict[tuple[str, Key], Decimal] = defaultdict(lambda: ZERO)
	for hold in handed_over(world):
		if not hold.supply:
			handed[hold.line, (world.lines[hold.line].key[0], hold.warehouse)] += hold.qty
	if not (handed or world.taken):
		return {}
	wanted = {place: max(world.taken.get(place, ZERO), handed[place]) for place in {*world.taken, *handed}}
	have: dict[tuple[str, Key], Decimal] = defaultdict(lambda: ZERO)
	for entry in world.entries:
		have[entry.line, entry.key] += entry.open
	return {
		place: qty - have[place]
		for place, qty in sorted(wanted.items())
		if qty > have[place] and place[1] in world.shelves
	}


def _taken_over(world: World) -> dict[tuple[str, str], Decimal]:
	"""(line, supply) → units to come that are that line's without a promise yet: it took them over from a Stock Hold, or
	they were bought for it."""
	wanted: dict[tuple[str, str], Decimal] = _bought(world)
	for hold in handed_over(world):
		if hold.supply:
			wanted[hold.line, hold.supply] += hold.qty
	have = {(peg.line, peg.supply): peg.qty for peg in world.promises} if wanted else {}
	return {
		place: qty - have.get(place, ZERO)
		for place, qty in wanted.items()
		if place[1] in world.inbound and qty > have.get(place, ZERO)
	}


def _bought(world: World) -> dict[tuple[str, str], Decimal]:
	"""(line, supply) → units of a supply that was bought for the line, as far as it lacks them: the first time that it is
	looked at. Later it is a promise like others, which people may move."""
	found: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
	for row in world.inbound.values():
		line = world.lines.get(row.for_line)
		if not line or (line.name, row.id) in world.bought_before or row.key != line.key:
			continue
		have = sum((entry.open for entry in world.entries if entry.line == line.name), ZERO)
		have += sum((promise.qty for promise in world.promises if promise.line == line.name), ZERO)
		have += sum((qty for (taker, _supply), qty in found.items() if taker == line.name), ZERO)
		free = row.open - sum((promise.qty for promise in world.promises if promise.supply == row.id), ZERO)
		if (qty := min(line.owed - world.pegged_elsewhere(line.name) - have, free)) > ZERO:
			found[line.name, row.id] = qty
	return found


def handed_over(world: World) -> list[dict]:
	"""What lines of this plan took over from Stock Holds, as `store.holds.handed_over` has it."""
	if world.handed is None:
		world.handed = [hold for hold in holds.handed_over(*_places(world)) if hold.line in world.lines]
	return world.handed


def _held_to_come(world: World, now: datetime) -> dict[str, Decimal]:
	"""Supply → units of it that are held for nobody's line in this plan."""
	held: dict[str, Decimal] = defaultdict(lambda: ZERO)
	for row in holds.to_come(*_places(world), now):
		held[supply_id(row.supply_type, row.supply_row)] += row.qty
	return held


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


def shelf_key(name: str) -> Key:
	"""The item and warehouse of a shelf by its name."""
	item, warehouse = name.split("\n")
	return item, warehouse
