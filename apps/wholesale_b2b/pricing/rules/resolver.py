"""`resolve`: what each line costs, and why. The order of precedence is in docs/pricing.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from .breaks import next_break
from .decision import Decision, Reason
from .ladder import Shelf, ladder
from .model import ZERO, Book, Request, Sale, is_valid
from .money import NoRate, quantize
from .packs import in_cases
from .promotions import Line
from .settling import settle
from .standing import list_rate_of, standing
from .subject import Standing, Subject
from .tiers import Cycle, flatten
from .words import LOST, NOTHING, ORIGINAL, OVERRIDE, WON

# What may be wrong with a request.
UNKNOWN_ITEM = "item"
UNKNOWN_UOM = "uom"
NO_QUANTITY = "qty"
NO_EXCHANGE_RATE = "currency"
TIER_CYCLE = "cycle"


@dataclass(slots=True)
class _Batch:
	"""What the lines of a batch share."""

	book: Book
	shelves: dict[str, Shelf | None] = field(default_factory=dict)
	mixes: dict[Sale, dict[str, Decimal]] = field(default_factory=dict)
	lines: dict[Sale, list[Line]] = field(default_factory=dict)

	def shelf(self, name: str) -> Shelf | None:
		if name not in self.shelves:
			known = self.book.tiers.get(name)
			self.shelves[name] = Shelf(flatten(self.book.tiers, name)) if known else None
		return self.shelves[name]


def resolve(requests: Iterable[Request], book: Book) -> list[Decision]:
	"""A decision for each request, in the order of the requests.

	Lines have to do with each other only where they are of one sale (mixes, promotions over several items). The order of
	the requests makes no difference; nothing is read, and nothing changed.
	"""
	requests, batch = list(requests), _Batch(book)
	subjects = [_subject(request, batch) for request in requests]
	for subject in subjects:
		if isinstance(subject, Subject):
			_count(subject, batch)
	return [subject if isinstance(subject, Decision) else _decide(subject, batch) for subject in subjects]


def _subject(request: Request, batch: _Batch) -> Subject | Decision:
	"""What a request is about; a decision at once where it cannot be priced at all."""
	item = batch.book.items.get(request.item)
	if not item:
		return _impossible(request, UNKNOWN_ITEM)
	factor = request.factor or item.factor(request.uom)
	if not factor or factor <= 0:
		return _impossible(request, UNKNOWN_UOM, uom=request.uom, item=item.code)
	qty, problem = in_cases(request, item, factor)
	if not qty:
		problem = NO_QUANTITY
	try:
		shelf = batch.shelf(request.sale.tier) if request.sale.tier else None
	except Cycle as cycle:
		return _impossible(request, TIER_CYCLE, tiers=cycle.names)
	unfit = _unfit(shelf, request.sale)
	return Subject(
		request, item, factor, qty, request.uom or item.stock_uom, None if unfit else shelf, problem, unfit
	)


def _unfit(shelf: Shelf | None, sale: Sale) -> Reason | None:
	"""Why the tier of a sale does not count, if it does not."""
	if not sale.tier:
		return None
	about = {"tier": sale.tier, "by": sale.tier_by}
	if not shelf:
		return Reason("tier", LOST, "unknown_tier", about=about)
	tier = shelf.tier
	if not tier.enabled:
		return Reason("tier", LOST, "tier_disabled", about=about)
	if is_valid(tier.valid_from, tier.valid_upto, sale.date):
		return None
	ended = bool(tier.valid_upto and sale.date > tier.valid_upto)
	day = tier.valid_upto if ended else tier.valid_from
	return Reason("tier", LOST, "tier_ended" if ended else "tier_not_yet", about={**about, "day": day})


def _count(subject: Subject, batch: _Batch) -> None:
	"""Add a line to the mixes of its sale."""
	sale = subject.request.sale
	mixes = batch.mixes.setdefault(sale, {})
	if subject.shelf:
		subject.ladder = ladder(subject.shelf, subject.item, subject.uom, sale.date)
		for mix in {rung.row.mix for rung in subject.ladder.breaks if rung.row.mix}:
			mixes[mix] = mixes.get(mix, ZERO) + subject.qty * subject.factor
	if batch.book.promotions and sale.promotions:
		try:
			rate = list_rate_of(subject, batch.book) or ZERO
		except NoRate:
			rate = ZERO
		subject.line = Line(subject.request, subject.item, rate, subject.qty, subject.factor)
		batch.lines.setdefault(sale, []).append(subject.line)


def _decide(subject: Subject, batch: _Batch) -> Decision:
	sale = subject.request.sale
	lines: Sequence[Line] = batch.lines.get(sale, ())
	mixes: Mapping[str, Decimal] = batch.mixes[sale]
	book = batch.book
	try:
		agreed = _agreed(subject, book)
		found = agreed or standing(subject, book, subject.qty, mixes, lines)
		decision = settle(subject, found, book)
		if agreed or decision.source == OVERRIDE or not (found.waiting or subject.ladder.breaks):
			return decision
		hint = next_break(subject, book, decision, found.waiting, mixes, lines)
		return replace(decision, next_break=hint) if hint else decision
	except NoRate as missing:
		return _impossible(subject.request, NO_EXCHANGE_RATE, currency=str(missing))


def _agreed(subject: Subject, book: Book) -> Standing | None:
	"""A price that was agreed before and still holds; one that does not any more is told of among the reasons."""
	agreed = subject.request.agreed
	if not agreed:
		return None
	about = {"source": agreed.source, "name": agreed.name, "until": agreed.until}
	if agreed.until and subject.request.sale.date > agreed.until:
		subject.before.append(Reason(agreed.source, LOST, "agreed_ended", agreed.rate, about))
		return None
	why = "original" if agreed.source == ORIGINAL else "agreed"
	rate = quantize(agreed.rate, book)
	return Standing(
		rate=rate,
		list_rate=list_rate_of(subject, book),
		source=agreed.source,
		name=agreed.name,
		reasons=[Reason(agreed.source, WON, why, rate, about)],
		kept=True,
	)


def _impossible(request: Request, problem: str, **about: object) -> Decision:
	return Decision(
		key=request.key,
		item=request.item,
		qty=abs(request.qty),
		uom=request.uom,
		rate=ZERO,
		calculated=ZERO,
		source=NOTHING,
		problem=problem,
		reasons=(Reason(problem, LOST, problem, about={"item": request.item, **about}),),
	)
