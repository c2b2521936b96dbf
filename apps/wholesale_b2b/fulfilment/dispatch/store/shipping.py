"""Reads of dispatch: what was picked and is on no note yet, whose addresses lines name."""

from collections.abc import Iterable

import frappe

from wholesale_b2b.allocation.store.locks import lock_documents

__all__ = [
	"HEADER",
	"addresses_of",
	"bundles_on_notes",
	"lists_beside",
	"lock_documents",
	"lumps",
	"notes_of",
	"picked_rows",
]

# What a Delivery Note has once: orders that differ in one of these cannot share a note.
HEADER = (
	"company",
	"conversion_rate",
	"selling_price_list",
	"price_list_currency",
	"plc_conversion_rate",
	"taxes_and_charges",
	"tax_category",
	"customer_address",
	"contact_person",
	"incoterm",
	"named_place",
	"apply_discount_on",
	"additional_discount_percentage",
	"project",
	"cost_center",
)


def picked_rows(pick_list: str) -> list[dict]:
	"""The rows of a submitted pick list that belong to a Sales Order, in its order, with what of them is still to ship.

	Keys: row, lump (its order has a charge or discount in money), qty (stock UOM, picked less delivered less on draft notes; for components of a bundle, picked), drafted, line,
	bundle (the Packed Item, if any), order, customer, account, currency, address, date, consolidate, and those of `HEADER`.
	"""
	header = ", ".join(f"so.`{field}`" for field in HEADER)
	return frappe.db.sql(
		f"""select pli.name as `row`, pli.sales_order_item as line, nullif(pli.product_bundle_item, '') as bundle,
			so.name as `order`, so.customer, so.b2b_trade_account as account, so.currency,
			ifnull(nullif(soi.b2b_delivery_address, ''), nullif(so.shipping_address_name, '')) as address,
			soi.delivery_date as `date`, ifnull(ta.consolidate_deliveries, 0) as consolidate,
			(so.discount_amount != 0 and so.additional_discount_percentage = 0 or exists(select 1
				from `tabSales Taxes and Charges` tax where tax.parent = so.name and tax.charge_type = 'Actual'
				and tax.tax_amount != 0)) as lump, {header},
			ifnull(draft.qty, 0) as drafted,
			pli.picked_qty - if(ifnull(pli.product_bundle_item, '') = '', pli.delivered_qty + ifnull(draft.qty, 0), 0) as qty
		from `tabPick List Item` pli
		join `tabSales Order Item` soi on soi.name = pli.sales_order_item
		join `tabSales Order` so on so.name = soi.parent
		left join `tabTrade Account` ta on ta.name = so.b2b_trade_account
		left join (
			select dni.pick_list_item, sum(dni.stock_qty) as qty from `tabDelivery Note Item` dni
			where dni.against_pick_list = %(pick_list)s and dni.docstatus = 0 group by dni.pick_list_item
		) draft on draft.pick_list_item = pli.name
		where pli.parent = %(pick_list)s
		order by pli.idx""",
		{"pick_list": pick_list},
		as_dict=True,
	)


def lists_beside(pick_list: str) -> list[str]:
	"""Other picked lists, of the same company and warehouse, with something to ship to a Trade Account that consolidates its
	deliveries and has orders on this list."""
	return frappe.db.sql_list(
		"""select distinct other.name from `tabPick List` own
		join `tabPick List Item` mine on mine.parent = own.name
		join `tabSales Order` first on first.name = mine.sales_order
		join `tabTrade Account` ta on ta.name = first.b2b_trade_account and ta.consolidate_deliveries = 1
		join `tabSales Order` so on so.b2b_trade_account = ta.name and so.customer = first.customer and so.docstatus = 1
		join `tabPick List Item` pli on pli.sales_order = so.name and pli.picked_qty > pli.delivered_qty
		join `tabPick List` other on other.name = pli.parent
		where own.name = %s and other.name <> own.name and other.company = own.company and other.docstatus = 1
			and other.status <> 'Completed' and ifnull(other.parent_warehouse, '') = ifnull(own.parent_warehouse, '')
		order by other.name""",
		[pick_list],
	)


def bundles_on_notes(pick_list: str) -> dict[str, float]:
	"""Sales Order Item of a bundle → how many of it (stock UOM) notes of this pick list carry, drafts included."""
	return dict(
		frappe.db.sql(
			"""select so_detail, sum(stock_qty) from `tabDelivery Note Item`
			where against_pick_list = %s and ifnull(pick_list_item, '') = '' and docstatus < 2 and stock_qty > 0
			group by so_detail""",
			[pick_list],
		)
	)


def notes_of(pick_list: str) -> list[dict]:
	"""Delivery Notes of a pick list that are not cancelled: name, docstatus, customer, shipping_address_name, in the order made."""
	return frappe.db.sql(
		"""select dn.name, dn.docstatus, dn.customer, dn.shipping_address_name, dn.b2b_requested_date
		from `tabDelivery Note` dn where dn.docstatus < 2 and dn.is_return = 0 and dn.name in (
			select parent from `tabDelivery Note Item` where against_pick_list = %s)
		order by dn.creation, dn.name""",
		[pick_list],
		as_dict=True,
	)


def lumps(order: str) -> dict:
	"""Charges and discount in money of an order, and what its notes carry of them already.

	charges: (account, description) → amount that is on no note; discount, worth (of all its rows), shipped and given (worth
	and discount of the notes), in the order's currency.
	"""
	notes = """select distinct dn.name, dn.discount_amount from `tabDelivery Note` dn
		join `tabDelivery Note Item` dni on dni.parent = dn.name and dni.against_sales_order = %(order)s
		where dn.docstatus < 2 and dn.is_return = 0"""
	charges = frappe.db.sql(
		f"""select account_head, description, sum(if(parent = %(order)s, tax_amount, -tax_amount))
		from `tabSales Taxes and Charges` where charge_type = 'Actual'
			and (parent = %(order)s or parent in (select name from ({notes}) own))
		group by account_head, description""",
		{"order": order},
	)
	(head,) = frappe.db.sql(
		f"""select so.discount_amount as discount, so.total as worth,
			ifnull((select sum(dni.amount) from `tabDelivery Note Item` dni join `tabDelivery Note` dn on dn.name = dni.parent
				where dni.against_sales_order = so.name and dn.docstatus < 2 and dn.is_return = 0), 0) as shipped,
			ifnull((select sum(own.discount_amount) from ({notes}) own), 0) as given
		from `tabSales Order` so where so.name = %(order)s""",
		{"order": order},
		as_dict=True,
	)
	return {**head, "charges": {(account, text): amount for account, text, amount in charges}}


def addresses_of(customer: str, addresses: Iterable[str]) -> set[str]:
	"""Of these addresses, those that are linked to the customer."""
	return set(
		frappe.get_all(
			"Dynamic Link",
			{
				"parenttype": "Address",
				"link_doctype": "Customer",
				"link_name": customer,
				"parent": ("in", list(set(addresses))),
			},
			pluck="parent",
		)
	)
