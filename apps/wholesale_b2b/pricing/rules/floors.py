"""The least that something may cost."""

from decimal import ROUND_CEILING, Decimal

from .model import HUNDRED, ZERO, Book, Item, Tier
from .money import convert
from .words import BY_COST, BY_MARGIN


def floor_of(item: Item, tier: Tier | None, book: Book, factor: Decimal, currency: str) -> Decimal | None:
	"""The floor for a UOM of `factor` stock units in `currency`, rounded up; None where there is none or no cost is known.

	By margin: a price of which at least so many percent are margin. By cost: so many percent above cost. Where the tier says
	nothing the book does. Raises `money.NoRate`.
	"""
	by, percent = book.floor_by, book.floor_percent
	if tier and tier.floor_by:
		by, percent = tier.floor_by, tier.floor_percent
	if by not in (BY_MARGIN, BY_COST) or not item.cost or item.cost <= 0:
		return None
	cost = convert(item.cost * factor, book.currency, currency, book)
	if by == BY_COST:
		return rounded_up(cost * (HUNDRED + percent) / HUNDRED, book)
	return rounded_up(cost * HUNDRED / (HUNDRED - percent), book) if percent < HUNDRED else None


def least_by_discount(item: Item, list_rate: Decimal | None, book: Book) -> Decimal:
	"""What ERPNext's own *Max Discount* of the item leaves of the list rate; 0 where it has none."""
	if not list_rate or not item.max_discount:
		return ZERO
	return rounded_up(list_rate * (HUNDRED - item.max_discount) / HUNDRED, book)


def margin_of(rate: Decimal, cost: Decimal | None) -> Decimal | None:
	"""The margin in percent of the price; None where price or cost say nothing."""
	return None if not rate or cost is None else (rate - cost) * HUNDRED / rate


def rounded_up(rate: Decimal, book: Book) -> Decimal:
	return rate.quantize(Decimal(1).scaleb(-book.places), ROUND_CEILING)
