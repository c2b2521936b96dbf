"""From questions to decisions: everything that they need is read at once, then the rules decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import frappe
from erpnext.setup.utils import get_exchange_rate
from frappe.utils import flt

from wholesale_b2b.ordering.trade_accounts.service import reading as accounts
from wholesale_b2b.pricing.rules import (
	Book,
	Cycle,
	Decision,
	Item,
	Promotion,
	Request,
	Sale,
	Tier,
	flatten,
	resolve,
)
from wholesale_b2b.pricing.service import plugged, tiering
from wholesale_b2b.pricing.service.questions import Ask, Question
from wholesale_b2b.pricing.store import costs, masters, parties, prices, promotions, tiers
from wholesale_b2b.setup.switch import settings
from wholesale_b2b.trees import paths


def decide(questions: Sequence[Question], with_costs: bool = False) -> tuple[list[list[Decision]], Book]:
	"""The decisions about each question's lines, in their order, and the book that they come from.

	All questions are of one company. with_costs: costs are in the book even where no floor asks for them.
	"""
	requests, book = load(questions, with_costs)
	answers = iter(resolve([request for batch in requests for request in batch], book))
	return [[next(answers) for _request in batch] for batch in requests], book


def load(
	questions: Sequence[Question], with_costs: bool = False, tried: Mapping[str, Tier] | None = None
) -> tuple[list[list[Request]], Book]:
	"""The rules' requests for these questions, and the book to price them from. The number of queries is constant.

	tried: tiers that are to be in the book, saved or not, to see what they say alone: without the floor of the settings and
	the offers of other apps.
	"""
	company = questions[0].company
	items = _items(questions)
	customers = parties.customers(question.customer for question in questions)
	terms = accounts.terms(question.account for question in questions)
	chosen = tiering.tiers_of(questions, customers, terms, items)
	lines = {**tiers.tiers((tier for tier, _by in chosen), items.values()), **(tried or {})}
	flat = [found for name, _by in chosen if (found := _flat(lines, name))]
	days = [question.date for question in questions]
	lists = {question.price_list for question in questions} | {tier.price_list for tier in flat}
	rules = _promotions(questions, company, min(days), max(days))
	sales = [
		_sale(question, customers.get(question.customer), tier, by, rules)
		for question, (tier, by) in zip(questions, chosen, strict=True)
	]
	sites = _warehouse_paths(questions, rules)
	requests = [
		[_request(line, sale, sites) for line in question.lines]
		for question, sale in zip(questions, sales, strict=True)
	]
	config = settings()
	if with_costs or config.floor_by or any(tier.floor_by for tier in flat):
		known = costs.costs(items, company, config.cost_basis or "")
		items = {code: replace(item, cost=known.get(code)) for code, item in items.items()}
	templates = {item.template for item in items.values() if item.template}
	known_lists = prices.price_lists(lists)
	places = _places(questions[0].doctype)
	book = Book(
		currency=frappe.get_cached_value("Company", company, "default_currency"),
		items=items,
		lists=known_lists,
		prices=prices.item_prices(
			items.keys() | templates,
			known_lists,
			(question.customer for question in questions),
			min(days),
			max(days),
		),
		tiers=lines,
		promotions=rules,
		offers={} if tried else plugged.offers(company, [request for batch in requests for request in batch]),
		places=places,
		half_even=_half_even(places),
		floor_by="" if tried else config.floor_by or "",
		floor_percent=Decimal(str(flt(config.floor_percent))),
	)
	return requests, replace(book, rates=_rates(book, questions, lines.values()))


def _items(questions: Sequence[Question]) -> dict[str, Item]:
	asked = [line for question in questions for line in question.lines]
	items = masters.items(line.item for line in asked)
	for line in asked:
		item = items.get(line.item)
		if item and line.uom and not line.factor and item.factor(line.uom) is None:
			items[line.item] = masters.with_unit(item, line.uom)
	return items


def _flat(lines: Mapping[str, Tier], name: str) -> Tier | None:
	try:
		return flatten(lines, name) if name in lines else None
	except Cycle:
		return None


def _promotions(
	questions: Sequence[Question], company: str, first: date, last: date
) -> tuple[Promotion, ...]:
	if not any(question.promotions for question in questions):
		return ()
	return promotions.promotions(company, first, last, questions[0].doctype)


def _sale(
	question: Question,
	customer: frappe._dict | None,
	tier: str,
	tier_by: str,
	rules: Iterable[Promotion],
) -> Sale:
	return Sale(
		name=question.name,
		customer=question.customer,
		account=question.account,
		date=question.date,
		currency=question.currency
		or frappe.get_cached_value("Company", question.company, "default_currency"),
		price_list=question.price_list,
		tier=tier,
		tier_by=tier_by,
		groups=customer.groups if customer else (),
		territories=customer.territories if customer else (),
		campaign=question.campaign,
		sales_partner=question.sales_partner,
		coupon=promotions.coupon_rule(question.coupon_code),
		held=_held(question, rules),
		promotions=question.promotions,
		# cases are how trade customers are sold to
		cases=question.cases and bool(tier or question.account),
	)


def _held(question: Question, rules: Iterable[Promotion]) -> frozenset[str]:
	"""The Pricing Rules whose condition holds; one that fails does not, as in ERPNext."""
	asked = [rule for rule in rules if rule.condition]
	if not asked:
		return frozenset()
	facts = {
		"company": question.company,
		"customer": question.customer,
		"currency": question.currency,
		"transaction_date": question.date,
		"selling_price_list": question.price_list,
	}
	doc = question.condition_doc() if question.condition_doc else frappe._dict(facts)
	held = set()
	for rule in asked:
		try:
			if frappe.safe_eval(rule.condition, None, doc):
				held.add(rule.name)
		except Exception:
			continue
	return frozenset(held)


def _request(line: Ask, sale: Sale, places: Mapping[str, tuple[str, ...]]) -> Request:
	return Request(
		key=line.key,
		item=line.item,
		qty=line.qty,
		sale=sale,
		uom=line.uom,
		factor=line.factor,
		batch=line.batch,
		warehouses=places.get(line.warehouse, ()),
		agreed=line.agreed,
		asked=line.asked,
	)


def _warehouse_paths(questions: Sequence[Question], rules: Iterable[Promotion]) -> dict[str, tuple[str, ...]]:
	if not any(rule.warehouse for rule in rules):
		return {}
	return paths("Warehouse", (line.warehouse for question in questions for line in question.lines))


def _rates(book: Book, questions: Sequence[Question], lines: Iterable[Tier]) -> dict[str, Decimal]:
	"""What a unit of each currency that comes up is worth; those that ERPNext has no rate for are left out."""
	known = {currency: rate for question in questions for currency, rate in question.rates.items() if rate}
	wanted = {question.currency for question in questions}
	wanted |= {one.currency for one in book.lists.values()} | {tier.currency for tier in lines}
	wanted |= {one.currency for found in book.prices.values() for one in found}
	wanted |= {offer.currency for found in book.offers.values() for offer in found}
	for currency in sorted(wanted - set(known) - {"", book.currency}):
		rate = flt(get_exchange_rate(currency, book.currency, questions[0].date, "for_selling"))
		if rate > 0:
			known[currency] = Decimal(str(rate))
	return known


def _places(doctype: str) -> int:
	"""Decimals of a rate on these documents."""
	return frappe.get_precision(f"{doctype or 'Sales Order'} Item", "rate")


def _half_even(places: int) -> bool:
	"""Whether the site rounds halves to the even neighbour; its older kind of that does so with whole numbers alone."""
	method = frappe.get_system_settings("rounding_method") or "Banker's Rounding (legacy)"
	return method == "Banker's Rounding" or (method == "Banker's Rounding (legacy)" and not places)
