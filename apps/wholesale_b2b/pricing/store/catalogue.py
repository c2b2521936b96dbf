"""Items that are sold."""

import frappe

from wholesale_b2b.trees import below


def items(
	item_group: str = "", search: str = "", start: int = 0, limit: int = 50, brand: str = ""
) -> tuple[list[frappe._dict], int]:
	"""A page of the enabled items that are sold, no templates, by name: name, item_name, item_group; and how many there are."""
	filters: dict = {"disabled": 0, "is_sales_item": 1, "has_variants": 0}
	if item_group:
		filters["item_group"] = ("in", below("Item Group", item_group) or [item_group])
	if brand:
		filters["brand"] = brand
	either = None
	if search.strip():
		like = ("like", f"%{search.strip()}%")
		either = {"name": like, "item_name": like}
	fields = ["name", "item_name", "item_group"]
	rows = frappe.get_all(
		"Item",
		filters,
		fields,
		or_filters=either,
		order_by="item_group, item_name, name",
		start=start,
		limit=limit,
	)
	total = frappe.get_all("Item", filters, ["count(name) as n"], or_filters=either)[0].n
	return rows, total
