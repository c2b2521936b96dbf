"""Groups within groups (customer groups, item groups, territories), for the capabilities' `store` rooms."""

from collections.abc import Iterable

import frappe

from wholesale_b2b.setwise import chunks


def paths(doctype: str, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
	"""Group → itself and every group above it, the nearest first. Unknown names are left out; one query per chunk."""
	found: dict[str, list[str]] = {}
	for chunk in chunks(sorted({name for name in names if name})):
		rows = frappe.db.sql(
			f"""select below.name, above.name from `tab{doctype}` below
			join `tab{doctype}` above on above.lft <= below.lft and above.rgt >= below.rgt
			where below.name in %s order by below.name, above.lft desc""",
			[tuple(chunk)],
		)
		for below, above in rows:
			found.setdefault(below, []).append(above)
	return {name: tuple(path) for name, path in found.items()}


def below(doctype: str, name: str) -> list[str]:
	"""A group and every group below it."""
	return frappe.db.sql_list(
		f"""select below.name from `tab{doctype}` top
		join `tab{doctype}` below on below.lft >= top.lft and below.rgt <= top.rgt where top.name = %s""",
		[name],
	)
