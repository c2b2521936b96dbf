"""The rules by which lists are made, as Wholesale Settings have them, and the warehouses that they are for."""

from collections.abc import Iterable
from datetime import datetime

import frappe
from frappe.utils import cint, cstr

from wholesale_b2b.fulfilment.release.rules import schedule
from wholesale_b2b.fulfilment.release.rules.schedule import Rule
from wholesale_b2b.setup.switch import settings

RULE = "Pick Rule"


def rules(companies: Iterable[str]) -> list[Rule]:
	"""The rules of these companies."""
	wanted = set(companies)
	return [
		Rule(
			name=row.name,
			company=row.company,
			warehouse=cstr(row.warehouse),
			release=row.release or schedule.BY_HAND,
			times=schedule.times_of(cstr(row.times)),
			every=cint(row.every_minutes),
			most=cint(row.most_orders),
			scan=bool(row.scan_mode),
		)
		for row in settings().get("pick_rules") or ()
		if row.company in wanted
	]


def places(companies: Iterable[str]) -> dict[str, tuple[str, ...]]:
	"""Warehouse that is no group → itself, those above it (the nearest first), and its company; in the order of the tree."""
	rows = frappe.get_all(
		"Warehouse",
		{"company": ("in", sorted(set(companies)) or [""])},
		["name", "company", "is_group", "lft", "rgt"],
		order_by="lft",
	)
	found: dict[str, tuple[str, ...]] = {}
	above: list[frappe._dict] = []
	for row in rows:
		above = [group for group in above if group.rgt > row.rgt and group.company == row.company]
		if row.is_group:
			above.append(row)
		else:
			found[row.name] = (row.name, *(group.name for group in reversed(above)), row.company)
	return found


def released_at(names: Iterable[str]) -> dict[str, datetime | None]:
	"""Rule → when lists were last made by it; not from the cache, since workers write it."""
	names = tuple(names) or ("",)
	return dict(frappe.db.sql(f"select name, released_at from `tab{RULE}` where name in %s", [names]))


def claim(name: str, since: datetime | None, now: datetime) -> bool:
	"""Say that lists are made by a rule now; False if somebody else has said so since `since`."""
	frappe.db.sql(
		f"update `tab{RULE}` set released_at = %s where name = %s and released_at <=> %s", [now, name, since]
	)
	return bool(frappe.db.sql("select row_count()")[0][0])
