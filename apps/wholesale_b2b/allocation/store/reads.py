"""What a run looks at. Every query is for a set of item and warehouse pairs (*keys*).

Sources: ERPNext's Bin, Sales Order Item, Purchase Order Item, Pick List Item, POS Invoice Item and Stock Reservation
Entry (SRE), and our Stock Pre Allocation. Quantities come out as `Decimal` in the stock UOM.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import frappe
from frappe.utils import getdate

from wholesale_b2b.allocation.store import batches, pegs, picking, sources, till
from wholesale_b2b.allocation.store.demand import (
	ENDED_ENTRY,
	ENDED_ORDER,
	PROMISED_LINE,
	Key,
	Line,
	component_rows,
	day,
	order_rows,
	units,
)
from wholesale_b2b.allocation.store.pegs import Cover
from wholesale_b2b.allocation.store.sources import Inbound
from wholesale_b2b.setwise import lockable, read_rows


@dataclass(frozen=True, slots=True)
class Shelf:
	"""A Bin. actual: units on hand that can be sold, so without expired batches. claimed: units that neither a peg nor a
	buyer may take (till sales not yet posted, production, subcontracting)."""

	key: Key
	actual: Decimal
	claimed: Decimal


class Entry(NamedTuple):
	"""An open Stock Reservation Entry. open: reserved less delivered. busy: its row is in somebody else's hands. void: it
	names a batch that cannot be sold any more."""

	name: str
	key: Key
	line: str
	order: str
	open: Decimal
	reserved: Decimal
	delivered: Decimal
	ordered: Decimal
	bound: bool
	busy: bool = False
	void: bool = False


class Promise(NamedTuple):
	"""An open Stock Pre Allocation."""

	name: str
	key: Key
	line: str
	order: str
	supply_type: str
	row: str
	qty: Decimal
	converted: Decimal
	expected: date | None
	received_then: Decimal

	@property
	def supply(self) -> str:
		"""The supply's id, as `sources.Inbound.id` has it."""
		return sources.supply_id(self.supply_type, self.row)


@dataclass
class World:
	"""All that a run on `keys` needs to know."""

	keys: list[Key]
	shelves: dict[Key, Shelf] = field(default_factory=dict)
	lines: dict[str, Line] = field(default_factory=dict)
	entries: list[Entry] = field(default_factory=list)
	promises: list[Promise] = field(default_factory=list)
	inbound: dict[str, Inbound] = field(default_factory=dict)
	picking: dict[tuple[str, str], Decimal] = field(default_factory=dict)
	taken: dict[tuple[str, Key], Decimal] = field(default_factory=dict)
	# (line, supply that was bought for it) of which the line has had units already
	bought_before: set[tuple[str, str]] = field(default_factory=set)
	# what covers lines beyond the pegs that are listed here
	elsewhere: dict[str, Cover] = field(default_factory=dict)
	# read when a plan asks for it
	handed: list[dict] | None = None

	def pegged_elsewhere(self, line: str) -> Decimal:
		"""Units of a line reserved in or promised from places that are not part of this run."""
		cover = self.elsewhere.get(line)
		return cover.reserved + cover.promised if cover else Decimal(0)


# ---- what a run looks at ----------------------------------------------------------------------------------------


def load(keys: Iterable[Key], lock_entries: bool = True) -> World:
	"""Read demand, supply and pegs of `keys`. The caller holds the locks of their Bins."""
	world = World(sorted(set(keys)))
	if not world.keys:
		return world
	where = {
		"items": tuple({item for item, _ in world.keys}),
		"warehouses": tuple({warehouse for _, warehouse in world.keys}),
		"ended_orders": ENDED_ORDER,
		"ended_entries": ENDED_ENTRY,
	}
	wanted = set(world.keys)
	world.entries = _entries(where, wanted, lock_entries)
	world.promises = _promises(where, wanted)
	world.inbound = _inbound(where, wanted, world.promises)
	world.lines = _lines(where, wanted)
	_add_named_lines(world)
	world.bought_before = pegs.had({row.row: row.id for row in world.inbound.values() if row.for_line})
	world.elsewhere = pegs.elsewhere(world.lines, world.keys)
	world.shelves = _shelves(world.keys, where)
	world.picking = _picking(where)
	return world


def _lines(where: dict, wanted: set[Key]) -> dict[str, Line]:
	open_order = (
		"""(so.docstatus = 1 and so.status not in %(ended_orders)s and soi.qty > soi.delivered_qty)"""
	)
	rows = order_rows(
		f"""soi.item_code in %(items)s and soi.warehouse in %(warehouses)s and soi.docstatus > 0 and ({open_order}
			or soi.b2b_reserved_qty <> 0 or soi.b2b_pre_allocated_qty <> 0 or soi.b2b_backorder_qty <> 0)""",
		where,
	) + component_rows(
		f"""part.item_code in %(items)s and part.warehouse in %(warehouses)s and part.docstatus > 0 and ({open_order}
			or part.b2b_reserved_qty <> 0 or part.b2b_pre_allocated_qty <> 0 or part.b2b_backorder_qty <> 0)""",
		where,
	)
	return {line.name: line for line in rows if line.key in wanted}


def _add_named_lines(world: World) -> None:
	"""Pegs may name lines that moved to another warehouse or ended: they are part of the picture too."""
	named = {peg.line for peg in [*world.entries, *world.promises]} - set(world.lines)
	if named:
		where = {"named": tuple(named), "ended_orders": ENDED_ORDER}
		rows = order_rows("soi.name in %(named)s", where) + component_rows("part.name in %(named)s", where)
		world.lines.update({line.name: line for line in rows})


def _entries(where: dict, wanted: set[Key], lock: bool) -> list[Entry]:
	rows = read_rows(
		"""name, item_code, warehouse, voucher_no, voucher_detail_no, reserved_qty, delivered_qty, voucher_qty,
			reservation_based_on = 'Serial and Batch' or ifnull(from_voucher_type, '') <> '',
			reservation_based_on = 'Serial and Batch' and has_batch_no = 1""",
		"""from `tabStock Reservation Entry`
		where item_code in %(items)s and warehouse in %(warehouses)s and docstatus = 1
			and status not in %(ended_entries)s and reserved_qty > delivered_qty
		order by creation, name""",
		where,
	)
	rows = [row for row in rows if (row[1], row[2]) in wanted]
	free = lockable("Stock Reservation Entry", (row[0] for row in rows)) if lock else None
	void = batches.void_entries((row[0] for row in rows if row[-1]), getdate())
	return [
		Entry(
			name=name,
			key=(item, warehouse),
			line=line,
			order=order,
			open=reserved - delivered,
			reserved=reserved,
			delivered=delivered,
			ordered=ordered,
			bound=bool(bound),
			busy=free is not None and name not in free,
			void=name in void,
		)
		for name, item, warehouse, order, line, reserved, delivered, ordered, bound, _ in rows
	]


def _promises(where: dict, wanted: set[Key]) -> list[Promise]:
	rows = read_rows(
		f"""name, item_code, warehouse, {PROMISED_LINE}, sales_order, supply_type, supply_row, qty, converted_qty,
			expected_date, supply_received_qty""",
		"""from `tabStock Pre Allocation`
		where status = 'Open' and item_code in %(items)s and warehouse in %(warehouses)s
		order by name""",
		where,
	)
	return [
		Promise(name, (item, warehouse), line, order, kind, row, qty, converted, day(expected), received)
		for name, item, warehouse, line, order, kind, row, qty, converted, expected, received in rows
		if (item, warehouse) in wanted
	]


def _inbound(where: dict, wanted: set[Key], promises: list[Promise]) -> dict[str, Inbound]:
	named: dict[str, set[str]] = defaultdict(set)
	for promise in promises:
		named[promise.supply_type].add(promise.row)
	rows = sources.inbound(where["items"], where["warehouses"], named)
	return {row.id: row for row in rows if row.key in wanted or row.row in named[row.doctype]}


def _shelves(keys: list[Key], where: dict) -> dict[Key, Shelf]:
	at_tills = till_sales(where["items"], where["warehouses"])
	ended = batches.unsellable(where["items"], where["warehouses"], getdate())
	# From what ERPNext lets nobody deliver, and from a quarantine, nothing more is promised: all that has no peg is claimed.
	closed = """exists(select 1 from `tabWarehouse` w where w.name = b.warehouse
			and (w.disabled = 1 or w.is_rejected_warehouse = 1))
		or exists(select 1 from `tabItem` i where i.name = b.item_code and i.disabled = 1)"""
	marks = ", ".join(["(%s, %s)"] * len(keys))
	rows = frappe.db.sql(
		f"""with k(item_code, warehouse) as (values {marks})
		select straight_join b.item_code, b.warehouse, b.actual_qty, if({closed}, b.actual_qty,
			b.reserved_qty_for_production + b.reserved_qty_for_sub_contract)
		from k join `tabBin` b on b.item_code = k.item_code and b.warehouse = k.warehouse""",
		[value for key in keys for value in key],
	)
	return {
		(item, warehouse): Shelf(
			key=(item, warehouse),
			actual=units(actual) - ended.get((item, warehouse), Decimal(0)),
			claimed=units(claimed) + at_tills.get((item, warehouse), Decimal(0)),
		)
		for item, warehouse, actual, claimed in rows
	}


def till_sales(items: Iterable[str], warehouses: Iterable[str]) -> dict[Key, Decimal]:
	"""Units sold at tills whose POS Invoices have not been consolidated, so not posted to the ledger yet (`till.sold`)."""
	rows = frappe.db.sql(
		till.sold(), {"items": tuple(items) or ("",), "warehouses": tuple(warehouses) or ("",)}
	)
	return {(item, warehouse): units(qty) for item, warehouse, qty in rows}


def _picking(where: dict) -> dict[tuple[str, str], Decimal]:
	"""(line, warehouse) → units on open pick lists: wanted on a draft, picked and not yet delivered on a submitted one."""
	rows = frappe.db.sql(
		f"""select {picking.LINE} as line, row.warehouse, sum({picking.LEFT}) from {picking.ROWS}
		where ifnull(row.sales_order_item, '') <> ''
			and row.item_code in %(items)s and row.warehouse in %(warehouses)s
		group by line, row.warehouse""",
		where,
	)
	return {(line, warehouse): max(units(qty), Decimal(0)) for line, warehouse, qty in rows}


def converted(fulfilled: dict[str, set[str]]) -> list:
	"""Stock Pre Allocations of these supplies (type → rows) of which units were reserved on the shelf, newest first.

	Keys: name, line, supply_row, qty, converted_qty, status.
	"""
	return [
		row
		for kind, names in fulfilled.items()
		for row in frappe.db.sql(
			f"""select name, {PROMISED_LINE} as line, supply_row, qty, converted_qty, status
			from `tabStock Pre Allocation`
			where supply_type = %s and supply_row in %s and converted_qty > 0 order by creation desc, name""",
			[kind, tuple(names)],
			as_dict=True,
		)
	]


@dataclass(frozen=True, slots=True)
class ShelfState:
	"""Of one key: on hand and not expired, reserved by open entries, sold at tills but not posted; on hand but expired."""

	actual: Decimal
	reserved: Decimal
	at_till: Decimal
	expired: Decimal = Decimal(0)


def shelf_state(key: Key) -> ShelfState:
	"""The live figures of one key; read under the lock of its Bin."""
	actual = frappe.db.get_value("Bin", {"item_code": key[0], "warehouse": key[1]}, "actual_qty")
	reserved = frappe.db.sql(
		"""select sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
		where item_code = %s and warehouse = %s and docstatus = 1 and status not in %s""",
		[*key, ENDED_ENTRY],
	)[0][0]
	ended = batches.unsellable([key[0]], [key[1]], getdate()).get(key, Decimal(0))
	at_till = till_sales([key[0]], [key[1]]).get(key, Decimal(0))
	return ShelfState(units(actual) - ended, units(reserved), at_till, ended)
