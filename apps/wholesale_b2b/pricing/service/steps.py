"""What an item costs from which quantity on: the price for one, and each further quantity that makes it cheaper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from wholesale_b2b.pricing.rules import Book, Decision, Request, Sale, flatten, resolve
from wholesale_b2b.pricing.rules.ladder import Shelf, ladder

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Step:
	"""qty: of the UOM the item is sold by. mix: counted over the document. decision: what just so many cost."""

	qty: Decimal
	mix: str
	decision: Decision


def of_items(codes: Sequence[str], sale: Sale, book: Book) -> list[list[Step]]:
	"""Per item the price for one and the steps after it; sale: for whom and when, each item as the only one of a document."""
	shelf = Shelf(flatten(book.tiers, sale.tier)) if sale.tier in book.tiers else None
	return [_of_item(code, sale, book, shelf) for code in codes]


def _of_item(code: str, sale: Sale, book: Book, shelf: Shelf | None) -> list[Step]:
	item = book.items.get(code)
	uom = (item.sales_uom or item.stock_uom) if item else ""

	def decide(qty: Decimal) -> Decision:
		return resolve([Request(code, code, qty, replace(sale), uom)], book)[0]

	steps = [Step(ONE, "", decide(ONE))]
	if not item:
		return steps
	for qty, mix in _thresholds(code, sale, book, shelf, uom):
		found = decide(qty)
		if found.source and (not steps[-1].decision.source or found.rate < steps[-1].decision.rate):
			steps.append(Step(qty, mix, found))
	return steps


def _thresholds(
	code: str, sale: Sale, book: Book, shelf: Shelf | None, uom: str
) -> list[tuple[Decimal, str]]:
	"""Quantities of the UOM from which on something may change, above one."""
	item = book.items[code]
	factor = item.factor(uom) or ONE
	found: dict[Decimal, str] = {}
	for key, prices in book.prices.items():
		if key[1] in (code, item.template):
			for price in prices:
				if price.min_qty and price.customer in ("", sale.customer):
					found[price.min_qty * (item.factor(price.uom or uom) or ONE) / factor] = ""
	for rung in ladder(shelf, item, uom, sale.date).breaks if shelf else ():
		found[rung.least / factor] = rung.row.mix
	return sorted((qty, mix) for qty, mix in found.items() if qty > 1)
