"""Small bar charts as inline SVG: no script, no font, no file beside the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, ROW, BAR, LABEL = 350, 19, 12, 98
NUMBERS = 106
TRACK = "#eef1f5"
# a chart over the width of the page, with room for two names at the left
WIDE, WIDE_LABEL, WIDE_NUMBERS = 712, 190, 64


@dataclass(frozen=True, slots=True)
class Bar:
	"""One bar. solid: its length; pale: how far it goes on in a lighter shade, at least `solid`. text: beside it."""

	label: str
	solid: float
	text: str
	colour: str
	pale: float = 0.0


def bars(title: str, rows: Sequence[Bar], most: float | None = None, numbers: int = NUMBERS) -> str:
	"""Horizontal bars from one zero line. most: the value of the full width, which shows as a track; without it, that of
	the longest bar.

	numbers: room for the texts at the right, in pixels.
	"""
	full = most or max((max(row.solid, row.pale) for row in rows), default=0) or 1.0
	scale = (WIDTH - LABEL - numbers) / full
	parts = [_open(title, len(rows) * ROW + 2)]
	for place, row in enumerate(rows):
		top = place * ROW + 3
		parts.append(_text(LABEL - 6, top, row.label, "end"))
		if most:
			parts.append(_rect(LABEL, top, full * scale, TRACK))
		if row.pale > row.solid:
			parts.append(_rect(LABEL, top, row.pale * scale, row.colour, 0.35))
		parts.append(_rect(LABEL, top, row.solid * scale, row.colour))
		end = full if most else max(row.solid, row.pale)
		parts.append(_text(LABEL + end * scale + 5, top, row.text, "start", strong=True))
	parts.append(_axis(LABEL, len(rows)))
	return "".join([*parts, "</svg>"])


@dataclass(frozen=True, slots=True)
class Fork:
	"""A bar that goes both ways: how many gain, how many lose."""

	label: str
	gains: int
	losses: int


def forks(title: str, rows: Sequence[Fork], gain: str, loss: str) -> str:
	"""Bars to the right for gains and to the left for losses, of one scale. gain, loss: colours."""
	most = max((max(row.gains, row.losses) for row in rows), default=0) or 1
	side = (WIDE - WIDE_LABEL) / 2
	middle, scale = WIDE_LABEL + side, (side - WIDE_NUMBERS) / most
	parts = [_open(title, len(rows) * ROW + 2, WIDE)]
	for place, row in enumerate(rows):
		top = place * ROW + 3
		lost, won = row.losses * scale, row.gains * scale
		parts.append(_text(WIDE_LABEL - 6, top, row.label, "end"))
		parts.append(_rect(middle - lost, top, lost, loss))
		parts.append(_rect(middle, top, won, gain))
		less, more = (f"{sign}{n:,}" if n else "0" for sign, n in (("−", row.losses), ("+", row.gains)))
		parts.append(_text(middle - lost - 5, top, less, "end", strong=True))
		parts.append(_text(middle + won + 5, top, more, "start", strong=True))
	parts.append(_axis(middle, len(rows)))
	return "".join([*parts, "</svg>"])


def _open(title: str, height: int, width: int = WIDTH) -> str:
	return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'


def _rect(left: float, top: float, width: float, colour: str, opacity: float = 1) -> str:
	faint = f' fill-opacity="{opacity}"' if opacity != 1 else ""
	return (
		f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" rx="1.5" fill="{colour}"{faint}/>'
	)


def _text(left: float, top: float, text: str, anchor: str, strong: bool = False) -> str:
	kind = "number" if strong else "name"
	return f'<text x="{left:.1f}" y="{top + 10}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def _axis(left: float, rows: int) -> str:
	return f'<path d="M{left:.1f} 1V{rows * ROW + 1}" class="axis"/>'
