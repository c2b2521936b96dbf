"""Which shipments need customs papers, and what these lack."""

from collections.abc import Iterable
from dataclasses import dataclass

# Goods move without customs papers between the countries of a union (ISO 3166 codes).
UNIONS = (
	frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK".split()),
	frozenset(("GB", "IM")),
	frozenset(("CH", "LI")),
)


def crosses_border(origin: str | None, destination: str | None) -> bool:
	"""Whether goods from one country to another need customs papers; codes in either case. Not, where one is unknown."""
	if not origin or not destination:
		return False
	pair = {origin.upper(), destination.upper()}
	return len(pair) == 2 and not any(pair <= union for union in UNIONS)


@dataclass(frozen=True, slots=True)
class Goods:
	"""An item as its papers show it. weight: of one stock unit, above zero if known."""

	code: str
	commodity_code: str | None = None
	origin: str | None = None
	weight: float = 0


@dataclass(frozen=True, slots=True)
class Consignment:
	"""Who sends what to whom. eori and ioss of the buyer: one of them is enough."""

	sender_eori: str | None
	eori: str | None
	ioss: str | None
	incoterm: str | None
	goods: tuple[Goods, ...]


@dataclass(frozen=True, slots=True)
class Missing:
	"""What papers lack. what: sender_eori, eori, incoterm, commodity_code, origin or weight; items: of which items."""

	what: str
	items: tuple[str, ...] = ()


def missing(consignment: Consignment) -> list[Missing]:
	"""All that the papers of a consignment lack, in the order in which the papers show it."""
	found = []
	if not consignment.sender_eori:
		found.append(Missing("sender_eori"))
	if not (consignment.eori or consignment.ioss):
		found.append(Missing("eori"))
	if not consignment.incoterm:
		found.append(Missing("incoterm"))
	checks = (
		("commodity_code", lambda goods: goods.commodity_code),
		("origin", lambda goods: goods.origin),
		("weight", lambda goods: goods.weight > 0),
	)
	for what, known in checks:
		if items := _without(consignment.goods, known):
			found.append(Missing(what, items))
	return found


def _without(goods: Iterable[Goods], known) -> tuple[str, ...]:
	return tuple(dict.fromkeys(one.code for one in goods if not known(one)))
