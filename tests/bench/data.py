"""Much data quickly: real documents once, their rows copied set by set under other names. `clear` takes it all away."""

from collections.abc import Iterable, Iterator

import frappe
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_item,
	make_purchase_order,
	make_sales_order,
	unique,
	warehouse,
)

from tests.bench.conftest import watch
from wholesale_b2b.setup import switch
from wholesale_b2b.setwise import insert_rows

PREFIX = "BENCH"


def items_with_stock(count: int, qty: float, places: Iterable[str] = ()) -> list[str]:
	"""`count` items with `qty` units on hand each at each of these warehouses (Stores)."""
	places = list(places) or [warehouse()]
	first = make_item(item_code=unique(PREFIX)).name
	for place in places:
		if qty:
			add_stock(first, qty, into=place)
	names = [first, *(f"{first}-{number:06}" for number in range(1, count))]

	def renamed(name: str) -> dict:
		return {"name": name, "item_code": name, "item_name": name}

	copy("Item", {"name": first}, (renamed(name) for name in names[1:]))
	for doctype in ("Bin", "Stock Ledger Entry"):
		for place in places:
			copy(
				doctype, {"item_code": first, "warehouse": place}, ({"item_code": name} for name in names[1:])
			)
	frappe.db.commit()
	return names


def orders(items: list[str], count: int, lines: int, qty: float) -> list[str]:
	"""`count` submitted Sales Orders of `lines` lines, going round the items; nothing of them is allocated yet."""
	draft = make_sales_order(
		[{"item_code": items[n % len(items)], "qty": qty} for n in range(lines)],
		customer=make_customer().name,
		do_not_submit=True,
		commit=False,
	)
	frappe.db.set_value("Sales Order", draft.name, {"docstatus": 1, "status": "To Deliver and Bill"})
	frappe.db.set_value("Sales Order Item", {"parent": draft.name}, "docstatus", 1)
	names = copy_document("Sales Order", draft.name, items, count, lines)
	asked_for("Sales Order Item", "reserved_qty", items)
	frappe.db.commit()
	return names


def purchase_orders(items: list[str], qty: float, lines: int = 100) -> list[str]:
	"""Purchase Orders for `qty` units of each item, `lines` rows each."""
	lines = min(lines, len(items))
	first = make_purchase_order([{"item_code": item, "qty": qty} for item in items[:lines]], commit=False)
	names = copy_document("Purchase Order", first.name, items, len(items) // lines, lines)
	asked_for("Purchase Order Item", "ordered_qty", items)
	frappe.db.commit()
	return names


def copy_document(doctype: str, name: str, items: list[str], count: int, lines: int) -> list[str]:
	"""`count` documents like this one, itself included, their rows going round the items."""
	names = [name, *(f"{name}-{number:05}" for number in range(1, count))]
	copy(doctype, {"name": name}, ({"name": copied} for copied in names[1:]))
	rows = frappe.get_all(f"{doctype} Item", {"parent": name}, pluck="name", order_by="idx")
	for n, row in enumerate(rows):
		copy(
			f"{doctype} Item",
			{"name": row},
			(
				{"parent": copied, "item_code": items[(number * lines + n) % len(items)]}
				for number, copied in enumerate(names[1:], 1)
			),
		)
	return names


def copy(doctype: str, filters: dict, changes: Iterable[dict]) -> None:
	"""Insert the row that the filters find once for each of the changes, with them."""
	where = " and ".join(f"`{field}` = %({field})s" for field in filters)
	row = frappe.db.sql(f"select * from `tab{doctype}` where {where} limit 1", filters, as_dict=True)
	if row:
		insert_rows(doctype, list(row[0]), _copies(row[0], changes))


def _copies(row: dict, changes: Iterable[dict]) -> Iterator[list]:
	for change in changes:
		yield [*{**row, "name": frappe.generate_hash(length=12), **change}.values()]


def asked_for(doctype: str, field: str, items: list[str]) -> None:
	"""Set what the Bins of these items (all alike in name) say is on order or asked for."""
	frappe.db.sql(
		f"""update `tabBin` b join (select item_code, warehouse, sum(stock_qty) as qty from `tab{doctype}`
			where item_code like %s and docstatus = 1 group by item_code, warehouse) x
		on x.item_code = b.item_code and x.warehouse = b.warehouse set b.{field} = x.qty""",
		[f"{items[0]}%"],
	)


def clear() -> None:
	"""Delete all that was made here, and what the engine made of it."""
	frappe.db.rollback()
	ours = [f"{PREFIX}-%"]
	for doctype in ("Pick List", "Sales Order", "Purchase Order", "Purchase Receipt", "Stock Entry"):
		rows = f"{doctype} Detail" if doctype == "Stock Entry" else f"{doctype} Item"
		frappe.db.sql(
			f"delete from `tab{doctype}` where name in (select parent from `tab{rows}` where item_code like %s)",
			ours,
		)
		frappe.db.sql(f"delete from `tab{rows}` where item_code like %s", ours)
	frappe.db.sql(
		"""delete from `tabAllocation Run` where name in (
			select parent from `tabAllocation Change` where item_code like %s)""",
		ours,
	)
	for doctype in (
		"Allocation Change",
		"Allocation Key",
		"Stock Pre Allocation",
		"Stock Reservation Entry",
		"Stock Ledger Entry",
		"Bin",
		"Item",
	):
		frappe.db.sql(f"delete from `tab{doctype}` where item_code like %s", ours)
	frappe.db.commit()


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


def alternately(trials: int, work) -> tuple[float, float]:
	"""Least seconds of `work()` (a prepared document's submit) with the app and without it, in turns."""
	seconds = {True: [], False: []}
	try:
		for trial in range(trials):
			on = bool(trial % 2)
			switch_company(on)
			doc = work()
			with watch() as w:
				doc.submit()
				frappe.db.commit()
			seconds[on].append(w.seconds)
	finally:
		switch_company(True)
	return min(seconds[True]), min(seconds[False])
