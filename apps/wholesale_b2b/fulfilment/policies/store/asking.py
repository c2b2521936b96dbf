"""What is asked of purchasing: items, suppliers, what was asked before."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.utils import cint

from wholesale_b2b.allocation.store.demand import units

NOBODY = ("",)


def places(lines: Iterable[str]) -> dict[str, frappe._dict]:
	"""Demand line (Sales Order Item or Packed Item) → item_code, warehouse, row (the Sales Order Item, empty for a
	component), needed_by, lead_days; of items that are bought."""
	rows = frappe.db.sql(
		"""select soi.name, soi.item_code, soi.warehouse, soi.name as row, soi.delivery_date as needed_by, item.lead_time_days
		from `tabSales Order Item` soi join `tabItem` item on item.name = soi.item_code
		where soi.name in %(lines)s and item.is_purchase_item = 1 and item.is_stock_item = 1
		union all
		select part.name, part.item_code, part.warehouse, '', soi.delivery_date, item.lead_time_days
		from `tabPacked Item` part join `tabSales Order Item` soi on soi.name = part.parent_detail_docname
		join `tabItem` item on item.name = part.item_code
		where part.name in %(lines)s and item.is_purchase_item = 1 and item.is_stock_item = 1""",
		{"lines": tuple(lines) or NOBODY},
		as_dict=True,
	)
	return {row.name: row for row in rows if row.warehouse}


def suppliers(items: Iterable[str], company: str) -> dict[str, str]:
	"""Item → its default supplier in a company: of the item, of its item group, else the only supplier that it lists."""
	rows = frappe.db.sql(
		"""select item.name, coalesce(nullif(own.default_supplier, ''), nullif(grouped.default_supplier, ''), listed.supplier)
		from `tabItem` item
		left join `tabItem Default` own on own.parent = item.name and own.parenttype = 'Item' and own.company = %(company)s
		left join `tabItem Default` grouped on grouped.parent = item.item_group and grouped.parenttype = 'Item Group'
			and grouped.company = %(company)s
		left join (
			select parent, min(supplier) as supplier from `tabItem Supplier` where parenttype = 'Item'
			group by parent having count(distinct supplier) = 1
		) listed on listed.parent = item.name
		where item.name in %(items)s""",
		{"items": tuple(items) or NOBODY, "company": company},
	)
	return {item: supplier or "" for item, supplier in rows}


def asked(lines: Iterable[str]) -> dict[str, Decimal]:
	"""Demand line → stock units that purchasing was asked for it and has not ordered. A request that purchasing has stopped
	was an answer too; a cancelled one is as if it had not been made."""
	rows = frappe.db.sql(
		"""select mri.b2b_demand_line, sum(greatest(mri.stock_qty - mri.ordered_qty, 0))
		from `tabMaterial Request Item` mri where mri.b2b_demand_line in %s and mri.docstatus < 2
		group by mri.b2b_demand_line""",
		[tuple(lines) or NOBODY],
	)
	return {line: units(qty) for line, qty in rows}


def requests_of(order: str) -> dict[str, list[str]]:
	"""Sales Order Item (of a component its bundle's) → the Material Requests that ask purchasing for it and are open."""
	found: dict[str, list[str]] = defaultdict(list)
	for row, request in frappe.db.sql(
		"""select distinct ifnull(part.parent_detail_docname, mri.b2b_demand_line), mr.name
		from `tabMaterial Request Item` mri join `tabMaterial Request` mr on mr.name = mri.parent
		left join `tabPacked Item` part on part.name = mri.b2b_demand_line
		where mri.sales_order = %s and ifnull(mri.b2b_demand_line, '') <> '' and mri.stock_qty > mri.ordered_qty
			and mr.docstatus < 2 and mr.status not in ('Stopped', 'Cancelled') order by mr.name""",
		[order],
	):
		found[row].append(request)
	return dict(found)


def several_rows_allowed() -> bool:
	"""Whether an item may stand in a purchasing document more than once (Buying Settings)."""
	return bool(cint(frappe.db.get_single_value("Buying Settings", "allow_multiple_items")))


def item_facts(items: Iterable[str]) -> dict[str, frappe._dict]:
	"""Item → item_name, description, stock_uom."""
	rows = frappe.get_all(
		"Item", {"name": ("in", sorted(set(items)))}, ["name", "item_name", "description", "stock_uom"]
	)
	return {row.name: row for row in rows}
