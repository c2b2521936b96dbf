"""Planning from files: what is written reads as the same, bad input is named, the command does what it says."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.allocation.offline import cells, columns, files, report, tables, words
from wholesale_b2b.allocation.offline.cli import main
from wholesale_b2b.allocation.offline.columns import DEMAND, KEPT, PROTECTIONS, SUPPLY
from wholesale_b2b.allocation.offline.compare import EACH_ITS_OWN, compare
from wholesale_b2b.allocation.offline.model import OrderLine, SupplyLine, Unreadable
from wholesale_b2b.allocation.rules import (
	EARLIEST,
	FAIR_SHARE,
	INBOUND,
	JUST_IN_TIME,
	ON_HAND,
	Demand,
	Peg,
	Policy,
	Protection,
	Supply,
	plan,
)

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 21)
D = Decimal

# ---- round trips ------------------------------------------------------------------------------------------------

SPOILT = {"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"}
texts = (
	st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
	.map(str.strip)
	.filter(lambda text: text and text not in SPOILT and text.casefold() != "now")
)
quantities = st.decimals(0, 10**9, places=6) | st.integers(0, 10**9).map(Decimal)
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31))


@st.composite
def order_lines(draw: st.DrawFn) -> list[OrderLine]:
	placed = st.none() | days | moments | st.builds("{} {}".format, days, moments)
	return [
		OrderLine(
			Demand(
				line=name,
				item=draw(texts),
				warehouses=tuple(draw(st.lists(texts, max_size=3, unique=True))),
				qty=draw(quantities),
				priority=draw(st.integers(-999, 99_999)),
				needed_by=draw(st.none() | days),
				placed_at=draw(placed),
				strategy=draw(st.sampled_from([EARLIEST, JUST_IN_TIME, FAIR_SHARE])),
				pack=draw(quantities.filter(bool)),
				horizon_days=draw(st.none() | st.integers(0, 3650)),
				segments=tuple(draw(st.lists(texts, max_size=3, unique=True))),
			),
			draw(st.just("") | texts),
			draw(st.just("") | texts),
		)
		for name in draw(st.lists(texts, max_size=5, unique=True))
	]


@st.composite
def supply_lines(draw: st.DrawFn) -> list[SupplyLine]:
	rows = []
	for name in draw(st.lists(texts, max_size=5, unique=True)):
		kind = draw(st.sampled_from([ON_HAND, INBOUND, "Work Order"]))
		when = None if kind == ON_HAND else draw(st.none() | st.just(date.max) | days)
		supply = Supply(name, kind, draw(texts), draw(texts), draw(quantities), when)
		rows.append(SupplyLine(supply, draw(st.just("") | texts)))
	return rows


@given(rows=order_lines())
def test_demand_written_reads_as_the_same(tmp_path_factory, rows):
	path = tmp_path_factory.mktemp("demand") / "demand.csv"
	files.write_demand(path, rows)
	found = files.read_demand(path)
	assert (found.bad, found.notes) == ([], [])
	assert found.rows == rows


@given(rows=supply_lines())
def test_supply_written_reads_as_the_same(tmp_path_factory, rows):
	path = tmp_path_factory.mktemp("supply") / "supply.csv"
	files.write_supply(path, rows)
	found = files.read_supply(path)
	assert (found.bad, found.notes) == ([], [])
	assert found.rows == rows


@given(st.lists(st.tuples(texts, texts, quantities, quantities), max_size=5))
def test_kept_promises_written_read_as_the_same(tmp_path_factory, drawn):
	pegs = [Peg(line, supply, max(a, b), min(a, b)) for line, supply, a, b in drawn]
	path = tmp_path_factory.mktemp("kept") / "kept.csv"
	files.write_kept(path, pegs)
	found = files.read_kept(path, {p.demand for p in pegs}, {p.supply for p in pegs})
	assert (found.bad, found.rows) == ([], pegs)


@given(
	st.lists(
		st.tuples(texts, texts, quantities, st.none() | quantities), max_size=5, unique_by=lambda p: p[:2]
	)
)
def test_protections_written_read_as_the_same(tmp_path_factory, drawn):
	rows = [
		Protection(supply, segment, a if b is None else min(a, b), b if b is None else max(a, b))
		for supply, segment, a, b in drawn
	]
	path = tmp_path_factory.mktemp("protections") / "protections.csv"
	files.write_protections(path, rows)
	found = files.read_protections(path, {row.supply: shelf(1) for row in rows})
	assert (found.bad, found.rows) == ([], rows)


@given(st.lists(texts, unique=True))
def test_names_joined_split_into_the_same(names):
	assert cells.split_names(cells.join_names(names)) == tuple(names)


@given(rows=order_lines(), supplies=supply_lines())
def test_a_plan_of_the_files_is_the_plan_of_the_rows(tmp_path_factory, rows, supplies):
	folder = tmp_path_factory.mktemp("both")
	files.write_demand(folder / "d.csv", rows)
	files.write_supply(folder / "s.csv", supplies)
	read_rows, read_supplies = (
		files.read_demand(folder / "d.csv").rows,
		files.read_supply(folder / "s.csv").rows,
	)
	assert plan([r.demand for r in read_rows], [s.supply for s in read_supplies]) == plan(
		[r.demand for r in rows], [s.supply for s in supplies]
	)


# ---- cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("text", "value"),
	[
		("12", "12"),
		("12.0", "12"),
		("+3", "3"),
		(".5", "0.5"),
		("5.", "5"),
		("1,234.5", "1234.5"),
		("1,234,567", "1234567"),
		("0", "0"),
		("0.30000000000000004", "0.3"),
	],
)
def test_quantities(text, value):
	assert cells.quantity(text) == D(value)


@pytest.mark.parametrize(
	("text", "reason"),
	[
		("-1", "negative"),
		("1000000001", "more than 1,000,000,000"),
		("9" * 400, "more than"),
		("1,234", "not a number; write 1234.5"),
		("1,5", "not a number"),
		("12 pcs", "not a number"),
		("many", "not a number"),
		("NaN", "not a number"),
		("Infinity", "not a number"),
		("1E5", "not a number"),
		("１２x", "not a number"),
	],
)
def test_quantities_refused(text, reason):
	with pytest.raises(ValueError, match=reason):
		cells.quantity(text)


@pytest.mark.parametrize(
	("text", "style", "value"),
	[
		("2026-11-05", None, date(2026, 11, 5)),
		("2026/11/05", None, date(2026, 11, 5)),
		("2026-11-05 00:00:00", None, date(2026, 11, 5)),
		("2026-11-05T10:00:00Z", None, date(2026, 11, 5)),
		("5.11.2026", None, date(2026, 11, 5)),
		("30/11/2026", None, date(2026, 11, 30)),
		("11/30/2026", None, date(2026, 11, 30)),
		("05/11/2026", "dmy", date(2026, 11, 5)),
		("05/11/2026", "mdy", date(2026, 5, 11)),
		("5 Nov 2026", None, date(2026, 11, 5)),
		("05-november-2026", None, date(2026, 11, 5)),
	],
)
def test_days(text, style, value):
	assert cells.day(text, style) == value


@pytest.mark.parametrize(
	("text", "style", "reason"),
	[
		("05/11/2026", None, "--dates"),
		("30/11/2026", "mdy", "not a day"),
		("2026-02-30", None, "not a day"),
		("3026-01-01", None, "year"),
		("46000", None, "not a date"),
		("soon", None, "not a date"),
		("2026-11-05x", None, "not a date"),
		("5 Foo 2026", None, "not a month"),
	],
)
def test_days_refused(text, style, reason):
	with pytest.raises(ValueError, match=reason):
		cells.day(text, style)


@pytest.mark.parametrize(
	("text", "value"),
	[
		("2010-12-01", date(2010, 12, 1)),
		("2010-12-01 08:26", datetime(2010, 12, 1, 8, 26)),
		("13/12/2010 8:26 PM", datetime(2010, 12, 13, 20, 26)),
		("2010-12-01 12:05 am", datetime(2010, 12, 1, 0, 5)),
		("2010-12-01T08:26:30.25+02:00", datetime(2010, 12, 1, 6, 26, 30, 250000)),
	],
)
def test_moments(text, value):
	assert cells.moment(text) == value


@pytest.mark.parametrize("text", ["2010-12-01 25:00", "2010-12-01 noon", "2010-12-01 13:00 PMX"])
def test_moments_refused(text):
	with pytest.raises(ValueError, match="not a time"):
		cells.moment(text)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused_in_words(text):
	for parse in (
		cells.quantity,
		cells.pack,
		cells.priority,
		cells.name,
		cells.strategy,
		cells.day,
		cells.moment,
	):
		try:
			parse(text)
		except ValueError as error:
			assert str(error)


# ---- headings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [DEMAND, SUPPLY, KEPT, PROTECTIONS])
def test_no_heading_means_two_columns(known):
	own = [columns.plain(column.name) for column in known]
	others = [alias for column in known for alias in column.aliases]
	assert len({*own, *others}) == len(own) + len(others)
	assert all(alias == columns.plain(alias) for alias in others)


def test_a_columns_own_name_wins_over_an_alias():
	assert columns.match("f", ["Quantity", "QTY", "Item Code"], DEMAND) == {"qty": 1, "item": 2}


def test_a_missing_column_is_named_with_what_there_is():
	with pytest.raises(Unreadable, match="no column qty .*It has: SKU, Colour"):
		columns.match("d.csv", ["SKU", "Colour"], DEMAND)


# ---- files ------------------------------------------------------------------------------------------------------


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
	path.write_bytes(text.encode(encoding))
	return path


def test_an_export_of_another_system(tmp_path):
	path = put(
		tmp_path / "orders.csv",
		"Order No;Stock Code;Open Qty;Due Date;Colour\nA1;85123A;6;30.11.2026;red\nA1;71053;8;;\n\n",
		"utf-16",
	)
	found = files.read_demand(path)
	assert found.notes == ["orders.csv: columns not used: Colour."]
	assert [
		(r.demand.line, r.order, r.demand.item, r.demand.qty, r.demand.needed_by) for r in found.rows
	] == [
		("A1 #1", "A1", "85123A", D(6), date(2026, 11, 30)),
		("A1 #2", "A1", "71053", D(8), None),
	]


def test_a_packed_file_and_a_supply_without_names_kinds_or_warehouses(tmp_path):
	path = tmp_path / "supply.csv.gz"
	path.write_bytes(
		gzip.compress(
			b"PO Number,SKU,Qty,ETA\n,MUG,6,\n,MUG,1,\nPO-1,MUG,4,2026-12-01\nPO-1,CUP,4,2026-12-01\n"
		)
	)
	found = [row.supply for row in files.read_supply(path).rows]
	assert [(s.key, s.kind, s.available_on) for s in found] == [
		("MUG @ all stock", ON_HAND, None),
		("MUG @ all stock #2", ON_HAND, None),
		("PO-1 #1", INBOUND, date(2026, 12, 1)),
		("PO-1 #2", INBOUND, date(2026, 12, 1)),
	]


def test_supply_that_comes_some_day(tmp_path):
	path = put(
		tmp_path / "s.csv", "supply,kind,item,qty,available_on\na,inbound,MUG,1,\nb,Transit,MUG,1,now\n"
	)
	assert [row.supply.available_on for row in files.read_supply(path).rows] == [date.max, None]


def test_every_bad_row_is_named_with_all_that_is_wrong(tmp_path):
	path = put(
		tmp_path / "d.csv",
		"line,item,qty,needed_by,strategy\n"
		"1,MUG,5,,\n"
		"1,MUG,5,,\n"
		"2,,-5,someday,\n"
		"3,MUG,5,,magic\n"
		"4,#N/A,,,\n"
		"5,1.23457E+11,1,,\n"
		"6,MUG,1,,,extra\n",
	)
	found = files.read_demand(path)
	assert [row.demand.line for row in found.rows] == ["1"]
	reasons = {bad.row: bad.reason for bad in found.bad}
	assert list(reasons) == [3, 4, 5, 6, 7, 8]
	assert reasons[3] == "the name 1 is taken by row 2"
	assert all(part in reasons[4] for part in ("item is empty", "-5 is negative", "“someday” is not a date"))
	assert "there is no strategy “magic”; there are: earliest, just in time, fair share" in reasons[5]
	assert "#N/A is an error of the spreadsheet" in reasons[6] and "qty is empty" in reasons[6]
	assert "a spreadsheet has shortened" in reasons[7]
	assert "more cells than the heading" in reasons[8]


def test_kept_promises_of_lines_and_supplies_that_are_not_there(tmp_path):
	path = put(tmp_path / "k.csv", "line,supply,qty,frozen\n1,bin,5,\n2,bin,5,\n1,po,5,\n1,bin,5,6\n")
	found = files.read_kept(path, {"1"}, {"bin"})
	assert found.rows == [Peg("1", "bin", D(5))]
	assert [(bad.row, bad.reason) for bad in found.bad] == [
		(3, "the demand file has no line 2"),
		(4, "the supply file has no supply po"),
		(5, "frozen: 6 is more than the 5 promised"),
	]


def test_protections_that_protect_nothing(tmp_path):
	path = put(
		tmp_path / "p.csv",
		"supply,segment,floor,ceiling\nbin,web,5,\nbin,web,6,\npo,web,5,\nbox,web,5,\nbin,eu,,\nbin,us,5,4\n",
	)
	supplies = {"bin": shelf(9), "po": coming(9, TODAY)}
	found = files.read_protections(path, supplies)
	assert found.rows == [Protection("bin", "web", D(5))]
	assert [(bad.row, bad.reason) for bad in found.bad] == [
		(3, "the name web on bin is taken by row 2"),
		(4, "po is not on hand, and only a shelf can be protected"),
		(5, "the supply file has no supply box"),
		(6, "has neither a floor nor a ceiling"),
		(7, "the ceiling 4 is below the floor 5"),
	]


def test_on_hand_with_a_date_to_come_is_no_stock(tmp_path):
	path = put(tmp_path / "s.csv", "supply,kind,item,qty,available_on\na,Stock,MUG,1,2026-12-01\n")
	assert "there now, and this says 2026-12-01" in files.read_supply(path).bad[0].reason


@pytest.mark.parametrize(
	("content", "words_of_error"),
	[
		(b"", "is empty"),
		(b"\xef\xbb\xbf \n\n", "is empty"),
		(b"item,qty\ncaf\xe9,1\n", "not UTF-8 .line 2.*--encoding cp1252"),
		(b"item,qty\nMUG\x00,1\n", "not a text file"),
		(b"item,Item,qty\nMUG,MUG,1\n", "Two columns are called"),
		(b'item,qty\n"MUG,1\n', "quotation mark"),
		(b"\x1f\x8bnonsense", "gzip file is damaged"),
		(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel format"),
	],
)
def test_files_that_cannot_be_read(tmp_path, content, words_of_error):
	path = tmp_path / "f.csv"
	path.write_bytes(content)
	with pytest.raises(Unreadable, match=words_of_error):
		files.read_demand(path)


def test_another_encoding_by_name(tmp_path):
	path = put(tmp_path / "d.csv", "item,qty\ncafé,1\n", "cp1252")
	assert files.read_demand(path, encoding="cp1252").rows[0].demand.item == "café"
	with pytest.raises(Unreadable, match="no encoding “klingon”"):
		files.read_demand(path, encoding="klingon")


def test_a_workbook_without_openpyxl_says_what_to_do(tmp_path, monkeypatch):
	monkeypatch.setitem(sys.modules, "openpyxl", None)
	path = tmp_path / "d.xlsx"
	path.write_bytes(b"PK\x03\x04")
	with pytest.raises(Unreadable, match="pip install openpyxl"):
		files.read_demand(path)


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path):
	path = put(tmp_path / "pegs.csv", "old")

	def rows() -> Iterable[tuple]:
		yield ("one",)
		raise RuntimeError

	with pytest.raises(RuntimeError):
		tables.write(path, ["a"], rows())
	assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


# ---- the comparison ---------------------------------------------------------------------------------------------


def line(name: str, qty: int, order: str = "", **more) -> OrderLine:
	return OrderLine(Demand(name, more.pop("item", "MUG"), ("Stores",), D(qty), **more), order)


def shelf(qty: int, item: str = "MUG") -> Supply:
	return Supply(f"bin {item}", ON_HAND, item, "Stores", D(qty))


def coming(qty: int, when: date, name: str = "po") -> Supply:
	return Supply(name, INBOUND, "MUG", "Stores", D(qty), when)


def test_figures_of_a_plan_told_by_hand():
	lines = [
		line("a", 6, "A", needed_by=date(2026, 11, 25)),
		line("b", 6, "A", needed_by=date(2026, 12, 31)),
		line("c", 6, "B", needed_by=date(2026, 11, 1)),
		line("d", 0, "C"),
	]
	supplies = [shelf(8), coming(8, date(2026, 12, 1)), shelf(99, "IDLE")]
	figures = compare(lines, supplies, [], Policy(today=TODAY), EARLIEST).chosen.figures
	# c is needed first: 6 now; a: 2 now and 4 on 1 December, 6 days late; b: 4 on 1 December and 2 short
	assert (figures.units, figures.units_now, figures.units_covered) == (18, 8, 16)
	assert (figures.lines, figures.lines_now, figures.lines_covered) == (3, 1, 2)
	assert (figures.orders, figures.orders_now, figures.orders_covered) == (2, 1, 1)
	assert (figures.shelf, figures.shelf_free) == (8, 0)
	assert figures.delay == D(24) / 16
	assert (figures.dated, figures.late) == (3, 2)


def test_just_in_time_leaves_the_shelf_free_and_nobody_worse():
	lines = [line("a", 5, needed_by=date(2026, 12, 31))]
	comparison = compare(lines, [shelf(5), coming(5, date(2026, 12, 1))], [], Policy(today=TODAY), EARLIEST)
	free = {outcome.strategy: outcome.figures.shelf_free for outcome in comparison.outcomes}
	assert free == {EARLIEST: 0, JUST_IN_TIME: 5, FAIR_SHARE: 0}
	assert comparison.moves[EARLIEST, JUST_IN_TIME] == (0, 0)


def test_fair_share_takes_from_the_first_and_gives_to_the_second():
	lines = [line("a", 10, placed_at=1), line("b", 10, placed_at=2)]
	comparison = compare(lines, [shelf(10)], [], Policy(today=TODAY), EARLIEST)
	assert comparison.moves[EARLIEST, FAIR_SHARE] == (1, 1)
	assert "lines that gain: 1, that lose: 1" in " ".join(words.differences(comparison))


def test_lines_with_strategies_of_their_own_are_compared_as_they_are():
	lines = [line("a", 1), line("b", 1, strategy=FAIR_SHARE)]
	names = [o.strategy for o in compare(lines, [shelf(1)], [], Policy(today=TODAY)).outcomes]
	assert names == [EACH_ITS_OWN, EARLIEST, JUST_IN_TIME, FAIR_SHARE]
	assert compare(lines[1:], [shelf(1)], [], Policy(today=TODAY)).chosen.strategy == FAIR_SHARE


def test_supply_without_a_date_covers_but_promises_no_day():
	cover = compare([line("a", 1)], [coming(1, date.max)], [], Policy(today=TODAY), EARLIEST).chosen.covers[
		"a"
	]
	assert (cover.later, cover.short, cover.promised, cover.dates) == (1, 0, None, ((None, D(1)),))


def test_an_overdue_supply_ships_today_at_the_earliest():
	cover = compare(
		[line("a", 1)], [coming(1, date(2026, 1, 1))], [], Policy(today=TODAY), EARLIEST
	).chosen.covers["a"]
	assert cover.promised == TODAY


@given(rows=order_lines(), supplies=supply_lines())
def test_covers_add_up_to_what_is_owed_and_moves_mirror(rows, supplies):
	comparison = compare(
		files.anywhere(rows, supplies), [s.supply for s in supplies], [], Policy(today=TODAY)
	)
	owed = {row.demand.line: row.demand.qty for row in rows}
	for outcome in comparison.outcomes:
		for name, cover in outcome.covers.items():
			assert cover.now + cover.later + cover.short == owed[name]
			assert cover.in_time <= cover.now + cover.later
			assert cover.short == outcome.plan.shortages.get(name, 0)
		assert outcome.figures.shelf_free >= 0
	for (before, after), (gains, losses) in comparison.moves.items():
		assert comparison.moves[after, before] == (losses, gains)


# ---- the report -------------------------------------------------------------------------------------------------


class Page(HTMLParser):
	"""Collects what a page would fetch, and checks that its tags close."""

	EMPTY = frozenset({"meta", "rect", "path"})

	def __init__(self) -> None:
		super().__init__()
		self.open: list[str] = []
		self.fetched: list[str] = []
		self.seen: list[str] = []

	def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
		self.seen.append(tag)
		self.fetched += [value or "" for name, value in attrs if name in ("src", "href")]
		if tag not in self.EMPTY:
			self.open.append(tag)

	def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
		self.seen.append(tag)

	def handle_endtag(self, tag: str) -> None:
		assert self.open.pop() == tag


def test_the_page_stands_alone_and_shows_names_as_text():
	comparison = compare([line("a", 1)], [shelf(1)], [], Policy(today=TODAY))
	setting = words.Setting("<script>alert(1)</script>.csv", "s|*.csv", "", Policy(today=TODAY))
	text = report.html(comparison, setting)
	page = Page()
	page.feed(text)
	assert (page.open, page.fetched) == ([], [])
	assert page.seen.count("svg") == 7
	assert "script" not in page.seen and "url(" not in text
	assert "&lt;script&gt;" in text
	assert "s\\|\\*.csv" in report.markdown(comparison, setting)


def test_a_share_is_all_only_when_it_is_all():
	assert [words.percent(a, b) for a, b in ((2, 3), (9999, 10000), (1, 1), (0, 5), (0, 0))] == [
		"66.6 %",
		"99.9 %",
		"100 %",
		"0 %",
		"100 %",
	]


# ---- the command ------------------------------------------------------------------------------------------------

DEMAND_CSV = (
	"line,order,customer,item,qty,needed_by,placed_at\n"
	"trade,SO-1,Harbour Gifts,MUG,500,2026-12-05,2026-11-01\n"
	"retail,SO-2,Web Shop,MUG,150,2026-11-23,2026-11-02\n"
)
SUPPLY_CSV = "kind,item,qty,available_on,document\non hand,MUG,600,,\ninbound,MUG,40,2026-12-01,PO-1\n"


def call(folder: Path, *more: str, **env: str) -> subprocess.CompletedProcess:
	"""`python -m wholesale_b2b.allocation …` in `folder`, with only the apps folder on the path."""
	return subprocess.run(
		[sys.executable, "-m", "wholesale_b2b.allocation", *more],
		cwd=folder,
		env={"PYTHONPATH": str(ROOT / "apps"), "PATH": os.environ["PATH"], **env},
		capture_output=True,
		text=True,
		encoding="utf-8",
	)


def plan_in(folder: Path, *more: str, **env: str) -> subprocess.CompletedProcess:
	words_of_call = ("--demand", "d.csv", "--supply", "s.csv", "--today", "2026-11-21", "--out", "out")
	return call(folder, "plan", *words_of_call, *more, **env)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
	put(tmp_path / "d.csv", DEMAND_CSV)
	put(tmp_path / "s.csv", SUPPLY_CSV)
	return tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
	with path.open(encoding="utf-8-sig", newline="") as file:
		return list(csv.DictReader(file))


def test_the_command_writes_the_plan(folder):
	done = plan_in(folder)
	assert (done.returncode, done.stderr) == (0, "")
	assert "Units that ship now" in done.stdout
	assert sorted(path.name for path in (folder / "out").iterdir()) == [
		"comparison.html",
		"comparison.md",
		"pegs.csv",
		"promise-dates.csv",
		"shortages.csv",
	]
	pegs = rows_of(folder / "out" / "pegs.csv")
	assert [(p["line"], p["supply"], p["qty"], p["ships_on"]) for p in pegs] == [
		("retail", "MUG @ all stock", "100", "2026-11-21"),
		("retail", "PO-1 #1", "40", "2026-12-01"),
		("trade", "MUG @ all stock", "500", "2026-11-21"),
	]
	assert [(s["line"], s["short_qty"]) for s in rows_of(folder / "out" / "shortages.csv")] == [
		("retail", "10")
	]
	retail, trade = rows_of(folder / "out" / "promise-dates.csv")
	assert (retail["status"], retail["promise_date"]) == ("part", "")
	assert retail["schedule"] == "100 on 2026-11-21; 40 on 2026-12-01"
	assert (trade["status"], trade["promise_date"], trade["days_late"]) == ("ready", "2026-11-21", "0")


def test_the_command_again_writes_the_same(folder):
	plan_in(folder)
	first = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
	plan_in(folder, PYTHONHASHSEED="7")
	assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == first


def test_strategy_date_rule_and_horizon_reach_the_planner(folder):
	# what is needed first goes first, and the far one leaves the shelf to it
	done = plan_in(folder, "--strategy", "just-in-time", "--date-rule", "requested-date", "--horizon", "5")
	assert done.returncode == 0, done.stderr
	pegs = {(p["line"], p["supply"]): p["qty"] for p in rows_of(folder / "out" / "pegs.csv")}
	assert pegs == {
		("retail", "MUG @ all stock"): "150",
		("trade", "MUG @ all stock"): "450",
		("trade", "PO-1 #1"): "40",
	}
	assert "just in time *" in done.stdout


def test_kept_promises_stay(folder):
	put(folder / "k.csv", "line,supply,qty\nretail,MUG @ all stock,150\n")
	assert plan_in(folder, "--kept", "k.csv").returncode == 0
	pegs = {(p["line"], p["supply"]): (p["qty"], p["kept_qty"]) for p in rows_of(folder / "out" / "pegs.csv")}
	assert pegs["retail", "MUG @ all stock"] == ("150", "150")
	assert pegs["trade", "MUG @ all stock"] == ("450", "0")


def test_protections_keep_units_for_a_segment(folder):
	put(
		folder / "d.csv",
		"line,item,qty,placed_at,segments\ntrade,MUG,600,2026-11-01,trade\nretail,MUG,150,2026-11-02,web | retail\n",
	)
	put(
		folder / "p.csv", "supply,segment,floor,ceiling\nMUG @ all stock,web,120,\nMUG @ all stock,tills,,5\n"
	)
	done = plan_in(folder, "--protections", "p.csv")
	assert done.returncode == 0, done.stderr
	assert "Protected segments without an order: 1 (tills)." in done.stderr
	pegs = {(p["line"], p["supply"]): p["qty"] for p in rows_of(folder / "out" / "pegs.csv")}
	assert pegs["trade", "MUG @ all stock"] == "480" and pegs["retail", "MUG @ all stock"] == "120"


def test_bad_rows_stop_the_plan_or_are_left_out_on_request(folder):
	put(folder / "d.csv", DEMAND_CSV + "odd,SO-3,,MUG,-4,,\n")
	done = plan_in(folder)
	assert done.returncode == 1
	assert "d.csv, row 4: qty: -4 is negative" in done.stderr and "Nothing was written" in done.stderr
	assert not (folder / "out").exists()

	assert plan_in(folder, "--skip-bad-rows").returncode == 0
	rejected = rows_of(folder / "out" / "rejected.csv")
	assert [(r["file"], r["row"], r["reason"]) for r in rejected] == [("d.csv", "4", "qty: -4 is negative")]
	assert "rows left out because they cannot be read: 1" in (folder / "out" / "comparison.md").read_text(
		encoding="utf-8"
	)

	put(folder / "d.csv", DEMAND_CSV)
	assert plan_in(folder).returncode == 0
	assert rows_of(folder / "out" / "rejected.csv") == []


def test_what_does_not_match_is_said(folder):
	put(folder / "s.csv", "kind,item,qty,warehouse\non hand,IDLE,5,Leeds\n")
	put(folder / "d.csv", "item,qty,warehouse\nMUG,1,Hull\nMUG,0,Hull\n")
	done = plan_in(folder)
	assert done.returncode == 0
	assert "Items of the supply that are in no order: 1 (IDLE)." in done.stderr
	assert "Items of the orders without supply: 1 (MUG)." in done.stderr
	assert "Warehouses of the orders without supply: 1 (Hull)." in done.stderr
	assert "Lines that owe nothing, which are not counted: 1." in done.stderr


@pytest.mark.parametrize(
	("more", "error"),
	[
		(("--strategy", "magic"), "there is no strategy “magic”; there are: earliest"),
		(("--date-rule", "mood"), "there is no date rule “mood”; there are: order date, requested date"),
		(("--horizon", "-1"), "not a number of days"),
		(("--horizon", "5.5"), "not a number of days"),
		(("--today", "05/11/2026"), "not a date|day or month first"),
		(("--demand", "none.csv"), "none.csv: there is no such file"),
		(("--demand", "."), "is a folder"),
		(("--out", "d.csv"), "File exists"),
		(("--supply", "empty.csv"), "has a heading and no row"),
	],
)
def test_wrong_calls_say_so_and_write_nothing(folder, more, error):
	put(folder / "empty.csv", "item,qty\n")
	done = plan_in(folder, *more)
	assert done.returncode == 2
	assert "Traceback" not in done.stderr
	assert any(part in done.stderr for part in error.split("|"))
	assert not (folder / "out").exists()


def test_all_rows_bad_is_an_error_even_when_skipping(folder):
	put(folder / "d.csv", "item,qty\nMUG,x\n")
	done = plan_in(folder, "--skip-bad-rows")
	assert done.returncode == 2
	assert "has a heading and no row that can be read" in done.stderr


def test_help_tells_columns_and_exit_codes(folder):
	done = call(folder, "plan", "--help")
	assert done.returncode == 0
	assert all(f"  {column.name}" in done.stdout for column in (*DEMAND, *SUPPLY, *KEPT, *PROTECTIONS))
	assert "exit codes" in done.stdout and "--skip-bad-rows" in done.stdout
	assert call(folder).returncode == 2


def test_a_console_that_knows_only_ascii_is_no_trouble(folder):
	put(folder / "d.csv", DEMAND_CSV + "ödd,SO-3,,MUG,“x”,,\n")
	done = plan_in(folder, "--skip-bad-rows", PYTHONIOENCODING="ascii")
	assert done.returncode == 0, done.stderr


def test_it_needs_no_frappe(folder):
	"""An isolated Python without site-packages, in which these imports would fail."""
	code = (
		f"import sys; sys.path.insert(0, {str(ROOT / 'apps')!r})\n"
		"sys.modules.update(frappe=None, erpnext=None, click=None, openpyxl=None)\n"
		"from wholesale_b2b.allocation.offline.cli import main\n"
		"sys.exit(main(['plan', '--demand=d.csv', '--supply=s.csv', '--out=out']))"
	)
	command = [sys.executable, "-I", "-S", "-c", code]
	done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
	assert done.returncode == 0, done.stderr


def test_the_example_of_the_docs_gives_what_the_docs_show(folder):
	page = (ROOT / "docs" / "planning-without-a-site.md").read_text(encoding="utf-8")
	demand, supply = (block.split("```")[0] for block in page.split("```csv\n")[1:])
	put(folder / "d.csv", demand)
	put(folder / "s.csv", supply)
	shown = page.split("```\n")[4].rstrip()
	assert "earliest *" in shown
	assert shown in plan_in(folder).stdout


def test_two_days_of_real_orders(tmp_path, capsys):
	"""The sales lines as demand; 60 % of each item's units on hand, 30 % on a purchase order in ten days."""
	with gzip.open(ROOT / "tests" / "data" / "online_retail_two_days.csv.gz", "rt", encoding="utf-8") as file:
		sales = [row for row in csv.DictReader(file) if int(row["Quantity"]) > 0]
	header = ("InvoiceNo", "StockCode", "Quantity", "CustomerID", "InvoiceDate")
	tables.write(tmp_path / "d.csv", header, ([row[name] for name in header] for row in sales))
	totals: dict[str, int] = {}
	for row in sales:
		totals[row["StockCode"]] = totals.get(row["StockCode"], 0) + int(row["Quantity"])
	stock = [("", item, qty * 6 // 10, "") for item, qty in totals.items()]
	ordered = [("PO-1", item, qty * 3 // 10, "2026-12-01") for item, qty in totals.items()]
	tables.write(tmp_path / "s.csv", ("document", "sku", "qty", "eta"), stock + ordered)

	places = [
		f"--{name}={tmp_path / file}"
		for name, file in (("demand", "d.csv"), ("supply", "s.csv"), ("out", "out"))
	]
	assert main(["plan", *places, "--today=2026-11-21"]) == 0
	pegs, short = rows_of(tmp_path / "out" / "pegs.csv"), rows_of(tmp_path / "out" / "shortages.csv")
	assert len(rows_of(tmp_path / "out" / "promise-dates.csv")) == len(sales) > 4900
	dealt: dict[str, int] = {}
	for peg in pegs:
		dealt[peg["item"]] = dealt.get(peg["item"], 0) + int(peg["qty"])
	# earliest wastes nothing: whatever there is of an item is promised, and the rest is short
	assert dealt == {i: q * 6 // 10 + q * 3 // 10 for i, q in totals.items() if q * 6 // 10 + q * 3 // 10}
	assert sum(int(row["short_qty"]) for row in short) == sum(totals.values()) - sum(dealt.values())


@pytest.mark.parametrize(
	("command", "written"),
	[
		("plan --demand d.csv --supply s.csv --out out | true", True),
		("plan --demand d.csv --supply s.csv --out out 2>&1 | head -1", True),
		("plan --help | true", False),
		(" | true", False),
	],
)
def test_who_stops_reading_does_not_stop_the_plan(folder, command, written):
	done = subprocess.run(
		["bash", "-c", f"{sys.executable} -m wholesale_b2b.allocation {command}; exit ${{PIPESTATUS[0]}}"],
		cwd=folder,
		env={"PYTHONPATH": str(ROOT / "apps"), "PATH": os.environ["PATH"]},
		capture_output=True,
		text=True,
	)
	assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr, done.stderr
	assert (folder / "out" / "pegs.csv").exists() == written
