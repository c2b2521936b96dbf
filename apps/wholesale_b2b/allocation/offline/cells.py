"""From the text of a cell to a value, and back. Each parser raises ValueError with a reason a user can act on."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

from wholesale_b2b.allocation.rules.model import STRATEGIES

Value = TypeVar("Value")

LARGEST = Decimal(1_000_000_000)
PLACES = Decimal("0.000001")
LONGEST_HORIZON = 3650
YEARS = range(1990, 2101)
DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
# Only where it can mean nothing else: 1,234.5 or 1,234,567; 1,234 may be one and a bit.
_GROUPED = re.compile(r"[+-]?\d{1,3}((,\d{3})+\.\d+|(,\d{3}){2,})")
_SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
_SHEET_ERRORS = {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"}
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})")
_IN_WORDS = re.compile(r"(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?\s*([AaPp][Mm])?(Z|[+-]\d\d:?\d\d)?")


class Cells:
	"""One row: values are taken out by column name, and every fault is remembered instead of the first."""

	def __init__(self, places: Mapping[str, int], texts: Sequence[str]):
		self.places, self.texts = places, texts
		self.faults: list[str] = []

	def text(self, name: str) -> str:
		place = self.places.get(name, -1)
		return self.texts[place] if 0 <= place < len(self.texts) else ""

	def get(self, name: str, parse: Callable[[str], Value], default: Value) -> Value:
		"""The parsed value, or `default` where the cell is empty or wrong."""
		text = self.text(name)
		if not text:
			return default
		try:
			return parse(text)
		except ValueError as error:
			self.faults.append(f"{name}: {error}")
			return default

	def need(self, name: str, parse: Callable[[str], Value], default: Value) -> Value:
		"""As `get`, and an empty cell is a fault."""
		if not self.text(name):
			self.faults.append(f"{name} is empty")
		return self.get(name, parse, default)


def quantity(text: str) -> Decimal:
	"""Units, not negative, at most a billion, rounded to six places as ERPNext does."""
	plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
	if not _NUMBER.fullmatch(plain):
		hint = "; write 1234.5, with a point and no thousands separator" if re.search(r"\d", text) else ""
		raise ValueError(f"“{text}” is not a number{hint}")
	value = Decimal(plain)
	if value < 0:
		raise ValueError(f"{text} is negative")
	if value > LARGEST:
		raise ValueError(f"{text} is more than {LARGEST:,} units")
	return value.quantize(PLACES).normalize() + 0


def pack(text: str) -> Decimal:
	"""A case pack: a quantity above nothing."""
	value = quantity(text)
	if not value:
		raise ValueError("a pack holds more than nothing")
	return value


def horizon(text: str) -> int:
	"""Days from 0 to ten years."""
	if (
		not re.fullmatch(r"[0-9]{1,6}", text.removesuffix(".0"))
		or int(text.removesuffix(".0")) > LONGEST_HORIZON
	):
		raise ValueError(f"“{text}” is not a number of days from 0 to {LONGEST_HORIZON}")
	return int(text.removesuffix(".0"))


def priority(text: str) -> int:
	"""A priority class."""
	if not re.fullmatch(r"-?\d{1,6}", text.removesuffix(".0")):
		raise ValueError(f"“{text}” is not a whole number")
	return int(text.removesuffix(".0"))


def name(text: str) -> str:
	"""A name or code, as it is; refuses what a spreadsheet has spoilt."""
	if text in _SHEET_ERRORS:
		raise ValueError(f"{text} is an error of the spreadsheet")
	if _SHORTENED.fullmatch(text):
		raise ValueError(f"{text} is a code that a spreadsheet has shortened; format the column as text")
	return text


def strategy(text: str) -> str:
	"""One of the planner's strategies, however it is spelt."""
	found = re.sub(r"[\s_-]+", " ", text).strip().casefold()
	if found not in STRATEGIES:
		raise ValueError(f"there is no strategy “{text}”; there are: {', '.join(STRATEGIES)}")
	return found


def day(text: str, style: str | None = None) -> date:
	"""A date, with or without a time. `style`: `dmy` or `mdy`, what 05/11/2026 means; without it that is refused."""
	return _date_and_rest(text, style)[0]


def moment(text: str, style: str | None = None) -> date | datetime:
	"""A date, or a date and time; a time with an offset comes out in UTC."""
	found, rest = _date_and_rest(text, style)
	if not rest:
		return found
	match = _CLOCK.fullmatch(rest)
	if not match:
		raise ValueError(f"“{rest}” is not a time; write 14:30 or 14:30:00")
	hour, minute, second, fraction, half, offset = match.groups()
	try:
		hours = int(hour) % 12 + 12 * (half.lower() == "pm") if half else int(hour)
		clock = time(hours, int(minute), int(second or 0), int((fraction or "0").ljust(6, "0")))
	except ValueError:
		raise ValueError(f"“{rest}” is not a time of day")
	return datetime.combine(found, clock) - _shift(offset)


def _shift(offset: str | None) -> timedelta:
	if not offset or offset == "Z":
		return timedelta(0)
	minutes = int(offset[1:3]) * 60 + int(offset[-2:])
	return timedelta(minutes=-minutes if offset[0] == "-" else minutes)


def _date_and_rest(text: str, style: str | None) -> tuple[date, str]:
	match = _YEAR_FIRST.match(text) or _YEAR_LAST.match(text) or _IN_WORDS.match(text)
	rest = text[match.end() :] if match else ""
	if not match or (rest and rest[0] not in "T "):
		raise ValueError(f"“{text}” is not a date; write 2026-11-30")
	year, month, of_month = _parts(text, match, style)
	try:
		found = date(year, month, of_month)
	except ValueError:
		raise ValueError(f"“{text}” is not a day of any calendar")
	if year not in YEARS:
		raise ValueError(f"the year of “{text}” is not between {YEARS[0]} and {YEARS[-1]}")
	return found, rest[1:].strip()


def _parts(text: str, match: re.Match, style: str | None) -> tuple[int, int, int]:
	"""Year, month, day."""
	if match.re is _YEAR_FIRST:
		return int(match[1]), int(match[3]), int(match[4])
	if match.re is _IN_WORDS:
		if match[2][:3].lower() not in MONTHS:
			raise ValueError(f"“{match[2]}” is not a month")
		return int(match[3]), MONTHS.index(match[2][:3].lower()) + 1, int(match[1])
	first, sign, second, year = int(match[1]), match[2], int(match[3]), int(match[4])
	if style is None and (sign == "." or first > 12 or first == second):
		style = DAY_FIRST
	elif style is None and second > 12:
		style = MONTH_FIRST
	if style is None:
		raise ValueError(f"“{text}” may be day or month first; say which with --dates dmy or --dates mdy")
	return (year, second, first) if style == DAY_FIRST else (year, first, second)


def split_names(text: str) -> tuple[str, ...]:
	"""Names separated by |; a | or \\ of a name is written \\| or \\\\."""
	found, current, escaped = [], "", False
	for sign in text:
		if escaped or sign not in "\\|":
			current, escaped = current + sign, False
		elif sign == "\\":
			escaped = True
		else:
			found, current = [*found, current], ""
	return tuple(dict.fromkeys(part.strip() for part in [*found, current] if part.strip()))


def join_names(names: Iterable[str]) -> str:
	"""What `split_names` reads."""
	return " | ".join(re.sub(r"([\\|])", r"\\\1", entry) for entry in names)


def number(value: Decimal) -> str:
	"""A quantity as people write it: 12, 2.5, never 1E+1."""
	return format(value.normalize(), "f") if value else "0"
