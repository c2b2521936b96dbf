"""What people have decided about an order is on it because they did: no save of the order brings it about or undoes it."""

from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.fulfilment.policies.store import cancelling as store


def keep(order: Document) -> None:
	"""Put on an order that is being saved what the database has of it, whatever a form, an import or the REST door says.

	A new order has nothing; one that amends another keeps its cancelled units and its release from an Order Rule.
	"""
	fresh = order.is_new()
	order.update(store.decided(order.amended_from if fresh else order.name, fresh))
	rows = {} if fresh else store.decided_of_lines(order.name)
	for row in order.items:
		if row.name in rows:
			row.update(rows[row.name])
		else:
			left = (
				min(max(flt(row.get("b2b_cancelled_qty")), 0), flt(row.stock_qty))
				if order.amended_from
				else 0
			)
			row.update({"b2b_cancelled_qty": left, "b2b_restored": 0})


def keep_row(row: Document) -> None:
	"""The same of a row that is saved by itself, as *Update Items* and the REST door of the row do."""
	if row.parenttype == "Sales Order":
		kept = {} if row.is_new() else store.decided_of_lines(row.parent)
		row.update(kept.get(row.name) or {"b2b_cancelled_qty": 0, "b2b_restored": 0})
