"""Where the prices of items on tiers come from, as `resolve` says it, for thousands of items on hundreds of tiers.

What items share is worked out once: what a price list says for all tiers on it, which rows of a tier are about them for all
of one group and brand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from . import tier_prices
from .ladder import Shelf, ladder, list_currency
from .listing import Found, everybodys
from .model import ONE, Book, Item, Request, Sale, is_valid
from .money import NoRate, convert, quantize
from .resolver import resolve
from .subject import Subject
from .tiers import flatten
from .words import ITEM, NOTHING, TIER_LIST


@dataclass(slots=True)
class Coverage:
	"""items: those that are asked about, known to the book. One of each is bought, by the stock UOM, without promotions."""

	book: Book
	items: Sequence[Item]
	kinds: list[int] = field(default_factory=list)
	listed: dict[tuple, list[Found] | None] = field(default_factory=dict)

	def __post_init__(self) -> None:
		known: dict[tuple, int] = {}
		for item in self.items:
			kind = (item.groups, item.brand, item.stock_uom, tuple(sorted(item.factors.items())))
			self.kinds.append(known.setdefault(kind, len(known)))

	def sources(self, sale: Sale, only_whether: bool = False) -> list[tuple[str, Decimal | None]]:
		"""Per item the source of its price, an empty text without one, and the list rate.

		only_whether: which source it is does not matter, as long as there is one. Raises `Cycle`, KeyError for an unknown tier.
		"""
		shelf = Shelf(flatten(self.book.tiers, sale.tier))
		listed = self._listed(sale)
		if listed is None or not self._plain(shelf, sale):
			asked = [Request(item.code, item.code, ONE, replace(sale)) for item in self.items]
			return [(one.source, one.list_rate) for one in resolve(asked, self.book)]
		known: dict[tuple, str] = {}
		found = []
		for item, kind, in_base in zip(self.items, self.kinds, listed, strict=True):
			rate = quantize(in_base.held.rate, self.book) if in_base.held else None
			if only_whether and in_base.held:
				found.append((TIER_LIST, rate))
				continue
			# what has rows of its own is like nothing else
			own = (ITEM, item.code) in shelf.rows or (ITEM, item.template) in shelf.rows
			like = (item.code if own else kind, in_base.held and in_base.held.rate)
			if like not in known:
				known[like] = self._source(item, shelf, in_base, sale)
			found.append((known[like], rate))
		return found

	def _source(self, item: Item, shelf: Shelf, in_base: Found, sale: Sale) -> str:
		rungs = ladder(shelf, item, item.stock_uom, sale.date)
		if not (rungs.base or rungs.breaks):
			return TIER_LIST if in_base.held else NOTHING
		request = Request(item.code, item.code, ONE, sale)
		subject = Subject(request, item, ONE, ONE, item.stock_uom, shelf, ladder=rungs)
		here = tier_prices.candidates(subject, self.book, ONE, {}, in_base, [])
		return tier_prices.cheapest(here, self.book).source if here else NOTHING

	def _listed(self, sale: Sale) -> list[Found] | None:
		"""What the price list of a sale says of each item; None where a currency has no rate."""
		key = (sale.price_list, sale.currency, sale.date)
		if key not in self.listed:
			try:
				self.listed[key] = [
					everybodys(
						self.book, item, sale.price_list, Request(item.code, item.code, ONE, sale), ONE, ONE
					)
					for item in self.items
				]
			except NoRate:
				self.listed[key] = None
		return self.listed[key]

	def _plain(self, shelf: Shelf, sale: Sale) -> bool:
		"""Whether nothing stands in the way of a tier: it holds on the day, on the sale's price list, and all its currencies have
		a rate."""
		tier = shelf.tier
		if not tier.enabled or not is_valid(tier.valid_from, tier.valid_upto, sale.date):
			return False
		if tier.price_list != sale.price_list or self.book.offers or sale.customer:
			return False
		try:
			for currency in {row.currency or list_currency(shelf, self.book) for row in tier.rows}:
				convert(ONE, currency, sale.currency, self.book)
			convert(ONE, self.book.currency, sale.currency, self.book)
		except NoRate:
			return False
		return True
