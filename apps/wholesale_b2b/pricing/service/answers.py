"""What lines cost, for those who ask: staff with reasons and margins, customers what concerns them."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cstr, flt

from wholesale_b2b.allocation.service import portal
from wholesale_b2b.ordering.trade_accounts.rules import CLOSED, Terms
from wholesale_b2b.ordering.trade_accounts.service import choice_for
from wholesale_b2b.ordering.trade_accounts.service import terms as account_terms
from wholesale_b2b.pricing.rules import Book, Decision
from wholesale_b2b.pricing.rules.floors import margin_of
from wholesale_b2b.pricing.rules.money import number
from wholesale_b2b.pricing.service import books, explaining, forms, messages
from wholesale_b2b.pricing.service.questions import Ask, Question
from wholesale_b2b.pricing.store import masters, parties
from wholesale_b2b.setup.switch import check_enabled, check_may_see, enabled_companies


def for_staff(
	customer: str,
	lines: Sequence[Mapping],
	account: str | None = None,
	day: date | None = None,
	company: str | None = None,
	currency: str | None = None,
	price_list: str | None = None,
) -> dict:
	"""What these lines cost a customer, with reasons; for whoever may read the customer.

	lines: item_code, qty, and maybe uom, name. Returns customer, trade_account, company, currency, price_list, date, and
	`lines` in the order asked: the keys of `line`, `why` (sentences), source, tier, and for those who may see costs floor,
	cost and margin. Raises frappe.DoesNotExistError for what does not exist, PermissionError, ValidationError for lines
	that cannot be priced and where it is unclear in which company.
	"""
	frappe.has_permission("Customer", "read", doc=customer, throw=True)
	if account:
		frappe.has_permission("Trade Account", "read", doc=account, throw=True)
	terms, company = _side(customer, account, company)
	check_may_see(company)
	question = _question(customer, terms, company, lines, day, currency, price_list)
	costs = forms.may_see_costs()
	(decisions,), book = books.decide([question], with_costs=costs)
	_refuse_unfit(decisions)
	return {
		**_head(question, terms),
		"lines": [
			{
				**line(asked, decision, book, question.currency),
				"source": decision.source,
				"source_name": decision.name,
				"tier": decision.tier,
				"why": [
					reason["text"] for reason in explaining.of_decision(decision, question.currency, costs)
				],
				**(_costs(decision, book, question) if costs else {}),
			}
			for asked, decision in zip(lines, decisions, strict=True)
		],
	}


def for_buyer(
	user: str,
	lines: Sequence[Mapping],
	customer: str | None = None,
	account: str | None = None,
	day: date | None = None,
) -> dict:
	"""The same for the user of a customer on the website: what their own lines cost, without reasons, floors or costs.

	Raises frappe.PermissionError for somebody else's customer or account and for users of none, DoesNotExistError for items
	that do not exist or are not sold, alike.
	"""
	customer = portal.customer_of(user, customer, _("You may not see the prices of this customer."))
	codes = [row["item_code"] for row in lines]
	seen = set(portal.on_offer(codes))
	if hidden := [code for code in dict.fromkeys(codes) if code not in seen]:
		frappe.throw(_("There is no Item {0}.").format(", ".join(hidden[:10])), frappe.DoesNotExistError)
	terms, company = _side(customer, account, None, own=True)
	question = _question(customer, terms, company, lines, day)
	(decisions,), book = books.decide([question])
	_refuse_unfit(decisions)
	return {
		**_head(question, terms),
		"lines": [
			line(asked, decision, book, question.currency)
			for asked, decision in zip(lines, decisions, strict=True)
		],
	}


def line(asked: Mapping, decision: Decision, book: Book, currency: str) -> dict:
	"""What everybody is told of a line: name, item_code, qty (in full cases), uom, rate, amount, list_rate (None: none),
	discount_percentage, priced (whether anything has a price for it), asked_qty, case_pack (stock units, 0 for none),
	next_break: {more, rate, saving, text} or None.
	"""
	found = decision.next_break
	rate = float(decision.rate)
	return {
		"name": asked.get("name"),
		"item_code": decision.item,
		"qty": float(decision.qty),
		"asked_qty": flt(asked.get("qty")),
		"uom": decision.uom,
		"rate": rate,
		"amount": flt(rate * float(decision.qty), book.places),
		"list_rate": number(decision.list_rate),
		"discount_percentage": flt(decision.discount, 3),
		"priced": bool(decision.source),
		"case_pack": float(decision.case_pack),
		"next_break": found
		and {
			"more": float(found.more),
			"rate": float(found.rate),
			"saving": float(found.saving),
			"text": explaining.hint(decision, currency),
		},
	}


def question_of(terms: Terms, codes: Sequence[str]) -> Question:
	"""What one of each of these items costs on an account today, promotions left out."""
	question = _question(
		terms.customer, terms, terms.company, [{"item_code": code, "qty": 1} for code in codes]
	)
	question.promotions = question.cases = False
	return question


def _costs(decision: Decision, book: Book, question: Question) -> dict:
	item = book.items.get(decision.item)
	floor = number(decision.floor)
	if not item or item.cost is None:
		return {"floor": floor, "cost": None, "margin": None}
	worth = book.rates.get(question.currency) or Decimal(1)
	cost = item.cost * decision.factor / worth
	margin = margin_of(decision.rate, cost)
	return {
		"floor": floor,
		"cost": flt(cost, 6),
		"margin": None if margin is None else flt(margin, 1),
	}


def _side(
	customer: str, account: str | None, company: str | None, own: bool = False
) -> tuple[Terms | None, str]:
	"""The account that the customer buys on, if any, and the company."""
	if not frappe.db.exists("Customer", customer):
		frappe.throw(_("There is no Customer {0}.").format(customer), frappe.DoesNotExistError)
	if account:
		terms = account_terms([account]).get(account)
		if not terms or terms.customer != customer or (own and terms.status == CLOSED):
			frappe.throw(
				_("{0} is no Trade Account of {1}.").format(account, customer),
				frappe.PermissionError if own else frappe.DoesNotExistError,
			)
		if company and company != terms.company:
			frappe.throw(
				_("Trade Account {0} is in {1}, not in {2}.").format(account, terms.company, company)
			)
		_check_company(terms.company)
		return terms, terms.company
	company = company or _only_company(customer)
	_check_company(company)
	chosen = choice_for(customer, company)["account"]
	return account_terms([chosen]).get(chosen) if chosen else None, company


def _only_company(customer: str) -> str:
	"""The company where it is clear: the only one that is switched on, or in which the customer has accounts."""
	companies = enabled_companies()
	if len(companies) > 1:
		companies = parties.companies_of(customer) & companies or companies
	if len(companies) != 1:
		frappe.throw(
			_("Say in which company: {0}.").format(", ".join(sorted(companies)))
			if companies
			else _("Wholesale B2B is not switched on for any company.")
		)
	return next(iter(companies))


def _check_company(company: str) -> None:
	check_enabled(company)


def _question(
	customer: str,
	terms: Terms | None,
	company: str,
	lines: Sequence[Mapping],
	day: date | None = None,
	currency: str | None = None,
	price_list: str | None = None,
) -> Question:
	master = parties.customers([customer])[customer]
	own = frappe.get_cached_value("Company", company, "default_currency")
	billing = terms.currency if terms and terms.currency != own else ""
	return Question(
		company=company,
		customer=customer,
		date=day or frappe.utils.getdate(),
		lines=[
			Ask(str(place), row["item_code"], Decimal(str(flt(row.get("qty")))), cstr(row.get("uom")))
			for place, row in enumerate(lines)
		],
		doctype="Sales Order",
		account=terms.name if terms else "",
		currency=currency or billing or master.default_currency or own,
		price_list=price_list or price_list_of(master, terms),
		channel=terms.channel if terms else "",
		cases=True,
	)


def price_list_of(master: frappe._dict, terms: Terms | None) -> str:
	"""The price list of a customer: the account's, their own, their group's, the one for selling."""
	if terms and terms.price_list:
		return terms.price_list
	if master.default_price_list:
		return master.default_price_list
	of_group = parties.group_price_lists([master.customer_group]).get(master.customer_group)
	return of_group or cstr(frappe.db.get_single_value("Selling Settings", "selling_price_list"))


def _head(question: Question, terms: Terms | None) -> dict:
	return {
		"customer": question.customer,
		"trade_account": terms.name if terms else None,
		"company": question.company,
		"currency": question.currency,
		"price_list": question.price_list,
		"date": str(question.date),
	}


def _refuse_unfit(decisions: Sequence[Decision]) -> None:
	"""Raise for lines that cannot be priced: unknown and disabled items, units, currencies, cases, quantities."""
	unknown = [decision.item for decision in decisions if decision.problem == "item"]
	if unknown:
		frappe.throw(
			_("There is no Item {0}.").format(", ".join(dict.fromkeys(unknown[:10]))),
			frappe.DoesNotExistError,
		)
	today = frappe.utils.getdate()
	for code, state in masters.states(decision.item for decision in decisions).items():
		ended = state.end_of_life and frappe.utils.getdate(state.end_of_life) <= today
		if state.disabled or ended:
			frappe.throw(_("{0} is disabled; it is not sold any more.").format(frappe.bold(code)))
		if state.has_variants:
			frappe.throw(_("{0} is a template; ask for one of its variants.").format(frappe.bold(code)))
	for place, decision in enumerate(decisions, 1):
		if text := messages.problem(decision):
			frappe.throw(_("Line {0}: {1}").format(place, text))
