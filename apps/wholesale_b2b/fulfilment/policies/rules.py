"""What a Product Bundle has, from what its components have; what is asked of purchasing, supplier by supplier."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from wholesale_b2b.allocation.rules.promise import Stock, bundle_stock
from wholesale_b2b.fulfilment.rules.decide import ZERO, Pegs

_LOST_IN_DIVISION = Decimal("1e-9")


def whole_pack(unit: Decimal, case: Decimal) -> Decimal:
	"""Stock units that ship as one, where case packs are kept whole. unit: in one unit of the line's UOM; case: in a case of
	its item, 0 if it has none.

	A case holds for what was ordered in pieces, and in packs that it consists of. Pallets, and packs that no case is made of,
	stay whole themselves.
	"""
	unit = unit if unit > ZERO else Decimal(1)
	return case if case > unit and not case % unit else unit


def bundle_pegs(parts: Iterable[tuple[Decimal, Pegs]]) -> Pegs:
	"""Whole bundles of components: (stock units in one bundle, what the component has).

	What is picked of any component counts as a bundle on its way; a bundle comes with the last of its components.
	"""
	parts = list(parts)
	if not parts:
		return Pegs()
	stock = bundle_stock(
		(per, Stock(pegs.ready, tuple((day or date.max, qty) for day, qty in pegs.coming)))
		for per, pegs in parts
	)
	picking = max(_up(pegs.picking / per) for per, pegs in parts)
	coming = tuple((None if day == date.max else day, qty) for day, qty in stock.coming)
	return Pegs(max(stock.now, ZERO), max(picking, ZERO), coming)


def _up(qty: Decimal) -> Decimal:
	return (qty - _LOST_IN_DIVISION).to_integral_value(ROUND_CEILING)


@dataclass(frozen=True, slots=True)
class Want:
	"""Stock units of an item that nothing covers, for one demand line.

	line: the Sales Order Item, or the Packed Item of a bundle. row: the Sales Order Item, empty for a component: ERPNext
	would count a component's units as the bundle's. supplier: empty where the item has no default one.
	"""

	company: str
	supplier: str
	item: str
	warehouse: str
	order: str
	line: str
	row: str
	qty: Decimal
	needed_by: date | None = None
	lead_days: int = 0

	def due(self, today: date) -> date:
		"""When it is to be there: as asked for, where that is still possible, else as soon as it can be."""
		soonest = today + timedelta(days=self.lead_days)
		return max(self.needed_by or soonest, soonest)


def requests(wants: Iterable[Want], several: bool = True) -> list[tuple[Want, ...]]:
	"""What is asked in one Material Request each: all of one company and default supplier.

	several: whether an item may stand in a request more than once; else its second line goes with the second request of
	its supplier, and so on. The order of the answer does not depend on that of `wants`.
	"""
	found: dict[tuple[str, str, int], list[Want]] = defaultdict(list)
	seen: Counter[tuple[str, str, str]] = Counter()
	for want in sorted(
		wants, key=lambda want: (want.company, want.supplier, want.item, want.order, want.line)
	):
		key = (want.company, want.supplier, want.item)
		found[want.company, want.supplier, 0 if several else seen[key]].append(want)
		seen[key] += 1
	return [tuple(found[key]) for key in sorted(found)]
