"""Which Item Price of a price list holds, for a customer or for everybody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .model import ONE, ZERO, Book, Item, Price, Request, is_valid
from .money import convert

# Why an Item Price does not hold though it is for this customer and day.
FEW = "min_qty"
PACKING = "packing_unit"


@dataclass(frozen=True, slots=True)
class Listed:
	"""An Item Price that holds, as a rate in the sale's currency for the request's UOM. above: further quantities, cheaper."""

	price: Price
	rate: Decimal


@dataclass(frozen=True, slots=True)
class Missed:
	"""An Item Price that would hold but for its quantity. why: FEW or PACKING."""

	price: Price
	why: str


@dataclass(frozen=True, slots=True)
class Found:
	"""held: the one that holds, None if none does. missed: those for which the quantity is not right. always: something would
	hold for any quantity.
	"""

	held: Listed | None = None
	missed: tuple[Missed, ...] = ()
	always: bool = False


NONE = Found()


def everybodys(
	book: Book, item: Item, price_list: str, request: Request, qty: Decimal, factor: Decimal
) -> Found:
	"""The price of a price list for everybody. A packing unit does not stand in the way, as in ERPNext."""
	for code in (item.code, item.template):
		prices = book.prices.get((price_list, code), ()) if code else ()
		found = _find(
			[price for price in prices if not price.customer], book, item, request, qty, factor, False
		)
		if found.held or found.missed:
			return found
	return NONE


def customers(
	book: Book, item: Item, price_lists: Sequence[str], request: Request, qty: Decimal, factor: Decimal
) -> Found:
	"""The net price of the customer, from the first of these price lists that has one; an account's comes before its
	customer's. A list whose prices all need a quantity does not hide the next one's.
	"""
	sale = request.sale
	if not sale.customer:
		return NONE
	held: list[Listed] = []
	missed: tuple[Missed, ...] = ()
	for name in price_lists:
		for code in (item.code, item.template):
			prices = book.prices.get((name, code), ()) if code else ()
			own = [
				price
				for price in prices
				if price.customer == sale.customer and price.account in ("", sale.account)
			]
			found = _find(own, book, item, request, qty, factor, True) if own else NONE
			missed += found.missed
			held += [found.held] if found.held else []
			if found.always:
				return Found(_lowest(held), missed, True)
	return Found(_lowest(held), missed)


def _find(
	prices: Iterable[Price],
	book: Book,
	item: Item,
	request: Request,
	qty: Decimal,
	factor: Decimal,
	packs: bool,
) -> Found:
	"""Of prices that differ in quantity alone the lowest that the quantity reaches; else the one that supersedes the others.

	A price in the request's own UOM comes before one in the stock UOM, a newer one before an older, as in ERPNext.
	"""
	day, uom = request.sale.date, request.uom or item.stock_uom
	slots: dict[tuple, tuple[tuple, Price]] = {}
	for price in prices:
		if price.uom not in ("", uom, item.stock_uom) or price.batch not in ("", request.batch):
			continue
		if not is_valid(price.valid_from, price.valid_upto, day):
			continue
		slot = (price.min_qty * (item.factor(price.uom or uom) or ONE), price.packing_unit if packs else ZERO)
		rank = (
			bool(price.account),
			price.uom in (uom, ""),
			price.valid_from.toordinal() if price.valid_from else 0,
			bool(price.batch),
			price.uom == uom,
			price.name,
		)
		if slot not in slots or rank > slots[slot][0]:
			slots[slot] = (rank, price)
	held, missed = [], []
	for (least, packing), (_rank, price) in slots.items():
		if qty * factor < least:
			missed.append(Missed(price, FEW))
		elif packing and qty % packing:
			missed.append(Missed(price, PACKING))
		else:
			held.append(Listed(price, rate_of(price, book, item, uom, factor, request.sale.currency)))
	missed.sort(key=lambda one: (one.price.min_qty, one.price.name))
	return Found(_lowest(held), tuple(missed), (ZERO, ZERO) in slots)


def _lowest(held: Iterable[Listed]) -> Listed | None:
	return min(held, key=lambda one: (one.rate, one.price.name), default=None)


def rate_of(price: Price, book: Book, item: Item, uom: str, factor: Decimal, currency: str) -> Decimal:
	"""An Item Price for one `uom` of `factor` stock units, in another currency. Raises `money.NoRate`.

	A price without a UOM, or in the stock UOM, is multiplied, unless its list has one price for every UOM.
	"""
	price_list = book.lists.get(price.price_list)
	same = bool(price_list and price_list.same_in_every_uom)
	rate = price.rate if price.uom == uom or same else price.rate * factor
	return convert(rate, price.currency, currency, book)
