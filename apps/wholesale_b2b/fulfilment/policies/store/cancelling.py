"""Cancelled units of order lines, and whether anything is left of an order."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import frappe

from wholesale_b2b.allocation.store.demand import ENDED_ORDER, OWED, units
from wholesale_b2b.allocation.store.picking import LEFT, ROWS
from wholesale_b2b.setwise import update_rows

LINE = "Sales Order Item"
NOBODY = ("",)


def lines_of(orders: Iterable[str]) -> dict[str, frappe._dict]:
	"""Line → order, idx, item_code, item_name, stock_uom, ordered, cancelled, owed (stock units), value (net, company's
	currency), of goods and of all else."""
	rows = frappe.db.sql(
		f"""select soi.name, soi.parent as `order`, soi.idx, soi.item_code, soi.item_name, soi.stock_uom,
			soi.stock_qty as ordered, soi.b2b_cancelled_qty as cancelled, {OWED} as owed, soi.base_net_amount as value
		from `tabSales Order Item` soi where soi.parent in %s order by soi.parent, soi.idx""",
		[tuple(orders) or NOBODY],
		as_dict=True,
	)
	for row in rows:
		row.update({field: units(row[field]) for field in ("ordered", "cancelled", "owed", "value")})
	return {row.name: row for row in rows}


def set_cancelled(units_of: Mapping[str, Decimal], restored: Iterable[str]) -> None:
	"""Line → its cancelled stock units; restored: those of them that no policy cancels again. Leaves `modified` alone, so that
	open forms can be saved."""
	restored = set(restored)
	update_rows(
		LINE,
		["b2b_cancelled_qty", "b2b_restored"],
		((line, float(qty), int(line in restored)) for line, qty in sorted(units_of.items())),
	)


def set_ship_now(orders: Iterable[str], reason: str) -> None:
	"""Why the next shipment of these orders need not keep their policy; empty where it must."""
	orders = sorted(set(orders))
	update_rows("Sales Order", ["b2b_ship_now"], ((name, reason) for name in orders))
	for name in orders:
		frappe.clear_document_cache("Sales Order", name)


def overridden(orders: Iterable[str]) -> list[str]:
	"""Of these orders, those whose next shipment need not keep their policy."""
	filters = {"name": ("in", sorted(set(orders)) or [""]), "b2b_ship_now": ("is", "set")}
	return frappe.get_all("Sales Order", filters, pluck="name")


def done(orders: Iterable[str] = (), companies: Iterable[str] = ()) -> list[str]:
	"""Of these orders, or of all of these companies, those that would stay open for ever: nothing is left to deliver because
	units were cancelled, nothing is being picked, and all that has gone out is invoiced."""
	orders, companies = tuple(set(orders)), tuple(set(companies))
	chosen, names = ("so.name", orders) if orders else ("so.company", companies)
	return frappe.db.sql_list(
		f"""select so.name from `tabSales Order` so
		where {chosen} in %(names)s and so.docstatus = 1 and so.status not in %(ended)s
			and exists(select 1 from `tabSales Order Item` soi where soi.parent = so.name and soi.b2b_cancelled_qty > 0)
			and not exists(select 1 from `tabSales Order Item` soi where soi.parent = so.name and {OWED} > 0.000001)
			and not exists(select 1 from {ROWS} where row.sales_order = so.name and {LEFT} > 0)
			and not exists(select 1 from `tabDelivery Note Item` dni join `tabDelivery Note` dn on dn.name = dni.parent
				where dni.against_sales_order = so.name and (dn.docstatus = 0
					or (dn.docstatus = 1 and dn.is_return = 0 and dn.per_billed < 99.99 and dn.base_grand_total > 0
						and dn.status not in ('Closed', 'Completed', 'Return Issued'))))
			and not exists(select 1 from `tabSales Invoice Item` sii
				where sii.sales_order = so.name and sii.docstatus = 0)
		order by so.name""",
		{"names": names or NOBODY, "ended": (*ENDED_ORDER, "Completed", "On Hold")},
	)


def invoiced(lines: Iterable[str]) -> dict[str, Decimal]:
	"""Line → stock units on submitted Sales Invoices, those on credit notes taken off."""
	rows = frappe.db.sql(
		"""select so_detail, sum(stock_qty) from `tabSales Invoice Item`
		where so_detail in %s and docstatus = 1 group by so_detail""",
		[tuple(lines) or NOBODY],
	)
	return {line: units(qty) for line, qty in rows}


# ---- what is on an order because people decided it ----------------------------------------------------------------


def decided(order: str | None, anew: bool) -> dict[str, object]:
	"""What people and policies have decided about an order as a whole: field → value. anew: for one that amends it."""
	fields = ("b2b_ship_now", "b2b_stock_given_up", "b2b_rule_released")
	row = frappe.db.get_value("Sales Order", order, fields, as_dict=True) if order else None
	found = dict(row) if row else dict.fromkeys(fields)
	if anew:
		found["b2b_ship_now"] = None
		found["b2b_stock_given_up"] = 0
	return found


def decided_of_lines(order: str) -> dict[str, dict]:
	"""Line → the same of it."""
	rows = frappe.get_all(
		LINE, {"parent": order}, ["name", "b2b_cancelled_qty", "b2b_restored"], order_by=None
	)
	return {row.pop("name"): row for row in rows}
