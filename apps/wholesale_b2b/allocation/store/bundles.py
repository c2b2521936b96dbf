"""Reservations of a Product Bundle's components: keyed to the order's Packed Items, which ERPNext renames and never consumes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import frappe
from erpnext.stock.stock_balance import get_reserved_qty, update_bin_qty
from frappe.utils import now

from wholesale_b2b.allocation.store.demand import ENDED_ENTRY, units
from wholesale_b2b.allocation.store.writes import SPA, SRE, entry_status
from wholesale_b2b.setwise import update_rows


def count_ordered(keys: Iterable[tuple[str, str]]) -> None:
	"""Have ERPNext count anew what customers have ordered of these items at these warehouses."""
	for item, warehouse in sorted(keys):
		update_bin_qty(item, warehouse, {"reserved_qty": get_reserved_qty(item, warehouse)})


@dataclass(frozen=True, slots=True)
class Reservation:
	"""A submitted Stock Reservation Entry of a component."""

	name: str
	component: str
	warehouse: str
	ordered: Decimal
	reserved: Decimal
	delivered: Decimal


def components(rows: Iterable[str]) -> dict[tuple[str, str], list[str]]:
	"""(Sales Order Item, item) → its Packed Items, in the order of the form."""
	found: dict[tuple[str, str], list[str]] = defaultdict(list)
	rows = tuple(set(rows))
	if rows:
		for row, item, name in frappe.db.sql(
			"""select soi.name, part.item_code, part.name from `tabSales Order Item` soi
			join `tabPacked Item` part on part.parent = soi.parent and part.parent_detail_docname = soi.name
			where part.parenttype = 'Sales Order' and soi.name in %s order by part.idx""",
			[rows],
		):
			found[row, item].append(name)
	return found


def warehouses(order: str) -> dict[tuple[str, str], str]:
	"""(bundle, item) → warehouse of an order's packed rows."""
	return {
		(bundle, item): warehouse
		for bundle, item, warehouse in frappe.db.sql(
			"""select parent_item, item_code, warehouse from `tabPacked Item`
			where parent = %s and parenttype = 'Sales Order' and ifnull(warehouse, '') <> '' order by idx desc""",
			[order],
		)
	}


def reservations(components: Iterable[str]) -> list[Reservation]:
	"""Entries of these Packed Items, delivered ones too, the oldest first; locked."""
	names = tuple(set(components))
	if not names:
		return []
	return [
		Reservation(
			row.name,
			row.voucher_detail_no,
			row.warehouse,
			units(row.voucher_qty),
			units(row.reserved_qty),
			units(row.delivered_qty),
		)
		for row in frappe.db.sql(
			f"""select name, voucher_detail_no, warehouse, voucher_qty, reserved_qty, delivered_qty from `tab{SRE}`
			where docstatus = 1 and voucher_detail_no in %s order by creation, name for update""",
			[names],
			as_dict=True,
		)
	]


def places(components: Iterable[str]) -> dict[str, dict[str, Decimal]]:
	"""Packed Item → warehouse → units reserved there and not delivered."""
	names = tuple(set(components))
	found: dict[str, dict[str, Decimal]] = defaultdict(dict)
	if names:
		for name, warehouse, qty in frappe.db.sql(
			f"""select voucher_detail_no, warehouse, sum(reserved_qty - delivered_qty) from `tab{SRE}`
			where docstatus = 1 and status not in %s and voucher_detail_no in %s
			group by voucher_detail_no, warehouse""",
			[ENDED_ENTRY, names],
		):
			found[name][warehouse] = units(qty)
	return found


def deliver(rows: Sequence[tuple[Reservation, Decimal]]) -> None:
	"""Set what has been delivered on each of these entries."""
	at, user = now(), frappe.session.user
	update_rows(
		SRE,
		["delivered_qty", "status", "modified", "modified_by"],
		(
			(row.name, delivered, entry_status(row.reserved, delivered, row.ordered), at, user)
			for row, delivered in rows
		),
	)


def rename(order: str, names: dict[str, str]) -> None:
	"""Packed Items of an order have new names (old → new): what names them follows, open pick lists too."""
	for doctype, column, of_order in (
		(SRE, "voucher_detail_no", "voucher_no"),
		(SPA, "packed_item", "sales_order"),
		("Stock Hold", "sales_order_item", "sales_order"),
		("Pick List Item", "product_bundle_item", "sales_order"),
		("Allocation Move", "from_line", "from_order"),
		("Allocation Move", "to_line", "to_order"),
		("Short Pick", "line", "sales_order"),
		("Material Request Item", "b2b_demand_line", "sales_order"),
		("Purchase Order Item", "b2b_demand_line", "sales_order"),
	):
		rows = frappe.db.sql(
			f"select name, `{column}` from `tab{doctype}` where `{of_order}` = %s and `{column}` in %s",
			[order, tuple(names)],
		)
		update_rows(doctype, [column], ((name, names[old]) for name, old in rows))
