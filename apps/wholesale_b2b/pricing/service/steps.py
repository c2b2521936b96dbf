"""What an item costs from which quantity on: the price for one, and each further quantity that makes it cheaper."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from wholesale_b2b.pricing.rules import Book, Decision, Request, flatten, resolve
from wholesale_b2b.pricing.rules.ladder import Shelf, ladder

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Step:
	"""qty: of the UOM the item is sold by. mix: counted over the document. decision: what just so many cost."""

	qty: Decimal
	mix: str
	decision: Decision


def cheaper(steps: Sequence[Step]) -> list[dict]:
	"""The steps after the first, to be shown: {qty, mix, rate}."""
	return [
		{"qty": float(step.qty), "mix": step.mix, "rate": float(step.decision.rate)} for step in steps[1:]
	]


def of_items(requests: Sequence[Request], book: Book) -> list[list[Step]]:
	"""Per request, all of one sale, the price for one and the steps after it, each item as the only one of a document. In the
	UOM that is asked for, else the one that the item is sold by.
	"""
	tier = requests[0].sale.tier if requests else ""
	shelf = Shelf(flatten(book.tiers, tier)) if tier in book.tiers else None
	asked = [
		[
			(mix, replace(request, qty=qty, uom=uom, sale=replace(request.sale)))
			for qty, mix in [(ONE, ""), *_thresholds(request, book, shelf, uom)]
		]
		for request, uom in ((request, _uom(request, book)) for request in requests)
	]
	# at once: the tier is flattened for each call
	decisions = iter(resolve([request for rungs in asked for _mix, request in rungs], book))
	return [_falling([Step(request.qty, mix, next(decisions)) for mix, request in rungs]) for rungs in asked]


def _uom(request: Request, book: Book) -> str:
	item = book.items.get(request.item)
	return request.uom or ((item.sales_uom or item.stock_uom) if item else "")


def _falling(steps: Sequence[Step]) -> list[Step]:
	"""The first, and those that are cheaper than the one before them."""
	kept = [steps[0]]
	for step in steps[1:]:
		last = kept[-1].decision
		if step.decision.source and (not last.source or step.decision.rate < last.rate):
			kept.append(step)
	return kept


def _thresholds(request: Request, book: Book, shelf: Shelf | None, uom: str) -> list[tuple[Decimal, str]]:
	"""Quantities of the UOM from which on something may change, above one."""
	item = book.items.get(request.item)
	if not item:
		return []
	factor = item.factor(uom) or ONE
	found: dict[Decimal, str] = {}
	for key in product(book.lists, (item.code, item.template)):
		for price in book.prices.get(key, ()):
			if price.min_qty and price.customer in ("", request.sale.customer):
				found[price.min_qty * (item.factor(price.uom or uom) or ONE) / factor] = ""
	for rung in ladder(shelf, item, uom, request.sale.date).breaks if shelf else ():
		found[rung.least / factor] = rung.row.mix
	return sorted((qty, mix) for qty, mix in found.items() if qty > 1)
