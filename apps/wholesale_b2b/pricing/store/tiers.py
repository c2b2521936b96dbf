"""Trade Price Tiers: all their heads, and of their rows those that a batch may need."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cstr, flt, getdate

from wholesale_b2b.pricing.rules import Cycle, Item, Row, Tier, flatten, line
from wholesale_b2b.pricing.rules.words import BRAND, GROUP, ITEM, TARGETS
from wholesale_b2b.pricing.store.prices import as_date
from wholesale_b2b.setwise import as_list, listed, read_rows

TIER = "Trade Price Tier"
ROW = "Trade Price Tier Row"
HEAD = """name, ifnull(parent_tier, ''), change_percent, ifnull(price_list, ''), ifnull(currency, ''),
	ifnull(rounding, ''), ifnull(rounding_direction, ''), ifnull(promotions, ''), ifnull(floor_by, ''), floor_percent,
	valid_from, valid_upto, enabled = 1"""
LINE = """parent, apply_on, ifnull(item_code, ''), ifnull(item_group, ''), ifnull(brand, ''), price_or_discount = 'Discount',
	discount_percentage, rate, ifnull(uom, ''), min_qty, ifnull(mix, ''), net = 1, valid_from, valid_upto, name"""


def heads() -> dict[str, Tier]:
	"""All tiers, without rows. One query."""
	return {row[0]: _tier(row) for row in read_rows(HEAD, f"from `tab{TIER}`", {})}


def tiers(names: Iterable[str], items: Iterable[Item]) -> dict[str, Tier]:
	"""These tiers and all above them, with the rows that are about these items. Two queries.

	A line of tiers that goes round in a circle comes as it is; `flatten` refuses it.
	"""
	names = {name for name in names if name}
	if not names:
		return {}
	known = heads()
	wanted = _with_those_above(names, known)
	rows = _rows(wanted, list(items))
	return {name: _with(known[name], rows[name]) for name in wanted}


def whole(*names: str) -> dict[str, Tier]:
	"""Tiers and all above them, with all their rows. Two queries."""
	known = heads()
	wanted = _with_those_above(set(names), known)
	rows = _group(
		read_rows(LINE, f"from `tab{ROW}` where parent in %(tiers)s", {"tiers": tuple(wanted) or ("",)})
	)
	return {tier: _with(known[tier], rows[tier]) for tier in wanted}


def _with_those_above(names: Iterable[str], known: dict[str, Tier]) -> list[str]:
	wanted: dict[str, None] = {}
	for name in sorted(names):
		while name in known and name not in wanted:
			wanted[name] = None
			name = known[name].parent
	return list(wanted)


def _rows(names: list[str], items: list[Item]) -> dict[str, list[Row]]:
	if not names:
		return defaultdict(list)
	codes = {item.code for item in items} | {item.template for item in items if item.template}
	groups = {group for item in items for group in item.groups}
	brands = {item.brand for item in items if item.brand}
	return _group(
		read_rows(
			LINE,
			f"""from `tab{ROW}` where parent in %(tiers)s and parenttype = '{TIER}' and (
				apply_on = 'All Items'
				or (apply_on = 'Item Code' and item_code in {listed("items")})
				or (apply_on = 'Item Group' and item_group in %(groups)s)
				or (apply_on = 'Brand' and brand in %(brands)s))""",
			{
				"tiers": tuple(names),
				"items": as_list(sorted(codes)),
				"groups": tuple(sorted(groups)) or ("",),
				"brands": tuple(sorted(brands)) or ("",),
			},
		)
	)


def _group(rows: list[list]) -> dict[str, list[Row]]:
	found: dict[str, list[Row]] = defaultdict(list)
	for row in rows:
		found[row[0]].append(_row(row))
	return found


def _row(row: list) -> Row:
	(
		_parent,
		apply_on,
		item,
		group,
		brand,
		is_discount,
		off,
		rate,
		uom,
		least,
		mix,
		net,
		since,
		until,
		name,
	) = row
	return Row(
		apply_on,
		{ITEM: item, GROUP: group, BRAND: brand}.get(apply_on, ""),
		Decimal(off or 0) if is_discount else None,
		None if is_discount else Decimal(rate or 0),
		uom=uom,
		min_qty=Decimal(least or 0),
		mix=mix.strip() if least else "",
		net=bool(net),
		valid_from=as_date(since),
		valid_upto=as_date(until),
		name=name,
	)


def _tier(row: list) -> Tier:
	(
		name,
		parent,
		change,
		price_list,
		currency,
		rounding,
		direction,
		promotions,
		by,
		percent,
		since,
		until,
		on,
	) = row
	return Tier(
		name,
		parent,
		Decimal(change or 0),
		price_list,
		currency,
		(),
		rounding,
		direction,
		promotions,
		by,
		Decimal(percent or 0),
		as_date(since),
		as_date(until),
		bool(on),
	)


def _with(tier: Tier, rows: list[Row]) -> Tier:
	return replace(tier, rows=tuple(sorted(rows, key=lambda row: row.name)))


def as_tier(doc: Document) -> Tier:
	"""A tier that is being edited, as the rules know it."""
	return Tier(
		name=doc.name or cstr(doc.tier_name),
		parent=cstr(doc.parent_tier),
		change=_decimal(doc.change_percent),
		price_list=cstr(doc.price_list),
		currency=cstr(doc.currency),
		rows=tuple(_from_doc(row) for row in doc.rows),
		rounding=cstr(doc.rounding),
		direction=cstr(doc.rounding_direction),
		promotions=cstr(doc.promotions),
		floor_by=cstr(doc.floor_by),
		floor_percent=_decimal(doc.floor_percent),
		valid_from=getdate(doc.valid_from) if doc.valid_from else None,
		valid_upto=getdate(doc.valid_upto) if doc.valid_upto else None,
		enabled=bool(doc.enabled),
	)


def currency_of(known: Mapping[str, Tier], name: str) -> str:
	"""The currency of the prices that stand in a tier: its own, else that of its base price list, which may be inherited.

	known: the tier and all above it. Empty where neither is known, and for tiers that inherit from each other.
	"""
	own = known.get(name)
	if not own or own.currency:
		return own.currency if own else ""
	try:
		base = flatten(known, name).price_list
	except Cycle:
		return ""
	return cstr(base and frappe.get_cached_value("Price List", base, "currency"))


def _from_doc(row: Document) -> Row:
	field = TARGETS.get(row.apply_on)
	is_discount = row.price_or_discount == "Discount"
	return Row(
		row.apply_on,
		cstr(field and row.get(field)),
		_decimal(row.discount_percentage) if is_discount else None,
		None if is_discount else _decimal(row.rate),
		uom=cstr(row.uom),
		min_qty=_decimal(row.min_qty),
		mix=cstr(row.mix).strip() if flt(row.min_qty) else "",
		net=bool(row.net),
		valid_from=getdate(row.valid_from) if row.valid_from else None,
		valid_upto=getdate(row.valid_upto) if row.valid_upto else None,
		name=cstr(row.name) or f"{row.idx:06}",
	)


def _decimal(value: object) -> Decimal:
	return Decimal(str(flt(value, 6)))


def children(name: str) -> list[str]:
	"""The tiers that inherit from this one directly."""
	return frappe.get_all(TIER, {"parent_tier": name}, pluck="name", order_by="name")


__all__ = ["as_tier", "children", "currency_of", "heads", "line", "tiers", "whole"]
