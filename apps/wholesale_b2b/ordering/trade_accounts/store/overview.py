"""What a customer has on order, by Trade Account. Only orders that the user may read."""

from collections.abc import Iterable, Sequence

import frappe
from frappe.utils import flt

from wholesale_b2b.allocation.store.demand import ENDED_ORDER

ORDER = [
	"name",
	"company",
	"currency",
	"po_no",
	"transaction_date",
	"delivery_date",
	"status",
	"grand_total",
	"base_grand_total",
	"base_rounded_total",
	"per_delivered",
	"b2b_trade_account",
	"b2b_allocation_status",
	"b2b_promise_date",
	"b2b_hold_status",
]


def open_orders(customer: str, companies: Iterable[str]) -> list[frappe._dict]:
	"""Submitted orders with something still to deliver, the first to be delivered first: the fields of `ORDER`."""
	filters = {
		"customer": customer,
		"company": ("in", list(companies)),
		"docstatus": 1,
		"status": ("not in", (*ENDED_ORDER, "Completed")),
		"per_delivered": ("<", 100),
	}
	return frappe.get_list(
		"Sales Order", filters=filters, fields=ORDER, order_by="delivery_date, name", limit=0
	)


def last_orders(
	customer: str, company: str, accounts: Sequence[str | None], limit: int
) -> list[frappe._dict]:
	"""The newest submitted orders on these accounts; None for those that name none."""
	orders = frappe.get_list(
		"Sales Order",
		filters={"customer": customer, "company": company, "docstatus": 1},
		or_filters=[
			["b2b_trade_account", "=", name] if name else ["b2b_trade_account", "is", "not set"]
			for name in accounts
		],
		fields=ORDER,
		order_by="transaction_date desc, creation desc",
		limit=limit,
	)
	return orders


def backorders(orders: Iterable[str]) -> list[frappe._dict]:
	"""Lines of these orders of which something is not on the shelf for them, the first to come first, those without a date
	last: sales_order, item_code, item_name, stock_uom, backorder_qty, pre_allocated_qty, promise_date."""
	orders = tuple(orders)
	if not orders:
		return []
	return frappe.db.sql(
		"""select parent as sales_order, item_code, item_name, stock_uom, b2b_backorder_qty as backorder_qty,
			b2b_pre_allocated_qty as pre_allocated_qty, b2b_promise_date as promise_date
		from `tabSales Order Item` where parent in %s and b2b_backorder_qty > 0
		order by b2b_promise_date is null, b2b_promise_date, parent, idx""",
		[orders],
		as_dict=True,
	)


def to_deliver(order: frappe._dict) -> float:
	"""Worth of what is still to deliver of an order, in the company's currency."""
	total = flt(order.base_rounded_total) or flt(order.base_grand_total)
	return flt(total * (100 - flt(order.per_delivered)) / 100, 2)
