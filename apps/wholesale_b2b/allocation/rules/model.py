"""What a plan is made from and made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

ZERO = Decimal(0)
ONE = Decimal(1)
# More units than a database column of ERPNext holds.
MOST = Decimal(10) ** 12

ON_HAND = "on hand"
INBOUND = "inbound"

EARLIEST = "earliest"
JUST_IN_TIME = "just in time"
FAIR_SHARE = "fair share"
STRATEGIES = (EARLIEST, JUST_IN_TIME, FAIR_SHARE)


@dataclass(frozen=True, slots=True)
class Demand:
	"""An open order line.

	line: unique name of the line. warehouses: where it may be covered from, best first. qty: still owed.
	priority: class, the lower number goes first. needed_by: date the customer asked for, if any.
	placed_at: date or time of the order, decides within a class. strategy: one of `STRATEGIES`, or of the policy's own.
	pack: units that travel together, which a fair share does not break. segments: whom a `Protection` may name: the
	line's channel, customer groups and account. horizon_days: its own reservation horizon, before the policy's.
	also: warehouses where it may keep what it has, though nothing more is dealt to it from there. barred: supplies of which
	the same is true.
	"""

	line: str
	item: str
	warehouses: tuple[str, ...]
	qty: Decimal
	priority: int = 0
	needed_by: date | None = None
	placed_at: object = None
	strategy: str = EARLIEST
	pack: Decimal = ONE
	segments: tuple[str, ...] = ()
	horizon_days: int | None = None
	also: tuple[str, ...] = ()
	barred: tuple[str, ...] = ()


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
class Protection:
	"""Units on one shelf kept for a segment, or a cap on what it may take.

	supply: the on-hand supply. segment: as in `Demand.segments`. floor: units that nobody else may take while the
	segment has less. ceiling: most units that the segment may hold; None for no cap. Kept pegs are never taken away
	for a protection.
	"""

	supply: str
	segment: str
	floor: Decimal = ZERO
	ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Policy:
	"""How to deal out.

	date_rule: `order date` (age decides within a class) or `requested date` (need decides first). today and
	horizon_days: a line needed later than so many days from today leaves the shelf alone where a future supply comes in
	time; no horizon without both. protections: floors and ceilings. strategies: those of other apps
	(`rules.strategy.Strategy`), which a demand names in lower case.
	"""

	date_rule: str = "order date"
	today: date | None = None
	horizon_days: int | None = None
	protections: tuple[Protection, ...] = ()
	strategies: tuple = ()

	def is_far_off(self, demand: Demand) -> bool:
		"""Whether the demand lies beyond the reservation horizon."""
		days = self.horizon_days if demand.horizon_days is None else demand.horizon_days
		if self.today is None or days is None or demand.needed_by is None:
			return False
		return demand.needed_by > self.today + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Plan:
	"""pegs: what is promised now, sorted by demand, then supply. shortages: line → uncovered units, lines with none left out."""

	pegs: tuple[Peg, ...]
	shortages: Mapping[str, Decimal] = field(default_factory=dict)


def ranks(demands: Iterable[Demand], policy: Policy) -> dict[str, int]:
	"""Place of each line in the queue, 0 first: priority class, the date rule, age, name (unique)."""
	by_need = policy.date_rule == "requested date"
	ordered = sorted(demands, key=lambda demand: _rank(demand, by_need))
	return {demand.line: place for place, demand in enumerate(ordered)}


def rank(demand: Demand, policy: Policy) -> tuple:
	"""Sort key of a demand; no date sorts last, the line's name makes it unique."""
	return _rank(demand, policy.date_rule == "requested date")


def _rank(demand: Demand, by_need: bool) -> tuple:
	placed, needed = _dated(demand.placed_at), _dated(demand.needed_by)
	return (
		(demand.priority, needed, placed, demand.line)
		if by_need
		else (demand.priority, placed, needed, demand.line)
	)


def _dated(value: object) -> str:
	"""Dates and times of any kind in one order (ISO text sorts by time), none last."""
	if value is None:
		return "~"
	return value.isoformat() if hasattr(value, "isoformat") else str(value)


def by_name(rows: Iterable, name: str) -> dict:
	"""Rows by their unique name; ValueError for a name given twice, and a quantity that is negative or absurd."""
	named: dict = {}
	row = None
	try:
		for row in rows:
			key = getattr(row, name)
			if key in named:
				raise ValueError(f"{name} {key!r} is given twice")
			if not ZERO <= row.qty <= MOST:
				raise InvalidOperation
			named[key] = row
	except InvalidOperation:
		# not a number does not compare either
		raise bad_quantity(f"{name} {getattr(row, name)!r}", row.qty) from None
	return named


def bad_quantity(what: str, qty: Decimal) -> ValueError:
	"""What to raise for units of `what` that are negative or absurd."""
	return ValueError(
		f"{what} has {'a negative' if str(qty).startswith('-') else 'an absurd'} quantity: {qty}"
	)
