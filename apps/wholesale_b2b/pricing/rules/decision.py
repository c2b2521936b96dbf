"""The answer: what a line costs, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from .model import ONE, ZERO
from .words import NOTHING


@dataclass(frozen=True, slots=True)
class Reason:
	"""Something that was considered. what: one of the sources above or a word of `why`; rate: what it came to, if anything.

	outcome: won, lost, or a note on what was done to the price. why: the word for the sentence. about: names and figures in it.
	"""

	what: str
	outcome: str
	why: str = ""
	rate: Decimal | None = None
	about: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NextBreak:
	"""So many more of the request's UOM, and each costs `rate`, `saving` less than now. mix: counted over the document."""

	more: Decimal
	rate: Decimal
	saving: Decimal
	mix: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
	"""What a unit of the request's UOM costs, in the sale's currency, and why.

	qty: the quantity, rounded up to cases where the item says so. calculated: what it costs unless somebody overrides it.
	list_rate: None where no price list has it. discount: percent off the list, never below 0. name: of the document that the
	price comes from (Item Price, Tier, Pricing Rule …). floor: None where there is none. approval: it is below the floor and
	nobody has approved that. problem: a word for what is wrong with the request, empty if nothing. mix: the quantities of
	other lines had a say. promotions: Pricing Rules in the price; free: those that give goods away.
	"""

	key: str
	item: str
	qty: Decimal
	uom: str
	rate: Decimal
	calculated: Decimal
	list_rate: Decimal | None = None
	discount: Decimal = ZERO
	source: str = NOTHING
	name: str = ""
	tier: str = ""
	reasons: tuple[Reason, ...] = ()
	floor: Decimal | None = None
	approval: bool = False
	problem: str = ""
	mix: bool = False
	case_pack: Decimal = ZERO
	next_break: NextBreak | None = None
	promotions: tuple[str, ...] = ()
	free: tuple[str, ...] = ()
	factor: Decimal = ONE
