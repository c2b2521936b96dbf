"""What lies ready of orders, and the rows of pick lists that take it, in the units that people pick."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from frappe.utils import flt

from wholesale_b2b.fulfilment import store as picking
from wholesale_b2b.fulfilment.release.rules import units
from wholesale_b2b.fulfilment.release.rules.sheets import Ready
from wholesale_b2b.fulfilment.release.rules.units import Unit
from wholesale_b2b.fulfilment.release.store import orders as store
from wholesale_b2b.fulfilment.rules import whole_bundles

# A line in a warehouse, as `Ready` has it → the rows of `picking.store` that it is made of.
Sources = dict[tuple[str, str], list[dict]]
COPIED = (
	"sales_order",
	"sales_order_item",
	"product_bundle_item",
	"item_code",
	"item_name",
	"description",
	"item_group",
	"warehouse",
	"stock_uom",
)


def ready(orders: Iterable[str], place: Callable[[str], str] = str) -> tuple[list[Ready], Sources]:
	"""Reserved units of these orders that are on no open list, and the rows that they come from.

	place: the place that a warehouse belongs to. A bundle counts in whole bundles, and lies where its first component
	does: its components are picked on one list.
	"""
	orders = list(orders)
	found, sources = [], {}
	for row in picking.reserved_rows(orders):
		pack = _decimal(row["conversion_factor"]) if row["whole_number"] else Decimal(0)
		found.append(_ready(row, _decimal(row["qty"]), pack, place))
		sources[row["sales_order_item"], row["warehouse"]] = [row]
	for line, (count, parts) in reserved_bundles(orders, "qty").items():
		if count:
			found.append(_ready(parts[0], Decimal(count), Decimal(1), place))
			sources[line, parts[0]["warehouse"]] = parts
	return found, sources


def _ready(row: dict, qty: Decimal, pack: Decimal, place: Callable[[str], str]) -> Ready:
	return Ready(
		row["sales_order"], row["sales_order_item"], place(row["warehouse"]), row["warehouse"], qty, pack
	)


def reserved_bundles(orders: Iterable[str], figure: str) -> dict[str, tuple[int, list[dict]]]:
	"""Order row of a bundle → how many whole bundles `figure` of its components makes, and the components.

	Each component from one warehouse, the fullest: ERPNext's Delivery Note takes a component of a bundle from one place.
	"""
	components: dict[str, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
	for row in picking.reserved_components(orders):
		components[row.sales_order_item][row.product_bundle_item].append(row)
	found = {}
	for order_row, parts in components.items():
		fullest = [max(rows, key=lambda row: flt(row[figure])) for rows in parts.values()]
		found[order_row] = whole_bundles((flt(row[figure]), flt(row.per_kit)) for row in fullest), fullest
	return found


def list_rows(taken: Iterable[Ready], sources: Sources, walk: Mapping[str, int] | None = None) -> list[dict]:
	"""Rows of a pick list for what was taken: in the order of the warehouses and items, then as taken.

	walk: warehouse → its place on the way; by name without it. Every row in a unit that is picked whole, the biggest first.
	"""
	wanted = [
		(row, source, row.qty * (_decimal(source["per_kit"]) if source.get("product_bundle_item") else 1))
		for row in taken
		for source in sources[row.line, row.warehouse]
	]
	packs = store.packs(source["item_code"] for _row, source, _qty in wanted)
	rows = [
		{
			**{field: source.get(field) for field in COPIED},
			"uom": part.unit.uom,
			"conversion_factor": flt(part.unit.factor),
			"qty": flt(part.count, 6),
			"stock_qty": flt(part.qty, 6),
			"picked_qty": 0,
		}
		for _row, source, qty in wanted
		for part in _counts(source, qty, packs.get(source["item_code"], ()))
	]
	walk = walk or {}
	return sorted(
		rows,
		key=lambda row: (walk.get(row["warehouse"], len(walk)), row["warehouse"], row["item_code"]),
	)


def _counts(source: dict, qty: Decimal, packs: Iterable[Unit]) -> list[units.Count]:
	own = Unit(source["uom"], _decimal(source["conversion_factor"]) or Decimal(1))
	# a component has no unit of its own on the order: as many as its bundles need
	whole = bool(source.get("whole_number"))
	return units.in_units(qty, own, Unit(source["stock_uom"], Decimal(1)), packs, breakable=not whole)


def _decimal(value: object) -> Decimal:
	return Decimal(str(round(flt(value), 6)))
