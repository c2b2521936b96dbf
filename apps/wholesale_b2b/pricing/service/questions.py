"""What is asked: lines of one document, or of a question over the API, before anything is looked up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wholesale_b2b.pricing.rules import Agreed, Asked


@dataclass(slots=True)
class Ask:
	"""A line. key: tells it from the others of its question. factor: stock units in a `uom`, 0 as the item knows it."""

	key: str
	item: str
	qty: Decimal
	uom: str = ""
	factor: Decimal = Decimal(0)
	batch: str = ""
	warehouse: str = ""
	agreed: Agreed | None = None
	asked: Asked | None = None


@dataclass(slots=True)
class Question:
	"""Who buys, when, on what terms. rates: what a unit of a currency is worth in the company's, where it is known already.

	doctype: of the document, for Pricing Rules that count past ones. condition_doc: makes what conditions of Pricing Rules
	look at. cases: whether quantities are rounded to full cases.
	"""

	company: str
	customer: str
	date: date
	lines: list[Ask]
	name: str = ""
	doctype: str = ""
	account: str = ""
	currency: str = ""
	price_list: str = ""
	channel: str = ""
	campaign: str = ""
	sales_partner: str = ""
	coupon_code: str = ""
	promotions: bool = True
	cases: bool = False
	rates: Mapping[str, Decimal] = field(default_factory=dict)
	condition_doc: Callable[[], Mapping] | None = None
