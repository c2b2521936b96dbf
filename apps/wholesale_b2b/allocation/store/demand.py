"""Demand lines: Sales Order Items and the Packed Items of bundles, what is owed of them and what they show.

Quantities come out as `Decimal` in the stock UOM.
"""

from collections import namedtuple
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import starmap
from typing import NamedTuple

import frappe

from wholesale_b2b.setwise import read_rows

Key = tuple[str, str]
# An order in one of these asks for nothing more; every other submitted one keeps its demand, *On Hold* too.
ENDED_ORDER = ("Closed", "Cancelled")
ENDED_ENTRY = ("Delivered", "Cancelled")

# Stock units of an order line (`soi`) that went out for good. ERPNext lowers `delivered_qty` by what comes back, but
# sets `returned_qty` only on some routes, so returns are counted from their own rows: they are not owed again, unless
# they are marked *replace*.
GONE = """(soi.delivered_qty * soi.conversion_factor
	+ ifnull((select sum(-back.stock_qty) from `tabDelivery Note Item` back
		join `tabDelivery Note` dn on dn.name = back.parent
		where back.so_detail = soi.name and dn.docstatus = 1 and dn.is_return = 1
			and dn.b2b_replace = 0 and back.b2b_replace = 0), 0)
	+ ifnull((select sum(-back.stock_qty) from `tabSales Invoice Item` back
		join `tabSales Invoice` si on si.name = back.parent
		where back.so_detail = soi.name and si.docstatus = 1 and si.is_return = 1 and si.update_stock = 1
			and si.b2b_replace = 0 and back.b2b_replace = 0), 0))"""

# Stock units of an order line that are not delivered any more: gone, or cancelled (`fulfilment.policies`).
SETTLED = f"({GONE} + ifnull(soi.b2b_cancelled_qty, 0))"
# Stock units of an order line that are still to deliver, as long as its order lives.
OWED = f"greatest(soi.stock_qty - {SETTLED}, 0)"

# The part of an order line that is cancelled, 0 to 1.
CANCELLED_SHARE = "least(ifnull(soi.b2b_cancelled_qty, 0) / nullif(soi.stock_qty, 0), 1)"

# Stock units of a Product Bundle's component (`part`) in one stock unit of its order line.
PER_KIT = "(part.qty / nullif(soi.stock_qty, 0))"

# Whether an order asks for stock: not while its pro forma has expired (`credit.pro_forma`), or while it is held and its
# policy has it give up its units (`fulfilment.policies`).
ASKS = "so.b2b_stock_released = 0 and so.b2b_stock_given_up = 0"

# The demand line that a pre-allocation covers: a component of a bundle, or the order's own row.
PROMISED_LINE = "ifnull(nullif(packed_item, ''), sales_order_item)"


@lru_cache(maxsize=4096)
def units(value: float | None) -> Decimal:
	"""A quantity as the database has it, as a Decimal of at most six places."""
	return Decimal(str(round(value or 0, 6)))


class Line(NamedTuple):
	"""A demand line: a Sales Order Item, or a Packed Item of one (a component of a Product Bundle).

	row: the Sales Order Item, the line itself where it is no component. owed: still to deliver, 0 when its order has
	ended. `shown`: what its b2b_ fields say.
	"""

	name: str
	row: str
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
	account: str | None
	priority: int | None
	strategy: str | None
	horizon_days: int | None
	buyer: tuple[str | None, str | None, str | None]
	pack: Decimal
	needed_by: date | None
	placed_at: datetime
	shown: tuple

	@property
	def is_component(self) -> bool:
		return self.name != self.row


# ---- reading them ----------------------------------------------------------------------------------------------------

# What both kinds of demand line take from their order and its row, after what is their own.
_OF_ORDER = f"""so.docstatus = 1 and so.status not in %(ended_orders)s and so.skip_delivery_note = 0
		and {ASKS} and soi.delivered_by_supplier = 0 and item.is_stock_item = 1,
	soi.name, soi.parent, so.company, so.customer, so.project, item.has_serial_no, item.has_batch_no,
	so.b2b_priority, so.b2b_rule_priority, so.b2b_order_rule, so.b2b_trade_account, so.b2b_strategy, so.b2b_horizon_days,
	so.customer_group, so.b2b_channel, soi.delivery_date,
	ifnull(so.b2b_placed_at, timestamp(so.transaction_date, time(so.creation)))"""


def order_rows(condition: str, where: dict) -> list[Line]:
	return _lines(
		f"""soi.name, soi.item_code, soi.warehouse, soi.stock_qty, soi.stock_uom, {SETTLED}, soi.conversion_factor,
			soi.b2b_reserved_qty, soi.b2b_pre_allocated_qty, soi.b2b_backorder_qty, soi.b2b_promise_date,
			soi.stock_reserved_qty, {_OF_ORDER}""",
		f"""from `tabSales Order Item` soi
		join `tabSales Order` so on so.name = soi.parent
		join `tabItem` item on item.name = soi.item_code
		where {condition}""",
		where,
	)


def component_rows(condition: str, where: dict) -> list[Line]:
	"""Components of Product Bundles. What is settled of a bundle is settled of each of its components in proportion."""
	return _lines(
		f"""part.name, part.item_code, part.warehouse, part.qty, item.stock_uom,
			ifnull({SETTLED} * {PER_KIT}, 0.0), soi.conversion_factor * {PER_KIT},
			part.b2b_reserved_qty, part.b2b_pre_allocated_qty, part.b2b_backorder_qty, part.b2b_promise_date,
			0.0, {_OF_ORDER}""",
		f"""from `tabPacked Item` part
		join `tabSales Order Item` soi on soi.name = part.parent_detail_docname and soi.parent = part.parent
		join `tabSales Order` so on so.name = soi.parent
		join `tabItem` item on item.name = part.item_code
		where part.parenttype = 'Sales Order' and {condition}""",
		where,
	)


ZERO, ONE = Decimal(0), Decimal(1)
_Row = namedtuple(
	"_Row",
	"""name item warehouse ordered stock_uom settled pack reserved promised backorder promise_date reserved_ever
	live row order company customer project has_serial_no has_batch_no priority rule_priority rule account strategy horizon_days
	customer_group channel delivery_date placed_at""",
)


def _lines(columns: str, rest: str, where: dict) -> list[Line]:
	return [
		Line(
			name=row.name,
			row=row.row,
			order=row.order,
			key=(row.item, row.warehouse),
			owed=max(row.ordered - row.settled, ZERO) if row.live else ZERO,
			ordered=row.ordered,
			company=row.company,
			customer=row.customer,
			project=row.project,
			stock_uom=row.stock_uom,
			has_serial_no=row.has_serial_no,
			has_batch_no=row.has_batch_no,
			rule=row.rule,
			account=row.account,
			priority=row.priority or row.rule_priority or None,
			strategy=row.strategy or None,
			horizon_days=row.horizon_days or None,
			buyer=(row.customer, row.customer_group, row.channel),
			# Who orders in boxes is given whole boxes; of a bundle, what whole bundles need.
			pack=max(row.pack or ZERO, ONE),
			needed_by=day(row.delivery_date),
			placed_at=_moment(row.placed_at),
			shown=(row.reserved, row.promised, row.backorder, day(row.promise_date), row.reserved_ever),
		)
		for row in starmap(_Row, read_rows(columns, rest, where))
	]


@lru_cache(maxsize=1024)
def day(text: str | None) -> date | None:
	"""A date as `read_rows` has it."""
	return date.fromisoformat(text) if text else None


@lru_cache(maxsize=1024)
def _moment(text: str) -> datetime:
	return datetime.fromisoformat(text)


def bundles(condition: str) -> str:
	"""Figures of the order rows (`soi`, of `so`) that are Product Bundles, from those of their components.

	A bundle is as far as the least of its components, in whole units. Columns: name, parent, reserved, promised,
	backorder, ready (a date). Parameter: ended_orders.
	"""
	return f"""select name, parent, reserved, covered - reserved as promised, owed - reserved as backorder,
		if(owed = 0 or covered < owed, null, ready) as ready
	from (
		select name, parent, owed, ready,
			if(least_reserved >= owed - 1e-6, owed, floor(least_reserved + 1e-6)) as reserved,
			if(least_covered >= owed - 1e-6, owed, floor(least_covered + 1e-6)) as covered
		from (
			select soi.name, soi.parent, max(part.b2b_promise_date) as ready,
				if(so.docstatus = 1 and so.status not in %(ended_orders)s and so.skip_delivery_note = 0
					and {ASKS} and soi.delivered_by_supplier = 0, {OWED}, 0) as owed,
				min(part.b2b_reserved_qty / {PER_KIT}) as least_reserved,
				min((part.b2b_reserved_qty + part.b2b_pre_allocated_qty) / {PER_KIT}) as least_covered
			from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
			join `tabPacked Item` part on part.parent = soi.parent and part.parenttype = 'Sales Order'
				and part.parent_detail_docname = soi.name and part.qty > 0
			join `tabItem` item on item.name = part.item_code and item.is_stock_item = 1
			where {condition} group by soi.name
		) least_of_parts
	) whole_units"""


# ---- what orders show ------------------------------------------------------------------------------------------------


def row_states(lines: Iterable[str]) -> dict[str, dict]:
	"""Engine-owned fields of Sales Order Items and Packed Items, as the database has them now: name → field → value."""
	lines = tuple(set(lines))
	if not lines:
		return {}
	fields = "b2b_reserved_qty, b2b_pre_allocated_qty, b2b_backorder_qty, b2b_promise_date"
	rows = frappe.db.sql(
		f"select name, stock_reserved_qty, b2b_cancelled_qty, b2b_restored, {fields} from `tabSales Order Item` where name in %s",
		[lines],
		as_dict=True,
	) + frappe.db.sql(f"select name, {fields} from `tabPacked Item` where name in %s", [lines], as_dict=True)
	return {row.name: row for row in rows}


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
		"Sales Order",
		order,
		["b2b_allocation_status", "b2b_promise_date", "b2b_ship_now", "b2b_stock_given_up"],
		as_dict=True,
	)
