"""What was sold at tills and is not posted yet: POS Invoices move no stock before they are consolidated."""

from collections.abc import Iterable
from decimal import Decimal

import frappe

_UNPOSTED = "i.docstatus = 1 and i.update_stock = 1 and (i.consolidated_invoice is null or i.consolidated_invoice = '')"


def sold(items: str = "%(items)s") -> str:
	"""The query for what is sold at tills and not posted: item_code, warehouse, qty (stock UOM, never below none).

	POS Invoices carry no packing list: the components of a bundle come from its warehouse once they are posted. What
	comes back at a till counts against what is sold there, and alone never as stock: it is on the shelf only once it is
	posted. Parameters: items (in the form that `items` has it) and warehouses.
	"""
	return f"""select item_code, warehouse, greatest(sum(qty), 0) as qty from (
			select p.item_code, p.warehouse, p.stock_qty as qty
			from `tabPOS Invoice Item` p join `tabPOS Invoice` i on i.name = p.parent
			where {_UNPOSTED} and p.item_code in {items} and p.warehouse in %(warehouses)s
			union all
			select part.item_code, p.warehouse, p.stock_qty * part.qty
			from `tabPOS Invoice Item` p join `tabPOS Invoice` i on i.name = p.parent
			join `tabProduct Bundle` kit on kit.new_item_code = p.item_code and kit.disabled = 0
			join `tabProduct Bundle Item` part on part.parent = kit.name
			where {_UNPOSTED} and part.item_code in {items} and p.warehouse in %(warehouses)s
		) sold group by item_code, warehouse"""


def parts(items: Iterable[str]) -> dict[str, list[tuple[str, Decimal]]]:
	"""Of these items, the Product Bundles: each with its components and the stock units of them in one."""
	found: dict[str, list[tuple[str, Decimal]]] = {}
	names = tuple(set(items))
	for kit, part, qty in (
		frappe.db.sql(
			"""select kit.new_item_code, part.item_code, part.qty from `tabProduct Bundle` kit
			join `tabProduct Bundle Item` part on part.parent = kit.name
			where kit.disabled = 0 and kit.new_item_code in %s order by part.idx""",
			[names],
		)
		if names
		else ()
	):
		found.setdefault(kit, []).append((part, Decimal(str(qty))))
	return found
