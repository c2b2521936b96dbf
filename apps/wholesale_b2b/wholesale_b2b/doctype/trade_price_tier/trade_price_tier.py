"""What a kind of trade customer pays."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.pricing.service import bulk, tier_checks, tier_preview


class TradePriceTier(Document):
	def validate(self) -> None:
		tier_checks.check(self)

	def on_trash(self) -> None:
		tier_checks.before_delete(self)


@frappe.whitelist()
def preview_import(tier: str, file_url: str, day: str = "", end_others: bool = False) -> dict:
	"""What a CSV or XLSX file would change from a day on; `pricing.service.bulk.preview` describes it. Needs write."""
	return bulk.preview(bulk.from_file(tier, file_url, day or None, end_others))


@frappe.whitelist(methods=["POST"])
def import_file(
	tier: str, file_url: str, day: str = "", end_others: bool = False, only_good: bool = False, seen: str = ""
) -> dict:
	"""Change the tier as the file says. Rows that cannot be taken: with only_good they are left out, else nothing changes. seen:
	of the preview; a tier that has changed since is refused."""
	return bulk.carry_out(bulk.from_file(tier, file_url, day or None, end_others, seen), only_good)


@frappe.whitelist()
def preview_raise(
	tier: str, percent: float, day: str = "", rounding: str = "", item_group: str = "", brand: str = ""
) -> dict:
	"""What the prices of a tier would be so many percent higher. Needs write."""
	return bulk.preview(bulk.by_percent(tier, percent, day or None, rounding, item_group, brand))


@frappe.whitelist(methods=["POST"])
def raise_prices(
	tier: str,
	percent: float,
	day: str = "",
	rounding: str = "",
	item_group: str = "",
	brand: str = "",
	seen: str = "",
) -> dict:
	"""Raise the prices of a tier by a percentage (lower them by a negative one) from a day on. seen: as with `import_file`."""
	return bulk.carry_out(bulk.by_percent(tier, percent, day or None, rounding, item_group, brand, seen))


@frappe.whitelist(methods=["POST"])
def copy_tier(tier: str, new_name: str, flat: bool = False) -> str:
	"""Copy a tier under another name; flat: with what it inherits, standing alone. Needs read on it and create."""
	return bulk.copy(tier, new_name, flat)


@frappe.whitelist()
def export_tier(tier: str, kind: str = "xlsx") -> None:
	"""Download the rows of a tier, with the prices that they come to. kind: xlsx or csv. Needs read."""
	if kind not in ("xlsx", "csv"):
		frappe.throw(_("A tier is exported as xlsx or csv, not as {0}.").format(kind))
	name, content = bulk.export(tier, kind)
	frappe.response["filename"] = name
	frappe.response["filecontent"] = content
	frappe.response["type"] = "binary"


@frappe.whitelist()
def prices_of(tier: str, item_group: str = "", search: str = "", start: int = 0) -> dict:
	"""What the tier comes to, item by item; `pricing.service.tier_preview.prices` describes it. Needs read on the tier."""
	return tier_preview.prices(tier, item_group, search, start)
