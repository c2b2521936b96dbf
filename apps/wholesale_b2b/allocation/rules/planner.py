"""`plan`: keep what is promised, deal out the rest."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from itertools import groupby

from wholesale_b2b.allocation.rules.model import (
	FAIR_SHARE,
	JUST_IN_TIME,
	STRATEGIES,
	ZERO,
	Demand,
	Peg,
	Plan,
	Policy,
	Supply,
	by_name,
	ranks,
)
from wholesale_b2b.allocation.rules.pegs import Pegs, add, cut, in_order, merged


def plan(
	demands: Iterable[Demand],
	supplies: Iterable[Supply],
	kept: Iterable[Peg] = (),
	policy: Policy | None = None,
) -> Plan:
	"""Deal the supplies out to the demands.

	Kept pegs stay while demand and supply still carry them; what no longer fits is taken from the last in line, and
	frozen units last of all. What is left of each supply then goes to what is left of each demand, by `rank`, as its
	strategy prefers: *earliest* takes the shelf first, then the next date; *just in time*, and any line beyond the
	policy's horizon, the latest supply that still comes in time, then the shelf, then what comes late; *fair share*
	divides what there is between the lines of a class in proportion, case packs kept whole, the remainder by rank.

	Raises ValueError for a negative quantity, a line or supply named twice, or an unknown strategy.
	"""
	policy = policy or Policy()
	lines = by_name(demands, "line")
	stock = by_name(supplies, "key")
	for demand in lines.values():
		if demand.strategy not in STRATEGIES:
			raise ValueError(f"line {demand.line!r} has an unknown strategy: {demand.strategy!r}")
	order = ranks(lines.values(), policy)
	table = _Table(lines, stock, _fit(kept, lines, stock, order), policy)
	for group in _turns(lines, order):
		if len(group) == 1:
			table.serve(group[0])
		else:
			table.share(group)
	return Plan(
		pegs=in_order(table.held),
		shortages={line: qty for line, qty in sorted(table.owed.items()) if qty > ZERO},
	)


def _turns(lines: dict[str, Demand], order: dict[str, int]) -> Iterator[list[Demand]]:
	"""Who is served when: one line at a time, but all fair-share lines of a class and item together."""
	ordered = [lines[line] for line in order]
	for _priority, same_class in groupby(ordered, key=lambda demand: demand.priority):
		sharing: dict[str, list[Demand]] = {}
		turns: list[list[Demand]] = []
		for demand in same_class:
			if demand.strategy != FAIR_SHARE:
				turns.append([demand])
			elif demand.item in sharing:
				sharing[demand.item].append(demand)
			else:
				sharing[demand.item] = [demand]
				turns.append(sharing[demand.item])
		yield from turns


def _fit(
	kept: Iterable[Peg], lines: dict[str, Demand], stock: dict[str, Supply], order: dict[str, int]
) -> Pegs:
	"""Kept pegs cut down to what their demand still owes, then to what their supply still has."""
	usable = []
	for peg in kept:
		if peg.qty < ZERO:
			raise ValueError(f"peg of {peg.demand!r} on {peg.supply!r} has a negative quantity: {peg.qty}")
		if peg.demand in lines and peg.supply in stock and _may_keep(lines[peg.demand], stock[peg.supply]):
			usable.append(peg)
	held = merged(usable)

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


def _may(demand: Demand, supply: Supply) -> bool:
	return demand.item == supply.item and supply.warehouse in demand.warehouses


def _may_keep(demand: Demand, supply: Supply) -> bool:
	return demand.item == supply.item and supply.warehouse in (*demand.warehouses, *demand.also)


def _nearness(demand: Demand, supply: Supply) -> tuple:
	places = (*demand.warehouses, *demand.also)
	return (*_when(supply), places.index(supply.warehouse), supply.key)


def _when(supply: Supply) -> tuple[bool, date]:
	"""The shelf first, then by date."""
	return supply.available_on is not None, supply.available_on or date.min


class _Table:
	"""What is still free and still owed while the supplies are dealt out."""

	def __init__(self, lines: dict[str, Demand], stock: dict[str, Supply], held: Pegs, policy: Policy):
		self.lines, self.stock, self.held, self.policy = lines, stock, held, policy
		self.owed = {line: demand.qty for line, demand in lines.items()}
		self.free = {key: supply.qty for key, supply in stock.items()}
		self.guards: dict[str, list[_Guard]] = defaultdict(list)
		for protection in policy.protections:
			self.guards[protection.supply].append(_Guard(protection))
		for (line, supply), peg in held.items():
			self._count(lines[line], supply, peg.qty)
		# (item, warehouse) → its supplies with free units, the shelf first, then by date, then by key.
		self.shelves: dict[tuple[str, str], list[tuple]] = {}
		for key, supply in stock.items():
			if self.free[key] > ZERO:
				self.shelves.setdefault((supply.item, supply.warehouse), []).append((*_when(supply), key))
		for entries in self.shelves.values():
			entries.sort()

	def serve(self, demand: Demand) -> None:
		"""Give one demand what it still needs, in the order it prefers."""
		if self.owed[demand.line] <= ZERO:
			return
		for key in self._choices(demand):
			self.give(demand, key, min(self.owed[demand.line], self.room(demand, key)))
			if self.owed[demand.line] <= ZERO:
				return

	def share(self, group: list[Demand]) -> None:
		"""Divide each supply between the lines of a group (in rank order), supply by supply in order of time."""
		seen: dict[str, None] = {}
		for demand in group:
			seen.update(dict.fromkeys(self._choices(demand)))
		for key in sorted(seen, key=lambda name: (*_when(self.stock[name]), name)):
			takers = [d for d in group if self.owed[d.line] > ZERO and _may(d, self.stock[key])]
			for demand, qty in _shares(takers, self.owed, self.free[key]):
				self.give(demand, key, min(qty, self.room(demand, key)))
			for demand in takers:
				# What packs and protections left over goes by rank, in whole packs.
				left = min(self.owed[demand.line], self.room(demand, key))
				self.give(demand, key, left if left == self.owed[demand.line] else _whole(left, demand.pack))

	def room(self, demand: Demand, key: str) -> Decimal:
		"""Units of a supply that this demand may have: free, not kept for others, not above its own cap."""
		guards = self.guards.get(key, ())
		room = self.free[key] - sum((guard.kept_from(demand) for guard in guards), ZERO)
		return max(min([room, *(guard.cap(demand, room) for guard in guards)]), ZERO)

	def give(self, demand: Demand, key: str, qty: Decimal) -> None:
		if qty <= ZERO:
			return
		add(self.held, Peg(demand.line, key, qty))
		self._count(demand, key, qty)
		if self.free[key] <= ZERO:
			supply = self.stock[key]
			self.shelves[supply.item, supply.warehouse].remove((*_when(supply), key))

	def _count(self, demand: Demand, key: str, qty: Decimal) -> None:
		self.owed[demand.line] -= qty
		self.free[key] -= qty
		for guard in self.guards.get(key, ()):
			guard.count(demand, qty)

	def _choices(self, demand: Demand) -> list[str]:
		"""Supplies with free units that the demand may have, in the order it prefers them."""
		rows = [
			(entry, place)
			for place, warehouse in enumerate(demand.warehouses)
			for entry in self.shelves.get((demand.item, warehouse), ())
		]
		if len(demand.warehouses) > 1:
			rows.sort(key=lambda row: (row[0][:2], row[1], row[0][2]))
		if demand.needed_by and (demand.strategy == JUST_IN_TIME or self.policy.is_far_off(demand)):
			shelf = bisect_right(rows, (False, date.max), key=lambda row: row[0][:2])
			in_time = bisect_right(rows, (True, demand.needed_by), key=lambda row: row[0][:2])
			rows = rows[shelf:in_time][::-1] + rows[:shelf] + rows[in_time:]
		return [entry[2] for entry, _place in rows]


class _Guard:
	"""A protection and what its segment has taken so far."""

	def __init__(self, protection):
		self.protection = protection
		self.taken = ZERO

	def kept_from(self, demand: Demand) -> Decimal:
		"""Units that the segment's floor still keeps from this demand; the floors of several segments add up."""
		if self.protection.segment in demand.segments:
			return ZERO
		return max(self.protection.floor - self.taken, ZERO)

	def cap(self, demand: Demand, free: Decimal) -> Decimal:
		"""What the segment's ceiling leaves of `free` units."""
		ceiling = self.protection.ceiling
		if ceiling is None or self.protection.segment not in demand.segments:
			return free
		return min(free, ceiling - self.taken)

	def count(self, demand: Demand, qty: Decimal) -> None:
		if self.protection.segment in demand.segments:
			self.taken += qty


def _shares(takers: list[Demand], owed: dict[str, Decimal], free: Decimal) -> list[tuple[Demand, Decimal]]:
	"""Each line's part of `free` units in proportion to what it is owed, in whole packs; all of it where there is enough."""
	total = sum((owed[d.line] for d in takers), ZERO)
	if total <= free:
		return [(d, owed[d.line]) for d in takers]
	return [(d, _whole(free * owed[d.line] / total, d.pack)) for d in takers]


def _whole(qty: Decimal, pack: Decimal) -> Decimal:
	"""`qty` down to whole packs; a pack of nothing means any quantity."""
	return (qty / pack).to_integral_value(ROUND_FLOOR) * pack if pack > ZERO else qty
