"""The import's decisions, without a site."""

import gzip
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.ordering.order_import.rules import (
	CustomerFacts,
	ItemFacts,
	KnownOrder,
	Masters,
	Policy,
	RawLine,
	Reason,
	Verdict,
	code_key,
	content_digest,
	group_by_order,
	guess_targets,
	judge_order,
	ledger_key,
	map_rows,
	missing_targets,
	read_csv,
	table_from_cells,
	unpack,
)
from wholesale_b2b.ordering.order_import.rules.table import Unreadable, cell_text
from wholesale_b2b.ordering.order_import.rules.verdict import read_date, read_number

TWO_DAYS = Path(__file__).parents[1] / "data" / "online_retail_two_days.csv.gz"
TODAY = date(2026, 3, 2)
MASTERS = Masters(
	items={
		"mug": ItemFacts("MUG", "Nos", whole=True),
		"rope": ItemFacts("Rope", "Metre"),
		"post": ItemFacts("POST"),
		"old": ItemFacts("OLD", not_sold="disabled"),
		"ended": ItemFacts("ENDED", end_of_life=date(2020, 1, 1)),
	},
	barcodes={
		"501": (("MUG", ""),),
		"502": (("MUG", ""), ("Rope", "")),
		"503": (("MUG", "Box"),),
	},
	part_numbers={
		("Customer", "Shop A", "a-1"): ("MUG",),
		("Customer", "Shop A", "rope"): ("MUG",),
		("Customer Group", "Gifts", "g-1"): ("Rope",),
	},
	customers={
		"shop a": CustomerFacts("Shop A", "Toys"),
		"shop b": CustomerFacts("Shop B", "Gifts"),
		"closed": CustomerFacts("Closed", disabled=True),
		"web": CustomerFacts("Web"),
	},
	customer_names={"aunt mary": ("Shop A",), "twins": ("Shop A", "Shop B")},
)
POLICY = Policy(today=TODAY, credit_note_prefix="C", codes={"post": "POST", "bank charges": None})


def row(number: int = 2, **fields: str) -> RawLine:
	given_fields = {
		"order_no": "1001",
		"item": "MUG",
		"qty": "6",
		"rate": "2.55",
		"customer": "Shop A",
		"order_date": "2026-03-01",
	}
	return RawLine(number, **(given_fields | fields))


def judge(*rows: RawLine, policy: Policy = POLICY, masters: Masters = MASTERS, known=None):
	order = judge_order(rows, policy, masters, known)
	assert known or len(order.lines) + len(order.rejected) == len(rows)
	return order


def reasons(order) -> list[set[Reason]]:
	return [{problem.reason for problem in rejected.problems} for rejected in order.rejected]


def test_a_good_order_keeps_its_figures():
	order = judge(row(2, customer="shop b"), row(3, item=" rope ", qty="2.5", rate="0.85", customer=""))
	assert order.verdict is Verdict.NEW
	assert [(line.item, line.qty, line.rate) for line in order.lines] == [
		("MUG", Decimal(6), Decimal("2.55")),
		("Rope", Decimal("2.5"), Decimal("0.85")),
	]
	assert order.customer == "Shop B"
	assert order.order_date == date(2026, 3, 1)
	assert order.amount == Decimal("17.425")


@pytest.mark.parametrize(
	("fields", "reason"),
	[
		({"order_no": " "}, Reason.NO_ORDER_NO),
		({"order_no": "C536379"}, Reason.CREDIT_NOTE),
		({"order_no": "c 536379"}, Reason.CREDIT_NOTE),
		({"item": ""}, Reason.NO_ITEM),
		({"item": "nowhere"}, Reason.ITEM_UNKNOWN),
		({"item": "502"}, Reason.ITEM_AMBIGUOUS),
		({"item": "old"}, Reason.ITEM_NOT_SOLD),
		({"item": "ended"}, Reason.ITEM_NOT_SOLD),
		({"item": "Bank  Charges"}, Reason.NOT_GOODS),
		({"customer": ""}, Reason.NO_ACCOUNT),
		({"customer": "Shop Z"}, Reason.ACCOUNT_UNKNOWN),
		({"customer": "Twins"}, Reason.ACCOUNT_AMBIGUOUS),
		({"customer": "CLOSED"}, Reason.ACCOUNT_DISABLED),
		({"qty": "six"}, Reason.QTY_NOT_READ),
		({"qty": ""}, Reason.QTY_NOT_READ),
		({"qty": "1e3"}, Reason.QTY_NOT_READ),
		({"qty": "99999999999"}, Reason.QTY_NOT_READ),
		({"qty": "0"}, Reason.QTY_BELOW_ONE),
		({"qty": "0.5"}, Reason.QTY_BELOW_ONE),
		({"qty": "-10"}, Reason.QTY_BELOW_ONE),
		({"qty": "1.5"}, Reason.QTY_NOT_WHOLE),
		({"item": "rope", "qty": "1.2345", "customer": "Shop B"}, Reason.QTY_TOO_FINE),
		({"rate": ""}, Reason.NO_PRICE),
		({"rate": "0.00"}, Reason.NO_PRICE),
		({"rate": "free"}, Reason.PRICE_NOT_READ),
		({"rate": "-1"}, Reason.PRICE_NEGATIVE),
		({"rate": "1.005"}, Reason.PRICE_TOO_FINE),
		({"order_date": "yesterday"}, Reason.DATE_NOT_READ),
		({"order_date": ""}, Reason.DATE_NOT_READ),
		({"delivery_date": "soon"}, Reason.DATE_NOT_READ),
		({"delivery_date": "2026-02-28"}, Reason.DELIVERY_TOO_EARLY),
	],
)
def test_a_bad_row_waits_with_its_reason(fields, reason):
	order = judge(row(**fields))
	assert order.verdict is Verdict.EXCEPTIONS
	assert reasons(order) == [{reason}]


def test_every_reason_of_a_row_is_told_at_once():
	order = judge(row(item="nowhere", qty="0", rate=""))
	assert reasons(order) == [{Reason.ITEM_UNKNOWN, Reason.QTY_BELOW_ONE, Reason.NO_PRICE}]


def test_a_bad_row_does_not_stop_the_good_ones():
	order = judge(row(2), row(3, rate="0"), row(4, qty="2"))
	assert order.verdict is Verdict.PARTLY
	assert [line.raw.row for line in order.lines] == [2, 4]
	assert [rejected.raw.row for rejected in order.rejected] == [3]


def test_prefix_of_credit_notes_needs_a_digit_behind_it():
	assert judge(row(order_no="CARD-12")).verdict is Verdict.NEW
	assert judge(row(order_no="C12"), policy=replace(POLICY, credit_note_prefix="")).verdict is Verdict.NEW


def test_codes_differ_by_case_and_spaces_only():
	order = judge(row(2, item="mug"), row(3, item="MUG "), row(4, item=" Mug"))
	assert [line.item for line in order.lines] == ["MUG"] * 3


def test_a_customers_own_part_number_goes_before_our_code():
	assert judge(row(item="A-1")).lines[0].item == "MUG"
	assert judge(row(item="rope")).lines[0].item == "MUG"
	assert judge(row(item="rope", customer="Shop B")).lines[0].item == "Rope"
	assert judge(row(item="g-1", customer="Shop B")).lines[0].item == "Rope"
	assert reasons(judge(row(item="a-1", customer="Shop B"))) == [{Reason.ITEM_UNKNOWN}]


def test_barcodes_resolve():
	line = judge(row(item="501")).lines[0]
	assert (line.item, line.uom) == ("MUG", "Nos")
	line = judge(row(item="503", qty="1.5")).lines[0]
	assert (line.item, line.uom, line.qty) == ("MUG", "Box", Decimal("1.5"))


def test_customers_resolve_by_name():
	assert judge(row(customer="aunt  MARY")).customer == "Shop A"


def test_missing_masters_are_created_only_where_allowed():
	order = judge(
		row(2, item="New Thing", customer="Shop Z", customer_name="Zed's", country="Norway"),
		row(3, item="D", customer="Shop Z"),
		policy=replace(POLICY, create_items=True, create_customers=True, codes={"d": ""}),
	)
	assert order.verdict is Verdict.NEW
	assert [(line.item, line.creates) for line in order.lines] == [("New Thing", "item"), ("D", "service")]
	assert (order.customer, order.creates_customer) == ("Shop Z", True)
	assert (order.customer_name, order.country) == ("Zed's", "Norway")


def test_a_customer_is_not_created_for_bad_rows_alone():
	order = judge(row(customer="Shop Z", rate=""), policy=replace(POLICY, create_customers=True))
	assert not order.creates_customer


def test_rows_without_account_follow_the_order_or_the_retail_customer():
	assert judge(row(2, customer=""), row(3)).verdict is Verdict.NEW
	order = judge(row(customer=""), policy=replace(POLICY, retail_customer="Web"))
	assert order.customer == "Web"
	# The retail customer is chosen from the list: it is never created from a typing error.
	order = judge(row(customer=""), policy=replace(POLICY, retail_customer="Wbe", create_customers=True))
	assert reasons(order) == [{Reason.ACCOUNT_UNKNOWN}]


def test_a_second_account_on_one_order_is_isolated():
	order = judge(row(2), row(3, customer="Shop B"), row(4, customer="shop a"))
	assert [line.raw.row for line in order.lines] == [2, 4]
	assert reasons(order) == [{Reason.ACCOUNT_DIFFERS}]


def test_repeated_items_stay_two_lines_unless_erpnext_refuses_them():
	assert len(judge(row(2), row(3)).lines) == 2
	order = judge(row(2), row(3, item="mug"), policy=replace(POLICY, repeated_items=False))
	assert reasons(order) == [{Reason.REPEATED_ITEM}]


def test_dates():
	order = judge(row(2, order_date="2026-03-01 17:00"), row(3, order_date="2026-02-27T08:00:00"))
	assert order.order_date == date(2026, 2, 27)
	assert order.lines[0].delivery_date == date(2026, 2, 27)
	order = judge(
		row(order_date="never"), policy=replace(POLICY, order_date_from_file=False, delivery_days=7)
	)
	assert (order.order_date, order.lines[0].delivery_date) == (TODAY, date(2026, 3, 9))
	assert read_date("01/02/2010", "DD/MM/YYYY") == date(2010, 2, 1)
	assert read_date("01/02/2010", "MM/DD/YYYY") == date(2010, 1, 2)
	assert read_date("1.2.2010", "DD.MM.YYYY") == date(2010, 2, 1)
	assert read_date("31/02/2010", "DD/MM/YYYY") is None


@pytest.mark.parametrize(
	("text", "comma", "number"),
	[
		("1,234.50", False, "1234.50"),
		("1.234,50", True, "1234.50"),
		("£2.55", False, "2.55"),
		("(3)", False, "-3"),
		("3-", False, "-3"),
		(".5", False, "0.5"),
		("12.", False, "12"),
		("1 234", False, "1234"),
		("1,5", True, "1.5"),
		("1,5", False, None),
		("1.2.3", False, None),
		("nan", False, None),
		("--3", False, None),
		("٣", False, None),
		("", False, None),
		(".", False, None),
	],
)
def test_numbers(text, comma, number):
	assert read_number(text, comma) == (None if number is None else Decimal(number))


def test_a_known_order_is_left_alone_and_its_changes_are_told():
	rows = (row(2), row(3, rate=""))
	first = judge(*rows)
	again = KnownOrder("ledger", "SO-1", first.digest)
	order = judge(*(replace(line, row=line.row + 90) for line in rows), known=again)
	assert (order.verdict, order.lines, order.rejected) == (Verdict.KNOWN, (), ())
	assert judge(row(2, qty="7"), known=again).verdict is Verdict.CHANGED


def test_ledger_keys():
	assert ledger_key("Co", "Shop", "1001") == ledger_key("Co", "shop ", " 1001")
	keys = {
		ledger_key("Co", "Shop", "1001"),
		ledger_key("Co", "Shop", "1001", 2),
		ledger_key("Co", "Web", "1001"),
		ledger_key("Co2", "Shop", "1001"),
	}
	assert len(keys) == 4


def test_table_from_csv_in_the_shapes_people_send():
	semicolons = b'\xef\xbb\xbfOrder No;SKU;Qty;Price\r\n\r\n1;"A;\n1";2;3,5\r\n;;;\r\n'
	table = read_csv(semicolons)
	assert table.header == ("Order No", "SKU", "Qty", "Price")
	assert [cells for _number, cells in table.rows] == [("1", "A;\n1", "2", "3,5")]
	assert read_csv("Order,Café\n1,é".encode("cp1252")).rows[0][1] == ("1", "é")
	with pytest.raises(Unreadable, match="empty"):
		read_csv(b"\n\n")
	with pytest.raises(Unreadable, match="called SKU"):
		read_csv(b"SKU,SKU\n1,2")
	with pytest.raises(Unreadable, match="not a text file"):
		read_csv(b"PK\x00\x01")


def test_gzip_is_unpacked_and_bounded():
	assert unpack(gzip.compress(b"a,b")) == b"a,b"
	assert unpack(b"a,b") == b"a,b"
	with pytest.raises(Unreadable, match="larger"):
		unpack(gzip.compress(b"0" * 1000), limit=999)
	with pytest.raises(Unreadable, match="damaged"):
		unpack(gzip.compress(b"0" * 1000)[:20])


def test_cells_of_a_workbook_read_as_in_the_sheet():
	cells = (85123.0, 2.55, None, date(2010, 12, 1), True, 10**16, 1e16, " x ")
	assert tuple(map(cell_text, cells)) == (
		"85123", "2.55", "", "2010-12-01", "True", "10000000000000000", "10000000000000000", "x",
	)  # fmt: skip
	table = table_from_cells([(1, ["SKU", None, None]), (2, [None, None]), (3, ["A", 1])])
	assert (table.header, table.rows) == (("SKU",), ((3, ("A", "1")),))


def test_columns_are_guessed():
	table = read_csv(unpack(TWO_DAYS.read_bytes()))
	targets = guess_targets(table.header)
	assert targets == {
		"InvoiceNo": "order_no",
		"StockCode": "item",
		"Description": "description",
		"Quantity": "qty",
		"InvoiceDate": "order_date",
		"UnitPrice": "rate",
		"CustomerID": "customer",
		"Country": "country",
	}
	assert missing_targets(targets.values()) == ()
	assert missing_targets(["order_no", "qty"]) == ("Item Code", "Unit Price")


def test_the_real_file_is_shared_out_whole():
	table = read_csv(unpack(TWO_DAYS.read_bytes()))
	lines = map_rows(table, guess_targets(table.header))
	policy = replace(
		POLICY,
		create_items=True,
		create_customers=True,
		codes={code: "" for code in ("post", "dot", "m", "c2")},
	)
	groups = group_by_order(lines)
	orders = [judge_order(rows, policy, Masters()) for rows in groups.values()]
	assert (len(lines), len(orders)) == (5061, 303)
	assert sum(len(order.lines) + len(order.rejected) for order in orders) == 5061
	by_first_reason: dict[Reason, int] = {}
	for order in orders:
		for rejected in order.rejected:
			reason = rejected.problems[0].reason
			by_first_reason[reason] = by_first_reason.get(reason, 0) + 1
	assert by_first_reason == {Reason.CREDIT_NOTE: 70, Reason.NO_ACCOUNT: 1205}


texts = st.one_of(
	st.sampled_from(
		["", " ", "1", "2.5", "-3", "0", "C1", "mug", "ROPE ", "post", "Shop A", "2026-03-01", "1,000"]
	),
	st.text(max_size=6),
)
raw_lines = st.builds(
	RawLine,
	row=st.integers(2, 9999),
	order_no=st.sampled_from(["1", "2 ", " 2", "C3", "", "x"]),
	item=texts,
	qty=texts,
	rate=texts,
	customer=texts,
	order_date=texts,
	delivery_date=texts,
)
policies = st.builds(
	Policy,
	today=st.just(TODAY),
	codes=st.just({"post": "POST", "m": None, "dot": ""}),
	credit_note_prefix=st.sampled_from(["", "C"]),
	retail_customer=st.sampled_from(["", "Web", "nobody"]),
	create_items=st.booleans(),
	create_customers=st.booleans(),
	decimal_comma=st.booleans(),
	order_date_from_file=st.booleans(),
	repeated_items=st.booleans(),
)


@given(st.lists(raw_lines, max_size=12), policies)
def test_every_row_is_either_ordered_or_rejected_with_a_reason(lines, policy):
	groups = group_by_order(lines)
	assert sorted(map(repr, (line for rows in groups.values() for line in rows))) == sorted(map(repr, lines))
	for rows in groups.values():
		order = judge_order(rows, policy, MASTERS)
		shared_out = [line.raw for line in order.lines] + [bad.raw for bad in order.rejected]
		assert sorted(map(repr, shared_out)) == sorted(map(repr, rows))
		assert all(bad.problems for bad in order.rejected)
		for line in order.lines:
			assert line.qty >= 1 and line.rate > 0 and line.item
			assert line.delivery_date >= order.order_date
			assert order.customer
			assert policy.create_items or not line.creates


@given(
	st.lists(raw_lines.map(lambda line: replace(line, order_no="7")), min_size=1, max_size=8),
	policies,
	st.randoms(),
)
def test_the_order_of_rows_does_not_change_the_fingerprint_and_a_known_order_adds_nothing(
	lines, policy, random
):
	order = judge_order(tuple(lines), policy, MASTERS)
	shuffled = list(lines)
	random.shuffle(shuffled)
	again = judge_order(tuple(shuffled), policy, MASTERS, KnownOrder("x", digest=order.digest))
	assert (again.verdict, again.lines, again.rejected) == (Verdict.KNOWN, (), ())


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=3))
def test_numbers_survive_writing_and_reading(number):
	assert read_number(f"{number:,f}") == number
	assert read_number(f"{number:,f}".translate(str.maketrans(",.", ".,")), decimal_comma=True) == number


@given(st.text())
def test_no_text_breaks_a_reader(text):
	read_number(text)
	read_date(text, "DD/MM/YYYY")
	assert code_key(code_key(text)) == code_key(text) or not text.isascii()
	assert len(content_digest([[text]])) == 40
