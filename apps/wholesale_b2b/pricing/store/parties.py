"""Customers and what says which tier they are on."""

from collections.abc import Iterable

import frappe

from wholesale_b2b.setwise import chunks
from wholesale_b2b.trees import paths


def customers(names: Iterable[str]) -> dict[str, frappe._dict]:
	"""Customer → customer_group, territory, default_price_list, default_currency; and their paths: groups, territories.

	Unknown customers are left out. Three queries.
	"""
	rows: list[frappe._dict] = []
	for chunk in chunks(sorted({name for name in names if name})):
		fields = ["name", "customer_group", "territory", "default_price_list", "default_currency", "disabled"]
		rows += frappe.get_all("Customer", {"name": ("in", chunk)}, fields)
	groups = paths("Customer Group", (row.customer_group for row in rows))
	territories = paths("Territory", (row.territory for row in rows))
	for row in rows:
		row.groups = groups.get(row.customer_group, ())
		row.territories = territories.get(row.territory, ())
	return {row.name: row for row in rows}


def group_tiers(groups: Iterable[str]) -> dict[str, str]:
	"""Customer Group → its Trade Price Tier; groups without one are left out."""
	groups = sorted(set(groups))
	if not groups:
		return {}
	rows = frappe.get_all(
		"Customer Group",
		{"name": ("in", groups), "b2b_price_tier": ("is", "set")},
		["name", "b2b_price_tier"],
	)
	return {row.name: row.b2b_price_tier for row in rows}


def group_price_lists(groups: Iterable[str]) -> dict[str, str]:
	"""Customer Group → its default price list; groups without one are left out."""
	groups = sorted(set(groups))
	rows = frappe.get_all(
		"Customer Group",
		{"name": ("in", groups or [""]), "default_price_list": ("is", "set")},
		["name", "default_price_list"],
	)
	return {row.name: row.default_price_list for row in rows}


def companies_of(customer: str) -> set[str]:
	"""The companies in which a customer has Trade Accounts."""
	return set(frappe.get_all("Trade Account", {"customer": customer}, pluck="company"))
