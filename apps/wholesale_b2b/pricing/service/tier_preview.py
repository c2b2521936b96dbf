"""What a tier comes to, item by item: every price that it has, its own and inherited, with the quantities from which it holds."""

from collections.abc import Sequence
from decimal import Decimal

import frappe
from frappe.utils import cint, flt, getdate

from wholesale_b2b.pricing.rules import Sale, Tier, flatten
from wholesale_b2b.pricing.rules.floors import margin_of
from wholesale_b2b.pricing.service import books, forms, steps
from wholesale_b2b.pricing.service.questions import Ask, Question
from wholesale_b2b.pricing.store import catalogue, tiers
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
	priced = of_items(tier, company, [row.name for row in found])
	costs = forms.may_see_costs()
	shown = []
	for row, (priced_steps, cost) in zip(found, priced["items"], strict=True):
		first = priced_steps[0].decision
		margin = margin_of(first.rate, cost) if costs and first.source else None
		shown.append(
			{
				"item_code": row.name,
				"item_name": row.item_name,
				"uom": first.uom,
				"list_rate": None if first.list_rate is None else float(first.list_rate),
				"rate": float(first.rate) if first.source else None,
				"source": first.source,
				"breaks": [
					{"qty": float(step.qty), "mix": step.mix, "rate": float(step.decision.rate)}
					for step in priced_steps[1:]
				],
				**({"margin": None if margin is None else flt(margin, 1)} if costs else {}),
			}
		)
	return {"currency": priced["currency"], "total": total, "items": shown}


def line_of(tier: str) -> tuple[dict[str, Tier], Tier]:
	"""A tier with all above it, and what they come to together."""
	line = tiers.whole(tier)
	return line, flatten(line, tier)


def of_items(tier: str, company: str, codes: Sequence[str]) -> dict:
	"""currency, and `items` in the order of the codes: (its `steps.Step`s, cost of a unit or None)."""
	line, head = line_of(tier)
	currency = head.currency or frappe.get_cached_value("Price List", head.price_list, "currency")
	question = Question(
		company,
		"",
		getdate(),
		[Ask(code, code, Decimal(1)) for code in codes],
		currency=currency,
		price_list=head.price_list,
		promotions=False,
	)
	_requests, book = books.load([question], with_costs=True)
	book = books.with_tiers(book, line)
	sale = Sale(
		date=getdate(),
		currency=currency,
		price_list=head.price_list,
		tier=tier,
		promotions=False,
		cases=False,
	)
	worth = book.rates.get(currency) or Decimal(1)
	found = []
	for code, priced in zip(codes, steps.of_items(codes, sale, book), strict=True):
		item = book.items.get(code)
		factor = priced[0].decision.factor
		found.append((priced, item.cost * factor / worth if item and item.cost is not None else None))
	return {"currency": currency, "items": found}
