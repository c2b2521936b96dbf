"""Which shipments need customs papers, and what these lack."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

KILOGRAM = "Kg"

# Goods move without customs papers between the countries of a union (ISO 3166 codes).
UNIONS = (
	frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MC MT NL PL PT RO SE SI SK".split()),
	frozenset(("GB", "IM")),
	frozenset(("CH", "LI")),
)
# Who brings goods into one of these has an EORI number; elsewhere there is none.
ASK_FOR_EORI = UNIONS[0] | UNIONS[1]


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
	"""Who sends what to whom. eori and ioss of the buyer: one of them is enough. destination: ISO code, in either case."""

	sender_eori: str | None
	eori: str | None
	ioss: str | None
	incoterm: str | None
	goods: tuple[Goods, ...]
	destination: str | None


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
	asked = (consignment.destination or "").upper() in ASK_FOR_EORI
	if asked and not (consignment.eori or consignment.ioss):
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


def net_weight(
	parts: Iterable[tuple[float, str]], factors: Mapping[str, float]
) -> tuple[list[float | None], float | None, str]:
	"""The weights of a paper's rows in one unit, their sum, and the unit.

	parts: (weight, its unit or empty) of each row. The unit is what all that weigh something share, else the kilogram.
	factors: unit → kilograms. None: the weight of a row whose unit is not known, and of all where there is such a row.
	"""
	parts = [(weight, unit or KILOGRAM) for weight, unit in parts]
	units = {unit for weight, unit in parts if weight}
	if len(units) <= 1:
		weights: list[float | None] = [weight for weight, _unit in parts]
		unit = next(iter(units), KILOGRAM)
	else:
		known = {KILOGRAM: 1.0, **factors}
		weights = [
			(weight * known[unit] if unit in known else None) if weight else 0.0 for weight, unit in parts
		]
		unit = KILOGRAM
	return weights, None if None in weights else sum(weights), unit
