"""Items with their units and groups, as pricing knows them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import frappe

from wholesale_b2b.pricing.rules import Item
from wholesale_b2b.setwise import as_list, chunks, listed, read_rows
from wholesale_b2b.trees import paths

COLUMNS = """name, stock_uom, ifnull(sales_uom, ''), ifnull(item_group, ''), ifnull(brand, ''), ifnull(variant_of, ''),
	max_discount, b2b_case_pack, ifnull(b2b_case_rounding, ''), disabled = 1, has_variants = 1, is_sales_item = 1"""


def items(codes: Iterable[str]) -> dict[str, Item]:
	"""Item → what pricing asks about it, without its cost. Unknown codes are left out. Three queries."""
	wanted = {"items": as_list(sorted(set(codes)))}
	rows = read_rows(COLUMNS, f"from `tabItem` where name in {listed('items')}", wanted)
	groups = paths("Item Group", (row[3] for row in rows))
	factors = _factors({row[0] for row in rows} | {row[5] for row in rows if row[5]})
	found = {}
	for name, uom, sales_uom, group, brand, template, most, pack, rounding, *_state in rows:
		found[name] = Item(
			code=name,
			stock_uom=uom,
			sales_uom=sales_uom,
			groups=groups.get(group, ()),
			brand=brand,
			template=template,
			factors={**factors.get(template, {}), **factors.get(name, {})},
			max_discount=Decimal(most or 0),
			case_pack=Decimal(pack or 0),
			case_rounding=rounding,
		)
	return found


def _factors(names: Iterable[str]) -> dict[str, dict[str, Decimal]]:
	found: dict[str, dict[str, Decimal]] = defaultdict(dict)
	for parent, uom, factor in read_rows(
		"parent, uom, conversion_factor",
		f"from `tabUOM Conversion Detail` where parenttype = 'Item' and parent in {listed('items')}",
		{"items": as_list(sorted(names))},
	):
		found[parent][uom] = Decimal(factor)
	return found


def with_unit(item: Item, uom: str) -> Item:
	"""The item with a unit that only ERPNext's *UOM Conversion Factor* knows; as it is where nothing does."""
	from erpnext.stock.doctype.item.item import get_uom_conv_factor

	factor = get_uom_conv_factor(uom, item.stock_uom)
	if not factor:
		return item
	return replace(item, factors={**item.factors, uom: Decimal(str(factor))})


def states(codes: Iterable[str]) -> dict[str, frappe._dict]:
	"""Item → item_name, disabled, end_of_life, has_variants, is_sales_item; unknown ones are left out."""
	found: dict[str, frappe._dict] = {}
	for chunk in chunks(sorted(set(codes))):
		fields = ["name", "item_name", "disabled", "end_of_life", "has_variants", "is_sales_item"]
		found.update((row.name, row) for row in frappe.get_all("Item", {"name": ("in", chunk)}, fields))
	return found


def existing(doctype: str, names: Iterable[str]) -> set[str]:
	"""Those of these names that there are."""
	found: set[str] = set()
	for chunk in chunks(sorted({name for name in names if name})):
		found.update(frappe.get_all(doctype, {"name": ("in", chunk)}, pluck="name"))
	return found
