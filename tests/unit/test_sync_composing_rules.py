"""Invoices in the other side's codes keep their totals and their tax to the penny."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.connectors.file import mapping
from wholesale_b2b.accounting.rules import composing, papers
from wholesale_b2b.accounting.rules.composing import Codes, Missing, OurCharge, OurLine, OurPaper

D = Decimal
CENTS = st.integers(0, 200_000).map(lambda n: D(n) / 100)
LINES = st.lists(
	st.tuples(
		st.decimals("0.01", 500, places=2), CENTS, st.sampled_from([D(0), D(5), D(20)]), st.sampled_from("ab")
	),
	min_size=1,
	max_size=12,
)
CODES = Codes(
	{
		(composing.INCOME_ACCOUNT, "Sales"): "200",
		(composing.INCOME_ACCOUNT, "Freight"): "260",
		(composing.TAX_ACCOUNT, "VAT"): "OUT",
		(composing.ITEM, "a"): "A1",
	},
	no_tax="NONE",
	rounding="860",
)


def paper_of(lines, freight=0, rounding=0, sign=1, **fields):
	rows = [
		OurLine(f"k{n}", f"Line {n}", qty * sign, net * sign, "Sales", item)
		for n, (qty, net, _rate, item) in enumerate(lines)
	]
	rates = {f"k{n}": rate for n, (_qty, _net, rate, _item) in enumerate(lines) if rate}
	tax = sum((net * rate / 100 for _q, net, rate, _i in lines), D(0)).quantize(D("0.01")) * sign
	charges = [
		OurCharge("VAT", "VAT", tax, True, rates),
		OurCharge("Freight", "Freight", D(freight) * sign, False, {}),
	]
	net = sum((row.net for row in rows), D(0))
	total = net + tax + freight * sign + rounding
	kind = papers.CREDIT_NOTE if sign < 0 else papers.INVOICE
	return OurPaper(
		kind, "SI-1", "Shop", date(2026, 3, 2), None, "GBP", D(1), rows, charges, total, **fields
	), tax


@given(LINES, CENTS, st.decimals("-0.49", "0.49", places=2), st.sampled_from([1, -1]))
def test_totals_and_tax_are_kept_to_the_penny_there_and_back(lines, freight, rounding, sign):
	paper, tax = paper_of(lines, freight, rounding, sign)
	bill, missing = composing.compose(paper, CODES, "C1")
	assert not missing
	assert bill.total == abs(paper.total) or bill.total == paper.total * sign
	assert bill.tax == tax * sign
	assert bill.net + bill.tax == bill.total
	assert (
		sum(line.net for line in bill.lines) == bill.net and sum(line.tax for line in bill.lines) == bill.tax
	)
	for line in bill.lines:
		assert composing.rounded(line.qty * line.unit_price) == line.net
		assert line.account and line.tax_code
	back = mapping.bill_from(mapping.parsed(mapping.written(mapping.BILL, mapping.bill_rows(bill))))
	assert (back.net, back.tax, back.total, back.number) == (bill.net, bill.tax, bill.total, bill.number)
	assert (back.contact, back.day, back.currency, back.kind) == ("C1", paper.day, "GBP", bill.kind)


@given(LINES)
def test_a_line_has_the_tax_of_its_rate_within_a_penny(lines):
	bill, _missing = composing.compose(paper_of(lines)[0], CODES, "C1")
	for line, (_qty, net, rate, _item) in zip(bill.lines, lines, strict=False):
		assert abs(line.tax - net * rate / 100) <= D("0.02")
		assert (line.tax_code == "NONE") == (rate == 0)


def test_everything_that_is_not_mapped_is_named_at_once():
	paper, _tax = paper_of([(D(1), D(10), D(20), "b"), (D(1), D(5), D(0), "b")], D(3), D("0.20"))
	bill, missing = composing.compose(paper, Codes({}), "C1")
	assert bill is None
	assert set(missing) == {
		Missing(composing.INCOME_ACCOUNT, "Sales"),
		Missing(composing.INCOME_ACCOUNT, "Freight"),
		Missing(composing.TAX_ACCOUNT, "VAT"),
		Missing(composing.NO_TAX, ""),
		Missing(composing.ROUNDING, "GBP"),
	}


def test_item_templates_come_before_the_invoices_own():
	codes = Codes(
		{
			**CODES.known,
			(composing.ITEM_TAX_TEMPLATE, "Reduced"): "RED",
			(composing.TAX_TEMPLATE, "UK"): "STD",
		}
	)
	rows = [
		OurLine("k0", "Child's coat", D(1), D(10), "Sales", tax_template="Reduced"),
		OurLine("k1", "Coat", D(1), D(10), "Sales"),
	]
	vat = OurCharge("VAT", "VAT", D("2.50"), True, {"k0": D(5), "k1": D(20)})
	paper = OurPaper(
		papers.INVOICE, "S", "Shop", date(2026, 1, 1), None, "GBP", D(1), rows, [vat], D("22.50"), "UK"
	)
	bill, _missing = composing.compose(paper, codes, "C1")
	assert [(line.tax_code, line.tax) for line in bill.lines] == [("RED", D("0.50")), ("STD", D("2.00"))]


def test_what_does_not_add_up_is_not_sent():
	paper, _tax = paper_of([(D(1), D(10), D(0), "a")], rounding=D(1))
	with pytest.raises(composing.DoesNotAddUp):
		composing.compose(paper, CODES, "C1")


MONEY = st.builds(
	papers.Money,
	number=st.text("ABC123-/", min_size=1, max_size=12),
	contact=st.text(st.characters(blacklist_categories=("Cs", "Cc", "Z")), min_size=1, max_size=8),
	day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
	currency=st.sampled_from(["GBP", "USD"]),
	amount=CENTS,
	account=st.text("0123456789", max_size=4),
	uses=st.lists(
		st.builds(
			papers.Use,
			kind=st.sampled_from([papers.INVOICE, papers.CREDIT_NOTE]),
			amount=CENTS,
			number=st.text("=+@-SI0123", min_size=1, max_size=8),
		),
		max_size=4,
	).map(tuple),
	reference=st.text("=+@- aé,\"';x", max_size=8).map(str.strip),
	rate=st.decimals(0, 5, places=4),
)


@given(MONEY)
def test_payments_survive_the_file(money):
	rows = mapping.parsed(mapping.written(mapping.MONEY, mapping.money_rows(money)))
	back = mapping.money_from(rows, "v")
	for field in (
		"number",
		"contact",
		"day",
		"currency",
		"amount",
		"account",
		"uses",
		"direction",
		"reference",
		"rate",
	):
		assert getattr(back, field) == getattr(money, field), field
