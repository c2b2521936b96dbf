"""What rows of a tier come to: a customer on the tier who buys just so much, priced by the rules and paid by nobody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document

from wholesale_b2b.pricing.rules import Request, Row, Sale, Tier, flatten, resolve
from wholesale_b2b.pricing.service import books
from wholesale_b2b.pricing.service.questions import Ask, Question
from wholesale_b2b.pricing.store import tiers
from wholesale_b2b.setup.switch import company_at_hand


@dataclass(frozen=True, slots=True)
class Trial:
	"""For a unit of the row's UOM, in the currency of the tier. cost: in the same, None where nobody knows."""

	rate: Decimal | None
	list_rate: Decimal | None
	cost: Decimal | None


def rates(doc: Document, rows: Sequence[Row], day: date) -> Callable[[Sequence[Row]], list[Trial | None]]:
	"""A function that tries rows of a tier which says `rows`: per row what an item of it costs, None for other rows."""
	company = company_at_hand()
	line = {**tiers.whole(doc.name), doc.name: replace(tiers.as_tier(doc), rows=tuple(rows))}
	head = flatten(line, doc.name)

	def tried(asked: Sequence[Row]) -> list[Trial | None]:
		wanted = [row for row in asked if row.apply_on == "Item Code"]
		if not wanted or not company:
			return [None] * len(asked)
		found = dict(zip(map(id, wanted), _trials(wanted, company, doc, line, head, day), strict=True))
		return [found.get(id(row)) for row in asked]

	return tried


def _trials(
	wanted: Sequence[Row], company: str, doc: Document, line: dict[str, Tier], head: Tier, day: date
) -> list[Trial]:
	currency = currency_of(doc)
	question = Question(
		company,
		"",
		day,
		[
			Ask(str(place), row.target, max(row.min_qty, Decimal(1)), row.uom)
			for place, row in enumerate(wanted)
		],
		currency=currency,
		price_list=head.price_list,
		promotions=False,
	)
	(asked,), book = books.load([question], with_costs=True)
	book = books.with_tiers(book, line)
	requests = [Request(one.key, one.item, one.qty, _sale(day, currency, head), one.uom) for one in asked]
	worth = book.rates.get(currency) or Decimal(1)
	found = []
	for decision in resolve(requests, book):
		item = book.items.get(decision.item)
		cost = item.cost * decision.factor / worth if item and item.cost is not None else None
		rate = decision.rate if decision.source else None
		found.append(Trial(rate, decision.list_rate, cost))
	return found


def _sale(day: date, currency: str, head: Tier) -> Sale:
	return Sale(
		date=day, currency=currency, price_list=head.price_list, tier=head.name, promotions=False, cases=False
	)


def currency_of(doc: Document) -> str:
	"""The currency of a tier's prices: its own, its base price list's, that of the tiers above it."""
	line = {**tiers.whole(doc.name), doc.name: tiers.as_tier(doc)} if doc.name else {}
	for tier in (line[name] for name in line):
		if tier.currency:
			return tier.currency
		if tier.price_list:
			return frappe.get_cached_value("Price List", tier.price_list, "currency")
	return frappe.db.get_default("currency")


def standing_alone(tier: Tier) -> list[Row]:
	"""The rows of a flattened tier as rows that inherit from nothing: percentages and prices with all changes in them.

	Of rows about the same thing only the nearest is left: it is the one that counts.
	"""
	nearest: dict[tuple, int] = {}
	for row in tier.rows:
		key = (row.apply_on, row.target, bool(row.min_qty))
		nearest[key] = min(row.rank, nearest.get(key, row.rank))
	found = []
	for row in tier.rows:
		if row.rank != nearest[(row.apply_on, row.target, bool(row.min_qty))]:
			continue
		if row.discount is not None:
			found.append(
				replace(
					row,
					discount=max(round(100 - (100 - row.discount) * row.factor, 6), Decimal(0)),
					factor=Decimal(1),
				)
			)
		else:
			found.append(replace(row, rate=round((row.rate or 0) * row.factor, 6), factor=Decimal(1)))
	return found
