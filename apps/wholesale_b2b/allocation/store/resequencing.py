"""Reads of a re-sequencing: what is in its scope, whom its lines belong to, and what stands in the way of undoing it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import frappe
from frappe.utils import getdate

from wholesale_b2b.allocation.rules.segments import LineFacts
from wholesale_b2b.allocation.store import keyring, picking, protections, sources
from wholesale_b2b.allocation.store.demand import Key, Line, units
from wholesale_b2b.ordering.order_rules.rules import OrderFacts
from wholesale_b2b.setwise import chunks
from wholesale_b2b.trees import below, paths


def keys_in_scope(
	company: str,
	item_code: str | None = None,
	item_group: str | None = None,
	brand: str | None = None,
	warehouse: str | None = None,
) -> set[Key]:
	"""The company's keys with open demand or pegs, of this item, group (with all below it) and brand, in this warehouse
	(or those below it)."""
	keys = {key for key in keyring.all_keys([company]) if not item_code or key[0] == item_code}
	if warehouse:
		places = set(below("Warehouse", warehouse))
		keys = {key for key in keys if key[1] in places}
	if not (item_group or brand) or not keys:
		return keys
	kinds = protections.kinds({item for item, _ in keys})
	return {
		key
		for key in keys
		if (not brand or kinds[key[0]].brand == brand)
		and (not item_group or item_group in kinds[key[0]].item_groups)
	}


def facts(lines: Iterable[Line]) -> list[LineFacts]:
	"""What segments ask about these lines; a few queries for all of them."""
	lines = list(lines)
	orders = _orders({line.order for line in lines})
	customer_groups = paths("Customer Group", (order.customer_group for order in orders.values()))
	territories = paths("Territory", (order.territory for order in orders.values()))
	kinds = protections.kinds({line.key[0] for line in lines})
	found = []
	for line in lines:
		order, kind = orders[line.order], kinds.get(line.key[0])
		about = OrderFacts(
			order=line.order,
			company=order.company,
			customer=order.customer,
			customer_groups=customer_groups.get(order.customer_group, ()),
			territories=territories.get(order.territory, ()),
			channel=(order.b2b_channel or "").strip(),
			item_groups=(kind.item_groups if kind else (),),
		)
		found.append(LineFacts(line.name, about, getdate(order.transaction_date), line.needed_by))
	return found


def _orders(names: Iterable[str]) -> dict[str, frappe._dict]:
	found: dict[str, frappe._dict] = {}
	for chunk in chunks(sorted(set(names))):
		for row in frappe.db.sql(
			"""select name, company, customer, customer_group, territory, b2b_channel, transaction_date
			from `tabSales Order` where name in %s""",
			[tuple(chunk)],
			as_dict=True,
		):
			found[row.name] = row
	return found


def customer_names(customers: Iterable[str]) -> dict[str, str]:
	"""Customer → how it is called."""
	names: dict[str, str] = {}
	for chunk in chunks(sorted(set(customers))):
		names.update(
			frappe.db.sql("select name, customer_name from `tabCustomer` where name in %s", [tuple(chunk)])
		)
	return names


# ---- undoing ----------------------------------------------------------------------------------------------------


def received(supplies: Iterable[str]) -> dict[str, sources.Inbound]:
	"""Future supplies by id, whatever has become of them."""
	named: dict[str, set[str]] = defaultdict(set)
	for supply in supplies:
		doctype, row = supply.split("\n", 1)
		named[doctype].add(row)
	return {row.id: row for row in sources.inbound((), (), named)} if named else {}


def lines_there(lines: Iterable[str]) -> set[str]:
	"""Of these lines, order rows and components, those that there still are."""
	there: set[str] = set()
	for chunk in chunks(sorted(set(lines))):
		there.update(
			frappe.db.sql_list(
				"""select name from `tabSales Order Item` where name in %(lines)s
				union all select name from `tabPacked Item` where name in %(lines)s""",
				{"lines": tuple(chunk)},
			)
		)
	return there


def delivered(lines: Iterable[str]) -> dict[str, Decimal]:
	"""Line → units delivered from its reservations, ever."""
	found: dict[str, Decimal] = {}
	for chunk in chunks(sorted(set(lines))):
		for line, qty in frappe.db.sql(
			"""select voucher_detail_no, sum(delivered_qty) from `tabStock Reservation Entry`
			where docstatus = 1 and voucher_type = 'Sales Order' and voucher_detail_no in %s
			group by voucher_detail_no""",
			[tuple(chunk)],
		):
			found[line] = units(qty)
	return found


def open_picks(orders: Iterable[str], items: Iterable[str]) -> list[str]:
	"""Open pick lists with these items for these orders."""
	return frappe.db.sql_list(
		f"""select distinct pl.name from {picking.ROWS}
		where row.sales_order in %s and row.item_code in %s order by pl.name""",
		[tuple(set(orders)) or ("",), tuple(set(items)) or ("",)],
	)


def deliveries_since(orders: Iterable[str], items: Iterable[str], since: datetime) -> list[tuple[str, str]]:
	"""(DocType, name) of what has taken these items out for these orders since then."""
	found = set()
	for doctype, field in (("Delivery Note", "against_sales_order"), ("Sales Invoice", "sales_order")):
		found.update(
			(doctype, name)
			for name in frappe.db.sql_list(
				f"""select distinct e.voucher_no from `tabStock Ledger Entry` e
				join `tab{doctype} Item` row on row.parent = e.voucher_no
				where e.voucher_type = %s and e.creation > %s and e.is_cancelled = 0 and e.actual_qty < 0
					and e.item_code in %s and row.{field} in %s""",
				[doctype, since, tuple(set(items)) or ("",), tuple(set(orders)) or ("",)],
			)
		)
	return sorted(found)
