"""Small books of prices for the tests of pricing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from wholesale_b2b.pricing.rules import (
	Agreed,
	Asked,
	Book,
	Item,
	Price,
	PriceList,
	Promotion,
	Request,
	Row,
	Sale,
	Tier,
	resolve,
)

DAY = date(2026, 11, 2)


def D(value) -> Decimal:
	return Decimal(str(value))


def item(code="MUG", **fields) -> Item:
	fields = {"groups": ("Mugs", "Homeware", "All Item Groups"), "brand": "Longton", **fields}
	factors = {uom: D(factor) for uom, factor in fields.pop("factors", {"Box": 12}).items()}
	numbers = {name: D(fields.pop(name)) for name in ("cost", "max_discount", "case_pack") if name in fields}
	return Item(code, factors=factors, **numbers, **fields)


def price(rate, code="MUG", price_list="Trade", **fields) -> Price:
	numbers = {name: D(fields.pop(name)) for name in ("min_qty", "packing_unit") if name in fields}
	fields = {"currency": "GBP", "uom": "Nos", **fields}
	name = fields.pop("name", f"{price_list}-{code}-{rate}-{fields.get('customer', '')}")
	return Price(name, code, price_list, D(rate), **numbers, **fields)


def row(apply_on="All Items", target="", *, discount=None, rate=None, least=0, **fields) -> Row:
	return Row(
		apply_on,
		target,
		None if discount is None else D(discount),
		None if rate is None else D(rate),
		min_qty=D(least),
		**fields,
	)


def tier(*rows: Row, name="Silver", change=0, floor_percent=0, **fields) -> Tier:
	fields = {"price_list": "" if fields.get("parent") else "Trade", **fields}
	return Tier(name, rows=rows, change=D(change), floor_percent=D(floor_percent), **fields)


def promotion(name="PRLE-1", apply_on="Item Code", target="MUG", uom="", **fields) -> Promotion:
	numbers = (
		"rate",
		"discount_percentage",
		"discount_amount",
		"margin",
		"min_qty",
		"max_qty",
		"min_amount",
		"max_amount",
	)
	values = {key: D(fields.pop(key)) for key in numbers if key in fields}
	return Promotion(name, apply_on, ((target, uom),), **{"currency": "GBP"} | fields, **values)


def book(*, prices=(), tiers=(), items=None, lists=None, rates=None, **fields) -> Book:
	items = [item()] if items is None else items
	lists = lists or [PriceList("Trade", "GBP"), PriceList("Retail", "GBP"), PriceList("Europe", "EUR")]
	shelf: dict[tuple[str, str], tuple[Price, ...]] = {}
	for one in prices:
		key = (one.price_list, one.item)
		shelf[key] = (*shelf.get(key, ()), one)
	return Book(
		"GBP",
		rates={"EUR": D("0.8"), **(rates or {})},
		items={one.code: one for one in items},
		lists={one.name: one for one in lists},
		prices=shelf,
		tiers={one.name: one for one in tiers},
		**fields,
	)


def sale(**fields) -> Sale:
	return Sale(
		**{"name": "Q-1", "customer": "Harbour", "date": DAY, "currency": "GBP", "price_list": "Trade"}
		| fields
	)


def request(qty=1, code="MUG", key="1", on=None, **fields) -> Request:
	return Request(key, code, D(qty), on or sale(), **fields)


def decide(of: Book, qty=1, code="MUG", agreed=None, asked=None, uom="", batch="", warehouses=(), **fields):
	"""One line of a sale of its own."""
	return resolve(
		[
			request(
				qty,
				code,
				on=sale(**fields),
				uom=uom,
				agreed=agreed,
				asked=asked,
				batch=batch,
				warehouses=warehouses,
			)
		],
		of,
	)[0]


def agreed(rate, source="Quotation", name="Q-7", until=None) -> Agreed:
	return Agreed(source, name, D(rate), until)


def asked(rate, reason="match", may=True, approved=None) -> Asked:
	return Asked(D(rate), reason, may, None if approved is None else D(approved))
