"""Item Prices and price lists."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from wholesale_b2b.pricing.rules import Price, PriceList
from wholesale_b2b.setwise import as_list, listed, read_rows


def price_lists(names: Iterable[str]) -> dict[str, PriceList]:
	"""Enabled selling price lists of these names. One query."""
	names = sorted({name for name in names if name})
	rows = names and read_rows(
		"name, currency, price_not_uom_dependent = 1",
		f"from `tabPrice List` where enabled = 1 and selling = 1 and name in {listed('lists')}",
		{"lists": as_list(names)},
	)
	return {name: PriceList(name, currency, bool(same)) for name, currency, same in rows or ()}


def item_prices(
	items: Iterable[str], lists: Iterable[str], customers: Iterable[str], first: date, last: date
) -> dict[tuple[str, str], tuple[Price, ...]]:
	"""(price list, item) → its prices for everybody and for these customers that hold on any day of the span. One query."""
	lists = sorted(lists)
	if not lists:
		return {}
	rows = read_rows(
		"""name, item_code, price_list, price_list_rate, currency, ifnull(uom, ''), ifnull(customer, ''),
			ifnull(b2b_trade_account, ''), b2b_min_qty, packing_unit, ifnull(batch_no, ''), valid_from, valid_upto,
			b2b_below_floor = 1""",
		f"""from `tabItem Price` where item_code in {listed("items")} and price_list in {listed("lists")}
		and ifnull(supplier, '') = '' and ifnull(customer, '') in %(customers)s
		and (valid_from is null or valid_from <= %(last)s) and (valid_upto is null or valid_upto >= %(first)s)""",
		{
			"items": as_list(sorted(items)),
			"lists": as_list(lists),
			"customers": ("", *sorted({name for name in customers if name})),
			"first": first,
			"last": last,
		},
	)
	found: dict[tuple[str, str], list[Price]] = {}
	for row in rows:
		found.setdefault((row[2], row[1]), []).append(_price(row))
	return {key: tuple(prices) for key, prices in found.items()}


def _price(row: list) -> Price:
	(
		name,
		item,
		price_list,
		rate,
		currency,
		uom,
		customer,
		account,
		least,
		packing,
		batch,
		since,
		until,
		low,
	) = row
	return Price(
		name,
		item,
		price_list,
		Decimal(rate),
		currency,
		uom,
		customer,
		account,
		Decimal(least or 0),
		Decimal(packing or 0),
		batch,
		as_date(since),
		as_date(until),
		bool(low),
	)


def as_date(text: str | None) -> date | None:
	return date.fromisoformat(text) if text else None
