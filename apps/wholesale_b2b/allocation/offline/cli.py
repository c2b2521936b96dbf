"""The command line: `python -m wholesale_b2b.allocation plan …`."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from wholesale_b2b.allocation.offline import cells, files, outputs, report, words
from wholesale_b2b.allocation.offline.columns import DEMAND, KEPT, PROTECTIONS, SUPPLY, Column
from wholesale_b2b.allocation.offline.compare import Comparison, compare
from wholesale_b2b.allocation.offline.model import BadRow, OrderLine, Reading, SupplyLine, Unreadable
from wholesale_b2b.allocation.offline.words import Setting
from wholesale_b2b.allocation.rules import ZERO, Peg, Policy, Protection
from wholesale_b2b.allocation.rules.model import STRATEGIES

DATE_RULES = ("order date", "requested date")
SHOWN_ROWS = 20
DONE, BAD_ROWS, CANNOT = 0, 1, 2

DESCRIPTION = """\
Plan which units are promised to which order line, from files, without a site and without Frappe.
Nothing but the files in --out is written."""

AFTER = """\
exit codes:
  0  planned and written
  1  some rows cannot be read; they are listed and nothing is written (see --skip-bad-rows)
  2  wrong call, or a file that cannot be read or written at all

example:
  python -m wholesale_b2b.allocation plan --demand demand.csv --supply supply.csv \\
      --strategy "just in time" --horizon 30 --out plan

columns, in any order, * needed; Excel workbooks need openpyxl:
"""


def main(words_of_call: Sequence[str] | None = None) -> int:
	"""Run the command; returns the exit code."""
	for stream in (sys.stdout, sys.stderr):
		if isinstance(stream, TextIOWrapper):
			# A console that lacks a sign shows another one, and the plan goes on.
			stream.reconfigure(errors="replace")
	try:
		return _answer(words_of_call)
	finally:
		for stream in (sys.stdout, sys.stderr):
			_say("", stream, end="")


def _answer(words_of_call: Sequence[str] | None) -> int:
	parser = _parser()
	options = parser.parse_args(words_of_call)
	if not getattr(options, "command", None):
		_say(parser.format_help(), sys.stdout)
		return CANNOT
	try:
		return run(options)
	except Unreadable as error:
		_tell(f"error: {error}")
	except OSError as error:
		_tell(f"error: {error.filename or options.out}: {error.strerror}.")
	except KeyboardInterrupt:
		_tell("stopped; nothing more is written.")
		return 130
	return CANNOT


def run(options: argparse.Namespace) -> int:
	"""Read, plan, write, tell. Raises `Unreadable` and OSError."""
	demand = files.read_demand(options.demand, options.dates, options.encoding)
	supply = files.read_supply(options.supply, options.dates, options.encoding)
	kept = _kept(options, demand, supply)
	protections = _protections(options, supply)
	readings = (demand, supply, kept, protections)
	bad = [row for reading in readings for row in reading.bad]
	for note in (note for reading in readings for note in reading.notes):
		_tell(note)
	if bad:
		_list(bad)
		if not options.skip_bad_rows:
			_tell("Nothing was written. Mend the rows, or leave them out with --skip-bad-rows.")
			return BAD_ROWS
	for path, reading in ((options.demand, demand), (options.supply, supply)):
		if not reading.rows:
			raise Unreadable(f"{path} has a heading and no row{' that can be read' if reading.bad else ''}.")

	lines = files.anywhere(demand.rows, supply.rows)
	for note in files.remarks(lines, supply.rows, protections.rows):
		_tell(note)
	policy = Policy(options.date_rule, options.today, options.horizon, tuple(protections.rows))
	comparison = compare(lines, [row.supply for row in supply.rows], kept.rows, policy, options.strategy)
	setting = Setting(
		demand_file=options.demand.name,
		supply_file=options.supply.name,
		kept_file=options.kept.name if options.kept else "",
		policy=policy,
		kept_units=sum((peg.qty for peg in kept.rows), ZERO),
		rejected=len(bad),
	)
	_write(options, comparison, setting, lines, supply.rows, kept.rows, bad)
	_summary(comparison, options.out)
	return DONE


def _kept(
	options: argparse.Namespace, demand: Reading[OrderLine], supply: Reading[SupplyLine]
) -> Reading[Peg]:
	if not options.kept:
		return Reading()
	lines = {row.demand.line for row in demand.rows}
	supplies = {row.supply.key for row in supply.rows}
	return files.read_kept(options.kept, lines, supplies, options.encoding)


def _protections(options: argparse.Namespace, supply: Reading[SupplyLine]) -> Reading[Protection]:
	if not options.protections:
		return Reading()
	supplies = {row.supply.key: row.supply for row in supply.rows}
	return files.read_protections(options.protections, supplies, options.encoding)


def _write(
	options: argparse.Namespace,
	comparison: Comparison,
	setting: Setting,
	lines: Sequence[OrderLine],
	supplies: Sequence[SupplyLine],
	kept: Sequence[Peg],
	bad: Sequence[BadRow],
) -> None:
	folder: Path = options.out
	folder.mkdir(parents=True, exist_ok=True)
	outputs.write_plan(folder, comparison.chosen, lines, supplies, kept, options.today)
	report.write(folder, comparison, setting)
	rejected = folder / "rejected.csv"
	# One of an earlier plan must not be taken for this one's.
	if bad or rejected.exists():
		outputs.write_rejected(rejected, bad)


def _summary(comparison: Comparison, folder: Path) -> None:
	names = [outcome.strategy for outcome in comparison.outcomes]
	rows = [("", [f"{name} *" if place == 0 else name for place, name in enumerate(names)])]
	rows += words.table(comparison.outcomes)
	widths = [max(len(texts[column]) for _what, texts in rows) for column in range(len(names))]
	for what, texts in rows:
		figures = "".join(f"  {text:>{width}}" for text, width in zip(texts, widths, strict=True))
		_say(f"{what:<30}{figures}", sys.stdout)
	_say(
		f"\n* chosen; its plan is in {folder}: pegs.csv, shortages.csv, promise-dates.csv; "
		"all of them in comparison.html and comparison.md.",
		sys.stdout,
	)


def _list(bad: Sequence[BadRow]) -> None:
	for row in bad[:SHOWN_ROWS]:
		_tell(str(row))
	if len(bad) > SHOWN_ROWS:
		_tell(f"… and {len(bad) - SHOWN_ROWS:,} more rows.")
	_tell(f"Rows that cannot be read: {len(bad):,}.")


def _tell(note: str) -> None:
	_say(note, sys.stderr)


def _say(text: str, stream: TextIO, end: str = "\n") -> None:
	"""Print; where nobody reads any more (`| head`), the plan goes on in silence."""
	try:
		print(text, file=stream, end=end, flush=True)
	except BrokenPipeError:
		# What is left in the stream's buffer goes nowhere either, when Python ends.
		nowhere = os.open(os.devnull, os.O_WRONLY)
		os.dup2(nowhere, stream.fileno())
		os.close(nowhere)


def _parser() -> argparse.ArgumentParser:
	parser = argparse.ArgumentParser(prog="python -m wholesale_b2b.allocation", description=DESCRIPTION)
	commands = parser.add_subparsers(dest="command", metavar="plan")
	plan = commands.add_parser(
		"plan",
		help="plan from a demand and a supply file, and compare the strategies",
		description=DESCRIPTION,
		epilog=AFTER + "\n".join(_columns(*entry) for entry in _FILES),
		formatter_class=argparse.RawDescriptionHelpFormatter,
	)
	plan.add_argument(
		"--demand", metavar="FILE", type=Path, required=True, help="open order lines: CSV or XLSX"
	)
	plan.add_argument("--supply", metavar="FILE", type=Path, required=True, help="stock and what is to come")
	plan.add_argument("--kept", metavar="FILE", type=Path, help="promises made before, which stay")
	plan.add_argument(
		"--protections",
		metavar="FILE",
		type=Path,
		help="units kept for, or denied to, a channel, group or account",
	)
	plan.add_argument(
		"--strategy",
		type=_checked(cells.strategy),
		metavar="NAME",
		help=f"{', '.join(STRATEGIES)}: for every line; default: each line's own, earliest where it has none",
	)
	plan.add_argument(
		"--date-rule",
		type=_checked(_date_rule),
		metavar="RULE",
		default=DATE_RULES[0],
		help=f"who is first within a priority class: {' or '.join(DATE_RULES)}; default: {DATE_RULES[0]}",
	)
	plan.add_argument(
		"--horizon",
		type=_checked(cells.horizon),
		metavar="DAYS",
		help="lines needed later than so many days from today leave the shelf alone if supply comes in time; "
		"a line's own horizon goes before it",
	)
	plan.add_argument(
		"--today", type=_checked(cells.day), metavar="DATE", default=date.today(), help="default: today"
	)
	plan.add_argument(
		"--out",
		type=Path,
		metavar="DIR",
		default=Path("plan"),
		help="folder of the results, made if missing; default: plan",
	)
	plan.add_argument(
		"--dates",
		choices=(cells.DAY_FIRST, cells.MONTH_FIRST),
		help="what 05/11/2026 means; 2026-11-05 needs no saying",
	)
	plan.add_argument(
		"--encoding", metavar="NAME", help="of CSV files that are not UTF-8, for example cp1252"
	)
	plan.add_argument(
		"--skip-bad-rows",
		action="store_true",
		help="plan without rows that cannot be read, listed in rejected.csv",
	)
	return parser


_FILES = (("demand", DEMAND), ("supply", SUPPLY), ("kept", KEPT), ("protections", PROTECTIONS))


def _columns(name: str, columns: Sequence[Column]) -> str:
	rows = [f"  {column.name + ('*' if column.needed else ''):<14}{column.meaning}" for column in columns]
	return "\n".join([f" {name}:", *rows])


def _checked(parse):
	"""argparse tells the reason of its own error type only."""

	def check(text: str):
		try:
			return parse(text)
		except ValueError as error:
			raise argparse.ArgumentTypeError(str(error))

	return check


def _date_rule(text: str) -> str:
	found = text.replace("-", " ").replace("_", " ").strip().casefold()
	if found not in DATE_RULES:
		raise ValueError(f"there is no date rule “{text}”; there are: {', '.join(DATE_RULES)}")
	return found
