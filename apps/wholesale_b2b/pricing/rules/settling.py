"""From a standing price to a decision: what somebody typed instead, the floor, the discount to show."""

from decimal import Decimal

from .decision import Decision, Reason
from .floors import floor_of, least_by_discount
from .model import HUNDRED, ZERO, Asked, Book
from .money import quantize
from .subject import Standing, Subject
from .words import LOST, NET_PRICE, NOTE, OVERRIDE, WON


def settle(subject: Subject, found: Standing, book: Book) -> Decision:
	"""The decision about a line whose price stands.

	What is calculated is raised to the floor; a net price below it, and an override, stand and need approval. A price that
	was agreed before stands. Raises `money.NoRate`.
	"""
	request = subject.request
	reasons = [*subject.before, *found.reasons]
	tier = subject.shelf.tier if subject.shelf else None
	floor = floor_of(subject.item, tier, book, subject.factor, request.sale.currency)
	approval = False
	rate = found.rate
	if rate is not None and not found.kept:
		if found.source == NET_PRICE:
			approval = floor is not None and rate < floor and not (found.price and found.price.approved)
			if approval:
				reasons.append(Reason("floor", NOTE, "net_below_floor", floor))
		else:
			rate = _raised(subject, found, rate, floor, book, reasons)
	calculated = rate if rate is not None else ZERO
	source, name = found.source, found.name
	asked = request.asked
	if asked and quantize(asked.rate, book) != calculated:
		typed = quantize(asked.rate, book)
		if rate is None:
			# nothing to override: what is typed is the price
			calculated = typed
		elif asked.may:
			reasons = _overridden(reasons, asked, typed)
			source, name = OVERRIDE, ""
		if rate is None or asked.may:
			rate, approval = typed, _needs_approval(typed, floor, asked)
			if approval:
				reasons.append(Reason("floor", NOTE, "below_floor", floor))
		else:
			reasons.append(Reason(OVERRIDE, LOST, "may_not", typed))
	final = rate if rate is not None else ZERO
	if subject.qty != abs(request.qty):
		about = {"asked": abs(request.qty), "qty": subject.qty, "pack": subject.item.case_pack}
		reasons.append(Reason("case", NOTE, "cases", about=about))
	if subject.problem:
		about = {"pack": subject.item.case_pack, "item": subject.item.code}
		reasons.append(Reason(subject.problem, NOTE, subject.problem, about=about))
	return Decision(
		key=request.key,
		item=subject.item.code,
		qty=subject.qty,
		uom=subject.uom,
		rate=final,
		calculated=calculated,
		list_rate=found.list_rate,
		discount=discount_of(found.list_rate, final),
		source=source,
		name=name,
		tier=tier.name if tier else "",
		reasons=tuple(reasons),
		floor=floor,
		approval=approval,
		problem=subject.problem,
		mix=found.mix or any(rung.row.mix for rung in subject.ladder.breaks),
		case_pack=subject.item.case_pack if subject.item.case_rounding else ZERO,
		promotions=found.promotions,
		free=found.free,
		factor=subject.factor,
	)


def discount_of(list_rate: Decimal | None, rate: Decimal) -> Decimal:
	"""Percent off the list, 0 where there is no list rate or the price is above it."""
	return (list_rate - rate) * HUNDRED / list_rate if list_rate and rate < list_rate else ZERO


def _raised(
	subject: Subject,
	found: Standing,
	rate: Decimal,
	floor: Decimal | None,
	book: Book,
	reasons: list[Reason],
) -> Decimal:
	"""Not below the floor, and no more discount than the item admits."""
	least = least_by_discount(subject.item, found.list_rate, book)
	if rate < least:
		about = {"before": rate, "percent": subject.item.max_discount}
		reasons.append(Reason("max_discount", NOTE, "max_discount", least, about))
		rate = least
	if floor is not None and rate < floor:
		reasons.append(Reason("floor", NOTE, "raised", floor, {"before": rate}))
		rate = floor
	return rate


def _overridden(reasons: list[Reason], asked: Asked, typed: Decimal) -> list[Reason]:
	lost = [
		Reason(one.what, LOST, "overridden", one.rate, one.about) if one.outcome == WON else one
		for one in reasons
	]
	return [Reason(OVERRIDE, WON, "override", typed, {"reason": asked.reason}), *lost]


def _needs_approval(rate: Decimal, floor: Decimal | None, asked: Asked) -> bool:
	if floor is None or rate >= floor:
		return False
	return asked.approved is None or rate < asked.approved
