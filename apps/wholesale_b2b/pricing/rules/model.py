"""What is priced, and from what. Plain values: the store fills them, nothing here knows a site.

Money and quantities are Decimals. A price is for one unit of the UOM that stands beside it. `factor`: stock units in one
unit of a UOM. A `valid_from` or `valid_upto` of None is open; both days are inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Item:
	"""groups: the item group and all above it, the nearest first. template: of which it is a variant.

	cost: of a stock unit in the company's currency, None where nobody knows. max_discount: ERPNext's own, in percent, 0 for
	none. case_pack: stock units in a case.
	"""

	code: str
	stock_uom: str = "Nos"
	sales_uom: str = ""
	groups: tuple[str, ...] = ()
	brand: str = ""
	template: str = ""
	factors: Mapping[str, Decimal] = field(default_factory=dict)
	cost: Decimal | None = None
	max_discount: Decimal = ZERO
	case_pack: Decimal = ZERO
	case_rounding: str = ""

	def factor(self, uom: str) -> Decimal | None:
		"""Stock units in one `uom`; None where the item does not know it."""
		return ONE if not uom or uom == self.stock_uom else self.factors.get(uom)


@dataclass(frozen=True, slots=True)
class PriceList:
	"""same_in_every_uom: ERPNext's *Price Not UOM Dependent*: its prices are not multiplied by the UOM's factor."""

	name: str
	currency: str
	same_in_every_uom: bool = False


@dataclass(frozen=True, slots=True)
class Price:
	"""An Item Price. customer: empty for everybody. account: only this Trade Account of the customer's.

	min_qty: from so many of `uom` on. packing_unit: only for multiples of it. approved: may be below the floor.
	"""

	name: str
	item: str
	price_list: str
	rate: Decimal
	currency: str
	uom: str = ""
	customer: str = ""
	account: str = ""
	min_qty: Decimal = ZERO
	packing_unit: Decimal = ZERO
	batch: str = ""
	valid_from: date | None = None
	valid_upto: date | None = None
	approved: bool = False


@dataclass(frozen=True, slots=True)
class Row:
	"""A line of a tier: a discount on its base price list, or a price, for what `target` names.

	discount: percent, None for a price. rate: None for a discount. currency: of the rate. min_qty: from so many of `uom` (the
	stock UOM without one) on. mix: rows of one mix count their items together over a document; empty counts each line alone.
	net: what is less specific, and promotions, leave it alone. tier: whose row it is. rank: 0 for the tier's own rows, higher
	the further up they come from. factor: by what the tiers in between changed it. exact: typed by a person, so not rounded.
	"""

	apply_on: str
	target: str = ""
	discount: Decimal | None = None
	rate: Decimal | None = None
	currency: str = ""
	uom: str = ""
	min_qty: Decimal = ZERO
	mix: str = ""
	net: bool = False
	valid_from: date | None = None
	valid_upto: date | None = None
	name: str = ""
	tier: str = ""
	rank: int = 0
	factor: Decimal = ONE
	exact: bool = True


@dataclass(frozen=True, slots=True)
class Tier:
	"""A Trade Price Tier. change: percent on what it inherits, or on its base price list: −3 for 3 % less.

	An empty price_list, rounding, promotions or floor_by is the parent's. floor_percent: the least margin in percent of the
	price, or so many percent above cost. list_factor: what the base price list is multiplied by (flattened tiers).
	"""

	name: str
	parent: str = ""
	change: Decimal = ZERO
	price_list: str = ""
	currency: str = ""
	rows: tuple[Row, ...] = ()
	rounding: str = ""
	direction: str = ""
	promotions: str = ""
	floor_by: str = ""
	floor_percent: Decimal = ZERO
	valid_from: date | None = None
	valid_upto: date | None = None
	enabled: bool = True
	list_factor: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Promotion:
	"""A Pricing Rule of ERPNext for selling; field by field as ERPNext has it, trees resolved by the request's paths.

	targets: (item, group or brand, UOM). other: what it gives its discount on, where that is something else; other_on: of
	which kind that is. history: target → (stock units, amount) of the past, for cumulative rules. product: gives goods away.
	"""

	name: str
	apply_on: str
	targets: tuple[tuple[str, str], ...]
	kind: str = ""
	rate: Decimal = ZERO
	discount_percentage: Decimal = ZERO
	discount_amount: Decimal = ZERO
	margin_type: str = ""
	margin: Decimal = ZERO
	currency: str = ""
	customer: str = ""
	customer_group: str = ""
	territory: str = ""
	campaign: str = ""
	sales_partner: str = ""
	price_list: str = ""
	warehouse: str = ""
	valid_from: date | None = None
	valid_upto: date | None = None
	min_qty: Decimal = ZERO
	max_qty: Decimal = ZERO
	min_amount: Decimal = ZERO
	max_amount: Decimal = ZERO
	priority: int = 0
	has_priority: bool = False
	several: bool = False
	on_discounted: bool = False
	mixed: bool = False
	coupon: bool = False
	condition: str = ""
	other_on: str = ""
	other: str = ""
	history: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
	product: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sale:
	"""One document, or one question: who buys, when, in what currency. Its requests name the same object: mixes are counted
	over them.

	tier: the Trade Price Tier, tier_by: what named it (a sentence's part, for the reasons). groups, territories: paths of the
	customer's. coupon: the Pricing Rule of the coupon code. held: conditions of Pricing Rules that hold. promotions: False
	where the document ignores Pricing Rules.
	"""

	name: str = ""
	customer: str = ""
	account: str = ""
	date: date = date.min
	currency: str = ""
	price_list: str = ""
	tier: str = ""
	tier_by: str = ""
	groups: tuple[str, ...] = ()
	territories: tuple[str, ...] = ()
	campaign: str = ""
	sales_partner: str = ""
	coupon: str = ""
	held: frozenset[str] = frozenset()
	promotions: bool = True
	cases: bool = True


@dataclass(frozen=True, slots=True)
class Agreed:
	"""A price that was agreed before, in the sale's currency for a unit of the request's UOM. until: its last day."""

	source: str
	name: str
	rate: Decimal
	until: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
	"""A price that somebody has typed. may: whether they may. approved: below the floor down to this rate, None if not."""

	rate: Decimal
	reason: str = ""
	may: bool = True
	approved: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Request:
	"""A line to be priced. key: tells it from others. factor: stock units in a `uom`; 0: as the item knows it."""

	key: str
	item: str
	qty: Decimal
	sale: Sale
	uom: str = ""
	factor: Decimal = ZERO
	batch: str = ""
	warehouses: tuple[str, ...] = ()
	agreed: Agreed | None = None
	asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Offer:
	"""A price that another app brings for a request, in `currency` for a unit of the request's UOM.

	net: it comes before tiers and takes no promotion; else it competes with what the tier offers.
	"""

	source: str
	rate: Decimal
	currency: str
	name: str = ""
	net: bool = False


@dataclass(frozen=True, slots=True)
class Book:
	"""All that prices of a batch come from. currency: the company's. rates: what a unit of a currency is worth in it.

	prices: (price list, item) → its Item Prices. offers: request key → what other apps offer. places: decimals of a rate; half_even:
	whether halves go to the even neighbour. floor_by, floor_percent: where no tier says.
	"""

	currency: str
	rates: Mapping[str, Decimal] = field(default_factory=dict)
	items: Mapping[str, Item] = field(default_factory=dict)
	lists: Mapping[str, PriceList] = field(default_factory=dict)
	prices: Mapping[tuple[str, str], tuple[Price, ...]] = field(default_factory=dict)
	tiers: Mapping[str, Tier] = field(default_factory=dict)
	promotions: tuple[Promotion, ...] = ()
	offers: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)
	places: int = 2
	half_even: bool = False
	floor_by: str = ""
	floor_percent: Decimal = ZERO


def is_valid(valid_from: date | None, valid_upto: date | None, day: date) -> bool:
	"""Whether a day is inside, its ends included."""
	return not (valid_from and day < valid_from) and not (valid_upto and day > valid_upto)
