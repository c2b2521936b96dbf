"""Reads for customs papers, for any number of orders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import frappe
from erpnext.stock.doctype.item.item import get_uom_conv_factor
from frappe.model.document import Document

from wholesale_b2b.fulfilment.export.rules import KILOGRAM

NOTHING = ("",)


def consignments(orders: Sequence[str]) -> list[dict]:
	"""Where these orders' open lines go: a row for each order and address.

	Keys: order, address, origin and destination (ISO codes, lower case), country (of the address), sender_eori, incoterm (the
	order's own). Lines without an address are left out.
	"""
	return frappe.db.sql(
		"""select so.name as `order`, home.code as origin, away.code as destination, adr.country, co.b2b_eori as sender_eori,
			so.incoterm, adr.name as address
		from `tabSales Order` so
		join `tabCompany` co on co.name = so.company
		join `tabCountry` home on home.name = co.country
		join `tabSales Order Item` soi on soi.parent = so.name
		join `tabAddress` adr on adr.name = coalesce(nullif(soi.b2b_delivery_address, ''),
			nullif(so.shipping_address_name, ''), nullif(so.customer_address, ''))
		join `tabCountry` away on away.name = adr.country
		where so.name in %s group by so.name, adr.name order by so.name, adr.name""",
		[tuple(orders) or NOTHING],
		as_dict=True,
	)


def accounts(names: Iterable[str]) -> dict[str, dict]:
	"""Trade Account → what customs papers show of it: eori, ioss, incoterm, vat."""
	fields = ["name", "eori", "ioss", "incoterm", "vat_number as vat"]
	rows = frappe.get_all("Trade Account", {"name": ("in", sorted(set(names)) or NOTHING)}, fields)
	return {row.name: row for row in rows}


def goods(orders: Sequence[str]) -> dict[tuple[str, str], list[dict]]:
	"""(order, address) → the stock items that go there, those of bundles too: code, commodity_code, origin, weight."""
	rows = frappe.db.sql(
		"""select distinct soi.parent as `order`, coalesce(nullif(soi.b2b_delivery_address, ''),
				nullif(so.shipping_address_name, ''), nullif(so.customer_address, '')) as address,
			item.name as code, item.customs_tariff_number as commodity_code, item.country_of_origin as origin,
			item.weight_per_unit as weight
		from `tabSales Order Item` soi
		join `tabSales Order` so on so.name = soi.parent
		left join `tabPacked Item` part on part.parent = soi.parent and part.parent_detail_docname = soi.name
			and part.parenttype = 'Sales Order'
		join `tabItem` item on item.name = ifnull(part.item_code, soi.item_code) and item.is_stock_item = 1
		where soi.parent in %s and ifnull(soi.delivered_by_supplier, 0) = 0
		order by soi.parent, item.name""",
		[tuple(orders) or NOTHING],
		as_dict=True,
	)
	found: dict[tuple[str, str], list[dict]] = defaultdict(list)
	for row in rows:
		found[row.order, row.address].append(row)
	return found


def open_orders(companies: Iterable[str], **where: str) -> list[str]:
	"""Open orders of these companies that one change concerns: item, address or company.

	Of customers with a Trade Account, also orders that are older than it. Those that never leave the country are left out by
	the rule itself.
	"""
	conditions = {
		"item": """exists(select 1 from `tabSales Order Item` soi left join `tabPacked Item` part on part.parent = soi.parent
			and part.parent_detail_docname = soi.name where soi.parent = so.name
			and %(item)s in (soi.item_code, part.item_code))""",
		"address": """(%(address)s in (so.shipping_address_name, so.customer_address) or exists(select 1
			from `tabSales Order Item` soi where soi.parent = so.name and soi.b2b_delivery_address = %(address)s))""",
		"company": "so.company = %(company)s",
	}
	wanted = " and ".join(conditions[key] for key in where)
	return frappe.db.sql_list(
		f"""select so.name from `tabSales Order` so where so.docstatus = 1 and so.status not in ('Closed', 'Completed')
			and so.per_delivered < 100 and so.company in %(companies)s and {wanted} and exists(
				select 1 from `tabTrade Account` ta where ta.customer = so.customer and ta.company = so.company) order by so.name""",
		{**where, "companies": tuple(companies) or NOTHING},
	)


def item_papers(items: Iterable[str]) -> dict[str, dict]:
	"""Item → code, item_name, commodity_code, origin, weight (of a stock unit), weight_uom, is_stock_item."""
	rows = frappe.get_all(
		"Item",
		{"name": ("in", list(set(items)))},
		[
			"name as code",
			"item_name",
			"is_stock_item",
			"customs_tariff_number as commodity_code",
			"country_of_origin as origin",
			"weight_per_unit as weight",
			"weight_uom",
		],
	)
	return {row.code: row for row in rows}


def kilograms(units: Iterable[str]) -> dict[str, float]:
	"""Unit of weight → so many kilograms, as ERPNext's conversion factors say; units without are left out."""
	return {unit: factor for unit in sorted(units) if (factor := get_uom_conv_factor(unit, KILOGRAM))}


def parties(note: Document, account: str | None = None) -> dict:
	"""What the papers say of both sides of a Delivery Note: sender_eori, sender_vat, eori, ioss, vat, incoterm, origin and
	destination (ISO codes), country. account: the buyer's Trade Account, if not the one on the note."""
	sender = frappe.db.get_value(
		"Company", note.company, ["b2b_eori as sender_eori", "tax_id as sender_vat", "country"], as_dict=True
	)
	account = account or note.get("b2b_trade_account") or ""
	buyer = accounts([account]).get(account, {})
	address = note.shipping_address_name or note.customer_address
	country = address and frappe.db.get_value("Address", address, "country")
	return {
		**sender,
		**{key: buyer.get(key) for key in ("eori", "ioss")},
		"vat": buyer.get("vat") or note.get("tax_id"),
		"incoterm": note.incoterm or buyer.get("incoterm"),
		"origin": frappe.db.get_value("Country", sender.country, "code"),
		"destination": country and frappe.db.get_value("Country", country, "code"),
		"country": country,
	}


def invoices(note: str) -> list[str]:
	"""Submitted Sales Invoices of a Delivery Note."""
	filters = {"delivery_note": note, "docstatus": 1}
	return sorted(frappe.get_all("Sales Invoice Item", filters, pluck="parent", distinct=True))
