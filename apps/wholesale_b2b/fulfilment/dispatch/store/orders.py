"""Reads about orders, for any number of them: what shipped, on which invoices, at which address."""

from collections import defaultdict
from collections.abc import Sequence

import frappe

from wholesale_b2b.allocation.store.demand import CANCELLED_SHARE

NOTHING = ("",)


def heads(orders: Sequence[str]) -> dict[str, dict]:
	"""Sales Order → what a status shows of the order itself."""
	return {
		row.name: row
		for row in frappe.get_all(
			"Sales Order",
			{"name": ("in", list(orders))},
			[
				"name",
				"customer",
				"customer_name",
				"company",
				"docstatus",
				"status",
				"po_no",
				"transaction_date",
				"delivery_date",
				"currency",
				"grand_total",
				"per_delivered",
				"per_billed",
				"b2b_promise_date",
				"b2b_trade_account",
				"shipping_address_name",
			],
		)
	}


def lines(orders: Sequence[str]) -> dict[str, dict]:
	"""Sales Order Item → order, own_address, address (its own or the order's), cancelled_qty, closed_qty (what a closed order
	does not deliver any more), both in stock UOM."""
	rows = frappe.db.sql(
		"""select soi.name, soi.parent as `order`, soi.b2b_cancelled_qty as cancelled_qty,
			if(so.status = 'Closed' and (item.is_stock_item = 1 or exists(select 1 from `tabProduct Bundle` bundle
					where bundle.new_item_code = soi.item_code and bundle.disabled = 0)),
				greatest(soi.stock_qty - soi.b2b_cancelled_qty
					- soi.delivered_qty * ifnull(nullif(soi.conversion_factor, 0), 1), 0), 0) as closed_qty,
			nullif(soi.b2b_delivery_address, '') as own_address,
			ifnull(nullif(soi.b2b_delivery_address, ''), nullif(so.shipping_address_name, '')) as address
		from `tabSales Order Item` soi join `tabSales Order` so on so.name = soi.parent
		join `tabItem` item on item.name = soi.item_code where so.name in %s""",
		[tuple(orders) or NOTHING],
		as_dict=True,
	)
	return {row.name: row for row in rows}


def cancelled_shares(orders: Sequence[str]) -> dict[str, float]:
	"""Sales Order → the part of its net total that is cancelled, 0 to 1; those without are left out."""
	return dict(
		frappe.db.sql(
			f"""select soi.parent, sum(soi.net_amount * {CANCELLED_SHARE}) / sum(soi.net_amount) as share
			from `tabSales Order Item` soi where soi.parent in %s group by soi.parent having share > 0""",
			[tuple(orders) or NOTHING],
		)
	)


def shipments(orders: Sequence[str], drafts: bool = False) -> dict[str, list[dict]]:
	"""Sales Order → its Delivery Notes and Sales Invoices with stock, returns included, in the order shipped.

	Each: doctype, name, docstatus, is_return, date, carrier, tracking_number, address, requested_date and `lines`: line (the
	Sales Order Item), item_code, item_name, qty, uom, stock_qty.
	"""
	where = {"orders": tuple(orders) or NOTHING, "states": (0, 1) if drafts else (1,)}
	rows = frappe.db.sql(
		"""select 'Delivery Note' as doctype, dni.against_sales_order as `order`, dn.name, dn.docstatus, dn.is_return,
			dn.posting_date as `date`, dn.posting_time as `time`, ifnull(nullif(dn.transporter_name, ''), dn.transporter) as carrier,
			dn.b2b_tracking_number as tracking_number, dn.shipping_address_name as address,
			dn.b2b_requested_date as requested_date, dni.so_detail as line, dni.item_code, dni.item_name, dni.qty, dni.uom,
			dni.stock_qty, dni.idx
		from `tabDelivery Note Item` dni join `tabDelivery Note` dn on dn.name = dni.parent
		where dni.against_sales_order in %(orders)s and dn.docstatus in %(states)s
		union all
		select 'Sales Invoice', sii.sales_order, si.name, si.docstatus, si.is_return, si.posting_date, si.posting_time, null, null,
			si.shipping_address_name, null, sii.so_detail, sii.item_code, sii.item_name, sii.qty, sii.uom, sii.stock_qty,
			sii.idx
		from `tabSales Invoice Item` sii join `tabSales Invoice` si on si.name = sii.parent and si.update_stock = 1
		where sii.sales_order in %(orders)s and si.docstatus in %(states)s
		order by `date`, `time`, name, idx""",
		where,
		as_dict=True,
	)
	found: dict[str, dict[str, dict]] = defaultdict(dict)
	for row in rows:
		line = {key: row.pop(key) for key in ("line", "item_code", "item_name", "qty", "uom", "stock_qty")}
		del row["idx"], row["time"]
		found[row.pop("order")].setdefault(row["name"], {**row, "lines": []})["lines"].append(line)
	return {order: list(notes.values()) for order, notes in found.items()}


def invoices(orders: Sequence[str]) -> dict[str, list[dict]]:
	"""Sales Order → its submitted Sales Invoices, credit notes included, oldest first.

	Each: name, is_return, date, due_date, status, currency, total (rounded total, else grand total), outstanding (both in
	the invoice's currency), share (of the invoice that is this order's, 0 to 1), notes (Delivery Notes on it).
	"""
	rows = frappe.db.sql(
		"""select sii.sales_order as `order`, si.name, si.is_return, si.posting_date as `date`, si.due_date, si.status,
			si.currency, if(si.rounded_total, si.rounded_total, si.grand_total) as total,
			if(si.party_account_currency = si.currency, si.outstanding_amount,
				si.outstanding_amount / nullif(si.conversion_rate, 0)) as outstanding,
			if(si.net_total = 0, 1, least(sum(sii.net_amount) / si.net_total, 1)) as share,
			group_concat(distinct sii.delivery_note order by sii.delivery_note separator '\n') as notes
		from `tabSales Invoice Item` sii join `tabSales Invoice` si on si.name = sii.parent
		where sii.sales_order in %s and si.docstatus = 1
		group by sii.sales_order, si.name order by si.posting_date, si.creation""",
		[tuple(orders) or NOTHING],
		as_dict=True,
	)
	found: dict[str, list[dict]] = defaultdict(list)
	for row in rows:
		row["notes"] = [note for note in (row.notes or "").split("\n") if note]
		found[row.pop("order")].append(row)
	return found


def advances(orders: Sequence[str]) -> dict[str, float]:
	"""Sales Order → what was paid in advance and is in no invoice yet, in the order's currency.

	ERPNext moves a payment's reference from the order to the invoice that takes it in; `advance_paid` stays as it was.
	"""
	return dict(
		frappe.db.sql(
			"""select paid.`order`, sum(if(paid.currency = so.currency, paid.amount, paid.amount / nullif(so.conversion_rate, 0)))
			from (
				select ref.reference_name as `order`, ref.allocated_amount as amount, pe.paid_from_account_currency as currency
				from `tabPayment Entry Reference` ref join `tabPayment Entry` pe on pe.name = ref.parent and pe.docstatus = 1
				where ref.reference_doctype = 'Sales Order' and ref.reference_name in %(orders)s
				union all
				select jea.reference_name, jea.credit_in_account_currency - jea.debit_in_account_currency, jea.account_currency
				from `tabJournal Entry Account` jea
				where jea.docstatus = 1 and jea.reference_type = 'Sales Order' and jea.reference_name in %(orders)s
			) paid join `tabSales Order` so on so.name = paid.`order` group by paid.`order`""",
			{"orders": tuple(orders) or NOTHING},
		)
	)


def waiting_invoices(orders: Sequence[str]) -> dict[str, list[dict]]:
	"""Sales Order → Dispatch Invoices of its notes that have no invoice yet: delivery_note, status, due_on, reason."""
	rows = frappe.db.sql(
		"""select distinct dni.against_sales_order as `order`, di.delivery_note, di.status, di.due_on, di.reason
		from `tabDispatch Invoice` di join `tabDelivery Note Item` dni on dni.parent = di.delivery_note
		where dni.against_sales_order in %s and di.status != 'Done' order by di.creation""",
		[tuple(orders) or NOTHING],
		as_dict=True,
	)
	found: dict[str, list[dict]] = defaultdict(list)
	for row in rows:
		found[row.pop("order")].append(row)
	return found
