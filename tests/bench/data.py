"""Many orders quickly: one real order, its rows copied set by set under other names."""

import frappe
from builders import COMPANY, make_customer, make_item, make_sales_order, warehouse
from erpnext.stock.stock_balance import get_reserved_qty, update_bin_qty

from wholesale_b2b.setup import switch
from wholesale_b2b.setwise import insert_rows


def items_with_stock(count: int, qty: float) -> list[str]:
	"""Items of their own with so much on hand each, received by real Stock Entries."""
	names = [make_item().name for _ in range(count)]
	if qty:
		for start in range(0, count, 100):
			frappe.get_doc(
				{
					"doctype": "Stock Entry",
					"stock_entry_type": "Material Receipt",
					"company": COMPANY,
					"items": [
						{"item_code": name, "qty": qty, "t_warehouse": warehouse(), "basic_rate": 1}
						for name in names[start : start + 100]
					],
				}
			).insert().submit()
	frappe.db.commit()
	return names


def orders(items: list[str], count: int, lines: int, qty: float) -> list[str]:
	"""`count` submitted orders of `lines` lines, going round the items; nothing of them is allocated yet."""
	first = make_sales_order(
		[{"item_code": items[n % len(items)], "qty": qty} for n in range(lines)],
		customer=make_customer().name,
		do_not_submit=True,
		commit=False,
	)
	frappe.db.set_value("Sales Order", first.name, {"docstatus": 1, "status": "To Deliver and Bill"})
	frappe.db.set_value("Sales Order Item", {"parent": first.name}, "docstatus", 1)
	names = [first.name]
	head = frappe.db.sql("select * from `tabSales Order` where name = %s", [first.name], as_dict=True)[0]
	rows = frappe.db.sql(
		"select * from `tabSales Order Item` where parent = %s order by idx", [first.name], as_dict=True
	)
	heads, copies = [], []
	for number in range(1, count):
		name = f"{first.name}-{number:05}"
		names.append(name)
		heads.append([*{**head, "name": name}.values()])
		for n, row in enumerate(rows):
			item = items[(number * lines + n) % len(items)]
			copies.append(
				[
					*{
						**row,
						"name": frappe.generate_hash(length=10),
						"parent": name,
						"item_code": item,
					}.values()
				]
			)
	insert_rows("Sales Order", list(head), heads)
	insert_rows("Sales Order Item", list(rows[0]), copies)
	for item in items:
		update_bin_qty(item, warehouse(), {"reserved_qty": get_reserved_qty(item, warehouse())})
	frappe.db.commit()
	return names


def keys(items: list[str]) -> set[tuple[str, str]]:
	return {(item, warehouse()) for item in items}


def switch_company(on: bool) -> None:
	"""Switch the tests' company off or on without touching what is allocated."""
	settings = frappe.get_doc("Wholesale Settings")
	row = next(row for row in settings.companies if row.company == COMPANY)
	frappe.db.set_value("Wholesale Company", row.name, "enabled", int(on))
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")
	frappe.db.commit()
	assert switch.is_enabled(COMPANY) is on
