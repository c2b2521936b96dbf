"""Reports about prices: what was given away, what is earned, what has no price, what ends, and how tiers compare."""

from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import add_days, cint, date_diff, flt, getdate

from wholesale_b2b.figures import plain
from wholesale_b2b.pricing.reporting import store
from wholesale_b2b.pricing.rules.floors import margin_of
from wholesale_b2b.pricing.rules.money import number
from wholesale_b2b.pricing.rules.words import EVERYTHING, ITEM, PRICE_LIST, TIER_LIST
from wholesale_b2b.pricing.service import forms, trials
from wholesale_b2b.setup.switch import check_may_see

GROUPS = tuple(store.GROUPS)


def period(filters: frappe._dict) -> frappe._dict:
	"""The filters with a company and a period in them; raises frappe.ValidationError where that makes no sense."""
	filters = frappe._dict(filters or {})
	filters.company = _company(filters)
	frappe.has_permission("Company", "read", doc=filters.company, throw=True)
	filters.to_date = getdate(filters.to_date)
	filters.from_date = getdate(filters.from_date) if filters.from_date else add_days(filters.to_date, -90)
	if filters.from_date > filters.to_date:
		frappe.throw(_("The period ends on {0}, before it begins.").format(filters.to_date))
	return filters


def overrides(filters: frappe._dict) -> list[frappe._dict]:
	"""What was sold at another price than the calculated one; see `store.overrides`."""
	return store.overrides(period(filters))


def margins(filters: frappe._dict) -> list[frappe._dict]:
	"""Revenue, discount and margin by account, tier, customer, item group or sales rep; for who may see costs."""
	filters = period(filters)
	if not forms.may_see_costs():
		frappe.throw(_("Margins are for those who may see costs."), frappe.PermissionError)
	by = filters.group_by or GROUPS[0]
	if by not in store.GROUPS:
		frappe.throw(_("{0} is nothing to group by.").format(by))
	rows = store.margins(filters, store.GROUPS[by])
	for row in rows:
		costed = flt(row.revenue) - flt(row.uncosted)
		row.margin = costed - flt(row.cost)
		row.margin_percent = row.margin * 100 / costed if costed else None
		row.discount = flt(row.at_list) - flt(row.revenue)
		row.discount_percent = row.discount * 100 / row.at_list if flt(row.at_list) else None
		row.leakage = flt(row.calculated) - flt(row.revenue)
	return rows


def unpriced(filters: frappe._dict) -> list[dict]:
	"""Items that are sold and have no price on a tier (on any enabled one without it): one row per tier and item, with what
	the price list says. only_unpriced: leave those out that have the list price at least.
	"""
	if tier := filters.get("tier"):
		frappe.has_permission("Trade Price Tier", "read", doc=tier, throw=True)
	tiers = [tier] if tier else store.enabled_tiers()
	items = store.sold_items(filters.get("item_group") or "", filters.get("brand") or "")
	company, only = _company(filters), bool(cint(filters.get("only_unpriced")))
	if not tiers or not items:
		return []
	known, sales = trials.coverage(tiers, company, [item.name for item in items])
	return [
		{
			"tier": sale.tier,
			"item_code": item.name,
			"item_name": item.item_name,
			"item_group": item.item_group,
			"brand": item.brand,
			"list_rate": number(list_rate),
			"state": _("Only the price list") if source else _("No price at all"),
		}
		for sale in sales
		for item, (source, list_rate) in zip(items, known.sources(sale, only), strict=True)
		if not source or (not only and source in (TIER_LIST, PRICE_LIST))
	]


def ending(filters: frappe._dict) -> list[dict]:
	"""Tiers, rows of tiers and Item Prices that end within so many days (30), the next first, and whether another follows.

	Of those that the user may see: tiers, and the customers of net prices. Raises frappe.PermissionError for one that is asked
	for and kept from them.
	"""
	today = getdate()
	last = add_days(today, cint(filters.get("days")) or 30)
	tier, customer = filters.get("tier") or "", filters.get("customer") or ""
	for doctype, name in (("Trade Price Tier", tier), ("Customer", customer)):
		if name:
			frappe.has_permission(doctype, "read", doc=name, throw=True)
	rows = []
	if not customer:
		seen = set(store.readable("Trade Price Tier"))
		rows += [
			_ends(
				row.valid_upto,
				today,
				what=_("Tier"),
				doctype="Trade Price Tier",
				name=row.name,
				target=row.name,
			)
			for row in store.ending_tiers(today, last, tier)
			if row.name in seen
		]
		rows += [
			_ends(
				row.valid_upto,
				today,
				what=_("Row of a Tier"),
				doctype="Trade Price Tier",
				name=row.tier,
				target=row.target or _(EVERYTHING),
				item_code=row.target if row.apply_on == ITEM else None,
				figure=f"{plain(flt(row.discount_percentage, 3))} %"
				if row.price_or_discount == "Discount"
				else plain(flt(row.rate)),
				followed=row.followed,
			)
			for row in store.ending_rows(today, last, tier)
			if row.tier in seen
		]
	if not tier:
		prices = store.ending_item_prices(today, last, filters.get("price_list") or "", customer)
		known = set(store.readable("Customer", {row.customer for row in prices if row.customer}))
		rows += [
			_ends(
				row.valid_upto,
				today,
				what=_("Net Price") if row.customer else _("List Price"),
				doctype="Item Price",
				name=row.name,
				target=row.item_code,
				item_code=row.item_code,
				customer=row.customer,
				price_list=row.price_list,
				figure=f"{plain(flt(row.rate))} {row.currency}",
				followed=row.followed,
			)
			for row in prices
			if not row.customer or row.customer in known
		]
	return sorted(rows, key=lambda row: (row["valid_upto"], row["what"], row["target"]))


def _ends(day: date, today: date, **fields) -> dict:
	return {
		"valid_upto": day,
		"days_left": date_diff(day, today),
		"followed": _("Yes") if fields.pop("followed", False) else _("No"),
		**fields,
	}


def comparison(filters: frappe._dict) -> tuple[list[str], str, list[dict]]:
	"""The tiers, the currency, and per sold item what a unit costs on each at a quantity (1): the keys `tier_0`, `tier_1`, … in the
	order of the tiers, list_rate, and margin_0, … to those who may see costs. Prices of a tier in another currency are converted.
	"""
	tiers = [name for name in filters.get("tiers") or store.enabled_tiers()][:8]
	for tier in tiers:
		frappe.has_permission("Trade Price Tier", "read", doc=tier, throw=True)
	company = _company(filters)
	qty = Decimal(str(flt(filters.get("qty")) or 1))
	items = store.sold_items(filters.get("item_group") or "", filters.get("brand") or "")
	currency = frappe.get_cached_value("Company", company, "default_currency")
	costs = forms.may_see_costs(company)
	rows = [
		{"item_code": item.name, "item_name": item.item_name, "item_group": item.item_group} for item in items
	]
	codes = [item.name for item in items]
	for place, tier in enumerate(tiers):
		tried = trials.of_items(tier, company, codes, qty, currency)
		for row, decision in zip(rows, tried.decisions(), strict=True):
			row[f"tier_{place}"] = float(decision.rate) if decision.source else None
			if row.get("list_rate") is None and decision.list_rate is not None:
				row["list_rate"] = float(decision.list_rate)
			if costs and decision.source and (cost := tried.cost(decision)) is not None:
				margin = margin_of(decision.rate, cost)
				row[f"margin_{place}"] = None if margin is None else flt(margin, 1)
	return tiers, currency, rows


def _company(filters: frappe._dict) -> str:
	"""The company that is asked about, or the user's; raises PermissionError for one that is kept from them."""
	company = filters.get("company") or frappe.defaults.get_user_default("company")
	if not company:
		frappe.throw(_("Choose a company."))
	check_may_see(company)
	return company
