"""What a tier says alone: a customer on it who buys just so much, priced by the rules and paid by nobody."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from frappe.model.document import Document
from frappe.utils import getdate

from wholesale_b2b.pricing.rules import Book, Decision, Request, Row, Sale, Tier, flatten, resolve
from wholesale_b2b.pricing.rules.coverage import Coverage
from wholesale_b2b.pricing.rules.words import ITEM
from wholesale_b2b.pricing.service import books, steps
from wholesale_b2b.pricing.service.questions import Ask, Question
from wholesale_b2b.pricing.store import masters, tiers
from wholesale_b2b.setup.switch import company_at_hand

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Trial:
	"""For a unit of the row's UOM, in the currency of the tier. cost: in the same, None where nobody knows."""

	rate: Decimal | None
	list_rate: Decimal | None
	cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Bench:
	"""A tier with what is needed to price some items on it. No promotions, no floors of the settings, no full cases."""

	sale: Sale
	book: Book
	requests: tuple[Request, ...]

	def decisions(self) -> list[Decision]:
		"""What was asked for, each line alone."""
		return resolve(self.requests, self.book) if self.requests else []

	def steps(self) -> list[list[steps.Step]]:
		"""Per item that was asked about the price for one, and for each quantity from which it is cheaper."""
		return steps.of_items(self.requests, self.book)

	def cost(self, decision: Decision) -> Decimal | None:
		"""What a unit of the decision's UOM costs the company, in the currency of the trial."""
		item = self.book.items.get(decision.item)
		if not item or item.cost is None:
			return None
		return item.cost * decision.factor / (self.book.rates.get(self.sale.currency) or ONE)


def bench(
	line: Mapping[str, Tier],
	tier: str,
	company: str,
	asks: Sequence[Ask],
	day: date | None = None,
	currency: str = "",
) -> Bench:
	"""A tier, its line of tiers given, for these lines of a company, on a day (today), in a currency (the tier's own).

	Each line is a document of its own, so that none counts towards another's mix. Raises `Cycle`.
	"""
	line = _about(line, asks)
	sale = _sale(line, tier, day, currency)
	(loaded,), book = books.load([_question(company, sale, asks)], with_costs=True, tried=line)
	return Bench(
		sale,
		book,
		tuple(Request(one.key, one.item, one.qty, replace(sale), one.uom) for one in loaded),
	)


def _sale(line: Mapping[str, Tier], tier: str, day: date | None, currency: str = "") -> Sale:
	return Sale(
		date=day or getdate(),
		currency=currency or tiers.currency_of(line, tier),
		price_list=flatten(line, tier).price_list,
		tier=tier,
		promotions=False,
		cases=False,
	)


def _question(company: str, sale: Sale, asks: Sequence[Ask]) -> Question:
	return Question(
		company,
		"",
		sale.date,
		list(asks),
		currency=sale.currency,
		price_list=sale.price_list,
		promotions=False,
	)


def _about(line: Mapping[str, Tier], asks: Sequence[Ask]) -> dict[str, Tier]:
	"""The same tiers without rows for other items: a tier may have thousands."""
	items = masters.items(ask.item for ask in asks)
	codes = items.keys() | {item.template for item in items.values()}
	return {
		name: replace(
			tier,
			rows=tuple(row for row in tier.rows if row.apply_on != ITEM or row.target in codes),
		)
		for name, tier in line.items()
	}


def of_items(
	tier: str,
	company: str,
	codes: Sequence[str],
	qty: Decimal = ONE,
	currency: str = "",
	day: date | None = None,
) -> Bench:
	"""A tier that is saved, for so many of each of these items."""
	return bench(tiers.whole(tier), tier, company, [Ask(code, code, qty) for code in codes], day, currency)


def coverage(names: Sequence[str], company: str, codes: Sequence[str]) -> tuple[Coverage, list[Sale]]:
	"""What tells where the prices of these items on these tiers come from today, and the sale to ask it about per tier. All is
	read at once."""
	line = tiers.whole(*names)
	sales = [_sale(line, name, None) for name in names]
	asks = [Ask(code, code, ONE) for code in codes]
	# the items are asked about once; of the other tiers the price lists are wanted
	questions = [_question(company, sale, () if place else asks) for place, sale in enumerate(sales)]
	_requests, book = books.load(questions, tried=line)
	return Coverage(book, [book.items[code] for code in codes]), sales


def with_rows(doc: Document, rows: Sequence[Row]) -> dict[str, Tier]:
	"""The line of a tier that says `rows` instead of what is saved."""
	return {**tiers.whole(doc.name), doc.name: replace(tiers.as_tier(doc), rows=tuple(rows))}


def rates(doc: Document, rows: Sequence[Row], day: date) -> Callable[[Sequence[Row]], list[Trial | None]]:
	"""A function that tries rows of a tier which says `rows`: per row what an item of it costs, None for other rows."""
	company = company_at_hand()
	line = with_rows(doc, rows)

	def tried(asked: Sequence[Row]) -> list[Trial | None]:
		wanted = [row for row in asked if row.apply_on == ITEM]
		if not wanted or not company:
			return [None] * len(asked)
		asks = [
			Ask(str(place), row.target, max(row.min_qty, ONE), row.uom) for place, row in enumerate(wanted)
		]
		found = dict(zip(map(id, wanted), trials(bench(line, doc.name, company, asks, day)), strict=True))
		return [found.get(id(row)) for row in asked]

	return tried


def trials(tried: Bench) -> list[Trial]:
	"""What a bench says, in short."""
	return [
		Trial(decision.rate if decision.source else None, decision.list_rate, tried.cost(decision))
		for decision in tried.decisions()
	]
