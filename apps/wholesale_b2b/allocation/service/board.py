"""The Allocation Board: all supply of an item, everybody who wants it in the order of the queue, the pegs between."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.core.doctype.user_permission.user_permission import get_user_permissions
from frappe.permissions import has_user_permission
from frappe.utils import getdate, now_datetime

from wholesale_b2b.allocation import rules
from wholesale_b2b.allocation.rules.pegs import merged
from wholesale_b2b.allocation.service import planning, preview
from wholesale_b2b.allocation.store import board as store
from wholesale_b2b.allocation.store import holds, keyring, writes
from wholesale_b2b.allocation.store.reads import World
from wholesale_b2b.setup.switch import enabled_companies

ZERO = Decimal(0)
WAITING, PICKING = "waiting", "picking"
PAGE = 100


@dataclass(frozen=True)
class Filters:
	"""What to show. supply: name of a document (a purchase order, say). only: WAITING (something uncovered) or PICKING."""

	customer: str | None = None
	sales_order: str | None = None
	supply: str | None = None
	only: str | None = None


@dataclass(frozen=True)
class Picture:
	"""The world of one item as the planner sees it, all pegs as they are."""

	world: World
	demands: dict[str, rules.Demand]
	supplies: dict[str, rules.Supply]
	pegs: dict[tuple[str, str], rules.Peg]
	policy: rules.Policy
	order: dict[str, int]


def picture(item: str, warehouses: Iterable[str]) -> Picture:
	"""Read what there is for an item in these warehouses of companies that are switched on. Nothing is locked."""
	places = set(warehouses)
	keys = {key for key in store.item_keys(item, enabled_companies()) if key[1] in places}
	world = preview.look(keyring.stock_keys(keys, enabled_companies()))
	demands, policy = planning.demands(world), planning.policy(world)
	supplies = {supply.key: supply for supply in planning.supplies(world)}
	return Picture(
		world=world,
		demands={demand.line: demand for demand in demands},
		supplies=supplies,
		pegs=merged(peg for peg in planning.kept(world) if peg.supply in supplies),
		policy=policy,
		order=rules.ranks(demands, policy),
	)


def board(
	item: str,
	warehouses: Sequence[str],
	filters: Filters | None = None,
	start: int = 0,
	limit: int = PAGE,
) -> dict:
	"""The board of an item, over `warehouses` (names, no groups).

	Returns item (item_code, item_name, stock_uom), `supplies`, `demands` (`limit` of them from `start`, in the order of
	the queue), `pegs` of these demands, total (demands that pass the filters) and unsettled: whether a run is still to
	come. Quantities in the stock UOM. Raises DoesNotExistError for an unknown item.
	"""
	names = frappe.db.get_value("Item", item, ["name as item_code", "item_name", "stock_uom"], as_dict=True)
	if not names:
		frappe.throw(_("There is no Item {0}.").format(item), frappe.DoesNotExistError)
	found, filters = picture(item, warehouses), filters or Filters()
	details = store.lines(found.order)
	hidden = {d["sales_order"] for d in details.values()} - visible(
		d["sales_order"] for d in details.values()
	)
	by_line: dict[str, list[rules.Peg]] = defaultdict(list)
	for peg in found.pegs.values():
		by_line[peg.demand].append(peg)
	wanted = [
		line
		for line in sorted(found.order, key=found.order.__getitem__)
		if _is_shown(line, found, details.get(line), by_line[line], filters, hidden)
	]
	page = wanted[start : start + limit]
	places = {line: place for place, line in enumerate(_in_line(found), 1)}
	return {
		"item": names,
		"supplies": _supplies(found),
		"demands": [_demand(line, found, details[line], by_line[line], places, hidden) for line in page],
		"pegs": [_peg(peg) for line in page for peg in sorted(by_line[line], key=lambda p: p.supply)],
		"total": len(wanted),
		"unsettled": bool(writes.marked(found.world.keys)),
	}


def visible(orders: Iterable[str]) -> set[str]:
	"""Of these orders, those that the user may know: User Permissions narrow them; our roles alone do not."""
	orders = set(orders)
	if not orders:
		return orders
	if frappe.has_permission("Sales Order", "read"):
		return set(frappe.get_list("Sales Order", {"name": ("in", sorted(orders))}, pluck="name", limit=0))
	if not get_user_permissions():
		return orders
	# Frappe's lists ask for a role that reads orders before they look at User Permissions.
	return {row.name for row in store.orders(orders) if has_user_permission(row)}


def unseen() -> str:
	"""What stands for the customer of an order that the user may not see."""
	return _("An order that you may not see")


def _in_line(found: Picture) -> list[str]:
	"""Lines that still ask for something, in the order of the queue."""
	asking = [line for line, demand in found.demands.items() if demand.qty > ZERO]
	return sorted(asking, key=found.order.__getitem__)


def _is_shown(
	line: str, found: Picture, details: dict | None, pegs: list[rules.Peg], filters: Filters, hidden: set[str]
) -> bool:
	demand = found.demands[line]
	if not details or not (demand.qty > ZERO or pegs):
		return False
	known = details["sales_order"] not in hidden
	if filters.customer and not (known and details["customer"] == filters.customer):
		return False
	if filters.sales_order and not (known and details["sales_order"] == filters.sales_order):
		return False
	if filters.supply and not any(_document(peg.supply, found) == filters.supply for peg in pegs):
		return False
	if filters.only == WAITING:
		return _uncovered(demand, pegs) > ZERO
	return filters.only != PICKING or any(peg.frozen for peg in pegs)


def _document(supply: str, found: Picture) -> str | None:
	row = found.world.inbound.get(supply)
	return row.name if row else None


def _uncovered(demand: rules.Demand, pegs: list[rules.Peg]) -> Decimal:
	return max(demand.qty - sum((peg.qty for peg in pegs), ZERO), ZERO)


# ---- supply -----------------------------------------------------------------------------------------------------


def _supplies(found: Picture) -> list[dict]:
	"""Shelves by name, then what is to come by date: id, kind, warehouse, qty, promised, free and what the kind has more.

	qty is what is on hand or to come; of it, claimed (tills, production, subcontracting) and held (Stock Holds, those of
	orders being amended too) units are nobody's to promise.
	"""
	taken: dict[str, Decimal] = defaultdict(lambda: ZERO)
	for peg in found.pegs.values():
		taken[peg.supply] += peg.qty
	items, places = {key[0] for key in found.world.keys}, {key[1] for key in found.world.keys}
	held = holds.held(items, places, now_datetime()) if places else {}
	rows = []
	for supply in found.supplies.values():
		promised = taken[supply.key]
		row = {
			"id": supply.key,
			"warehouse": supply.warehouse,
			"promised": float(promised),
			"free": float(max(supply.qty - promised, ZERO)),
		}
		if supply.kind == rules.ON_HAND:
			shelf = found.world.shelves[supply.item, supply.warehouse]
			row.update(
				kind="shelf",
				qty=float(shelf.actual),
				claimed=float(shelf.claimed),
				held=float(held.get(shelf.key, ZERO)),
			)
			if not (shelf.actual or promised):
				continue
		else:
			inbound = found.world.inbound[supply.key]
			row.update(
				kind="inbound",
				qty=float(inbound.open),
				claimed=0.0,
				held=float(inbound.open - supply.qty),
				doctype=inbound.doctype,
				name=inbound.name,
				row=inbound.row,
				expected=inbound.expected,
				late=bool(inbound.expected and inbound.expected < getdate()),
			)
			if not (inbound.open or promised):
				continue
		rows.append(row)
	if frappe.has_permission("Purchase Order", "read"):
		named = store.suppliers(row["name"] for row in rows if row.get("doctype") == "Purchase Order")
		for row in rows:
			row["supplier"] = named.get(row.get("name"))
	return sorted(rows, key=lambda r: (r["kind"] != "shelf", str(r.get("expected") or "~"), r["id"]))


# ---- demand -----------------------------------------------------------------------------------------------------


def _demand(
	name: str,
	found: Picture,
	details: Mapping,
	pegs: list[rules.Peg],
	places: Mapping[str, int],
	hidden: set[str],
) -> dict:
	"""A line: place in the queue, whose it is, what it asks for and has, and when it can ship."""
	line, demand = found.world.lines[name], found.demands[name]
	shelves = (
		sum((p.qty for p in pegs if found.supplies[p.supply].kind == rules.ON_HAND), ZERO) if pegs else ZERO
	)
	secret = details["sales_order"] in hidden
	promised = sum((p.qty for p in pegs), ZERO) - shelves
	return {
		"line": name,
		"place": places.get(name),
		"sales_order": None if secret else details["sales_order"],
		"idx": details["idx"],
		"customer": None if secret else details["customer"],
		"customer_name": unseen() if secret else details["customer_name"],
		"status": details["status"],
		"warehouse": line.key[1],
		"needed_by": line.needed_by,
		"placed_at": line.placed_at,
		"priority": demand.priority,
		"strategy": demand.strategy,
		"owed": float(demand.qty),
		"reserved": float(shelves),
		"pre_allocated": float(promised),
		"uncovered": float(_uncovered(demand, pegs)),
		"promise_date": line.shown[3],
		"kit": details.get("kit"),
	}


def _peg(peg: rules.Peg) -> dict:
	return {"line": peg.demand, "supply": peg.supply, "qty": float(peg.qty), "frozen": float(peg.frozen)}
