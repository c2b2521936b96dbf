"""Why a line costs what it does, in sentences; from a decision, or from what a row has kept of one."""

import json
from collections.abc import Iterable, Mapping

import frappe
from frappe import _
from frappe.utils import flt, fmt_money, format_date

from wholesale_b2b.figures import plain
from wholesale_b2b.pricing.rules import Decision
from wholesale_b2b.pricing.rules.words import EVERYTHING
from wholesale_b2b.pricing.service import writing

# Reasons that tell what goods cost the seller.
OF_COST = ("floor", "raised", "below_floor", "net_below_floor")


def of_decision(decision: Decision, currency: str, costs: bool = True) -> list[dict]:
	"""The reasons of a decision, in order: outcome (won, lost, note) and text. costs: with those that tell of floors."""
	return of_kept(json.loads(writing.as_json(decision)), currency, costs)


def of_kept(kept: Mapping, currency: str, costs: bool = True) -> list[dict]:
	"""The same of what a row keeps (`b2b_price_decision`)."""
	return [
		{"outcome": reason.get("outcome"), "text": sentence(reason, currency)}
		for reason in kept.get("reasons") or ()
		if costs or (reason.get("what") not in OF_COST and reason.get("why") not in OF_COST)
	]


def sentence(reason: Mapping, currency: str) -> str:
	"""One reason in words. Names are as they stand in the documents; amounts in the sale's currency."""
	about = frappe._dict(reason.get("about") or {})
	rate = _money(reason.get("rate"), currency)
	text = _words(reason, about, currency)
	if reason.get("outcome") == "lost" and rate and reason.get("why") in ("dearer", "overridden"):
		ending = _("not the lowest") if reason.get("why") == "dearer" else _("replaced by the changed price")
		return f"{text}: {rate} ({ending})"
	return f"{text}: {rate}" if rate and reason.get("outcome") == "won" else text


def _words(reason: Mapping, about: frappe._dict, currency: str) -> str:
	what, why = reason.get("what"), reason.get("why")
	makers = {
		"override": lambda: _("Changed by hand: {0}").format(about.reason or _("no reason given")),
		"may_not": lambda: _("A price was typed by somebody who may not change it"),
		"agreed": lambda: _("As agreed on {0} {1}").format(_(about.source), about.name),
		"original": lambda: _("As on the original document {0}").format(about.name),
		"agreed_ended": lambda: _("{0} {1} is no longer valid: it ended on {2}").format(
			_(about.source), about.name, _day(about.until)
		),
		"net_price": lambda: _net_price(about),
		"min_qty": lambda: _("Net price {0} asks for at least {1}").format(about.name, _qty(about.least)),
		"packing_unit": lambda: _("Net price {0} is for multiples of {1}").format(
			about.name, _qty(about.pack)
		),
		"price_list": lambda: _("Price list {0}").format(about.list),
		"no_price": lambda: _("No price on price list {0}").format(about.list or _("(none chosen)")),
		"no_base": lambda: _("{0} gives {1} off, but the base price list has no price").format(
			_row(about), _percent(about.discount)
		),
		"not_reached": lambda: _("Quantity break of {0} from {1} on: here are {2}").format(
			about.tier, _least(about), _qty(about.have)
		),
		"promotion": lambda: _("Promotion {0}").format(", ".join(about.rules or ())),
		"no_promotions": lambda: _("Promotion {0} does not apply on this tier").format(about.name),
		"on_top": lambda: _("Promotion {0} comes on top: {1} instead of {2}").format(
			", ".join(about.rules or ()), _money(reason.get("rate"), currency), _money(about.before, currency)
		),
		"raised": lambda: _("Raised to the floor: {0} instead of {1}").format(
			_money(reason.get("rate"), currency), _money(about.before, currency)
		),
		"max_discount": lambda: _("The item allows at most {0} off: {1} instead of {2}").format(
			_percent(about.percent), _money(reason.get("rate"), currency), _money(about.before, currency)
		),
		"below_floor": lambda: _("Below the floor of {0}: it needs approval").format(
			_money(reason.get("rate"), currency)
		),
		"net_below_floor": lambda: _("The net price is below the floor of {0}: it needs approval").format(
			_money(reason.get("rate"), currency)
		),
		"cases": lambda: _("Rounded up from {0} to {1}: sold in full cases of {2}").format(
			_qty(about.asked), _qty(about.qty), _qty(about.pack)
		),
		"pack": lambda: _("Sold in full cases of {0} only").format(_qty(about.pack)),
		"qty": lambda: _("No quantity is given"),
		"item": lambda: _("There is no item {0}").format(about.item),
		"uom": lambda: _("{0} is not known for {1}").format(about.uom, about.item),
		"currency": lambda: _("There is no exchange rate for {0}").format(about.currency),
		"cycle": lambda: _("Tiers inherit from each other: {0}").format(" → ".join(about.tiers or ())),
		"tier_disabled": lambda: _("Tier {0} (from {1}) is disabled").format(about.tier, about.by),
		"tier_ended": lambda: _("Tier {0} (from {1}) ended on {2}").format(
			about.tier, about.by, _day(about.day)
		),
		"tier_not_yet": lambda: _("Tier {0} (from {1}) begins on {2}").format(
			about.tier, about.by, _day(about.day)
		),
		"unknown_tier": lambda: _("Tier {0} (from {1}) does not exist").format(about.tier, about.by),
		"offer": lambda: f"{what} {about.name or ''}".strip(),
	}
	if why in makers:
		return makers[why]()
	return _source(what, about)


def _source(what: str | None, about: frappe._dict) -> str:
	"""A tier's part in it, whether it won or lost."""
	if what == "Tier Price List":
		change = _change(about.change)
		return _("Tier {0}: price list {1}").format(about.tier, about.list) + (f" {change}" if change else "")
	if what == "Quantity Break":
		return _("{0} from {1} on").format(_row(about), _least(about))
	if what in ("Tier Discount", "Tier Price"):
		return _row(about)
	if what == "Net Price":
		return _net_price(about)
	return f"{_(what or '')} {about.name or ''}".strip()


def _net_price(about: frappe._dict) -> str:
	text = _("Net price {0} on {1}").format(about.name, about.list)
	return f"{text}, {_('for the account {0}').format(about.account)}" if about.account else text


def _row(about: frappe._dict) -> str:
	target = _("everything") if about.apply_on == EVERYTHING else about.target
	off = _percent(about.discount) if about.discount is not None else _("a price")
	text = _("Tier {0}: {1} on {2}").format(about.tier, off, target)
	change = _change(about.change)
	return f"{text} {change}" if change else text


def _least(about: frappe._dict) -> str:
	text = f"{_qty(about.least)} {about.uom or ''}".strip()
	return _("{0} in the mix {1}").format(text, about.mix) if about.mix else text


def _change(percent: object) -> str:
	change = flt(percent, 3)
	if not change:
		return ""
	sign = "+" if change > 0 else "−"
	return f"{sign} {plain(abs(change))} %"


def _percent(value: object) -> str:
	return f"{plain(flt(value, 3))} %"


def _qty(value: object) -> str:
	return plain(flt(value, 6))


def _money(amount: object, currency: str) -> str:
	return "" if amount is None else fmt_money(flt(amount), currency=currency)


def _day(day: object) -> str:
	return format_date(day) if day else ""


def hint(decision: Decision, currency: str) -> str:
	"""*24 more and each costs £ 0.35 less*; empty where more of it costs no less."""
	found = decision.next_break
	if not found:
		return ""
	text = _("{0} more and each costs {1} less").format(
		f"{_qty(found.more)} {decision.uom}", _money(found.saving, currency)
	)
	return f"{text} ({_('counted over the mix {0}').format(found.mix)})" if found.mix else text


def lines(reasons: Iterable[Mapping]) -> str:
	return "\n".join(reason["text"] for reason in reasons)
