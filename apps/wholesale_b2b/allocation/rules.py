"""The planner: which units are promised to which demand line.

Pure: standard library only, no clock, no database. The same demands, supplies and kept pegs give the same plan
whatever order they are handed in, and planning what was planned changes nothing (`design.md` section 4).

Vocabulary
----------
A *demand* is an open order line, a *supply* is stock on hand or a purchase order row, a *peg* is so many units of
one supply promised to one demand. All quantities are `Decimal` in the item's stock UOM.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
ON_HAND = "on hand"
INBOUND = "inbound"


@dataclass(frozen=True, slots=True)
class Demand:
	"""An open order line.

	line: unique name of the line. warehouses: where it may be covered from, best first. qty: still owed.
	priority: class, the lower number goes first. needed_by: date the customer asked for, if any.
	placed_at: date or time of the order, decides within a class.
	"""

	line: str
	item: str
	warehouses: tuple[str, ...]
	qty: Decimal
	priority: int = 0
	needed_by: date | None = None
	placed_at: object = None


@dataclass(frozen=True, slots=True)
class Supply:
	"""Units that can cover a demand.

	key: unique name. kind: `ON_HAND` or a future kind. qty: all units it has for pegs, kept ones included.
	available_on: date from which they can ship; None means now.
	"""

	key: str
	kind: str
	item: str
	warehouse: str
	qty: Decimal
	available_on: date | None = None


@dataclass(frozen=True, slots=True)
class Peg:
	"""`qty` units of `supply` promised to `demand`. `frozen`: of these, units that may not be taken away (being picked)."""

	demand: str
	supply: str
	qty: Decimal
	frozen: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Arrival:
	"""`qty` units of the future supply `supply` have reached the shelf whose on-hand supply is `on_hand`."""

	supply: str
	on_hand: str
	qty: Decimal


@dataclass(frozen=True, slots=True)
class Policy:
	"""How to deal out. date_rule: `order date` (age decides within a class) or `requested date` (need decides first)."""

	date_rule: str = "order date"


@dataclass(frozen=True, slots=True)
class Plan:
	"""pegs: what is promised now, sorted by demand, then supply. shortages: line → uncovered units, lines with none left out."""

	pegs: tuple[Peg, ...]
	shortages: Mapping[str, Decimal] = field(default_factory=dict)


def plan(
	demands: Iterable[Demand],
	supplies: Iterable[Supply],
	kept: Iterable[Peg] = (),
	policy: Policy | None = None,
) -> Plan:
	"""Deal the supplies out to the demands.

	Kept pegs stay while demand and supply still carry them; what no longer fits is taken from the last in line, and
	frozen units last of all. What is left of each supply then goes to what is left of each demand, by `rank`:
	on hand before future, the sourcing order of the warehouses, then the earliest date.

	Raises ValueError for a negative quantity or a line or supply named twice.
	"""
	policy = policy or Policy()
	lines = _by_name(demands, "line")
	stock = _by_name(supplies, "key")
	order = ranks(lines.values(), policy)

	held = _fit(kept, lines, stock, order)
	owed = {name: demand.qty for name, demand in lines.items()}
	free = {key: supply.qty for key, supply in stock.items()}
	for (line, supply), peg in held.items():
		owed[line] -= peg.qty
		free[supply] -= peg.qty

	shelves = _shelves(stock, free)
	for line in sorted(order, key=order.__getitem__):
		if owed[line] > ZERO:
			_cover(lines[line], owed, free, shelves, held)

	return Plan(
		pegs=tuple(held[key] for key in sorted(held)),
		shortages={line: qty for line, qty in sorted(owed.items()) if qty > ZERO},
	)


def arrive(
	kept: Iterable[Peg],
	arrivals: Iterable[Arrival],
	demands: Iterable[Demand],
	supplies: Iterable[Supply],
	policy: Policy | None = None,
) -> tuple[Peg, ...]:
	"""Move pegs from a future supply to the shelf it has reached, first in line first.

	No more moves than arrived and than the shelf has unpromised, so a rejected or already taken unit moves nobody.
	Returns all kept pegs, moved or not; feed them to `plan`.
	"""
	lines = _by_name(demands, "line")
	stock = _by_name(supplies, "key")
	order = ranks(lines.values(), policy or Policy())
	pegs: dict[tuple[str, str], Peg] = {}
	for peg in kept:
		_add(pegs, peg)

	taken: dict[str, Decimal] = defaultdict(lambda: ZERO)
	for peg in pegs.values():
		taken[peg.supply] += peg.qty

	for arrival in sorted(arrivals, key=lambda a: (a.supply, a.on_hand)):
		shelf = stock.get(arrival.on_hand)
		if not shelf:
			continue
		room = min(arrival.qty, shelf.qty - taken[shelf.key])
		waiting = [p for p in pegs.values() if p.supply == arrival.supply and p.demand in lines]
		for peg in sorted(waiting, key=lambda p: order[p.demand]):
			if room <= ZERO:
				break
			moved = min(peg.qty, room)
			room -= moved
			taken[shelf.key] += moved
			_reduce(pegs, peg, moved)
			_add(pegs, Peg(peg.demand, shelf.key, moved))
	return tuple(pegs[key] for key in sorted(pegs))


def release(
	pegs: Iterable[Peg],
	qty: Decimal,
	demands: Iterable[Demand],
	prefer: Iterable[str] = (),
	policy: Policy | None = None,
) -> tuple[Peg, ...]:
	"""Which pegs give up `qty` units, last in line first; lines in `prefer` before all others; frozen units never.

	Returns pegs whose qty is what each gives up. Together less than `qty` if there is not that much to take.
	"""
	order = ranks(demands, policy or Policy())
	preferred = set(prefer)
	last = len(order)
	merged: dict[tuple[str, str], Peg] = {}
	for peg in pegs:
		_add(merged, peg)
	given = []
	for peg in sorted(
		merged.values(),
		key=lambda p: (p.demand in preferred, order.get(p.demand, last), p.demand, p.supply),
		reverse=True,
	):
		take = min(qty, peg.qty - peg.frozen)
		if take > ZERO:
			given.append(Peg(peg.demand, peg.supply, take))
			qty -= take
	return tuple(given)


def ranks(demands: Iterable[Demand], policy: Policy) -> dict[str, int]:
	"""Place of each line in the queue, 0 first: priority class, the date rule, age, name (unique)."""
	ordered = sorted(demands, key=lambda demand: rank(demand, policy))
	return {demand.line: place for place, demand in enumerate(ordered)}


def rank(demand: Demand, policy: Policy) -> tuple:
	"""Sort key of a demand; no date sorts last, the line's name makes it unique."""
	dates = [_dated(demand.placed_at), _dated(demand.needed_by)]
	if policy.date_rule == "requested date":
		dates.reverse()
	return (demand.priority, *dates, demand.line)


def _dated(value: object) -> tuple[bool, str]:
	"""Dates and times of any kind in one order (ISO text sorts by time), none last."""
	if value is None:
		return True, ""
	return False, value.isoformat() if hasattr(value, "isoformat") else str(value)


def _by_name(rows: Iterable, name: str) -> dict:
	named: dict = {}
	for row in rows:
		key = getattr(row, name)
		if key in named:
			raise ValueError(f"{name} {key!r} is given twice")
		if row.qty < ZERO:
			raise ValueError(f"{name} {key!r} has a negative quantity: {row.qty}")
		named[key] = row
	return named


def _fit(
	kept: Iterable[Peg], lines: dict[str, Demand], stock: dict[str, Supply], order: dict[str, int]
) -> dict[tuple[str, str], Peg]:
	"""Kept pegs cut down to what their demand still owes, then to what their supply still has."""
	held: dict[tuple[str, str], Peg] = {}
	for peg in kept:
		if peg.qty < ZERO:
			raise ValueError(f"peg of {peg.demand!r} on {peg.supply!r} has a negative quantity: {peg.qty}")
		if (
			peg.qty
			and peg.demand in lines
			and peg.supply in stock
			and _may(lines[peg.demand], stock[peg.supply])
		):
			_add(held, peg)

	by_line, by_supply = defaultdict(list), defaultdict(list)
	for peg in held.values():
		by_line[peg.demand].append(peg)
	for line, pegs in by_line.items():
		# A shrinking line keeps what is nearest: frozen, then on the shelf, then the earliest date.
		pegs.sort(key=lambda p: _nearness(lines[line], stock[p.supply]))
		_cut(held, pegs, lines[line].qty)

	for peg in held.values():
		by_supply[peg.supply].append(peg)
	for supply, pegs in by_supply.items():
		pegs.sort(key=lambda p: order[p.demand])
		_cut(held, pegs, stock[supply].qty)
	return held


def _may(demand: Demand, supply: Supply) -> bool:
	return demand.item == supply.item and supply.warehouse in demand.warehouses


def _nearness(demand: Demand, supply: Supply) -> tuple:
	return (
		supply.available_on is not None,
		supply.available_on or date.min,
		demand.warehouses.index(supply.warehouse),
		supply.key,
	)


def _cut(held: dict[tuple[str, str], Peg], pegs: list[Peg], limit: Decimal) -> None:
	"""Keep at most `limit` units of these pegs (best first): every frozen unit, then the others in their order."""
	if sum(p.qty for p in pegs) <= limit:
		return
	frozen = {}
	for peg in pegs:
		frozen[peg.supply, peg.demand] = secured = min(peg.frozen, peg.qty, limit)
		limit -= secured
	for peg in pegs:
		secured = frozen[peg.supply, peg.demand]
		extra = min(peg.qty - secured, limit)
		limit -= extra
		_reduce(held, peg, peg.qty - secured - extra)


def _add(pegs: dict[tuple[str, str], Peg], peg: Peg) -> None:
	key = (peg.demand, peg.supply)
	before = pegs.get(key)
	pegs[key] = (
		replace(before, qty=before.qty + peg.qty, frozen=before.frozen + peg.frozen) if before else peg
	)


def _reduce(pegs: dict[tuple[str, str], Peg], peg: Peg, by: Decimal) -> None:
	key = (peg.demand, peg.supply)
	left = pegs[key].qty - by
	if left > ZERO:
		pegs[key] = replace(pegs[key], qty=left, frozen=min(pegs[key].frozen, left))
	else:
		del pegs[key]


def _shelves(stock: dict[str, Supply], free: dict[str, Decimal]) -> dict[tuple[str, str], deque[tuple]]:
	"""(item, warehouse) → its supplies with free units, on hand first, then by date, then by key."""
	shelves: dict[tuple[str, str], list[tuple]] = defaultdict(list)
	for key, supply in stock.items():
		if free[key] > ZERO:
			when = supply.available_on
			shelves[supply.item, supply.warehouse].append((when is not None, when or date.min, key))
	return {place: deque(sorted(entries)) for place, entries in shelves.items()}


def _cover(
	demand: Demand,
	owed: dict[str, Decimal],
	free: dict[str, Decimal],
	shelves: dict[tuple[str, str], deque[tuple]],
	held: dict[tuple[str, str], Peg],
) -> None:
	"""Give one demand what it still needs: on hand in sourcing order first, then future supply by date.

	Every shelf is used from its front, so an exhausted supply is always the first of its shelf.
	"""
	rows = [shelves[demand.item, w] for w in demand.warehouses if (demand.item, w) in shelves]
	while owed[demand.line] > ZERO and (rows := [row for row in rows if row]):
		shelf = min(rows, key=lambda row: row[0][:2]) if len(rows) > 1 else rows[0]
		key = shelf[0][2]
		take = min(owed[demand.line], free[key])
		_add(held, Peg(demand.line, key, take))
		owed[demand.line] -= take
		free[key] -= take
		if free[key] <= ZERO:
			shelf.popleft()
