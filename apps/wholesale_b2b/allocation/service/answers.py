"""Answers about stock, orders and supply; the same figures for forms, reports and the API."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from wholesale_b2b.allocation.rules.promise import NOW, Recipe, Stock, Wish, bundle_stock
from wholesale_b2b.allocation.rules.promise import promise as plan_promise
from wholesale_b2b.allocation.rules.protect import room
from wholesale_b2b.allocation.store import answers, facts, holds, kinds, protections

QUANTITIES = (
	"actual_qty",
	"expired_qty",
	"reserved_qty",
	"ats_qty",
	"in_transit_qty",
	"inbound_qty",
	"pre_allocated_qty",
	"atp_qty",
)
NOTHING = dict.fromkeys(QUANTITIES, 0.0)


def availability(
	items: Sequence[str],
	warehouses: Sequence[str],
	needed_by: date | str | None = None,
	channel: str | None = None,
	customer: str | None = None,
) -> list[dict]:
	"""What of each item can be sold now and promised by a date, over `warehouses` (names, no groups).

	One dict per item, in the order asked: item_code, stock_uom, the quantities of `QUANTITIES` (stock UOM) summed over
	the warehouses, next_date and next_qty (the first units to come that nobody has been promised), and `warehouses`:
	the same per warehouse, for those that have any figure. ats_qty is never negative; atp_qty is ats_qty plus what is
	to come by `needed_by` (whenever, without it) and not promised. channel, customer: whose ats_qty it is: what Stock
	Protections keep for others, or cap for them, is not in it. A Product Bundle's figures are those of what is in it, in
	whole bundles, per warehouse; what is reserved and promised is so of its components, so it has no such figures of its
	own. Raises frappe.DoesNotExistError for unknown items.
	"""
	asked = list(dict.fromkeys(items))
	there = kinds.in_use()
	recipes = answers.recipes(asked) if "Product Bundle" in there else {}
	items = _with_components(asked, recipes)
	until = getdate(needed_by) if needed_by else None
	selling = answers.selling_warehouses(warehouses)
	places: dict[str, list[dict]] = defaultdict(list)
	limits = _Limits(items, warehouses, channel, customer, there)
	figures = answers.stock_figures(items, warehouses, there)
	uoms = _uoms(asked, figures)
	for key, found in figures.items():
		sells = limits.room(key, _free(found)) if key[1] in selling else 0.0
		places[key[0]].append(_place(key[1], found, sells, until))
	for bundle, recipe in recipes.items():
		places[bundle] = bundle_places([(per, places[item]) for item, per in recipe], until)
	return [_total(item, uoms[item], sorted(places[item], key=_by_warehouse)) for item in asked]


_by_warehouse = itemgetter("warehouse")


def _with_components(items: Sequence[str], recipes: dict[str, Recipe]) -> list[str]:
	parts = [item for recipe in recipes.values() for item, _per in recipe]
	return list(dict.fromkeys([*(item for item in items if item not in recipes), *parts]))


class _Limits:
	"""What Stock Holds and Stock Protections leave of the free units of a shelf to a buyer."""

	def __init__(self, items, warehouses, channel: str | None, customer: str | None, there: set[str]):
		self.held = holds.kept(items, warehouses, now_datetime()) if "Stock Hold" in there else {}
		self.guards: dict[tuple[str, str], list] = defaultdict(list)
		for guard in protections.guards(items, warehouses, getdate()):
			self.guards[guard.item, guard.warehouse].append(guard)
		self.taken: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
		self.segments: tuple[str, ...] = ()
		if self.guards:
			for (item, warehouse, segment), qty in protections.taken(items, warehouses).items():
				self.taken[item, warehouse][segment] = qty
			group = frappe.get_cached_value("Customer", customer, "customer_group") if customer else None
			buyer = (customer, group, channel)
			self.segments = protections.segments([buyer])[buyer]

	def room(self, key: tuple[str, str], free: float) -> float:
		if key not in self.held and key not in self.guards:
			return max(free, 0.0)
		left = max(_decimal(free) - self.held.get(key, 0), Decimal(0))
		if key in self.guards:
			left = room(left, self.segments, self.guards[key], self.taken[key])
		return float(left)


def _free(found: dict) -> float:
	return found["actual"] - found["expired"] - found["reserved"] - found["claimed"]


def _place(warehouse: str, found: dict, ats: float, until: date | None) -> dict:
	inbound = found["inbound"]
	# of thousands of places most have nothing to come
	free = inbound and sorted(
		(row["expected"] or date.max, row["qty"] - row["pegged"])
		for row in inbound
		if row["qty"] > row["pegged"]
	)
	place = {
		"warehouse": warehouse,
		"actual_qty": found["actual"],
		"expired_qty": found["expired"],
		"reserved_qty": found["reserved"],
		"ats_qty": ats,
		"in_transit_qty": found["in_transit"],
		"inbound_qty": sum([row["qty"] for row in inbound]) if inbound else 0.0,
		"pre_allocated_qty": found["pre_allocated"],
		"atp_qty": ats,
		"next_date": None,
		"next_qty": 0.0,
		"free": free,
	}
	if free:
		place.update(_dated(ats, free, until))
	return place


def _dated(ats: float, free: list[tuple[date, float]], until: date | None) -> dict:
	"""free: units to come that nobody has been promised, by date; date.max: nobody knows when."""
	if not free:
		return {"atp_qty": ats, "next_date": None, "next_qty": 0.0}
	first = free[0][0]
	return {
		"atp_qty": ats + sum(qty for when, qty in free if until is None or when <= until),
		"next_date": None if first == date.max else first,
		"next_qty": sum(qty for when, qty in free if when == first),
	}


def bundle_places(parts: Sequence[tuple[Decimal, list[dict]]], until: date | None) -> list[dict]:
	"""Figures of a bundle at each warehouse that has all of it; parts: units that one bundle takes, places of the item."""
	by_place = [(per, {place["warehouse"]: place for place in places}) for per, places in parts]
	found = []
	for warehouse in sorted(set.intersection(*(set(places) for _per, places in by_place)) if parts else ()):
		here = [(per, places[warehouse]) for per, places in by_place]
		stock = bundle_stock([(per, _stock(place["ats_qty"], place["free"])) for per, place in here])
		actual = bundle_stock([(per, Stock(_decimal(place["actual_qty"]))) for per, place in here]).now
		free = [(when, float(qty)) for when, qty in stock.coming]
		found.append(
			{
				"warehouse": warehouse,
				**dict.fromkeys(QUANTITIES, 0.0),
				"actual_qty": float(actual),
				"ats_qty": float(stock.now),
				"inbound_qty": sum(qty for _when, qty in free),
				**_dated(float(stock.now), free, until),
				"free": free,
			}
		)
	return found


def _stock(ats: float, free: list[tuple[date, float]]) -> Stock:
	return Stock(_decimal(ats), tuple((when, _decimal(qty)) for when, qty in free))


def _total(item: str, uom: str, places: list[dict]) -> dict:
	total = dict(NOTHING)
	for place in places:
		del place["free"]
		for name in QUANTITIES:
			total[name] += place[name]
	dates = [place["next_date"] for place in places if place["next_date"]]
	first = min(dates) if dates else None
	return {
		"item_code": item,
		"stock_uom": uom,
		**total,
		"next_date": first,
		"next_qty": sum([place["next_qty"] for place in places if place["next_date"] == first]),
		"warehouses": places,
	}


def promise(
	lines: Sequence[dict],
	warehouses: Sequence[str],
	channel: str | None = None,
	customer: str | None = None,
) -> list[dict]:
	"""When so many units could ship if they were ordered now: one dict per line, in the order asked.

	lines: dicts of item_code, qty (stock UOM) and, if wanted, name. Answers: name, item_code, qty, stock_uom, now_qty,
	promise_date (when the last of it can ship, None if nobody knows) and `parts`: qty, source (now, inbound, lead
	time, unknown) and date. Lines of one item share what there is; a Product Bundle ships when all of it is there. Raises
	frappe.DoesNotExistError for unknown items.
	"""
	asked = list(dict.fromkeys(line["item_code"] for line in lines))
	there = kinds.in_use()
	recipes = answers.recipes(asked) if "Product Bundle" in there else {}
	items = _with_components(asked, recipes)
	lead = answers.lead_days(items)
	selling = answers.selling_warehouses(warehouses)
	now: dict[str, Decimal] = defaultdict(Decimal)
	coming: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
	limits = _Limits(items, warehouses, channel, customer, there)
	figures = answers.stock_figures(items, warehouses, there)
	uoms = _uoms(asked, figures)
	for (item, warehouse), found in figures.items():
		if warehouse in selling:
			now[item] += _decimal(limits.room((item, warehouse), _free(found)))
		for row in found["inbound"]:
			free = _decimal(max(row["qty"] - row["pegged"], 0))
			if free and row["expected"]:
				coming[item].append((getdate(row["expected"]), free))
	stock = {item: Stock(now[item], tuple(coming[item]), lead.get(item)) for item in items}
	wishes = [Wish(str(n), line["item_code"], _decimal(line["qty"])) for n, line in enumerate(lines)]
	parts = plan_promise(wishes, stock, getdate(), recipes)
	return [
		{
			"name": line.get("name"),
			"item_code": line["item_code"],
			"qty": float(wish.qty),
			"stock_uom": uoms[line["item_code"]],
			"now_qty": float(sum((p.qty for p in parts[wish.line] if p.source == NOW), Decimal(0))),
			"promise_date": _last_date(parts[wish.line]),
			"parts": [{"qty": float(p.qty), "source": p.source, "date": p.when} for p in parts[wish.line]],
		}
		for line, wish in zip(lines, wishes, strict=True)
	]


def _last_date(parts) -> date | None:
	dates = [part.when for part in parts]
	return None if None in dates or not dates else max(dates)


def _decimal(value: float) -> Decimal:
	return Decimal(str(round(value, 6)))


def _uoms(items: Sequence[str], figures: dict[tuple[str, str], dict]) -> dict[str, str]:
	"""Item → stock UOM; DoesNotExistError names those that are none. Where there are figures, they say it already."""
	uoms = {item: found["uom"] for (item, _warehouse), found in figures.items() if found["uom"]}
	if rest := [item for item in items if item not in uoms]:
		uoms |= answers.item_uoms(rest)
	if unknown := [item for item in rest if item not in uoms]:
		frappe.throw(_("There is no Item {0}.").format(", ".join(unknown[:10])), frappe.DoesNotExistError)
	return uoms


def order_cover(order: str) -> list[dict]:
	"""The lines of a Sales Order, each with its figures, `cover` (its pegs), `components` and `state`.

	components: of a Product Bundle, the same for each stock item in it. state: ended (nothing owed), not_goods,
	drop_ship, ready, covered, part, waiting; a bundle is as far as the least of its components.
	"""
	pegs: dict[str, list[dict]] = defaultdict(list)
	for peg in answers.order_pegs(order):
		pegs[peg.pop("line")].append(peg)
	components: dict[str, list[dict]] = defaultdict(list)
	for part in answers.order_components(order):
		components[part.pop("row")].append({**part, "cover": pegs[part["name"]], "state": _state(part)})
	lines = answers.order_lines(order)
	for line in lines:
		line["cover"] = pegs[line["name"]]
		line["components"] = components[line["name"]]
		line["state"] = _state(line)
	return lines


def _state(line: dict) -> str:
	if line["is_bundle"] and not line["components"]:
		return "not_goods"
	if not line["is_bundle"] and not line["is_stock_item"]:
		return "not_goods"
	if line["delivered_by_supplier"]:
		return "drop_ship"
	if line["owed_qty"] <= 0:
		return "ended"
	if line["backorder_qty"] <= 0:
		return "ready"
	if line["backorder_qty"] <= line["pre_allocated_qty"]:
		return "covered"
	return "part" if line["reserved_qty"] or line["pre_allocated_qty"] else "waiting"


def permitted_warehouses(warehouse: str | None = None) -> list[str]:
	"""Warehouses that the user may see: all, one, or all below a group. Raises DoesNotExistError for an unknown one."""
	filters: dict = {"is_group": 0}
	if warehouse:
		if not facts.warehouse_exists(warehouse):
			frappe.throw(_("There is no Warehouse {0}.").format(warehouse), frappe.DoesNotExistError)
		filters["name"] = ("in", answers.leaf_warehouses(warehouse))
	# Our own roles may see stock without being able to open warehouses.
	read = frappe.get_list if frappe.has_permission("Warehouse", "read") else frappe.get_all
	return read("Warehouse", filters=filters, pluck="name", limit=0)


def items_with_figures(item_code: str | None = None, item_group: str | None = None) -> list[str]:
	"""Stock items that have stock, promises or supply; one of them, or those of a group and all below it."""
	for doctype, name in (("Item", item_code), ("Item Group", item_group)):
		if name and not frappe.db.exists(doctype, name):
			frappe.throw(_("There is no {0} {1}.").format(_(doctype), name), frappe.DoesNotExistError)
	return answers.items_with_figures(item_code, item_group)
