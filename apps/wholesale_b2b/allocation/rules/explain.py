"""Why a line has these units: what the rules would answer if somebody asked.

Answers are codes with facts, not sentences: `service/explaining.py` puts them into the reader's language.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wholesale_b2b.allocation.rules.model import (
	FAIR_SHARE,
	JUST_IN_TIME,
	ON_HAND,
	ZERO,
	Demand,
	Peg,
	Policy,
	Supply,
	by_name,
	ranks,
)
from wholesale_b2b.allocation.rules.pegs import merged

# Why this supply.
SHELF_FIRST = "the shelf first"
OWN_WAY = "as its strategy chooses"
IN_TIME = "the latest that comes in time"
FAR_OFF = "needed later than the horizon"
SHARED = "shared in proportion"
SHELF_EMPTY = "nothing on the shelf"
SHELF_GIVEN = "the shelf is promised to others"
SHELF_KEPT = "the shelf is kept for a segment"
SHELF_FREE = "free now, promised before"
# Why this line.
PLACE = "place in line"
BY_PRIORITY = "before by priority"
BY_NEED = "before by the date needed"
BY_AGE = "before by age"
BY_NAME = "before by name"
NOBODY_WAITS = "nobody else waits"
STANDS = "a promise that was made stands"
OWN_FLOOR = "kept for its segment"
FROZEN = "frozen"
LATE = "late"
# Of those who hold the shelf, so many are named.
NAMED = 3


@dataclass(frozen=True, slots=True)
class Reason:
	"""code: one of this module's. facts: by name; a `line` is a demand's, a `supply` a supply's."""

	code: str
	facts: Mapping[str, object] = field(default_factory=dict)


def explain(
	peg: Peg,
	demands: Iterable[Demand],
	supplies: Iterable[Supply],
	pegs: Iterable[Peg],
	policy: Policy | None = None,
) -> tuple[Reason, ...]:
	"""The reasons for a peg: its line's place, whom it went before and why, why this supply, and what else is special.

	pegs: all of the same item, this one among them. Raises KeyError for a line or supply that is not handed in.
	"""
	policy = policy or Policy()
	case = _Case(peg, by_name(demands, "line"), by_name(supplies, "key"), merged(pegs).values(), policy)
	return tuple([*case.turn(), *case.choice(), *case.special()])


class _Case:
	def __init__(self, peg, lines: dict[str, Demand], stock: dict[str, Supply], pegs, policy: Policy):
		self.peg, self.lines, self.stock, self.pegs, self.policy = peg, lines, stock, list(pegs), policy
		self.demand, self.supply = lines[peg.demand], stock[peg.supply]
		# line → units that it has from as near as this supply
		when = _when(self.supply)
		self.near: dict[str, Decimal] = {}
		for own in self.pegs:
			if _when(stock[own.supply]) <= when:
				self.near[own.demand] = self.near.get(own.demand, ZERO) + own.qty
		self.order = ranks((d for d in lines.values() if d.item == self.demand.item), policy)

	# ---- why this line ----

	def turn(self) -> list[Reason]:
		"""Its place in line; who stands before it and lacks the same, who comes right behind it."""
		mine = self.order[self.demand.line]
		asking = [d.line for d in self.lines.values() if d.line in self.order and d.qty > ZERO]
		place = 1 + sum(1 for line in asking if self.order[line] < mine)
		found = [Reason(PLACE, {"place": place, "of": max(len(asking), place)})]
		rivals = sorted(
			(d for d in self.lines.values() if self._wants_it(d)), key=lambda d: self.order[d.line]
		)
		before = [d for d in rivals if self.order[d.line] < mine]
		behind = [d for d in rivals if self.order[d.line] > mine]
		if before:
			found.append(Reason(STANDS, {"line": before[0].line}))
		if behind:
			found.append(self._went_before(behind[0]))
		if not rivals:
			found.append(Reason(NOBODY_WAITS))
		return found

	def _wants_it(self, other: Demand) -> bool:
		"""Whether another line could use these units: it may have them and has less than it asks for from as near."""
		if other.line == self.demand.line or other.item != self.supply.item:
			return False
		if self.supply.warehouse not in other.warehouses:
			return False
		return self.near.get(other.line, ZERO) < other.qty

	def _went_before(self, other: Demand) -> Reason:
		me = self.demand
		if me.priority != other.priority:
			return Reason(BY_PRIORITY, {"line": other.line, "own": me.priority, "other": other.priority})
		need = Reason(BY_NEED, {"line": other.line, "own": me.needed_by, "other": other.needed_by})
		age = Reason(BY_AGE, {"line": other.line, "own": me.placed_at, "other": other.placed_at})
		for reason in (need, age) if self.policy.date_rule == "requested date" else (age, need):
			if reason.facts["own"] != reason.facts["other"]:
				return reason
		return Reason(BY_NAME, {"line": other.line})

	# ---- why this supply ----

	def choice(self) -> list[Reason]:
		me = self.demand
		for plugged in self.policy.strategies:
			if plugged.name.lower() == me.strategy:
				return [Reason(OWN_WAY, {"strategy": plugged.name})]
		if me.strategy == FAIR_SHARE:
			return [Reason(SHARED)]
		if self.supply.kind == ON_HAND:
			waits = me.needed_by and (me.strategy == JUST_IN_TIME or self.policy.is_far_off(me))
			return [] if waits else [Reason(SHELF_FIRST)]
		in_time = me.needed_by and self.supply.available_on and self.supply.available_on <= me.needed_by
		if in_time and me.strategy == JUST_IN_TIME:
			return [Reason(IN_TIME, {"needed_by": me.needed_by})]
		if in_time and self.policy.is_far_off(me):
			days = self.policy.horizon_days if me.horizon_days is None else me.horizon_days
			return [Reason(FAR_OFF, {"needed_by": me.needed_by, "days": days})]
		return self._not_the_shelf()

	def _not_the_shelf(self) -> list[Reason]:
		shelves = [
			s
			for s in self.stock.values()
			if s.kind == ON_HAND and s.item == self.demand.item and s.warehouse in self.demand.warehouses
		]
		found = []
		for shelf in sorted(shelves, key=lambda s: self.demand.warehouses.index(s.warehouse)):
			held = sorted(
				(p for p in self.pegs if p.supply == shelf.key and p.demand != self.demand.line),
				key=lambda p: (-p.qty, p.demand),
			)
			free = shelf.qty - sum((p.qty for p in self.pegs if p.supply == shelf.key), ZERO)
			floors = [
				guard
				for guard in self.policy.protections
				if guard.supply == shelf.key
				and guard.floor > ZERO
				and guard.segment not in self.demand.segments
			]
			facts = {"supply": shelf.key, "qty": shelf.qty}
			if shelf.qty <= ZERO:
				found.append(Reason(SHELF_EMPTY, facts))
			elif free > ZERO and floors:
				found.append(
					Reason(SHELF_KEPT, {**facts, "segment": floors[0].segment, "floor": floors[0].floor})
				)
			elif free > ZERO:
				found.append(Reason(SHELF_FREE, {**facts, "free": free}))
			elif held:
				holders = tuple((p.demand, p.qty) for p in held[:NAMED])
				found.append(
					Reason(SHELF_GIVEN, {**facts, "holders": holders, "more": max(len(held) - NAMED, 0)})
				)
		return found

	# ---- what else ----

	def special(self) -> list[Reason]:
		found = []
		for guard in self.policy.protections:
			if (
				guard.supply == self.peg.supply
				and guard.floor > ZERO
				and guard.segment in self.demand.segments
			):
				found.append(Reason(OWN_FLOOR, {"segment": guard.segment, "floor": guard.floor}))
		if self.peg.frozen > ZERO:
			found.append(Reason(FROZEN, {"qty": self.peg.frozen}))
		when, needed = self.supply.available_on, self.demand.needed_by
		if when and needed and needed < when < date.max:
			found.append(Reason(LATE, {"needed_by": needed, "when": when}))
		return found


def _when(supply: Supply) -> tuple[bool, date]:
	return supply.available_on is not None, supply.available_on or date.max
