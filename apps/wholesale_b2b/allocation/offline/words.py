"""The comparison in words and numbers, the same for Markdown and HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from wholesale_b2b.allocation.offline.compare import EACH_ITS_OWN, Comparison, Figures, Outcome
from wholesale_b2b.allocation.rules import EARLIEST, FAIR_SHARE, JUST_IN_TIME, Policy

TITLE = "Allocation strategies compared"
EXPLAINED = {
	EARLIEST: "the shelf first, then the next supply to come",
	JUST_IN_TIME: "the latest supply that still meets the date, so that the shelf stays free",
	FAIR_SHARE: "what there is in proportion to what each line is owed, in whole case packs",
	EACH_ITS_OWN: "each line by the strategy that its row names",
}
NOTES = (
	"Now: from the shelf. In all: with supplies still to come. A line or order counts when it is complete.",
	"Left free on the shelf: units on hand of the items ordered that are promised to nobody.",
	"Delay: days from the date wanted to the promise, a mean over promised units. Wanted is the date asked for; today, "
	"where none is given or it has passed. Late: lines with a date asked for that cannot ship in full by then.",
	"A line gains when more of its units come by the date wanted; if as many, when more are promised at all; if as "
	"many, when they come sooner.",
)


@dataclass(frozen=True, slots=True)
class Setting:
	"""What the plan was made with, as the reader should see it."""

	demand_file: str
	supply_file: str
	kept_file: str
	policy: Policy
	kept_units: Decimal = Decimal(0)
	rejected: int = 0

	@property
	def today(self) -> date:
		return self.policy.today or date.min

	def sentence(self, figures: Figures) -> str:
		horizon = self.policy.horizon_days
		parts = [
			long_date(self.today),
			f"{figures.lines:,} lines of {figures.orders:,} orders owe {units(figures.units)} units",
			f"{units(figures.shelf)} units of their items are on hand",
			f"queue by priority, then {self.policy.date_rule}",
			f"reservation horizon {horizon} days" if horizon is not None else "no reservation horizon",
		]
		if self.kept_file:
			parts.append(
				f"{units(self.kept_units)} units promised before stay where they are ({self.kept_file})"
			)
		if self.policy.protections:
			parts.append(f"protections of shelves: {len(self.policy.protections):,}")
		if self.rejected:
			parts.append(f"rows left out because they cannot be read: {self.rejected:,}")
		return "; ".join(parts) + "."


def long_date(day: date) -> str:
	"""21 November 2026, in any locale."""
	names = "January February March April May June July August September October November December".split()
	return f"{day.day} {names[day.month - 1]} {day.year}"


def units(value: Decimal) -> str:
	"""Units for people: thousands separated, at most one decimal."""
	rounded = value.quantize(Decimal("0.1"), ROUND_HALF_UP)
	return f"{rounded:,.0f}" if rounded == rounded.to_integral_value() else f"{rounded:,}"


def percent(part: Decimal | int, whole: Decimal | int) -> str:
	"""A share with one decimal, rounded down: 100 % means all of it."""
	share = Decimal(part) * 100 / Decimal(whole) if whole else Decimal(100)
	shown = share.quantize(Decimal("0.1"), ROUND_FLOOR)
	return f"{shown.to_integral_value() if shown in (0, 100) else shown} %"


def days(value: Decimal | None) -> str:
	"""Days with one decimal; a dash when nothing is promised."""
	return "–" if value is None else f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP)} days"


def table(outcomes: Sequence[Outcome]) -> list[tuple[str, list[str]]]:
	"""Rows of the table: what, then one text per strategy."""
	figures = [outcome.figures for outcome in outcomes]
	return [
		("Units that ship now", [f"{units(f.units_now)} · {percent(f.units_now, f.units)}" for f in figures]),
		("Lines complete now", [f"{f.lines_now:,} · {percent(f.lines_now, f.lines)}" for f in figures]),
		("Orders complete now", [f"{f.orders_now:,} · {percent(f.orders_now, f.orders)}" for f in figures]),
		(
			"Units promised in all",
			[f"{units(f.units_covered)} · {percent(f.units_covered, f.units)}" for f in figures],
		),
		(
			"Lines promised in full",
			[f"{f.lines_covered:,} · {percent(f.lines_covered, f.lines)}" for f in figures],
		),
		(
			"Orders promised in full",
			[f"{f.orders_covered:,} · {percent(f.orders_covered, f.orders)}" for f in figures],
		),
		("Units left free on the shelf", [units(f.shelf_free) for f in figures]),
		("Average promise delay", [days(f.delay) for f in figures]),
		("Late lines, of those with a date", [f"{f.late:,} of {f.dated:,}" for f in figures]),
	]


def differences(comparison: Comparison) -> list[str]:
	"""One sentence for each strategy that was not chosen: what changes if it were."""
	chosen, found = comparison.chosen, []
	for other in comparison.outcomes[1:]:
		gains, losses = comparison.moves[chosen.strategy, other.strategy]
		effects = [f"lines that gain: {gains:,}, that lose: {losses:,}"]
		effects += _effects(chosen.figures, other.figures)
		if not gains and not losses:
			effects = ["nothing changes for any line"]
		found.append(f"{_capital(other.strategy)} instead of {chosen.strategy}: {'; '.join(effects)}.")
	return found


def _effects(was: Figures, now: Figures) -> list[str]:
	changes = (
		("units that ship now", now.units_now - was.units_now),
		("units promised in all", now.units_covered - was.units_covered),
		("orders complete now", Decimal(now.orders_now - was.orders_now)),
		("late lines", Decimal(now.late - was.late)),
	)
	return [f"{what}: {units(abs(more))} {'more' if more > 0 else 'fewer'}" for what, more in changes if more]


def _capital(text: str) -> str:
	return text[:1].upper() + text[1:]
