"""What pays an invoice and is no payment by itself: parts add up, and nothing that is not plain is guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.rules.deductions import split
from wholesale_b2b.accounting.rules.journals import Entry, NotPlain, parts, portions, touches_invoices
from wholesale_b2b.accounting.rules.papers import INVOICE, Use

D = Decimal
ONE = D(1)
pennies = st.integers(1, 10**7).map(lambda n: D(n) / 100)


def pays(invoice, amount, customer="C1", rate=ONE):
	return Entry(f"r-{invoice}", "Debtors", D(0), D(amount), "GBP", rate, customer, invoice)


def bears(account, amount, key=""):
	return Entry(key or f"r-{account}", account, D(amount), D(0), "GBP")


# ---- deductions ------------------------------------------------------------------------------------------------------


@given(pennies, st.lists(pennies, max_size=4), st.sampled_from([D("0.8"), D(1), D("1.25")]))
def test_what_reached_the_bank_and_what_was_taken_off_come_to_what_is_credited(banked, taken, rate):
	gross = banked + sum(taken, D(0))
	credited = (gross / rate).quantize(D("0.01"))
	amounts, _rate = split(credited, banked, taken)
	assert sum(amounts) == credited and all(part >= 0 for part in amounts[1:])
	assert abs(amounts[0] - banked / rate) <= D("0.01") * (len(taken) + 1)


def test_bank_charges_take_their_part_at_the_rate_of_the_payment():
	assert split(D(100), D(83), [D(2)]) == ([D("97.65"), D("2.35")], D("0.85"))


def test_what_was_paid_on_top_stays_with_the_bank():
	assert split(D(36), D("36.4"), [D("-0.4")]) == ([D("36.4"), D(0)], D(1))


# ---- journals --------------------------------------------------------------------------------------------------------


def test_out_of_one_account_each_invoice_is_paid_by_itself_whoever_owes_it():
	found = parts([bears("Write Off", 3), pays("I1", 1), pays("I2", 2, "C2")])
	assert [(part.key, part.account, part.customer, part.amount) for part in found] == [
		("r-I1", "Write Off", "C1", 1),
		("r-I2", "Write Off", "C2", 2),
	]
	assert [part.uses for part in found] == [(Use(INVOICE, D(1), "I1"),), (Use(INVOICE, D(2), "I2"),)]


def test_out_of_several_accounts_each_pays_its_part():
	found = parts([bears("Bad Debts", 30), bears("VAT", 6), pays("I1", 20), pays("I2", 16)])
	assert [(part.key, part.amount) for part in found] == [("r-Bad Debts", 30), ("r-VAT", 6)]
	assert found[0].uses == (Use(INVOICE, D(20), "I1"), Use(INVOICE, D(10), "I2"))
	assert found[1].uses == (Use(INVOICE, D(6), "I2"),)


@given(st.lists(pennies, min_size=1, max_size=4), st.lists(st.integers(1, 99), min_size=2, max_size=4))
def test_parts_come_to_what_the_invoices_are_paid(owed, weights):
	total = sum(owed)
	shares = [(total * weight / sum(weights)).quantize(D("0.01")) for weight in weights[:-1]]
	shares.append(total - sum(shares))
	if min(shares) <= 0:
		return
	found = parts(
		[
			*(bears(f"A{n}", share) for n, share in enumerate(shares)),
			*(pays(f"I{n}", one) for n, one in enumerate(owed)),
		]
	)
	assert sum(part.amount for part in found) == total
	for n, one in enumerate(owed):
		assert sum(use.amount for part in found for use in part.uses if use.number == f"I{n}") == one


@pytest.mark.parametrize(
	("entries", "words"),
	[
		(
			[Entry("r", "Debtors", D(4), D(0), "GBP", D(1), "C1", "I1"), Entry("s", "Sales", D(0), D(4), "GBP")],
			"adds 4 to what is open on I1",
		),
		(
			[Entry("r", "Debtors", D(4), D(0), "GBP", D(1), "C1", "R1", True), Entry("s", "Sales", D(0), D(4), "GBP")],
			"on return R1",
		),
		(
			[bears("Bank", 5), pays("I1", 4), Entry("s", "Sales", D(0), D(1), "GBP")],
			"credits Sales too",
		),
		(
			[bears("A", 1), bears("B", 1), pays("I1", 1), pays("I2", 1, "C2")],
			"several customers out of several accounts",
		),
	],
)  # fmt: skip
def test_what_is_not_plain_is_said(entries, words):
	with pytest.raises(NotPlain, match=words):
		parts(entries)


def test_journals_that_allocate_a_return_and_those_of_nothing_are_left_alone():
	back = Entry("r", "Debtors", D(4), D(0), "GBP", D(1), "C1", "R1", True)
	assert not touches_invoices([back, pays("I1", 4)])
	assert not touches_invoices(
		[bears("Exchange", 4), Entry("r", "Debtors", D(0), D(0), "USD", invoice="I1")]
	)
	assert touches_invoices([bears("Write Off", 4), pays("I1", 4)])


def test_portions_take_the_first_first():
	uses = [Use(INVOICE, D(5), "I1"), Use(INVOICE, D(5), "I2")]
	assert portions(uses, [D(6), D(9)]) == [(uses[0], Use(INVOICE, D(1), "I2")), (Use(INVOICE, D(4), "I2"),)]
