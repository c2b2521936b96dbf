"""`plan`: keep what is promised, deal out the rest."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from wholesale_b2b.allocation.rules.fitting import fit, usable, when
from wholesale_b2b.allocation.rules.model import (
	FAIR_SHARE,
	JUST_IN_TIME,
	STRATEGIES,
	ZERO,
	Demand,
	Peg,
	Plan,
	Policy,
	Protection,
	Supply,
	by_name,
	rank,
)
from wholesale_b2b.allocation.rules.pegs import add, by_place
from wholesale_b2b.allocation.rules.strategy import chosen


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
	divides what there is between the lines of a class in proportion, case packs kept whole, the remainder by rank; a
	strategy of the policy's own says itself.

	Raises ValueError for a negative quantity, a line or supply named twice, or an unknown strategy.
	"""
	policy = policy or Policy()
	known = {*STRATEGIES, *(strategy.name.lower() for strategy in policy.strategies)}
	lines, stock = by_name(demands, "line"), by_name(supplies, "key")
	for demand in lines.values():
		if demand.strategy not in known:
			raise ValueError(f"line {demand.line!r} has an unknown strategy: {demand.strategy!r}")
	had, guards = usable(kept, lines, stock), defaultdict(list)
	for protection in policy.protections:
		guards[protection.supply].append(protection)

	# Items share nothing: each is dealt out by itself, which keeps what is looked at together small.
	queues, shelves = _by_item(lines.values()), _by_item(stock.values())
	pegs, short = [], []
	for item, queue in queues.items():
		queue.sort(key=lambda demand: rank(demand, policy))
		table = _Table(queue, shelves.get(item, ()), had.get(item, ()), guards, policy)
		for group in _turns(queue):
			if len(group) == 1:
				table.serve(group[0])
			else:
				table.share(group)
		pegs += table.held.values()
		short += [(line, qty) for line, qty in table.owed.items() if qty > ZERO]
	return Plan(pegs=by_place(pegs), shortages=dict(sorted(short)))


def _by_item(rows: Iterable) -> dict[str, list]:
	groups: dict[str, list] = defaultdict(list)
	for row in rows:
		groups[row.item].append(row)
	return groups


def _turns(queue: list[Demand]) -> Iterator[list[Demand]]:
	"""Who of an item is served when: one line at a time, but all fair-share lines of a class together."""
	sharing: dict[int, list[Demand]] = defaultdict(list)
	for demand in queue:
		if demand.strategy == FAIR_SHARE:
			sharing[demand.priority].append(demand)
	for demand in queue:
		if demand.strategy != FAIR_SHARE:
			yield [demand]
		elif demand.priority in sharing:
			yield sharing.pop(demand.priority)


class _Table:
	"""What is still free and still owed of one item while its supplies are dealt out."""

	def __init__(
		self,
		queue: list[Demand],
		supplies: Iterable[Supply],
		kept: Iterable[Peg],
		protections: Mapping[str, list[Protection]],
		policy: Policy,
	):
		self.policy = policy
		self.strategies = {strategy.name.lower(): strategy for strategy in policy.strategies}
		self.stock = {supply.key: supply for supply in supplies}
		self.owed = {demand.line: demand.qty for demand in queue}
		self.free = {key: supply.qty for key, supply in self.stock.items()}
		self.guards: dict[str, list[_Guard]] = {}
		if protections:
			self.guards = {
				key: [_Guard(row) for row in protections[key]] for key in self.stock if key in protections
			}
		# warehouses of a line → supplies there with free units, the nearest first
		self.near: dict[tuple[str, ...], list[str]] = {}
		self.held = fit(kept, queue, self.stock)
		if self.held:
			# In the order of the queue, as they were dealt out: which floor a unit of several segments fills depends on it.
			places = {demand.line: place for place, demand in enumerate(queue)}
			for (line, supply), peg in sorted(
				self.held.items(), key=lambda row: (places[row[0][0]], row[0][1])
			):
				self._count(queue[places[line]], supply, peg.qty)

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
		for key in sorted(seen, key=lambda name: (*when(self.stock[name]), name)):
			place = self.stock[key].warehouse
			takers = [
				d for d in group if self.owed[d.line] > ZERO and place in d.warehouses and key not in d.barred
			]
			for demand, qty in _shares(takers, self.owed, self.free[key]):
				self.give(demand, key, min(qty, self.room(demand, key)))
			for demand in takers:
				# What packs and protections left over goes by rank, in whole packs.
				left = min(self.owed[demand.line], self.room(demand, key))
				self.give(demand, key, left if left == self.owed[demand.line] else _whole(left, demand.pack))

	def room(self, demand: Demand, key: str) -> Decimal:
		"""Units of a supply that this demand may have: free, not kept for others, not above its own cap."""
		if key in demand.barred:
			return ZERO
		room = self.free[key]
		if guards := self.guards.get(key):
			room -= sum((guard.kept_from(demand) for guard in guards), ZERO)
			room = min(guard.cap(demand, room) for guard in guards)
		return max(room, ZERO)

	def give(self, demand: Demand, key: str, qty: Decimal) -> None:
		if qty <= ZERO:
			return
		add(self.held, Peg(demand.line, key, qty))
		self._count(demand, key, qty)
		if self.free[key] <= ZERO:
			# New lists, since somebody may be going through the old ones.
			self.near = {places: [name for name in keys if name != key] for places, keys in self.near.items()}

	def _count(self, demand: Demand, key: str, qty: Decimal) -> None:
		self.owed[demand.line] -= qty
		self.free[key] -= qty
		# A unit fills one floor only, though its line may be of several segments: else it would set others free.
		left = qty
		for guard in self.guards.get(key, ()):
			left -= guard.count(demand, qty, left)

	def _choices(self, demand: Demand) -> list[str]:
		"""Supplies with free units that the demand may have, in the order it prefers them."""
		keys = self.near.get(demand.warehouses)
		if keys is None:
			keys = self.near[demand.warehouses] = self._nearest(demand.warehouses)
		if own := self.strategies.get(demand.strategy):
			return chosen(own, demand, [self.stock[key] for key in keys], self.policy)
		if demand.needed_by and (demand.strategy == JUST_IN_TIME or self.policy.is_far_off(demand)):

			def comes(key):
				return when(self.stock[key])

			shelf = bisect_right(keys, (False, date.max), key=comes)
			in_time = bisect_right(keys, (True, demand.needed_by), key=comes)
			keys = keys[shelf:in_time][::-1] + keys[:shelf] + keys[in_time:]
		return keys

	def _nearest(self, warehouses: tuple[str, ...]) -> list[str]:
		"""Supplies with free units in these warehouses: the shelves first, then by date, sourcing order and key."""
		places = {name: place for place, name in reversed(list(enumerate(warehouses)))}
		rows = [
			(*when(supply), places[supply.warehouse], key)
			for key, supply in self.stock.items()
			if supply.warehouse in places and self.free[key] > ZERO
		]
		return [row[-1] for row in sorted(rows)]


SMALLEST = Decimal("0.000001")


class _Guard:
	"""A protection, what its segment has taken so far, and how much of its floor is filled."""

	def __init__(self, protection: Protection):
		self.protection = protection
		self.taken = self.filled = ZERO

	def kept_from(self, demand: Demand) -> Decimal:
		"""Units that the segment's floor still keeps from this demand; the floors of several segments add up."""
		if self.protection.segment in demand.segments:
			return ZERO
		return max(self.protection.floor - self.filled, ZERO)

	def cap(self, demand: Demand, free: Decimal) -> Decimal:
		"""What the segment's ceiling leaves of `free` units."""
		ceiling = self.protection.ceiling
		if ceiling is None or self.protection.segment not in demand.segments:
			return free
		return min(free, ceiling - self.taken)

	def count(self, demand: Demand, qty: Decimal, unused: Decimal) -> Decimal:
		"""Count units of a line of this segment; returns how many of the `unused` ones fill this floor."""
		if self.protection.segment not in demand.segments:
			return ZERO
		self.taken += qty
		fills = min(unused, max(self.protection.floor - self.filled, ZERO))
		self.filled += fills
		return fills


def _shares(takers: list[Demand], owed: dict[str, Decimal], free: Decimal) -> list[tuple[Demand, Decimal]]:
	"""Each line's part of `free` units in proportion to what it is owed, in whole packs; all of it where there is enough."""
	total = sum((owed[d.line] for d in takers), ZERO)
	if total <= free:
		return [(d, owed[d.line]) for d in takers]
	return [(d, _whole(free * owed[d.line] / total, d.pack)) for d in takers]


def _whole(qty: Decimal, pack: Decimal) -> Decimal:
	"""`qty` down to whole packs; a pack of nothing means any quantity, to the six places that quantities have."""
	if pack > ZERO:
		return (qty / pack).to_integral_value(ROUND_FLOOR) * pack
	return qty.quantize(SMALLEST, ROUND_FLOOR)
