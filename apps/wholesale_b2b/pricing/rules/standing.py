"""What a line costs before anybody overrides it: the sources, in their order of precedence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from . import tier_prices
from .decision import Reason
from .listing import FEW, Found, Listed, customers, everybodys
from .model import Book, Promotion
from .money import convert, quantize
from .promotions import Line, apply, chosen, gives_away
from .subject import Candidate, Standing, Subject
from .words import INSTEAD, LOST, NET_PRICE, NO_PROMOTIONS, NOTE, ON_TOP, PRICE_LIST, PROMOTION, WON


def list_rate_of(subject: Subject, book: Book) -> Decimal | None:
	"""What the price list of the sale says for everybody; else what the base price list of its tier does."""
	return _listed(subject, book, subject.qty)[0]


def _listed(subject: Subject, book: Book, qty: Decimal) -> tuple[Decimal | None, Found, Found]:
	"""The list rate, and what the sale's price list and the tier's have."""
	sale, base_list = subject.request.sale, _base_list(subject)
	asked = (subject.request, qty, subject.factor)
	in_sale = everybodys(book, subject.item, sale.price_list, *asked) if sale.price_list else Found()
	in_base = in_sale
	if base_list != sale.price_list:
		in_base = everybodys(book, subject.item, base_list, *asked) if base_list else Found()
	held = in_sale.held or in_base.held
	return (quantize(held.rate, book) if held else None), in_sale, in_base


def _base_list(subject: Subject) -> str:
	return (subject.shelf.tier.price_list if subject.shelf else "") or subject.request.sale.price_list


def standing(
	subject: Subject, book: Book, qty: Decimal, mixes: Mapping[str, Decimal], lines: Sequence[Line]
) -> Standing:
	"""What `qty` of it cost. mixes: stock units of each mix over the sale; lines: the sale's, for promotions.

	Raises `money.NoRate`.
	"""
	list_rate, in_sale, in_base = _listed(subject, book, qty)
	net, found = _net(subject, book, qty)
	few = [missed.price for each in (in_sale, in_base, found) for missed in each.missed if missed.why == FEW]
	reasons = [*([subject.unfit] if subject.unfit else []), *_missed(found)]
	if net and (found.always or not found.held):
		return replace(net, list_rate=list_rate, reasons=[*reasons, *net.reasons], waiting=tuple(few))
	open_price = _competing(subject, book, qty, mixes, lines, (list_rate, in_sale, in_base))
	open_price.waiting = tuple(few)
	if not net:
		open_price.reasons[:0] = reasons
		return open_price
	# A net price that asks for a quantity is one for more of it, so it must not make more of it dearer.
	if open_price.rate is None or net.rate <= open_price.rate:
		lost = [_lost(one) for one in open_price.reasons]
		return replace(net, list_rate=list_rate, reasons=[*reasons, *net.reasons, *lost], waiting=tuple(few))
	open_price.reasons[:0] = [*reasons, *(_lost(one) for one in net.reasons)]
	return open_price


def _lost(reason: Reason) -> Reason:
	return replace(reason, outcome=LOST, why="dearer") if reason.outcome != LOST else reason


def _competing(
	subject: Subject,
	book: Book,
	qty: Decimal,
	mixes: Mapping[str, Decimal],
	lines: Sequence[Line],
	listed: tuple[Decimal | None, Found, Found],
) -> Standing:
	"""The best of what the tier has, of other apps' offers and of promotions; else the price list."""
	list_rate, in_sale, in_base = listed
	reasons: list[Reason] = []
	here = tier_prices.candidates(subject, book, qty, mixes, in_base, reasons)
	rules = chosen(book.promotions, subject.line, lines) if subject.line else []
	policy = subject.shelf.tier.promotions or NO_PROMOTIONS if subject.shelf else ON_TOP
	if rules and (policy == NO_PROMOTIONS or (subject.ladder.net and here)):
		reasons += [Reason(PROMOTION, LOST, "no_promotions", about={"name": rule.name}) for rule in rules]
		rules = []
	if rules and policy == INSTEAD and subject.line and list_rate is not None:
		here.append(
			Candidate(
				PROMOTION,
				apply(rules, subject.line, list_rate),
				"promotion",
				{"rules": _names(rules)},
				rules[0].name,
			)
		)
	if not here and in_sale.held:
		here.append(_from_list(in_sale.held))
	if not here:
		reasons.append(Reason(PRICE_LIST, LOST, "no_price", about={"list": subject.request.sale.price_list}))
		return Standing(None, list_rate, reasons=reasons, free=gives_away(_kept(rules, policy)))
	best = tier_prices.cheapest(here, book)
	for one in here:
		rate = quantize(one.rate, book)
		outcome, why = (WON, one.why) if one is best else (LOST, "dearer")
		reasons.append(Reason(one.source, outcome, why, rate, one.about))
	return _promoted(
		subject,
		book,
		best,
		rules,
		policy,
		Standing(
			quantize(best.rate, book),
			list_rate,
			best.source,
			best.name,
			reasons,
			mix=best.mix,
		),
	)


def _kept(rules: Sequence[Promotion], policy: str) -> Sequence[Promotion]:
	"""Those that still give goods away: with a tier only on top of its prices."""
	return rules if policy == ON_TOP else ()


def _promoted(
	subject: Subject,
	book: Book,
	best: Candidate,
	rules: Sequence[Promotion],
	policy: str,
	found: Standing,
) -> Standing:
	"""With the promotions that come on top."""
	if best.source == PROMOTION:
		found.promotions = _names(rules)
	if not rules or policy != ON_TOP or not subject.line:
		return found
	found.free = gives_away(rules)
	rate = quantize(apply(rules, subject.line, best.rate), book)
	if rate != found.rate:
		about = {"rules": _names(rules), "before": found.rate}
		found.reasons.append(Reason(PROMOTION, NOTE, "on_top", rate, about))
		found.rate, found.promotions = rate, _names(rules)
		if not subject.shelf:
			found.source, found.name = PROMOTION, rules[0].name
	return found


def _names(rules: Sequence[Promotion]) -> tuple[str, ...]:
	return tuple(rule.name for rule in rules if not rule.product)


def _net(subject: Subject, book: Book, qty: Decimal) -> tuple[Standing | None, Found]:
	"""The net price of the customer, or of another app; and what there is of the customer's."""
	request = subject.request
	lists = dict.fromkeys(name for name in (request.sale.price_list, _base_list(subject)) if name)
	found = customers(book, subject.item, tuple(lists), request, qty, subject.factor)
	if found.held:
		price, rate = found.held.price, quantize(found.held.rate, book)
		about = {"name": price.name, "list": price.price_list, "account": price.account}
		won = Reason(NET_PRICE, WON, "net_price", rate, about)
		return Standing(rate, None, NET_PRICE, price.name, [won], price=price), found
	offers = [offer for offer in book.offers.get(request.key, ()) if offer.net]
	for offer in sorted(offers, key=lambda offer: (offer.source, offer.name)):
		rate = quantize(convert(offer.rate, offer.currency, request.sale.currency, book), book)
		won = Reason(offer.source, WON, "offer", rate, {"name": offer.name})
		return Standing(rate, None, offer.source, offer.name, [won]), found
	return None, found


def _missed(found: Found) -> list[Reason]:
	return [
		Reason(
			NET_PRICE,
			LOST,
			missed.why,
			missed.price.rate,
			{"name": missed.price.name, "least": missed.price.min_qty, "pack": missed.price.packing_unit},
		)
		for missed in found.missed
	]


def _from_list(held: Listed) -> Candidate:
	about = {"name": held.price.name, "list": held.price.price_list}
	return Candidate(PRICE_LIST, held.rate, "price_list", about, held.price.name)
