"""A tier's prices in a grid to edit; `pricing.service.grid` describes questions and answers."""

import frappe

from wholesale_b2b.pricing.service import bulk, grid


@frappe.whitelist()
def lines(
	tier: str,
	day: str = "",
	show: str = "items",
	item_group: str = "",
	brand: str = "",
	search: str = "",
	start: int = 0,
) -> dict:
	"""A page of the grid. Needs read on the tier."""
	return grid.page(tier, day, show, item_group, brand, search, start)


@frappe.whitelist(methods=["POST"])
def preview(tier: str, edits: list[dict] | str, day: str = "", seen: str = "") -> dict:
	"""What the edits would change, as `bulk.preview` tells it. seen: `modified` of the lines that were edited. Needs write on the
	tier."""
	return bulk.preview(grid.edited(tier, edits, day, seen))


@frappe.whitelist(methods=["POST"])
def save(tier: str, edits: list[dict] | str, day: str = "", only_good: bool = False, seen: str = "") -> dict:
	"""Change the tier as edited. What cannot be taken: with only_good it is left out, else nothing changes. seen: of the
	preview; a tier that has changed since is refused. Needs write on the tier.
	"""
	return bulk.carry_out(grid.edited(tier, edits, day, seen), only_good)
