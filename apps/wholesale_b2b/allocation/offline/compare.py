"""What a plan means for the people who wait, and how one strategy differs from another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import permutations

from wholesale_b2b.allocation.offline.files import SOME_DAY
from wholesale_b2b.allocation.offline.model import OrderLine
from wholesale_b2b.allocation.rules import ZERO, Demand, Peg, Plan, Policy, Supply, plan
from wholesale_b2b.allocation.rules.model import STRATEGIES

EACH_ITS_OWN = "each line's own"


@dataclass(frozen=True, slots=True)
class Cover:
	"""What one line gets, in stock units.

	now: from the shelf. later: from what is to come. short: from nowhere. in_time: by the date wanted. waited: unit
	days after it. dates: (date, units) in order, None last for a date nobody knows. promised: when all of it can
	ship, None while that is not known. late: a date was asked for and not all can ship by then.
	"""

	now: Decimal
	later: Decimal
	short: Decimal
	in_time: Decimal
	waited: Decimal
	dates: tuple[tuple[date | None, Decimal], ...]
	promised: date | None
	late: bool

	@property
	def score(self) -> tuple[Decimal, Decimal, Decimal]:
		"""More is better: units by the date wanted, then units at all, then days saved."""
		return self.in_time, self.now + self.later, -self.waited


@dataclass(frozen=True, slots=True)
class Figures:
	"""A plan in a few numbers. Lines that owe nothing are not counted.

	`_now`: ships from the shelf, in full for lines and orders. `_covered`: with what is to come. shelf: units on hand
	of the items asked for; shelf_free: of these, promised to nobody. delay: days between the date wanted and the
	promise, mean over promised units with a known date; None without any. dated: lines that ask for a date; late: of
	these, lines that cannot ship in full by then.
	"""

	units: Decimal
	units_now: Decimal
	units_covered: Decimal
	lines: int
	lines_now: int
	lines_covered: int
	orders: int
	orders_now: int
	orders_covered: int
	shelf: Decimal
	shelf_free: Decimal
	delay: Decimal | None
	dated: int
	late: int


@dataclass(frozen=True, slots=True)
class Outcome:
	"""One strategy tried: the plan, each line's cover, the figures."""

	strategy: str
	plan: Plan
	covers: Mapping[str, Cover]
	figures: Figures


@dataclass(frozen=True, slots=True)
class Comparison:
	"""outcomes: the chosen strategy first. moves: (from, to) → lines that gain, lines that lose by the change."""

	outcomes: tuple[Outcome, ...]
	moves: Mapping[tuple[str, str], tuple[int, int]]

	@property
	def chosen(self) -> Outcome:
		return self.outcomes[0]


def compare(
	lines: Sequence[OrderLine],
	supplies: Sequence[Supply],
	kept: Sequence[Peg],
	policy: Policy,
	strategy: str | None = None,
) -> Comparison:
	"""Plan with every strategy. `strategy`: the chosen one, for all lines; None leaves each line its own.

	`policy.today` must be given. Raises ValueError as `rules.plan` does.
	"""
	own = {row.demand.strategy for row in lines}
	chosen = strategy or (own.pop() if len(own) == 1 else EACH_ITS_OWN)
	names = [chosen, *(name for name in STRATEGIES if name != chosen)]
	outcomes = tuple(_outcome(name, lines, supplies, kept, policy) for name in names)
	moves = {(a.strategy, b.strategy): _moved(a, b) for a, b in permutations(outcomes, 2)}
	return Comparison(outcomes, moves)


def _outcome(
	strategy: str, lines: Sequence[OrderLine], supplies: Sequence[Supply], kept: Sequence[Peg], policy: Policy
) -> Outcome:
	demands = [row.demand for row in lines]
	if strategy != EACH_ITS_OWN:
		demands = [replace(demand, strategy=strategy) for demand in demands]
	made = plan(demands, supplies, kept, policy)
	stock = {supply.key: supply for supply in supplies}
	by_line: dict[str, list[Peg]] = defaultdict(list)
	for peg in made.pegs:
		by_line[peg.demand].append(peg)
	covers = {d.line: cover(d, by_line[d.line], stock, policy.today or date.min) for d in demands}
	return Outcome(strategy, made, covers, _figures(lines, covers, made, stock))


def cover(demand: Demand, pegs: Iterable[Peg], stock: Mapping[str, Supply], today: date) -> Cover:
	"""What these pegs mean for one line. It is wanted on its date, but not before today; today if it has none."""
	wanted = max(demand.needed_by or today, today)
	by_date: dict[date | None, Decimal] = defaultdict(lambda: ZERO)
	now = ZERO
	for peg in pegs:
		supply = stock[peg.supply]
		if supply.available_on is None:
			now += peg.qty
		by_date[ships_on(supply, today)] += peg.qty
	total = sum(by_date.values(), ZERO)
	in_time = sum((qty for when, qty in by_date.items() if when and when <= wanted), ZERO)
	known = total == demand.qty and None not in by_date
	return Cover(
		now=now,
		later=total - now,
		short=demand.qty - total,
		in_time=in_time,
		waited=sum((qty * max((when - wanted).days, 0) for when, qty in by_date.items() if when), ZERO),
		dates=tuple(sorted(by_date.items(), key=lambda entry: entry[0] or SOME_DAY)),
		promised=max((when for when in by_date if when), default=None) if known else None,
		late=demand.needed_by is not None and in_time < demand.qty,
	)


def ships_on(supply: Supply, today: date) -> date | None:
	"""When units of a supply can ship: today from the shelf or if it is overdue; None if nobody knows."""
	if supply.available_on == SOME_DAY:
		return None
	return max(supply.available_on or today, today)


def _figures(
	lines: Sequence[OrderLine], covers: Mapping[str, Cover], made: Plan, stock: Mapping[str, Supply]
) -> Figures:
	owing = [(row, covers[row.demand.line]) for row in lines if row.demand.qty]
	orders: dict[tuple[str, str], list[tuple[Decimal, Cover]]] = defaultdict(list)
	for row, found in owing:
		# A line without an order stands for itself.
		orders[row.order, "" if row.order else row.demand.line].append((row.demand.qty, found))
	items = {row.demand.item for row, _found in owing}
	shelf = sum((s.qty for s in stock.values() if s.available_on is None and s.item in items), ZERO)
	taken = sum((p.qty for p in made.pegs if stock[p.supply].available_on is None), ZERO)
	dated_units = sum((qty for _row, c in owing for when, qty in c.dates if when), ZERO)
	waited = sum((c.waited for _row, c in owing), ZERO)
	return Figures(
		units=sum((row.demand.qty for row, _c in owing), ZERO),
		units_now=sum((c.now for _row, c in owing), ZERO),
		units_covered=sum((c.now + c.later for _row, c in owing), ZERO),
		lines=len(owing),
		lines_now=sum(c.now == row.demand.qty for row, c in owing),
		lines_covered=sum(not c.short for _row, c in owing),
		orders=len(orders),
		orders_now=sum(all(c.now == qty for qty, c in rows) for rows in orders.values()),
		orders_covered=sum(all(not c.short for _qty, c in rows) for rows in orders.values()),
		shelf=shelf,
		shelf_free=shelf - taken,
		delay=waited / dated_units if dated_units else None,
		dated=sum(row.demand.needed_by is not None for row, _c in owing),
		late=sum(c.late for _row, c in owing),
	)


def _moved(before: Outcome, after: Outcome) -> tuple[int, int]:
	"""How many lines are better off, and how many worse."""
	gains = losses = 0
	for line, found in after.covers.items():
		was = before.covers[line].score
		gains += found.score > was
		losses += found.score < was
	return gains, losses
