"""Masters by code: one query per kind for all codes of a file, whatever its length."""

from collections import defaultdict
from collections.abc import Iterable

import frappe
from frappe.utils import getdate

from ..rules import CustomerFacts, ItemFacts, KnownOrder, Masters, code_key


def load_masters(
	item_codes: Iterable[str], customer_codes: Iterable[str], ledger_keys: Iterable[str] = ()
) -> Masters:
	"""Everything that the rules may ask about these codes.

	The database compares codes as `code_key` does (no case, no trailing spaces) and more loosely (accents),
	so its answers are filed under their own `code_key` and asked by it.
	"""
	codes = sorted({" ".join(code.split()) for code in item_codes} - {""})
	customers = sorted({" ".join(code.split()) for code in customer_codes} - {""})
	barcodes = _barcodes(codes)
	part_numbers = _part_numbers(codes)
	named = {name for found in barcodes.values() for name, _uom in found}
	named |= {name for found in part_numbers.values() for name in found}
	by_account, by_name = _customers(customers)
	return Masters(
		items=_items(sorted(named.union(codes))),
		barcodes=barcodes,
		part_numbers=part_numbers,
		customers=by_account,
		customer_names=by_name,
		known=known_orders(ledger_keys),
	)


def known_orders(ledger_keys: Iterable[str]) -> dict[str, KnownOrder]:
	"""The orders that imports have dealt with already, by `ledger_key`."""
	keys = sorted(set(ledger_keys))
	if not keys:
		return {}
	rows = frappe.db.sql(
		"select name, sales_order, digest, order_import from `tabImported Order` where name in %(keys)s",
		{"keys": keys},
	)
	return {name: KnownOrder(name, order or "", digest or "", by or "") for name, order, digest, by in rows}


def policy_settings() -> dict:
	"""What of the site's settings the rules need: decimal places, repeated items."""
	return {
		"rate_places": frappe.get_precision("Sales Order Item", "rate") or 2,
		"qty_places": frappe.get_precision("Sales Order Item", "qty") or 3,
		"repeated_items": bool(frappe.db.get_single_value("Selling Settings", "allow_multiple_items")),
	}


def is_whole(uom: str) -> bool:
	"""Whether a unit of measure takes whole numbers only."""
	return bool(frappe.get_cached_value("UOM", uom, "must_be_whole_number")) if uom else False


def _items(names: list[str]) -> dict[str, ItemFacts]:
	if not names:
		return {}
	rows = frappe.db.sql(
		"""select item.name, item.stock_uom, uom.must_be_whole_number, item.disabled, item.has_variants,
			item.is_sales_item, item.end_of_life
		from `tabItem` item left join `tabUOM` uom on uom.name = item.stock_uom
		where item.name in %(names)s""",
		{"names": names},
	)
	items = {}
	for name, stock_uom, whole, disabled, has_variants, is_sales_item, end_of_life in rows:
		not_sold = ""
		if disabled:
			not_sold = "disabled"
		elif has_variants:
			not_sold = "template"
		elif not is_sales_item:
			not_sold = "not for sale"
		items[code_key(name)] = ItemFacts(
			name, stock_uom, bool(whole), not_sold, getdate(end_of_life) if end_of_life else None
		)
	return items


def _barcodes(codes: list[str]) -> dict[str, tuple[tuple[str, str], ...]]:
	if not codes:
		return {}
	rows = frappe.db.sql(
		"""select barcode, parent, ifnull(uom, '') from `tabItem Barcode`
		where parenttype = 'Item' and barcode in %(codes)s order by parent""",
		{"codes": codes},
	)
	found: defaultdict[str, dict[tuple[str, str], None]] = defaultdict(dict)
	for barcode, item, uom in rows:
		found[code_key(barcode)][(item, uom)] = None
	return {key: tuple(items) for key, items in found.items()}


def _part_numbers(codes: list[str]) -> dict[tuple[str, str, str], tuple[str, ...]]:
	if not codes:
		return {}
	rows = frappe.db.sql(
		"""select ref_code, customer_name, customer_group, parent from `tabItem Customer Detail`
		where parenttype = 'Item' and ref_code in %(codes)s order by parent""",
		{"codes": codes},
	)
	found: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
	for ref_code, customer, group, item in rows:
		# A row for one customer also carries that customer's group: it must not serve the whole group.
		kind, party = ("Customer", customer) if customer else ("Customer Group", group)
		if party:
			found[(kind, party, code_key(ref_code))][item] = None
	return {key: tuple(items) for key, items in found.items()}


def _customers(codes: list[str]) -> tuple[dict[str, CustomerFacts], dict[str, tuple[str, ...]]]:
	if not codes:
		return {}, {}
	rows = frappe.db.sql(
		"""select name, customer_name, ifnull(customer_group, ''), disabled from `tabCustomer`
		where name in %(codes)s
		union
		select name, customer_name, ifnull(customer_group, ''), disabled from `tabCustomer`
		where customer_name in %(codes)s
		order by 1""",
		{"codes": codes},
	)
	by_account = {}
	by_name: defaultdict[str, list[str]] = defaultdict(list)
	for name, customer_name, group, disabled in rows:
		by_account[code_key(name)] = CustomerFacts(name, group, bool(disabled))
		by_name[code_key(customer_name)].append(name)
	return by_account, {key: tuple(names) for key, names in by_name.items()}
