"""A decision on a row: ERPNext's own fields say the same, and the decision is kept beside them."""

import json
from datetime import date
from decimal import Decimal

from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.pricing.rules import Decision, Reason
from wholesale_b2b.pricing.rules.words import BLANKET_ORDER, NET_PRICE, NOTHING, ORIGINAL, OVERRIDE, QUOTATION

# Prices that were agreed on another document, with the list rate of that time.
AGREED = (QUOTATION, ORIGINAL, BLANKET_ORDER, "Sales Order", "Delivery Note", "Sales Invoice", "POS Invoice")


def figures(decision: Decision, list_rate: float) -> dict[str, float | str]:
	"""ERPNext's fields of a row: list rate, discount or margin, rate. A price without a list rate (0) is its own.

	The rate is given beside the discount: what ERPNext makes of a rounded percentage is not always the rate.
	"""
	rate = float(decision.rate)
	list_rate = list_rate or rate
	off, over = max(list_rate - rate, 0), max(rate - list_rate, 0)
	return {
		"price_list_rate": list_rate,
		"margin_type": "Amount" if over else "",
		"margin_rate_or_amount": flt(over, 9),
		"discount_percentage": off * 100 / list_rate if off else 0.0,
		"discount_amount": flt(off, 9),
		"rate": rate,
	}


def write(row: Document, decision: Decision, most_discount: float = 0) -> None:
	"""Put a decision on a row. most_discount: ERPNext's own bound for the item, which a net price does not ask about."""
	if decision.source == NOTHING:
		_without_price(row, decision)
		return
	list_rate = float(decision.list_rate or 0)
	if flt(row.get("price_list_rate")) and (decision.source in AGREED or not list_rate):
		list_rate = flt(row.price_list_rate)
	new = figures(decision, list_rate)
	if decision.source == NET_PRICE and most_discount and new["discount_percentage"] > most_discount:
		new = figures(decision, float(decision.rate))
	row.update(new)
	row.pricing_rules = ""
	row.b2b_calculated_rate = float(decision.calculated)
	row.b2b_price_source = shown_source(decision)
	row.b2b_price_tier = decision.tier or None
	row.b2b_price_decision = as_json(decision)
	if decision.source != OVERRIDE:
		row.b2b_override_reason = None


def _without_price(row: Document, decision: Decision) -> None:
	"""Nothing has a price for it: what is typed stands, what was calculated for another item or customer does not."""
	if not decision.rate and row.get("b2b_price_decision"):
		row.update({"rate": 0.0, "price_list_rate": 0.0, "discount_percentage": 0.0, "discount_amount": 0.0})
		row.update({"margin_type": "", "margin_rate_or_amount": 0.0})
	row.update({"b2b_calculated_rate": 0.0, "b2b_price_source": None, "b2b_price_tier": None})
	# a price that was typed below the floor waits for approval, whether there is another one or not
	row.b2b_price_decision = as_json(decision) if decision.approval else None


def shown_source(decision: Decision) -> str:
	"""Source and name, as the row shows them: `Quantity Break – Gold`."""
	return " – ".join(part for part in (decision.source, decision.name) if part)[:140]


def as_json(decision: Decision) -> str:
	"""What is kept of a decision: enough to explain it when everything that it came from has changed."""
	kept = {
		"source": decision.source,
		"name": decision.name,
		"tier": decision.tier,
		"qty": decision.qty,
		"uom": decision.uom,
		"rate": decision.rate,
		"calculated": decision.calculated,
		"list_rate": decision.list_rate,
		"floor": decision.floor,
		"approval": decision.approval,
		"mix": decision.mix,
		"promotions": decision.promotions,
		"reasons": [_reason(reason) for reason in decision.reasons],
	}
	return json.dumps(
		{key: value for key, value in kept.items() if value not in (None, "", (), False)}, default=_plain
	)


def _reason(reason: Reason) -> dict:
	about = {key: value for key, value in reason.about.items() if value not in (None, "")}
	kept = {
		"what": reason.what,
		"outcome": reason.outcome,
		"why": reason.why,
		"rate": reason.rate,
		"about": about,
	}
	return {key: value for key, value in kept.items() if value not in (None, "", {})}


def _plain(value: object) -> object:
	if isinstance(value, Decimal):
		return float(value)
	return value.isoformat() if isinstance(value, date) else str(value)
