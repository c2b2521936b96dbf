"""What an import would do, before anything is written."""

from collections import Counter
from typing import Any

import frappe

from ..rules import Order, Verdict, code_key
from . import messages
from .runs import require_ready
from .settings import open_job


def preview(name: str, limit: int = 200) -> dict[str, Any]:
	"""The verdict per order. Writes nothing.

	Returns `orders` (the first `limit`, those with exceptions before the others), `totals` and `reasons` (counts),
	`new_items`, `new_customers`, `rows`, `rows_to_order`, `rows_to_exceptions`, `amount`, `currency`.
	Errors: `frappe.ValidationError` naming what to fill in.
	"""
	doc = frappe.get_doc("Order Import", name)
	require_ready(doc)
	job = open_job(doc)
	orders = [job.judge(rows, job.masters.known.get(job.key(rows))) for rows in job.groups.values()]
	shown = sorted(orders, key=lambda order: not order.rejected)[:limit]
	totals = Counter(order.verdict for order in orders)
	reasons = Counter(bad.problems[0].reason for order in orders for bad in order.rejected)
	return {
		"orders": [_show(order) for order in shown],
		"order_count": len(orders),
		"totals": {verdict.value: totals[verdict] for verdict in Verdict if totals[verdict]},
		"reasons": {reason.value: count for reason, count in reasons.most_common()},
		"new_items": len({code_key(line.item) for order in orders for line in order.lines if line.creates}),
		"new_customers": len({code_key(order.customer) for order in orders if order.creates_customer}),
		"rows": sum(order.row_count for order in orders),
		"rows_to_order": sum(len(order.lines) for order in orders),
		"rows_to_exceptions": sum(len(order.rejected) for order in orders),
		"amount": float(sum(order.amount for order in orders)),
		"currency": job.settings["currency"],
	}


def _show(order: Order) -> dict[str, Any]:
	return {
		"order_no": order.order_no,
		"verdict": order.verdict.value,
		"customer": order.customer,
		"new_customer": order.creates_customer,
		"order_date": order.order_date.isoformat() if order.order_date else "",
		"rows": order.row_count,
		"to_order": len(order.lines),
		"amount": float(order.amount),
		"new_items": sum(1 for line in order.lines if line.creates),
		"sales_order": order.known.sales_order if order.known else "",
		"exceptions": [
			{"row": bad.raw.row, "item": bad.raw.item, "message": messages.explain(bad.problems)[1]}
			for bad in order.rejected[:20]
		],
		"exception_count": len(order.rejected),
	}
