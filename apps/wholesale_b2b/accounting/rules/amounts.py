"""Money to the penny: shares that add up, prices that multiply out, and what tells two amounts apart."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
# Decimal places that every package takes in a unit price.
PRICE_PLACES = 4


def rounded(amount: Decimal, unit: Decimal = CENT) -> Decimal:
	"""To the currency's smallest unit, halves away from zero."""
	return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def shared(total: Decimal, weights: Sequence[Decimal], unit: Decimal = CENT) -> list[Decimal]:
	"""`total` in parts by weight, to the smallest unit; they add up to it, and none is off by a whole unit or more.

	What is left after rounding down goes to the largest remainders, the first first. Without weights the last has it all.
	"""
	if not weights:
		return []
	whole = sum(weights, ZERO)
	if not whole:
		return [ZERO] * (len(weights) - 1) + [total]
	exact = [total * weight / whole for weight in weights]
	floors = [(part / unit).quantize(Decimal(1), ROUND_FLOOR) * unit for part in exact]
	spare = int(((total - sum(floors, ZERO)) / unit).quantize(Decimal(1), ROUND_HALF_UP))
	order = sorted(range(len(exact)), key=lambda n: (floors[n] - exact[n], n))
	for n in order[: max(spare, 0)]:
		floors[n] += unit
	# what is no multiple of the unit stays where it is seen
	floors[-1] += total - sum(floors, ZERO)
	return floors


def priced(
	qty: Decimal, net: Decimal, unit: Decimal = CENT, places: int = PRICE_PLACES
) -> tuple[Decimal, Decimal]:
	"""(quantity, unit price) that multiply out to `net`: the quantity itself where a price of so many places can, else 1."""
	if qty > 0:
		price = (net / qty).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
		if rounded(price * qty, unit) == net:
			return qty, price
	return Decimal(1), net


def shown(amount: Decimal | None, unit: Decimal = CENT) -> str:
	"""An amount in a sentence: all of its digits, at least those of the currency, never as a power of ten."""
	if amount is None:
		return "unknown"
	places = (-part.normalize().as_tuple().exponent for part in (amount, unit))
	return f"{amount:.{max(0, *places)}f}"


def differ(ours: Decimal, theirs: Decimal | None, unit: Decimal = CENT) -> bool:
	"""Whether two amounts are not the same money. What was not said does not differ."""
	return theirs is not None and abs(ours - theirs) >= unit / 2
