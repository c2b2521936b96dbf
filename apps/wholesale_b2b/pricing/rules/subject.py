"""What the steps of pricing hand to each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from .decision import Reason
from .ladder import Ladder, Shelf
from .model import Item, Price, Request
from .promotions import Line
from .words import NOTHING

NO_LADDER = Ladder()


@dataclass(slots=True)
class Subject:
	"""A request with what it is about. qty: in the request's UOM, in full cases. unfit: why the sale's tier does not count."""

	request: Request
	item: Item
	factor: Decimal
	qty: Decimal
	uom: str
	shelf: Shelf | None
	problem: str = ""
	unfit: Reason | None = None
	ladder: Ladder = NO_LADDER
	line: Line | None = None
	before: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class Standing:
	"""A price and how it came about. rate: None where nothing has one. kept: agreed before. price: the Item Price it is."""

	rate: Decimal | None
	list_rate: Decimal | None
	source: str = NOTHING
	name: str = ""
	reasons: list[Reason] = field(default_factory=list)
	kept: bool = False
	price: Price | None = None
	mix: bool = False
	promotions: tuple[str, ...] = ()
	free: tuple[str, ...] = ()
	# Item Prices that a larger quantity would have.
	waiting: tuple[Price, ...] = ()


@dataclass(slots=True)
class Candidate:
	"""A price that competes with others."""

	source: str
	rate: Decimal
	why: str
	about: Mapping[str, object]
	name: str = ""
	mix: bool = False
