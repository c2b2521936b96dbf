"""Reads and writes of the allocation engine. Every query is for a set of item and warehouse pairs (*keys*).

Sources: ERPNext's Bin, Sales Order Item, Purchase Order Item, Pick List Item, POS Invoice Item and Stock Reservation
Entry (SRE), and our Stock Pre Allocation. Quantities come out as `Decimal` in the stock UOM.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import frappe
from erpnext.stock.utils import get_or_make_bin
from frappe.utils import getdate

from wholesale_b2b.allocation.store import sources
from wholesale_b2b.allocation.store.sources import Inbound
from wholesale_b2b.setwise import lockable

Key = tuple[str, str]
# An order in one of these asks for nothing more; every other submitted one keeps its demand, *On Hold* too.
ENDED_ORDER = ("Closed", "Cancelled")
ENDED_ENTRY = ("Delivered", "Cancelled")

# Stock units of an order line (`soi`) that went out for good. ERPNext lowers `delivered_qty` by what comes back, but
# sets `returned_qty` only on some routes, so returns are counted from their own rows: they are not owed again.
GONE = """(soi.delivered_qty * soi.conversion_factor
	+ ifnull((select sum(-back.stock_qty) from `tabDelivery Note Item` back
		join `tabDelivery Note` dn on dn.name = back.parent
		where back.so_detail = soi.name and dn.docstatus = 1 and dn.is_return = 1), 0)
	+ ifnull((select sum(-back.stock_qty) from `tabSales Invoice Item` back
		join `tabSales Invoice` si on si.name = back.parent
		where back.so_detail = soi.name and si.docstatus = 1 and si.is_return = 1 and si.update_stock = 1), 0))"""


@dataclass(frozen=True, slots=True)
class Shelf:
	"""A Bin. claimed: units that neither a peg nor a buyer may take (till sales not yet posted, production, subcontracting)."""

	key: Key
	actual: Decimal
	claimed: Decimal


@dataclass(frozen=True, slots=True)
class Line:
	"""A Sales Order Item. owed: still to deliver, 0 when its order has ended. `shown`: what its b2b_ fields say."""

	name: str
	order: str
	key: Key
	owed: Decimal
	ordered: Decimal
	company: str
	customer: str
	project: str | None
	stock_uom: str
	has_serial_no: int
	has_batch_no: int
	rule: str | None
	priority: int | None
	strategy: str | None
	horizon_days: int | None
	buyer: tuple[str | None, str | None, str | None]
	pack: Decimal
	needed_by: date | None
	placed_at: datetime
	shown: tuple


@dataclass(frozen=True, slots=True)
class Entry:
	"""An open Stock Reservation Entry. open: reserved less delivered. busy: its row is in somebody else's hands."""

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


@dataclass(frozen=True, slots=True)
class Promise:
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
		return f"{self.supply_type}\n{self.row}"


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
	elsewhere: dict[str, Decimal] = field(default_factory=dict)


def units(value: float | None) -> Decimal:
	"""A quantity as the database has it, as a Decimal of at most six places."""
	return Decimal(str(round(value or 0, 6)))


# ---- locks ------------------------------------------------------------------------------------------------------


def lock_bins(keys: Iterable[Key], wait: bool = True) -> None:
	"""Lock the Bins of `keys` in sorted order, making those that do not exist.

	With `wait=False` raises `frappe.QueryTimeoutError` when another transaction holds one of them.
	"""
	keys = sorted(set(keys))
	if not keys:
		return
	found = {tuple(row) for row in _bins(keys, "b.item_code, b.warehouse")}
	for item_code, warehouse in keys:
		if (item_code, warehouse) not in found:
			get_or_make_bin(item_code, warehouse)
	_bins(keys, "b.name", "for update" if wait else "for update nowait")


def _bins(keys: list[Key], columns: str, lock: str = "") -> list:
	# The join order makes the server take the row locks in the order of the keys.
	marks = ", ".join(["(%s, %s)"] * len(keys))
	return frappe.db.sql(
		f"""with k(item_code, warehouse) as (values {marks})
		select straight_join {columns} from k
		join `tabBin` b on b.item_code = k.item_code and b.warehouse = k.warehouse {lock}""",
		[value for key in keys for value in key],
	)


def reads_are_fresh() -> bool:
	"""Whether plain reads after a lock see what others have committed (READ COMMITTED)."""
	return frappe.db.sql("select @@session.tx_isolation")[0][0] == "READ-COMMITTED"


def ask_for_fresh_reads() -> None:
	"""On a server left at REPEATABLE READ a worker asks for READ COMMITTED itself. What is open is rolled back."""
	if not reads_are_fresh():
		frappe.db.rollback()
		frappe.db.sql("set session transaction isolation level read committed")
		frappe.db.rollback()


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
	world.elsewhere = _pegged_elsewhere(world)
	world.shelves = _shelves(world.keys, where)
	world.picking = _picking(where)
	return world


def _lines(where: dict, wanted: set[Key]) -> dict[str, Line]:
	rows = _line_rows(
		"""soi.item_code in %(items)s and soi.warehouse in %(warehouses)s and soi.docstatus > 0 and (
			(so.docstatus = 1 and so.status not in %(ended_orders)s
				and soi.qty > soi.delivered_qty)
			or soi.b2b_reserved_qty <> 0 or soi.b2b_pre_allocated_qty <> 0 or soi.b2b_backorder_qty <> 0)""",
		where,
	)
	return {line.name: line for line in rows if line.key in wanted}


def _add_named_lines(world: World) -> None:
	"""Pegs may name lines that moved to another warehouse or ended: they are part of the picture too."""
	named = {peg.line for peg in [*world.entries, *world.promises]} - set(world.lines)
	if named:
		rows = _line_rows("soi.name in %(named)s", {"named": tuple(named), "ended_orders": ENDED_ORDER})
		world.lines.update({line.name: line for line in rows})


def _line_rows(condition: str, where: dict) -> list[Line]:
	rows = frappe.db.sql(
		f"""select soi.name, soi.parent, soi.item_code, soi.warehouse, soi.stock_qty,
			{GONE} as gone,
			(so.docstatus = 1 and so.status not in %(ended_orders)s and so.skip_delivery_note = 0
				and soi.delivered_by_supplier = 0 and item.is_stock_item = 1) as live,
			so.company, so.customer, so.project, soi.stock_uom, item.has_serial_no, item.has_batch_no,
			so.b2b_priority, so.b2b_rule_priority, so.b2b_order_rule, so.b2b_strategy, so.b2b_horizon_days,
			so.customer_group, so.b2b_channel, soi.conversion_factor, soi.delivery_date,
			ifnull(so.b2b_placed_at, timestamp(so.transaction_date, time(so.creation))) as placed_at,
			soi.b2b_reserved_qty, soi.b2b_pre_allocated_qty, soi.b2b_backorder_qty, soi.b2b_promise_date,
			soi.stock_reserved_qty
		from `tabSales Order Item` soi
		join `tabSales Order` so on so.name = soi.parent
		join `tabItem` item on item.name = soi.item_code
		where {condition}""",
		where,
		as_dict=True,
	)
	return [
		Line(
			name=row.name,
			order=row.parent,
			key=(row.item_code, row.warehouse),
			owed=max(units(row.stock_qty) - units(row.gone), Decimal(0)) if row.live else Decimal(0),
			ordered=units(row.stock_qty),
			company=row.company,
			customer=row.customer,
			project=row.project,
			stock_uom=row.stock_uom,
			has_serial_no=row.has_serial_no,
			has_batch_no=row.has_batch_no,
			rule=row.b2b_order_rule,
			priority=row.b2b_priority or row.b2b_rule_priority or None,
			strategy=row.b2b_strategy or None,
			horizon_days=row.b2b_horizon_days or None,
			buyer=(row.customer, row.customer_group, row.b2b_channel),
			# Who orders in boxes is given whole boxes.
			pack=max(units(row.conversion_factor), Decimal(1)),
			needed_by=getdate(row.delivery_date) if row.delivery_date else None,
			placed_at=row.placed_at,
			shown=(
				units(row.b2b_reserved_qty),
				units(row.b2b_pre_allocated_qty),
				units(row.b2b_backorder_qty),
				getdate(row.b2b_promise_date) if row.b2b_promise_date else None,
				units(row.stock_reserved_qty),
			),
		)
		for row in rows
	]


def _entries(where: dict, wanted: set[Key], lock: bool) -> list[Entry]:
	rows = frappe.db.sql(
		"""select name, item_code, warehouse, voucher_no, voucher_detail_no, reserved_qty, delivered_qty, voucher_qty,
			reservation_based_on = 'Serial and Batch' or ifnull(from_voucher_type, '') <> '' as bound
		from `tabStock Reservation Entry`
		where item_code in %(items)s and warehouse in %(warehouses)s and docstatus = 1
			and status not in %(ended_entries)s and reserved_qty > delivered_qty
		order by creation, name""",
		where,
		as_dict=True,
	)
	rows = [row for row in rows if (row.item_code, row.warehouse) in wanted]
	free = lockable("Stock Reservation Entry", (row.name for row in rows)) if lock else None
	return [
		Entry(
			name=row.name,
			key=(row.item_code, row.warehouse),
			line=row.voucher_detail_no,
			order=row.voucher_no,
			open=units(row.reserved_qty) - units(row.delivered_qty),
			reserved=units(row.reserved_qty),
			delivered=units(row.delivered_qty),
			ordered=units(row.voucher_qty),
			bound=bool(row.bound),
			busy=free is not None and row.name not in free,
		)
		for row in rows
	]


def _promises(where: dict, wanted: set[Key]) -> list[Promise]:
	rows = frappe.db.sql(
		"""select name, item_code, warehouse, sales_order, sales_order_item, supply_type, supply_row, qty, converted_qty,
			expected_date, supply_received_qty
		from `tabStock Pre Allocation`
		where status = 'Open' and item_code in %(items)s and warehouse in %(warehouses)s
		order by name""",
		where,
		as_dict=True,
	)
	return [
		Promise(
			name=row.name,
			key=(row.item_code, row.warehouse),
			line=row.sales_order_item,
			order=row.sales_order,
			supply_type=row.supply_type,
			row=row.supply_row,
			qty=units(row.qty),
			converted=units(row.converted_qty),
			expected=getdate(row.expected_date) if row.expected_date else None,
			received_then=units(row.supply_received_qty),
		)
		for row in rows
		if (row.item_code, row.warehouse) in wanted
	]


def _inbound(where: dict, wanted: set[Key], promises: list[Promise]) -> dict[str, Inbound]:
	named: dict[str, set[str]] = defaultdict(set)
	for promise in promises:
		named[promise.supply_type].add(promise.row)
	rows = sources.inbound(where["items"], where["warehouses"], named)
	return {row.id: row for row in rows if row.key in wanted or row.row in named[row.doctype]}


def _pegged_elsewhere(world: World) -> dict[str, Decimal]:
	"""Units of these lines reserved in or promised from places that are not part of this run."""
	if not world.lines:
		return {}
	total: dict[str, Decimal] = defaultdict(Decimal)
	here = set(world.keys)
	for table, line, qty, live in (
		("Stock Reservation Entry", "voucher_detail_no", "reserved_qty - delivered_qty", "docstatus = 1"),
		("Stock Pre Allocation", "sales_order_item", "qty", "status = 'Open'"),
	):
		for row in frappe.db.sql(
			f"""select item_code, warehouse, {line}, sum({qty}) from `tab{table}`
			where {live} and {line} in %s group by item_code, warehouse, {line}""",
			[tuple(world.lines)],
		):
			if (row[0], row[1]) not in here:
				total[row[2]] += units(row[3])
	return total


def _shelves(keys: list[Key], where: dict) -> dict[Key, Shelf]:
	till = till_sales(where["items"], where["warehouses"])
	rows = _bins(
		keys,
		"b.item_code, b.warehouse, b.actual_qty, b.reserved_qty_for_production + b.reserved_qty_for_sub_contract",
	)
	return {
		(item, warehouse): Shelf(
			key=(item, warehouse),
			actual=units(actual),
			claimed=units(claimed) + till.get((item, warehouse), Decimal(0)),
		)
		for item, warehouse, actual, claimed in rows
	}


def till_sales(items: Iterable[str], warehouses: Iterable[str]) -> dict[Key, Decimal]:
	"""Units sold at tills whose POS Invoices have not been consolidated, so not posted to the ledger yet.

	Never less than none: what came back at a till is on the shelf only once it is posted.
	"""
	rows = frappe.db.sql(
		"""select p.item_code, p.warehouse, sum(p.stock_qty)
		from `tabPOS Invoice Item` p join `tabPOS Invoice` i on i.name = p.parent
		where i.docstatus = 1 and ifnull(i.consolidated_invoice, '') = ''
			and p.item_code in %(items)s and p.warehouse in %(warehouses)s
		group by p.item_code, p.warehouse""",
		{"items": tuple(items), "warehouses": tuple(warehouses)},
	)
	return {(item, warehouse): max(units(qty), Decimal(0)) for item, warehouse, qty in rows}


def _picking(where: dict) -> dict[tuple[str, str], Decimal]:
	"""(line, warehouse) → units on open pick lists: wanted on a draft, picked and not yet delivered on a submitted one."""
	rows = frappe.db.sql(
		"""select pli.sales_order_item, pli.warehouse,
			sum(if(pl.docstatus = 1, pli.picked_qty, pli.stock_qty) - ifnull(pli.delivered_qty, 0))
		from `tabPick List Item` pli join `tabPick List` pl on pl.name = pli.parent
		where pl.docstatus < 2 and pl.purpose = 'Delivery' and pl.status not in ('Completed', 'Cancelled')
			and ifnull(pli.product_bundle_item, '') = '' and ifnull(pli.sales_order_item, '') <> ''
			and pli.item_code in %(items)s and pli.warehouse in %(warehouses)s
		group by pli.sales_order_item, pli.warehouse""",
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
			"""select name, sales_order_item as line, supply_row, qty, converted_qty, status
			from `tabStock Pre Allocation`
			where supply_type = %s and supply_row in %s and converted_qty > 0 order by creation desc, name""",
			[kind, tuple(names)],
			as_dict=True,
		)
	]


def row_states(lines: Iterable[str]) -> dict[str, dict]:
	"""Engine-owned fields of Sales Order Items, as the database has them now: name → field → value."""
	lines = tuple(set(lines))
	if not lines:
		return {}
	return {
		row.name: row
		for row in frappe.db.sql(
			"""select name, stock_reserved_qty, b2b_reserved_qty, b2b_pre_allocated_qty, b2b_backorder_qty,
				b2b_promise_date from `tabSales Order Item` where name in %s""",
			[lines],
			as_dict=True,
		)
	}


def placed_at(amended_from: str | None, blanket_orders: Iterable[str]) -> datetime | None:
	"""When the order that this one amends, or the first of these blanket orders, was placed."""
	if amended_from:
		return frappe.db.sql(
			"""select ifnull(b2b_placed_at, timestamp(transaction_date, time(creation))) from `tabSales Order`
			where name = %s""",
			[amended_from],
		)[0][0]
	names = tuple(blanket_orders)
	if not names:
		return None
	return frappe.db.sql(
		"""select min(timestamp(ifnull(order_date, date(creation)), time(creation))) from `tabBlanket Order`
		where name in %s""",
		[names],
	)[0][0]


def order_state(order: str) -> dict | None:
	"""Engine-owned fields of a Sales Order as the database has them now."""
	return frappe.db.get_value(
		"Sales Order", order, ["b2b_allocation_status", "b2b_promise_date"], as_dict=True
	)


@dataclass(frozen=True, slots=True)
class ShelfState:
	"""On hand, reserved by open entries, and sold at tills but not posted, of one key."""

	actual: Decimal
	reserved: Decimal
	at_till: Decimal


def shelf_state(key: Key) -> ShelfState:
	"""The live figures of one key; read under the lock of its Bin."""
	actual = frappe.db.get_value("Bin", {"item_code": key[0], "warehouse": key[1]}, "actual_qty")
	reserved = frappe.db.sql(
		"""select sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
		where item_code = %s and warehouse = %s and docstatus = 1 and status not in %s""",
		[*key, ENDED_ENTRY],
	)[0][0]
	return ShelfState(units(actual), units(reserved), till_sales([key[0]], [key[1]]).get(key, Decimal(0)))
