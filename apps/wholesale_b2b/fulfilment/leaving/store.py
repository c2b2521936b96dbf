"""Reads of what the rows of deliveries name."""

from collections.abc import Iterable

import frappe

from wholesale_b2b.fulfilment.leaving.rules import Known, Line, Sold


def known(lines: Iterable[str], invoiced: Iterable[str], via: Iterable[str]) -> Known:
	"""The rows of orders and invoices with these names, the lines of orders that rows of pick lists and packing lists are
	of, and those lines."""
	bills = _invoice_rows(invoiced)
	others = _other_rows(via)
	wanted = {*lines, *others.values(), *(bill.line for bill in bills.values())}
	return Known(_order_rows(wanted), bills, others)


def _names(names: Iterable[str]) -> tuple[str, ...]:
	return tuple(sorted({name for name in names if name}))


def _order_rows(names: Iterable[str]) -> dict[str, Line]:
	names = _names(names)
	if not names:
		return {}
	rows = frappe.db.sql(
		"""select soi.name, so.name, so.customer, so.company, so.docstatus
		from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent where soi.name in %s""",
		[names],
	)
	return {
		row: Line(order, customer, company, status == 1) for row, order, customer, company, status in rows
	}


def _invoice_rows(names: Iterable[str]) -> dict[str, Line]:
	names = _names(names)
	if not names:
		return {}
	rows = frappe.db.sql(
		"""select row.name, si.name, si.customer, si.company, si.docstatus, si.is_return, ifnull(row.so_detail, '')
		from `tabSales Invoice Item` row join `tabSales Invoice` si on si.name = row.parent where row.name in %s""",
		[names],
	)
	return {
		row: Line(invoice, customer, company, status == 1 and not is_return, line)
		for row, invoice, customer, company, status, is_return, line in rows
	}


def _other_rows(names: Iterable[str]) -> dict[str, str]:
	names = _names(names)
	if not names:
		return {}
	rows = frappe.db.sql(
		"""select name, sales_order_item from `tabPick List Item`
			where name in %(names)s and ifnull(sales_order_item, '') <> ''
		union all select name, parent_detail_docname from `tabPacked Item`
			where name in %(names)s and parenttype = 'Sales Order'""",
		{"names": names},
	)
	return dict(rows)


def pick_list(name: str) -> frappe._dict:
	"""Customer and company of a Pick List."""
	return frappe.db.get_value("Pick List", name, ["customer", "company"], as_dict=True) or frappe._dict()


def orders_of_pick_list(name: str) -> set[str]:
	return set(
		frappe.get_all("Pick List Item", {"parent": name, "sales_order": ("is", "set")}, pluck="sales_order")
	)


def sold_at_tills(rows: Iterable[str], invoice: str | None) -> dict[str, Sold]:
	"""POS Invoice Items by name. They wait while no submitted Sales Invoice but `invoice` has posted them."""
	names = _names(rows)
	if not names:
		return {}
	found = frappe.db.sql(
		"""select row.name, sale.name as sale, row.item_code, row.warehouse, row.stock_qty, sale.company,
			(sale.docstatus = 1 and ifnull(sale.consolidated_invoice, '') in ('', %(invoice)s) and not exists(
				select 1 from `tabSales Invoice Item` posted
				where posted.pos_invoice = sale.name and posted.pos_invoice_item = row.name and posted.docstatus = 1
					and posted.parent <> %(invoice)s)) as waits
		from `tabPOS Invoice Item` row join `tabPOS Invoice` sale on sale.name = row.parent
		where row.name in %(names)s""",
		{"names": names, "invoice": invoice or ""},
		as_dict=True,
	)
	return {
		row.name: Sold(
			row.name,
			row.sale,
			row.item_code,
			row.warehouse or "",
			row.stock_qty,
			row.company,
			bool(row.waits),
		)
		for row in found
	}


def on_ledger(voucher: str, row: str, item: str, warehouse: str) -> float:
	"""What a row of a voucher has moved altogether, what was taken back included."""
	return (
		frappe.db.sql(
			"""select sum(actual_qty) from `tabStock Ledger Entry`
			where voucher_no = %s and voucher_detail_no = %s and item_code = %s and warehouse = %s""",
			[voucher, row, item, warehouse],
		)[0][0]
		or 0
	)
