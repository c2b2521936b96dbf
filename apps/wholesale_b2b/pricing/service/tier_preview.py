"""What a tier comes to, item by item: every price that it has, its own and inherited, with the quantities from which it holds."""

import frappe
from frappe.utils import cint, flt

from wholesale_b2b.pricing.rules.floors import margin_of
from wholesale_b2b.pricing.rules.money import number
from wholesale_b2b.pricing.service import forms, steps, trials
from wholesale_b2b.pricing.store import catalogue
from wholesale_b2b.setup.switch import company_at_hand

PAGE = 50


def prices(tier: str, item_group: str = "", search: str = "", start: int = 0) -> dict:
	"""A page of 50 sold items on a tier, priced today: currency, total, and `items` with item_code, item_name, uom, list_rate,
	rate, source, `breaks` ({qty, mix, rate}), and margin to those who may see costs.

	Raises frappe.PermissionError, DoesNotExistError, ValidationError where the tier cannot be flattened.
	"""
	doc = frappe.get_doc("Trade Price Tier", tier)
	doc.check_permission("read")
	company = company_at_hand()
	found, total = catalogue.items(item_group, search, max(cint(start), 0), PAGE)
	tried = trials.of_items(tier, company, [row.name for row in found])
	costs = forms.may_see_costs(company)
	shown = []
	for row, found_steps in zip(found, tried.steps(), strict=True):
		first = found_steps[0].decision
		cost = tried.cost(first)
		margin = margin_of(first.rate, cost) if costs and first.source else None
		shown.append(
			{
				"item_code": row.name,
				"item_name": row.item_name,
				"uom": first.uom,
				"list_rate": number(first.list_rate),
				"rate": float(first.rate) if first.source else None,
				"source": first.source,
				"breaks": steps.cheaper(found_steps),
				**({"margin": None if margin is None else flt(margin, 1)} if costs else {}),
			}
		)
	return {"currency": tried.sale.currency, "total": total, "items": shown}
