"""Rounding, currencies."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache

from .model import ONE, ZERO, Book

NEAREST = "Nearest"
UP = "Up"
DOWN = "Down"

# Name → step and ending: prices are n · step + ending.
ROUNDINGS = {
	"0.01": (Decimal("0.01"), ZERO),
	"0.05": (Decimal("0.05"), ZERO),
	"0.10": (Decimal("0.10"), ZERO),
	"0.25": (Decimal("0.25"), ZERO),
	"0.50": (Decimal("0.50"), ZERO),
	"1.00": (ONE, ZERO),
	".95": (ONE, Decimal("0.95")),
	".99": (ONE, Decimal("0.99")),
	".49 or .99": (Decimal("0.50"), Decimal("0.49")),
}
_TOWARDS = {NEAREST: ROUND_HALF_DOWN, UP: ROUND_CEILING, DOWN: ROUND_FLOOR}


class NoRate(ValueError):
	"""A currency without an exchange rate. Its text is the currency."""


def convert(amount: Decimal, source: str, target: str, book: Book) -> Decimal:
	"""An amount in another currency, unrounded. Raises `NoRate`."""
	if source == target or not source or not target:
		return amount
	return amount * worth(source, book) / worth(target, book)


def worth(currency: str, book: Book) -> Decimal:
	"""What a unit of it is worth in the company's currency. Raises `NoRate`."""
	rate = book.rates.get(currency) or (ONE if currency == book.currency else ZERO)
	if rate <= 0:
		raise NoRate(currency)
	return rate


@lru_cache(maxsize=16)
def _unit(places: int) -> Decimal:
	return Decimal(1).scaleb(-places)


def quantize(amount: Decimal, book: Book) -> Decimal:
	"""An amount as a rate of ERPNext's is rounded: to the book's places, halves its way."""
	return amount.quantize(_unit(book.places), ROUND_HALF_EVEN if book.half_even else ROUND_HALF_UP)


def round_price(amount: Decimal, rounding: str, direction: str = NEAREST) -> Decimal:
	"""A price rounded as a tier says; a price below the first ending stays as it is. Never falls as `amount` rises."""
	if rounding not in ROUNDINGS:
		return amount
	step, ending = ROUNDINGS[rounding]
	steps = ((amount - ending) / step).to_integral_value(_TOWARDS.get(direction, ROUND_HALF_DOWN))
	rounded = steps * step + ending
	# nothing is rounded down to nothing, nor 0.35 up to 0.99
	return amount if rounded <= 0 or amount < ending else rounded


def number(amount: Decimal | None) -> float | None:
	"""An amount for whoever wants floats."""
	return None if amount is None else float(amount)
