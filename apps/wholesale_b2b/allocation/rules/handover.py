"""Taking units from one order line and giving them to another, because a person wants it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wholesale_b2b.allocation.rules.model import ZERO, Demand, Peg, Supply, by_name
from wholesale_b2b.allocation.rules.pegs import Pegs, add, in_order, merged, reduce

# Why a move cannot be made.
NO_QUANTITY = "no quantity"
UNKNOWN_SUPPLY = "unknown supply"
UNKNOWN_GIVER = "unknown giver"
UNKNOWN_TAKER = "unknown taker"
SAME_LINE = "same line"
WRONG_PLACE = "wrong place"
FROZEN = "frozen"
TOO_MANY = "too many"
NOT_FREE = "not free"
NEEDS_LESS = "needs less"


@dataclass(frozen=True, slots=True)
class Move:
	"""`qty` units of `supply` from the line `giver` to the line `taker`. No giver: units that nobody has been promised."""

	supply: str
	taker: str
	qty: Decimal
	giver: str | None = None


class Refused(ValueError):
	"""A move that cannot be made. reason: one of this module's; left: units that could be moved, where that says more."""

	def __init__(self, move: Move, reason: str, left: Decimal = ZERO):
		super().__init__(f"{reason}: {move.qty} of {move.supply!r} to {move.taker!r}, {left} possible")
		self.move, self.reason, self.left = move, reason, left


def hand_over(
	pegs: Iterable[Peg], moves: Iterable[Move], demands: Iterable[Demand], supplies: Iterable[Supply]
) -> tuple[Peg, ...]:
	"""The pegs after these moves, one after the other. They fit their demands and supplies before and after.

	The giver loses exactly what is moved, the taker has exactly that much more of the supply; nobody else is touched.
	Where the taker lacks less than it is given, its own units of later supplies make room and go to the giver in
	exchange, the latest first, as far as the giver may have them; units without a giver are just given back. Frozen
	units never move. Stock Protections do not bind a person, other lines' promises do.

	Raises `Refused` for a move that asks for more than is there, or for more than the taker can take.
	"""
	lines, stock, held = by_name(demands, "line"), by_name(supplies, "key"), merged(pegs)
	for move in moves:
		_check(move, lines, stock, held)
		if move.giver:
			reduce(held, held[move.giver, move.supply], move.qty)
		for peg, qty in _making_room(move, lines, stock, held):
			reduce(held, peg, qty)
			if move.giver and _reaches(lines[move.giver], stock[peg.supply]):
				add(held, Peg(move.giver, peg.supply, qty))
		add(held, Peg(move.taker, move.supply, move.qty))
	return in_order(held)


def most(move: Move, demands: Iterable[Demand], supplies: Iterable[Supply], pegs: Iterable[Peg]) -> Decimal:
	"""How many units such a move could move; its own quantity does not matter. 0 where it is not possible at all."""
	lines, stock, held = by_name(demands, "line"), by_name(supplies, "key"), merged(pegs)
	if move.supply not in stock or move.taker not in lines or move.giver == move.taker:
		return ZERO
	if not _reaches(lines[move.taker], stock[move.supply]):
		return ZERO
	there = _loose(held.get((move.giver, move.supply))) if move.giver else _free(stock[move.supply], held)
	return max(min(there, _welcome(move, lines, stock, held)), ZERO)


def _check(move: Move, lines: dict[str, Demand], stock: dict[str, Supply], held: Pegs) -> None:
	if move.qty <= ZERO:
		raise Refused(move, NO_QUANTITY)
	if move.supply not in stock:
		raise Refused(move, UNKNOWN_SUPPLY)
	if move.taker not in lines:
		raise Refused(move, UNKNOWN_TAKER)
	if move.giver == move.taker:
		raise Refused(move, SAME_LINE)
	if not _reaches(lines[move.taker], stock[move.supply]):
		raise Refused(move, WRONG_PLACE)
	if move.giver:
		peg = held.get((move.giver, move.supply))
		if move.giver not in lines or not peg:
			raise Refused(move, UNKNOWN_GIVER)
		if move.qty > _loose(peg):
			raise Refused(move, FROZEN if move.qty <= peg.qty else TOO_MANY, _loose(peg))
	elif move.qty > _free(stock[move.supply], held):
		raise Refused(move, NOT_FREE, _free(stock[move.supply], held))
	if move.qty > (welcome := _welcome(move, lines, stock, held)):
		raise Refused(move, NEEDS_LESS, welcome)


def _loose(peg: Peg | None) -> Decimal:
	return peg.qty - peg.frozen if peg else ZERO


def _free(supply: Supply, held: Pegs) -> Decimal:
	return max(supply.qty - sum((p.qty for p in held.values() if p.supply == supply.key), ZERO), ZERO)


def _reaches(demand: Demand, supply: Supply) -> bool:
	return demand.item == supply.item and supply.warehouse in (*demand.warehouses, *demand.also)


def _lack(demand: Demand, held: Pegs) -> Decimal:
	return demand.qty - sum((p.qty for p in held.values() if p.demand == demand.line), ZERO)


def _welcome(move: Move, lines: dict[str, Demand], stock: dict[str, Supply], held: Pegs) -> Decimal:
	"""Units that the taker can use: what it lacks, and what it can give back of later supplies."""
	later = sum((_loose(peg) for peg in _later(move, stock, held)), ZERO)
	return _lack(lines[move.taker], held) + later


def _later(move: Move, stock: dict[str, Supply], held: Pegs) -> list[Peg]:
	"""The taker's pegs on supplies that come later than the one it is to be given, the latest first."""
	when = _when(stock[move.supply])
	own = [
		p
		for p in held.values()
		if p.demand == move.taker and p.supply in stock and _when(stock[p.supply]) > when
	]
	return sorted(own, key=lambda p: (*_when(stock[p.supply]), p.supply), reverse=True)


def _making_room(
	move: Move, lines: dict[str, Demand], stock: dict[str, Supply], held: Pegs
) -> list[tuple[Peg, Decimal]]:
	"""What the taker gives back so that it does not get more than it asked for: (peg, units)."""
	over = move.qty - _lack(lines[move.taker], held)
	given = []
	for peg in _later(move, stock, held):
		qty = min(over, _loose(peg))
		if qty > ZERO:
			given.append((peg, qty))
			over -= qty
	return given


def _when(supply: Supply) -> tuple[bool, date]:
	"""The shelf first, then by date."""
	return supply.available_on is not None, supply.available_on or date.max
