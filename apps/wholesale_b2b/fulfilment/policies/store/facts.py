"""What orders are decided on: their policies, lines, pegs and shipments, for any number of orders in a few queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

import frappe
from frappe.utils import cint, flt, getdate

from wholesale_b2b.allocation.store import picking
from wholesale_b2b.allocation.store.demand import (
	ENDED_ENTRY,
	ENDED_ORDER,
	OWED,
	PER_KIT,
	PROMISED_LINE,
	day,
	units,
)
from wholesale_b2b.fulfilment.holds.store import open_orders as open_orders
from wholesale_b2b.fulfilment.policies.rules import bundle_pegs, whole_pack
from wholesale_b2b.fulfilment.rules.decide import OrderLine, Pegs
from wholesale_b2b.fulfilment.rules.policy import Policy
from wholesale_b2b.setwise import lockable, read_rows, update_rows

POLICY = "Fulfilment Policy"
NOBODY = ("",)


def policies() -> dict[str, Policy]:
	"""The enabled policies by name."""
	names = [field.name for field in fields(Policy)]
	rows = frappe.get_all(POLICY, {"enabled": 1}, names)
	return {row.name: as_policy(row) for row in rows}


def as_policy(row: frappe._dict) -> Policy:
	"""A row or a document as the rules know it."""
	return Policy(**{field.name: _cast(row.get(field.name), field.type) for field in fields(Policy)})


def _cast(value: object, kind: type) -> object:
	if kind is bool:
		return bool(cint(value))
	if kind is int:
		return cint(value)
	if kind is Decimal:
		return Decimal(str(flt(value)))
	return value or ""


@dataclass(frozen=True, slots=True)
class Head:
	"""An order that is decided about. own, rule, account: the policies that it, its Order Rule and its Trade Account name.
	ship_now: why its next shipment need not keep the policy, empty where it must. given_up: it asks for no stock now."""

	name: str
	company: str
	own: str
	rule: str
	account: str
	placed_on: date
	ship_now: str
	given_up: bool


def heads(orders: Iterable[str]) -> dict[str, Head]:
	"""Of these orders those that are submitted and have not ended."""
	rows = frappe.db.sql(
		"""select so.name, so.company, ifnull(so.b2b_fulfilment_policy, '') as own, ifnull(so.b2b_rule_policy, '') as rule,
			ifnull(account.fulfilment_policy, '') as account, ifnull(so.b2b_ship_now, '') as ship_now,
			date(ifnull(so.b2b_placed_at, so.transaction_date)) as placed_on, so.b2b_stock_given_up as given_up
		from `tabSales Order` so left join `tabTrade Account` account on account.name = so.b2b_trade_account
		where so.name in %s and so.docstatus = 1 and so.status not in %s""",
		[tuple(set(orders)) or NOBODY, ENDED_ORDER],
		as_dict=True,
	)
	return {
		row.name: Head(**{**row, "placed_on": getdate(row.placed_on), "given_up": bool(row.given_up)})
		for row in rows
	}


def set_given_up(orders: Mapping[str, bool]) -> None:
	"""Whether these orders ask for no stock now. Leaves `modified` alone, so that open forms can be saved."""
	update_rows(
		"Sales Order", ["b2b_stock_given_up"], ((name, int(up)) for name, up in sorted(orders.items()))
	)
	for name in orders:
		frappe.clear_document_cache("Sales Order", name)


def lock_free(orders: Iterable[str]) -> set[str]:
	"""Lock those of these orders that nobody else has in hand."""
	return lockable("Sales Order", orders)


def held(orders: Iterable[str], kinds: Sequence[str]) -> list[str]:
	"""Of these orders those of which a hold of these kinds is open."""
	filters = {"status": "Open", "kind": ("in", kinds), "sales_order": ("in", sorted(set(orders)) or NOBODY)}
	return frappe.get_all("Order Hold", filters, pluck="sales_order", distinct=True, order_by="sales_order")


def is_followed(policy: str) -> bool:
	"""Whether anything names a policy: an order, an Order Rule, a Trade Account, Wholesale Settings."""
	fields = (
		("Sales Order", "b2b_fulfilment_policy"),
		("Order Rule", "fulfilment_policy"),
		("Trade Account", "fulfilment_policy"),
	)
	return frappe.db.get_single_value("Wholesale Settings", "fulfilment_policy") == policy or any(
		frappe.db.exists(doctype, {field: policy}) for doctype, field in fields
	)


def lines(orders: Sequence[str]) -> dict[str, list[OrderLine]]:
	"""Order → its lines that are to be delivered from our own shelves; services and drop shipments are none of them."""
	rows = read_rows(
		f"""soi.parent, soi.name, {OWED}, soi.conversion_factor, ifnull(soi.base_net_amount / nullif(soi.stock_qty, 0), 0.0),
			soi.delivery_date, ifnull(soi.item_group, ''), ifnull(soi.b2b_ship_with, ''), soi.b2b_restored = 1,
			ifnull(item.b2b_case_pack, 0.0)""",
		"""from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
		join `tabItem` item on item.name = soi.item_code
		where so.name in %(orders)s and so.skip_delivery_note = 0 and soi.delivered_by_supplier = 0
			and (item.is_stock_item = 1 or exists(select 1 from `tabPacked Item` part
				join `tabItem` inside on inside.name = part.item_code and inside.is_stock_item = 1
				where part.parent = soi.parent and part.parenttype = 'Sales Order' and part.parent_detail_docname = soi.name
					and part.qty > 0))
		order by soi.parent, soi.idx""",
		{"orders": tuple(orders) or NOBODY},
	)
	found: dict[str, list[OrderLine]] = defaultdict(list)
	for order, name, owed, unit, price, needed_by, group, mark, kept, case in rows:
		found[order].append(
			OrderLine(
				name,
				Decimal(owed),
				whole_pack(Decimal(unit or 1), Decimal(case)),
				Decimal(price),
				day(needed_by),
				group,
				mark.strip().casefold(),
				bool(kept),
			)
		)
	return found


def pegs(orders: Sequence[str], without_list: str = "") -> dict[str, Pegs]:
	"""Order line → what it has: reservations, pre-allocations, open pick lists but for `without_list`.

	A bundle has what its components make; they are in the answer too.
	"""
	where = {"orders": tuple(orders) or NOBODY, "ended": ENDED_ENTRY, "without_list": without_list}
	ready = _sums(
		"""select voucher_detail_no, sum(reserved_qty - delivered_qty) from `tabStock Reservation Entry`
		where voucher_type = 'Sales Order' and voucher_no in %(orders)s and docstatus = 1 and status not in %(ended)s
		group by voucher_detail_no""",
		where,
	)
	picked = _sums(
		f"""select {picking.LINE} as line, sum({picking.LEFT}) from {picking.ROWS}
		where row.sales_order in %(orders)s and row.parent <> %(without_list)s group by line""",
		where,
	)
	coming: dict[str, list[tuple[date | None, Decimal]]] = defaultdict(list)
	for line, when, qty in frappe.db.sql(
		f"""select {PROMISED_LINE} as line, expected_date, sum(qty) from `tabStock Pre Allocation`
		where status = 'Open' and sales_order in %(orders)s group by line, expected_date""",
		where,
	):
		coming[line].append((when, units(qty)))

	def of(line: str) -> Pegs:
		return Pegs(
			ready.get(line, Decimal(0)),
			max(picked.get(line, Decimal(0)), Decimal(0)),
			tuple(coming.get(line, ())),
		)

	found = {line: of(line) for line in {*ready, *picked, *coming}}
	for line, parts in components(orders).items():
		found[line] = bundle_pegs((per, of(part)) for part, per in parts)
	return found


def components(orders: Sequence[str]) -> dict[str, list[tuple[str, Decimal]]]:
	"""Order line of a bundle → its components (Packed Item, stock units in one bundle)."""
	found: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
	for line, part, per in frappe.db.sql(
		f"""select soi.name, part.name, {PER_KIT} from `tabPacked Item` part
		join `tabSales Order Item` soi on soi.name = part.parent_detail_docname and soi.parent = part.parent
		join `tabItem` item on item.name = part.item_code and item.is_stock_item = 1
		where part.parent in %(orders)s and part.parenttype = 'Sales Order' and part.qty > 0 and soi.stock_qty > 0
		order by part.idx""",
		{"orders": tuple(orders) or NOBODY},
	):
		found[line].append((part, units(per)))
	return found


def _sums(query: str, where: dict) -> dict[str, Decimal]:
	return {line: units(qty) for line, qty in frappe.db.sql(query, where)}


@dataclass(frozen=True, slots=True)
class Shipments:
	"""left: shipments that have gone out. picking: open pick lists of which nothing has gone out yet.

	What was picked on one list is one shipment, to however many addresses.
	"""

	left: int = 0
	picking: int = 0

	@property
	def count(self) -> int:
		return self.left + self.picking


def shipments(orders: Sequence[str], without_list: str = "") -> dict[str, Shipments]:
	"""Order → its shipments; those without any are left out."""
	rows = frappe.db.sql(
		f"""select `order`, wave, max(gone) from (
			select dni.against_sales_order as `order`, ifnull(nullif(dni.against_pick_list, ''), dn.name) as wave, 1 as gone
			from `tabDelivery Note Item` dni join `tabDelivery Note` dn on dn.name = dni.parent
			where dni.against_sales_order in %(orders)s and dn.docstatus = 1 and dn.is_return = 0
			union all select sii.sales_order, si.name, 1
			from `tabSales Invoice Item` sii join `tabSales Invoice` si on si.name = sii.parent
			where sii.sales_order in %(orders)s and si.docstatus = 1 and si.is_return = 0 and si.update_stock = 1
			union all select row.sales_order, row.parent, 0 from {picking.ROWS}
			where row.sales_order in %(orders)s and row.parent <> %(without_list)s and {picking.LEFT} > 0
		) waves group by `order`, wave""",
		{"orders": tuple(orders) or NOBODY, "without_list": without_list},
	)
	left: dict[str, int] = defaultdict(int)
	being: dict[str, int] = defaultdict(int)
	for order, _wave, gone in rows:
		(left if gone else being)[order] += 1
	return {order: Shipments(left[order], being[order]) for order in {*left, *being}}
