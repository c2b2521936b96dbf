"""The price that somebody has typed into a row, told apart from one that was calculated."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.pricing.rules import Asked, Decision


def asked_of(
	row: Document,
	reason: str = "",
	may: bool = True,
	mapped: bool = False,
	approved: Decimal | None = None,
	before: Document | None = None,
) -> Asked | None:
	"""What is typed into a row, None where its price is the one that was calculated when it was last looked at.

	reason: one for all rows, of whoever made the document. mapped: the row comes from another document and nobody has
	looked at it yet, so that a price without a reason is no decision of anybody's. approved: the least rate that was approved. before: the row
	as it was saved last.
	"""
	why = (row.get("b2b_override_reason") or "").strip() or reason
	rate = flt(row.get("rate"), row.precision("rate"))
	if row.get("b2b_price_decision") or row.get("b2b_price_source"):
		if _is_calculated(row, rate):
			return None
		if not rate and flt(row.get("discount_percentage")) < 100:
			return None
		return Asked(Decimal(str(rate)), why, may, approved)
	if not rate or (mapped and not why):
		return None
	if before and rate == flt(before.get("rate"), row.precision("rate")):
		# from before prices were calculated: ERPNext's own follows the rules now, one that was typed without any stays
		if flt(before.get("price_list_rate")):
			return None
		why = why or _("It was entered before there was a price.")
	return Asked(Decimal(str(rate)), why, may, approved)


def _is_calculated(row: Document, rate: float) -> bool:
	"""Whether the rate is the calculated one, or what ERPNext's form makes of its list rate and rounded discount."""
	places = row.precision("rate")
	if rate == flt(row.get("b2b_calculated_rate"), places):
		return True
	if (row.get("b2b_override_reason") or "").strip():
		return False
	shown = flt(row.get("price_list_rate")) * (1 - flt(row.get("discount_percentage"), 3) / 100)
	calculated = flt(row.get("b2b_calculated_rate"))
	# half a thousandth of a percent of the list rate, and the cent it is rounded to
	slack = flt(row.get("price_list_rate")) * 0.000005 + 10**-places / 2
	return rate == flt(shown, places) and abs(rate - calculated) <= slack and rate != calculated


def by_discount(row: Document, decision: Decision) -> Decimal | None:
	"""What a new row without a price, but with a discount or margin of its own, comes to; None where it has none."""
	if row.get("b2b_price_decision") or flt(row.get("rate")):
		return None
	list_rate = flt(row.get("price_list_rate")) or flt(decision.list_rate)
	percent, amount = flt(row.get("discount_percentage")), flt(row.get("discount_amount"))
	margin = flt(row.get("margin_rate_or_amount")) if row.get("margin_type") else 0
	if not list_rate or not (percent or amount or margin):
		return None
	if margin:
		list_rate += margin if row.margin_type == "Amount" else list_rate * margin / 100
	rate = list_rate * (1 - percent / 100) if percent else list_rate - amount
	return Decimal(str(flt(max(rate, 0), row.precision("rate"))))


def may_override(user: str | None = None) -> bool:
	"""Whether a user may change prices: who has the role that Wholesale Settings name, and Wholesale Managers."""
	return _has_role("role_to_override_prices", user)


def may_approve(user: str | None = None) -> bool:
	"""Whether a user may approve prices below the floor."""
	return _has_role("role_to_approve_prices", user)


def _has_role(field: str, user: str | None) -> bool:
	role = frappe.get_cached_doc("Wholesale Settings").get(field)
	return not {"Wholesale Manager", "System Manager", role}.isdisjoint(frappe.get_roles(user))
