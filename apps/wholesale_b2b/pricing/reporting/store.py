"""What the reports about prices read; one query each, or a constant number."""

from collections.abc import Iterable, Mapping
from datetime import date

import frappe

from wholesale_b2b.setwise import chunks
from wholesale_b2b.trees import below

# What was sold of a changed line: all of it, but of a quotation what was ordered.
_SOLD = """case when o.reference_doctype = 'Quotation' then
	ifnull((select sum(line.qty) from `tabSales Order Item` line where line.quotation_item = o.reference_row
		and line.docstatus = 1), 0) else o.qty end"""
_SUBMITTED = " or ".join(
	f"(o.reference_doctype = '{doctype}' and exists (select 1 from `tab{doctype}` doc where doc.name = o.reference_name and doc.docstatus = 1))"
	for doctype in ("Quotation", "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")
)


def overrides(filters: Mapping) -> list[frappe._dict]:
	"""Price Overrides of submitted documents in a period, the newest first, each with sold_qty and, in the company's currency,
	leakage (sold_qty × what it was below the calculated price; negative where it was above).

	filters: company, from_date, to_date, and maybe customer, trade_account, item_code, item_group, changed_by, status.
	"""
	where, values = _override_filters(filters)
	return frappe.db.sql(
		f"""select o.name, date(o.changed_at) as day, o.reference_doctype, o.reference_name, o.customer, o.trade_account,
			o.item_code, item.item_name, item.item_group, o.qty, o.uom, o.currency, o.list_rate, o.calculated_rate, o.rate,
			o.source, o.reason, o.changed_by, o.status, o.decided_by, o.kind, {_SOLD} as sold_qty,
			if(o.qty = 0, 0, o.base_difference / o.qty) * {_SOLD} as leakage
		from `tabPrice Override` o left join `tabItem` item on item.name = o.item_code
		where o.status <> 'Withdrawn' and ({_SUBMITTED}) and {where}
		order by o.changed_at desc, o.name""",
		values,
		as_dict=True,
	)


def _override_filters(filters: Mapping) -> tuple[str, dict]:
	parts = [
		"o.company = %(company)s",
		"o.changed_at >= %(from_date)s",
		"o.changed_at < %(to_date)s + interval 1 day",
	]
	values = dict(filters)
	for field in ("customer", "trade_account", "item_code", "changed_by", "status"):
		if filters.get(field):
			parts.append(f"o.{field} = %({field})s")
	if filters.get("item_group"):
		parts.append("item.item_group in %(groups)s")
		values["groups"] = tuple(below("Item Group", filters["item_group"])) or ("",)
	return " and ".join(parts), values


def margins(filters: Mapping, by: str) -> list[frappe._dict]:
	"""Submitted Sales Invoices in a period by `by` (an SQL expression of `GROUPS`): revenue, at_list, calculated, cost, qty,
	invoices, uncosted (revenue of lines whose cost nobody knows); in the company's currency.

	Credit notes count against. Cost is what the goods cost when they left: of the delivery, else of the invoice.
	"""
	values = dict(filters)
	parts = ["head.company = %(company)s", "head.posting_date between %(from_date)s and %(to_date)s"]
	if filters.get("customer"):
		parts.append("head.customer = %(customer)s")
	if filters.get("item_group"):
		parts.append("line.item_group in %(groups)s")
		values["groups"] = tuple(below("Item Group", filters["item_group"])) or ("",)
	cost = "coalesce(nullif(note.incoming_rate, 0), nullif(line.incoming_rate, 0), nullif(item.valuation_rate, 0))"
	return frappe.db.sql(
		f"""select {by} as name, sum(line.base_net_amount) as revenue, count(distinct head.name) as invoices,
			sum(line.qty * greatest(line.price_list_rate, line.rate) * head.conversion_rate) as at_list,
			sum(line.qty * if(ifnull(line.b2b_price_source, '') = '', line.rate, line.b2b_calculated_rate)
				* head.conversion_rate) as calculated,
			sum(line.stock_qty * ifnull({cost}, 0)) as cost,
			sum(if({cost} is null, line.base_net_amount, 0)) as uncosted
		from `tabSales Invoice Item` line join `tabSales Invoice` head on head.name = line.parent and head.docstatus = 1
			and head.is_opening <> 'Yes'
		left join `tabDelivery Note Item` note on note.name = line.dn_detail
		left join `tabItem` item on item.name = line.item_code
		left join `tabTrade Account` account on account.name = head.b2b_trade_account
		where {" and ".join(parts)} group by {by} order by revenue desc""",
		values,
		as_dict=True,
	)


GROUPS = {
	"Trade Account": "ifnull(head.b2b_trade_account, '')",
	"Price Tier": "ifnull(line.b2b_price_tier, '')",
	"Customer": "head.customer",
	"Item Group": "line.item_group",
	"Sales Rep": "ifnull(account.sales_rep, '')",
}


def ending_item_prices(
	first: date, last: date, price_list: str = "", customer: str = ""
) -> list[frappe._dict]:
	"""Selling Item Prices whose last day is in a span, with followed: whether another price for the same begins after it."""
	return frappe.db.sql(
		"""select p.name, p.item_code, p.item_name, p.price_list, p.customer, p.uom, p.price_list_rate as rate, p.currency,
			p.valid_upto, exists (select 1 from `tabItem Price` later where later.item_code = p.item_code
				and later.price_list = p.price_list and ifnull(later.customer, '') = ifnull(p.customer, '')
				and ifnull(later.uom, '') = ifnull(p.uom, '') and later.name <> p.name
				and (later.valid_upto is null or later.valid_upto > p.valid_upto)) as followed
		from `tabItem Price` p join `tabItem` item on item.name = p.item_code and item.disabled = 0
		where p.selling = 1 and p.valid_upto between %(first)s and %(last)s
			and (%(price_list)s = '' or p.price_list = %(price_list)s)
			and (%(customer)s = '' or p.customer = %(customer)s) order by p.valid_upto, p.item_code""",
		{"first": first, "last": last, "price_list": price_list, "customer": customer},
		as_dict=True,
	)


def ending_rows(first: date, last: date, tier: str = "") -> list[frappe._dict]:
	"""The same of rows of enabled tiers."""
	return frappe.db.sql(
		"""select r.name, r.parent as tier, r.apply_on, coalesce(r.item_code, r.item_group, r.brand) as target, r.uom, r.min_qty,
			r.price_or_discount, r.discount_percentage, r.rate, r.currency, r.valid_upto,
			exists (select 1 from `tabTrade Price Tier Row` later where later.parent = r.parent and later.name <> r.name
				and later.apply_on = r.apply_on and later.min_qty = r.min_qty
				and coalesce(later.item_code, later.item_group, later.brand, '')
					= coalesce(r.item_code, r.item_group, r.brand, '')
				and (later.valid_upto is null or later.valid_upto > r.valid_upto)) as followed
		from `tabTrade Price Tier Row` r join `tabTrade Price Tier` t on t.name = r.parent and t.enabled = 1
		where r.valid_upto between %(first)s and %(last)s and (%(tier)s = '' or r.parent = %(tier)s)
		order by r.valid_upto, r.parent, r.idx""",
		{"first": first, "last": last, "tier": tier},
		as_dict=True,
	)


def ending_tiers(first: date, last: date, tier: str = "") -> list[frappe._dict]:
	"""Enabled tiers whose last day is in a span."""
	filters: dict = {"enabled": 1, "valid_upto": ("between", (first, last))}
	if tier:
		filters["name"] = tier
	return frappe.get_all("Trade Price Tier", filters, ["name", "valid_upto"], order_by="valid_upto, name")


def sold_items(item_group: str = "", brand: str = "") -> list[frappe._dict]:
	"""Enabled items that are sold, no templates: name, item_name, item_group, brand, stock_uom."""
	filters: dict = {"disabled": 0, "is_sales_item": 1, "has_variants": 0}
	if item_group:
		filters["item_group"] = ("in", below("Item Group", item_group) or [item_group])
	if brand:
		filters["brand"] = brand
	fields = ["name", "item_name", "item_group", "brand", "stock_uom"]
	return frappe.get_all("Item", filters, fields, order_by="item_group, name")


def enabled_tiers() -> list[str]:
	"""The enabled tiers that the user may see."""
	return frappe.get_list(
		"Trade Price Tier", {"enabled": 1}, pluck="name", order_by="name", limit_page_length=0
	)


def readable(doctype: str, names: Iterable[str] | None = None) -> list[str]:
	"""Those of these documents (of all without names) that the user may see; none where they may see no such document."""
	if not frappe.has_permission(doctype, "read"):
		return []
	found: list[str] = []
	for chunk in chunks(sorted(names)) if names is not None else [None]:
		filters = {"name": ("in", chunk)} if chunk else {}
		found += frappe.get_list(doctype, filters, pluck="name", order_by="name", limit_page_length=0)
	return found
