"""What a tier has for a line: its price list, the row that holds, the quantity break that is reached."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from .decision import Reason
from .ladder import Rung, Shelf, price_of, reached, rounded
from .listing import Found, Listed
from .model import HUNDRED, ONE, ZERO, Book, Offer, Row
from .money import convert, quantize
from .subject import Candidate, Subject
from .words import BREAK, LOST, TIER_DISCOUNT, TIER_LIST, TIER_PRICE


def candidates(
	subject: Subject,
	book: Book,
	qty: Decimal,
	mixes: Mapping[str, Decimal],
	in_base: Found,
	reasons: list[Reason],
) -> list[Candidate]:
	"""What the tier has for it, and what other apps offer beside it."""
	found = [
		_offered(offer, subject, book) for offer in book.offers.get(subject.request.key, ()) if not offer.net
	]
	shelf = subject.shelf
	if not shelf:
		return found
	base = in_base.held.rate if in_base.held else None
	if in_base.held and not (subject.ladder.net and subject.ladder.base):
		found.append(_tier_list(shelf, in_base.held))
	if row := subject.ladder.base:
		rate = price_of(row, shelf, book, subject.item, base, subject.factor, subject.request.sale.currency)
		if rate is None:
			reasons.append(Reason(TIER_DISCOUNT, LOST, "no_base", about=_about(row, shelf)))
		else:
			source = TIER_DISCOUNT if row.discount is not None else TIER_PRICE
			found.append(Candidate(source, rate, "row", _about(row, shelf), row.tier))
	if subject.ladder.breaks:
		found += _broken(subject, shelf, book, qty, mixes, base, reasons)
	return found


def cheapest(found: Iterable[Candidate], book: Book) -> Candidate:
	"""The lowest of them as it would be paid, the first of several."""
	return min(found, key=lambda one: quantize(one.rate, book))


def _offered(offer: Offer, subject: Subject, book: Book) -> Candidate:
	rate = convert(offer.rate, offer.currency, subject.request.sale.currency, book)
	return Candidate(offer.source, rate, "offer", {"name": offer.name}, offer.name)


def _tier_list(shelf: Shelf, held: Listed) -> Candidate:
	tier = shelf.tier
	about = {"tier": tier.name, "list": held.price.price_list, "change": (tier.list_factor - ONE) * HUNDRED}
	rate = held.rate if tier.list_factor == ONE else rounded(held.rate * tier.list_factor, shelf)
	return Candidate(TIER_LIST, rate, "tier_list", about, tier.name)


def _broken(
	subject: Subject,
	shelf: Shelf,
	book: Book,
	qty: Decimal,
	mixes: Mapping[str, Decimal],
	base: Decimal | None,
	reasons: list[Reason],
) -> list[Candidate]:
	"""The best of the breaks that the quantity reaches."""
	alone = qty * subject.factor
	found = []
	for rung in reached(subject.ladder.breaks, alone, mixes):
		row = rung.row
		rate = price_of(row, shelf, book, subject.item, base, subject.factor, subject.request.sale.currency)
		if rate is None:
			reasons.append(Reason(BREAK, LOST, "no_base", about=_about(row, shelf)))
			continue
		about = {**_about(row, shelf), "least": row.min_qty, "have": mixes.get(row.mix, alone)}
		found.append(Candidate(BREAK, rate, "break", about, row.tier, bool(row.mix)))
	if not found:
		_note_unreached(subject.ladder.breaks[0], shelf, alone, mixes, reasons)
		return []
	return [min(found, key=lambda one: (one.rate, -(one.about["least"] or ZERO)))]


def _note_unreached(
	rung: Rung, shelf: Shelf, alone: Decimal, mixes: Mapping[str, Decimal], reasons: list[Reason]
) -> None:
	about = {
		**_about(rung.row, shelf),
		"least": rung.row.min_qty,
		"have": mixes.get(rung.row.mix, alone),
	}
	reasons.append(Reason(BREAK, LOST, "not_reached", about=about))


def _about(row: Row, shelf: Shelf) -> dict[str, object]:
	return {
		"tier": row.tier or shelf.tier.name,
		"apply_on": row.apply_on,
		"target": row.target,
		"discount": row.discount,
		"price": row.rate,
		"uom": row.uom,
		"change": (row.factor - ONE) * HUNDRED,
		"mix": row.mix,
	}
