"""Reads and writes for orders that are amended: what the cancelled one had, kept as Stock Holds."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import frappe

from wholesale_b2b.allocation.rules.amendment import Row
from wholesale_b2b.allocation.store.demand import ENDED_ENTRY, PROMISED_LINE, units
from wholesale_b2b.allocation.store.holds import HOLD, put
from wholesale_b2b.setwise import update_rows

ORDER = "Sales Order"


def pegs(order: str) -> list[frappe._dict]:
	"""What an order has, the shelf first, then by date: for_row, item_code, warehouse, qty and, of units to come, their
	supply_type, supply_name, supply_row and supply_received_qty. Read under the locks of their Bins."""
	return frappe.db.sql(
		f"""select voucher_detail_no as for_row, item_code, warehouse, sum(reserved_qty - delivered_qty) as qty,
			null as supply_type, null as supply_name, null as supply_row, 0 as supply_received_qty, null as expected
		from `tabStock Reservation Entry`
		where voucher_type = 'Sales Order' and voucher_no = %(order)s and docstatus = 1
			and status not in %(ended)s and reserved_qty > delivered_qty
		group by voucher_detail_no, item_code, warehouse
		union all
		select {PROMISED_LINE}, item_code, warehouse, qty, supply_type, supply_name, supply_row, supply_received_qty,
			ifnull(expected_date, '9999-12-31')
		from `tabStock Pre Allocation` where sales_order = %(order)s and status = 'Open' and qty > 0
		order by expected, for_row, warehouse""",
		{"order": order, "ended": ENDED_ENTRY},
		as_dict=True,
	)


def keep(order: str, rows: Sequence[dict], until: datetime, reason: str) -> None:
	"""Hold these units (as `pegs` has them) for whatever order will amend this one."""
	if not rows:
		return
	head = frappe.db.get_value(ORDER, order, ["company", "customer", "b2b_channel"], as_dict=True)
	put(
		rows,
		company=head.company,
		customer=head.customer,
		channel=head.b2b_channel,
		until=until,
		for_doctype=ORDER,
		for_name=order,
		reason=reason,
	)


def lines(order: str) -> list[Row]:
	"""The lines of an order that may be promised something: its rows and the components of its bundles, in order."""
	rows = frappe.db.sql(
		"""select name, item_code, warehouse, '' as kit, stock_qty as qty, idx, 0 as packed
		from `tabSales Order Item` where parent = %(order)s
		union all
		select name, item_code, warehouse, parent_item, qty, idx, 1
		from `tabPacked Item` where parent = %(order)s and parenttype = 'Sales Order'
		order by packed, idx""",
		{"order": order},
		as_dict=True,
	)
	return [Row(row.name, row.item_code, row.warehouse or "", row.kit or "", units(row.qty)) for row in rows]


def extend(names: Iterable[str], until: datetime) -> None:
	"""Let these holds stand until then, in one statement."""
	update_rows(HOLD, ["until"], ((name, until) for name in names))
