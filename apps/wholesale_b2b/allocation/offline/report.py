"""The one-page comparison of strategies: comparison.md and comparison.html, which stands alone and prints on A4."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape
from itertools import combinations
from pathlib import Path

from wholesale_b2b.allocation.offline import tables, words
from wholesale_b2b.allocation.offline.charts import Bar, Fork, bars, forks
from wholesale_b2b.allocation.offline.compare import EACH_ITS_OWN, Comparison, Figures, Outcome
from wholesale_b2b.allocation.offline.words import Setting
from wholesale_b2b.allocation.rules import EARLIEST, FAIR_SHARE, JUST_IN_TIME

COLOURS = {EARLIEST: "#1f5fa8", JUST_IN_TIME: "#c2650f", FAIR_SHARE: "#7a4a9a", EACH_ITS_OWN: "#4a5563"}
OTHER_COLOUR = "#8a7340"
GAIN, LOSS = "#2f7d5b", "#b3403a"

STYLE = """
@page { size: A4 portrait; margin: 10mm 12mm }
* { box-sizing: border-box }
body { font: 13px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; color: #1c2430;
	background: #fff; margin: 0 auto; padding: 20px 24px; max-width: 800px;
	print-color-adjust: exact; -webkit-print-color-adjust: exact }
h1 { font-size: 21px; line-height: 1.2; margin: 0 0 4px }
h2 { font-size: 13px; margin: 0 0 4px }
h2 small { font-weight: 400; font-size: 11px; color: #5b6675 }
p { margin: 0 0 6px } .setting { color: #5b6675 } ul { margin: 8px 0 12px; padding-left: 18px }
table { border-collapse: collapse; width: 100%; margin: 10px 0 14px }
th, td { text-align: right; padding: 3px 8px; border-bottom: 1px solid #e3e7ec; font-variant-numeric: tabular-nums }
th:first-child, td:first-child { text-align: left; padding-left: 0 }
thead th { border-bottom: 2px solid #1c2430; vertical-align: bottom }
.chosen { background: #f2f5f9 } .tag { display: block; font-weight: 400; font-size: 11px; color: #5b6675 }
.swatch { display: inline-block; width: 9px; height: 9px; border-radius: 2px; margin-right: 5px }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 14px 28px }
section { break-inside: avoid } .wide { grid-column: 1 / -1 } svg { display: block; width: 100%; height: auto; overflow: visible }
.name { font-size: 11px; fill: #1c2430 } .number { font-size: 11px; fill: #1c2430; font-weight: 600 }
.axis { stroke: #8a94a3; stroke-width: 1; fill: none }
footer { margin-top: 14px; padding-top: 6px; border-top: 1px solid #e3e7ec; font-size: 11px; color: #5b6675 }
footer p { margin: 0 0 2px }
@media print { body { padding: 0; max-width: none; font-size: 11.5px; line-height: 1.35 } ul { margin: 4px 0 6px }
	th, td { padding: 1.5px 8px } table { margin: 4px 0 10px } .charts { gap: 8px 28px } h2 { margin: 0 0 1px }
	footer { margin-top: 8px; font-size: 10px } }
@media screen and (max-width: 560px) { .charts { grid-template-columns: minmax(0, 1fr) } body { padding: 12px }
	.scroll, .wide { overflow-x: auto } td { white-space: nowrap } .wide svg { min-width: 520px } }
"""


def write(folder: Path, comparison: Comparison, setting: Setting) -> None:
	"""Write comparison.md and comparison.html to the folder."""
	for name, text in (
		("comparison.md", markdown(comparison, setting)),
		("comparison.html", html(comparison, setting)),
	):
		with tables.replacing(folder / name) as file:
			file.write(text)


def markdown(comparison: Comparison, setting: Setting) -> str:
	"""The comparison as Markdown."""
	names = [outcome.strategy for outcome in comparison.outcomes]
	heads = [f"**{name}** (chosen)" if place == 0 else name for place, name in enumerate(names)]
	parts = [f"# {words.TITLE}", "", _mark(setting.sentence(comparison.chosen.figures)), ""]
	parts += [f"- {_mark(sentence)}" for sentence in words.differences(comparison)]
	parts += ["", _row(["", *heads]), _row(["---", *["---:"] * len(names)])]
	parts += [_row([what, *texts]) for what, texts in words.table(comparison.outcomes)]
	parts += [
		"",
		"## Lines that gain and lose",
		"",
		"By changing from the strategy at the left to the one above:",
	]
	parts += ["", _row(["from \\ to", *names]), _row(["---", *["---:"] * len(names)])]
	for before in names:
		parts.append(_row([before, *(_move(comparison, before, after) for after in names)]))
	parts += ["", "## Strategies", "", *(f"- *{name}*: {words.EXPLAINED.get(name, '')}" for name in names)]
	parts += ["", "## Terms", "", *(f"- {note}" for note in words.NOTES), ""]
	parts.append(f"Demand: {_mark(setting.demand_file)}. Supply: {_mark(setting.supply_file)}.")
	return "\n".join(parts) + "\n"


def _row(texts: Sequence[str]) -> str:
	return f"| {' | '.join(texts)} |"


def _mark(text: str) -> str:
	"""File names may hold what Markdown would take for its own."""
	return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|" else sign for sign in text)


def _move(comparison: Comparison, before: str, after: str) -> str:
	if before == after:
		return "–"
	gains, losses = comparison.moves[before, after]
	return f"+{gains:,} / −{losses:,}"


def html(comparison: Comparison, setting: Setting) -> str:
	"""The comparison as one HTML file without anything beside it."""
	figures = comparison.chosen.figures
	differences = "".join(f"<li>{escape(sentence)}</li>" for sentence in words.differences(comparison))
	notes = "".join(f"<p>{escape(note)}</p>" for note in words.NOTES)
	return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{words.TITLE}</title>
<style>{STYLE}</style>
</head>
<body>
<h1>{words.TITLE}</h1>
<p class="setting">{escape(setting.sentence(figures))}</p>
<ul>{differences}</ul>
{_table(comparison)}
<div class="charts">
{_charts(comparison)}
</div>
<footer>{notes}<p>Demand: {escape(setting.demand_file)}. Supply: {escape(setting.supply_file)}.</p></footer>
</body>
</html>
"""


def _table(comparison: Comparison) -> str:
	heads = "".join(
		f'<th{_chosen(place)}><span class="swatch" style="background:{_colour(outcome)}"></span>'
		f'{escape(outcome.strategy)}<span class="tag">{"chosen" if place == 0 else "&nbsp;"}</span></th>'
		for place, outcome in enumerate(comparison.outcomes)
	)
	rows = "".join(
		f"<tr><td>{escape(what)}</td>"
		+ "".join(f"<td{_chosen(place)}>{escape(text)}</td>" for place, text in enumerate(texts))
		+ "</tr>"
		for what, texts in words.table(comparison.outcomes)
	)
	return f"<div class=scroll><table><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"


def _chosen(place: int) -> str:
	return ' class="chosen"' if place == 0 else ""


def _colour(outcome: Outcome) -> str:
	return COLOURS.get(outcome.strategy, OTHER_COLOUR)


def _charts(comparison: Comparison) -> str:
	outcomes = comparison.outcomes
	charts = [
		_fill(outcomes, "Fill rate by units", lambda f: (f.units_now, f.units_covered, f.units)),
		_fill(outcomes, "Fill rate by lines", lambda f: (f.lines_now, f.lines_covered, f.lines)),
		_fill(outcomes, "Fill rate by orders", lambda f: (f.orders_now, f.orders_covered, f.orders)),
		_values(
			outcomes,
			"Units left free on the shelf",
			lambda f: f.shelf_free,
			lambda f: words.units(f.shelf_free),
		),
		_values(outcomes, "Average promise delay", lambda f: f.delay or 0, lambda f: words.days(f.delay)),
		_values(outcomes, "Late lines", lambda f: f.late, lambda f: f"{f.late:,}"),
	]
	return "\n".join([*charts, _moves(comparison)])


def _fill(
	outcomes: Sequence[Outcome],
	title: str,
	shares: Callable[[Figures], tuple[Decimal | int, Decimal | int, Decimal | int]],
) -> str:
	rows = []
	for outcome in outcomes:
		now, covered, whole = shares(outcome.figures)
		text = f"{words.percent(now, whole)} · {words.percent(covered, whole)}"
		length = float(now) / float(whole or 1), float(covered) / float(whole or 1)
		rows.append(Bar(outcome.strategy, length[0], text, _colour(outcome), length[1]))
	return _section(title, "now · in all", bars(title, rows, most=1.0))


def _values(
	outcomes: Sequence[Outcome],
	title: str,
	value: Callable[[Figures], Decimal | int],
	text: Callable[[Figures], str],
) -> str:
	rows = [Bar(o.strategy, float(value(o.figures)), text(o.figures), _colour(o)) for o in outcomes]
	return _section(title, "", bars(title, rows))


def _moves(comparison: Comparison) -> str:
	pairs = combinations([outcome.strategy for outcome in comparison.outcomes], 2)
	rows = [Fork(f"{before} → {after}", *comparison.moves[before, after]) for before, after in pairs]
	title = "What a change of strategy does to lines"
	return _section(title, "how many lose, how many gain", forks(title, rows, GAIN, LOSS), " class=wide")


def _section(title: str, subtitle: str, chart: str, attributes: str = "") -> str:
	small = f" <small>{escape(subtitle)}</small>" if subtitle else ""
	return f"<section{attributes}><h2>{escape(title)}{small}</h2>{chart}</section>"
