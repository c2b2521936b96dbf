"""Every package's mapping, there and back: totals and tax to the penny, payments with what they pay."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.connectors.accountsiq import mapping as accountsiq
from wholesale_b2b.accounting.connectors.iplicit import mapping as iplicit
from wholesale_b2b.accounting.connectors.quickbooks import mapping as quickbooks
from wholesale_b2b.accounting.connectors.reading import exchange_rate_of
from wholesale_b2b.accounting.connectors.sage import mapping as sage
from wholesale_b2b.accounting.connectors.xero import mapping as xero
from wholesale_b2b.accounting.rules import amounts, papers
from wholesale_b2b.accounting.rules.papers import Bill, Line, Money, Use

D = Decimal
CENTS = st.integers(1, 10**7).map(lambda n: D(n) / 100)


@st.composite
def bills(draw):
	lines = []
	for n in range(draw(st.integers(1, 8))):
		net, tax = draw(CENTS), draw(st.integers(0, 10**5)) / D(100)
		qty, price = amounts.priced(draw(st.decimals("0.01", 500, places=2)), net)
		lines.append(Line(f"Line {n}", qty, price, net, tax, "T1", "200"))
	net, tax = sum(line.net for line in lines), sum(line.tax for line in lines)
	kind = draw(st.sampled_from([papers.INVOICE, papers.CREDIT_NOTE, papers.PRO_FORMA]))
	return Bill(
		kind,
		"SI-1",
		"contact-1",
		date(2026, 3, 2),
		date(2026, 4, 1),
		"GBP",
		D(1),
		tuple(lines),
		net,
		tax,
		net + tax,
	)


def sums(body, lines, net, tax):
	"""What the package reckons from the lines that it is sent: each as a number that a JSON parser reads."""
	return tuple(sum(D(str(line[field])) for line in body[lines]) for field in (net, tax))


@given(bills())
def test_xero(bill):
	(body,) = xero.bill_body(bill, "")[xero.NAMES[bill.kind]]
	net, tax = sums(body, "LineItems", "LineAmount", "TaxAmount")
	assert (net, tax) == (bill.net, bill.tax)
	for line in body["LineItems"]:
		assert amounts.rounded(D(str(line["Quantity"])) * D(str(line["UnitAmount"]))) == D(
			str(line["LineAmount"])
		)
	found = {
		**body, xero.IDS[bill.kind]: "id", "SubTotal": float(net), "TotalTax": float(tax), "Total": float(net + tax),
		"AmountDue": float(net + tax), "RemainingCredit": float(net + tax),
	}  # fmt: skip
	same(bill, xero.their_bill(bill.kind, found))


@given(bills())
def test_quickbooks(bill):
	body = quickbooks.bill_body(bill, "", "")
	net = sum(D(str(line["Amount"])) for line in body["Line"])
	tax = D(str(body["TxnTaxDetail"]["TotalTax"]))
	assert (net, tax) == (bill.net, bill.tax)
	found = {
		**body, "Id": "id", "SyncToken": "0", "TotalAmt": float(net + tax), "Balance": float(net + tax),
		"RemainingCredit": float(net + tax),
	}  # fmt: skip
	same(bill, quickbooks.their_bill(bill.kind, found))


@given(bills())
def test_sage(bill):
	body = sage.bill_body(bill)
	net, tax = sums(body, sage.LINES[bill.kind], "net_amount", "tax_amount")
	assert (net, tax) == (bill.net, bill.tax)
	found = {
		"id": "id", "reference": body["reference"], "contact": {"id": body["contact_id"]}, "date": body["date"],
		"currency": {"id": body["currency_id"]}, "net_amount": str(net), "tax_amount": str(tax), "total_amount": str(net + tax),
		"outstanding_amount": str(net + tax),
	}  # fmt: skip
	same(bill, sage.their_bill(bill.kind, found))


@given(bills())
def test_iplicit(bill):
	settings = {"invoice_type": "SIN", "credit_note_type": "SCN", "pro_forma_type": "SOR"}
	body = iplicit.bill_body(bill, settings)
	net, tax = sums(body, "details", "netCurrencyAmount", "taxCurrencyAmount")
	assert (net, tax) == (bill.net, bill.tax)
	assert [D(str(body[f"{part}CurrencyAmount"])) for part in ("net", "tax", "gross")] == [
		net,
		tax,
		net + tax,
	]
	found = {**body, "id": "id", "outstandingCurrencyAmount": body["grossCurrencyAmount"]}
	kind = bill.kind if bill.kind == papers.PRO_FORMA else ""
	same(bill, iplicit.their_bill(found, settings, kind))


@given(bills())
def test_accountsiq(bill):
	"""It reckons by itself: quantity × price, and net × rate."""
	shell = {
		"AccountCode": bill.contact,
		"CurrencyCode": "EUR",
		"ExchangeRate": "1",
		"UseAccountTaxCode": "true",
	}
	body = accountsiq.document(bill, shell, {"I": {"DefaultLocationID": "MAIN"}}, "I")
	net = tax = D(0)
	for _name, line in body["Lines"]:
		part = amounts.rounded(line["InvoicedQuantity"] * line["ActualPrice"])
		net, tax = net + part, tax + amounts.rounded(part * line["TaxRate"])
	assert (net, tax) == (bill.net, bill.tax)
	if bill.kind == papers.PRO_FORMA:
		found = {
			**body, "InvoiceID": "i1", "NetAmount": f"{net}", "TaxAmount": f"{tax}", "GrossAmount": f"{net + tax}",
			"Status": "Processed", "InvoiceDate": f"{body['InvoiceDate']}T00:00:00",
		}  # fmt: skip
		same(bill, accountsiq.their_draft(found))
		return
	sign = -1 if bill.kind == papers.CREDIT_NOTE else 1
	found = {
		"TransactionID": "t1", "ExternalReference": body["ExternalReference"], "AccountCode": bill.contact,
		"CurrencyCode": body["CurrencyCode"], "ControlAmount": f"{sign * (net + tax)}",
		"OutstandingAmount": f"{sign * (net + tax)}", "TransactionDate": f"{body['InvoiceDate']}T00:00:00",
		"LineDetails": [{"IsTaxLine": "false", "Amount": f"{-net}"}, {"IsTaxLine": "true", "Amount": f"{-tax * sign}"}],
	}  # fmt: skip
	same(bill, accountsiq.their_bill(bill.kind, found))


def same(bill, back):
	assert (back.kind, back.number, back.contact, back.currency, back.day) == (
		bill.kind, bill.number, bill.contact, bill.currency, bill.day,
	)  # fmt: skip
	assert (back.net, back.tax, back.total, back.outstanding) == (bill.net, bill.tax, bill.total, bill.total)
	assert back.state == papers.OPEN


USES = st.lists(CENTS, min_size=1, max_size=5).map(
	lambda parts: tuple(Use(papers.INVOICE, part, "", f"i{n}") for n, part in enumerate(parts))
)


@pytest.mark.parametrize("package", ["quickbooks", "sage", "iplicit", "accountsiq"])
@given(uses=USES, extra=st.one_of(st.just(D(0)), CENTS))
def test_payments_keep_what_they_pay_and_what_is_left(package, uses, extra):
	total = sum((use.amount for use in uses), D(0)) + extra
	money = Money("PE-1", "c1", date(2026, 3, 2), "GBP", total, "090", uses, reference="TRN-9", rate=D(1))
	back = {"quickbooks": by_quickbooks, "sage": by_sage, "iplicit": by_iplicit, "accountsiq": by_accountsiq}[
		package
	](money)
	assert (back.amount, back.on_account, back.uses) == (total, extra, uses)
	assert (back.number, back.contact, back.day, back.account, back.direction) == (
		"PE-1", "c1", money.day, "090", papers.RECEIVED,
	)  # fmt: skip


def by_quickbooks(money):
	return quickbooks.their_money({**quickbooks.money_body(money, ""), "Id": "p1"})


def by_sage(money):
	body = sage.money_body(money)
	return sage.their_money(
		{
			"id": "p1", "transaction_type": {"id": body["transaction_type_id"]}, "contact": {"id": body["contact_id"]},
			"bank_account": {"id": body["bank_account_id"]}, "date": body["date"], "total_amount": body["total_amount"],
			"reference": body["reference"], "exchange_rate": body.get("exchange_rate"),
			"allocated_artefacts": [
				{"artefact": {"id": one["artefact_id"]}, "amount": one["amount"]} for one in body["allocated_artefacts"]
			],
		}
	)  # fmt: skip


def by_iplicit(money):
	body = iplicit.money_body(money, {})
	return iplicit.their_money({**body, "id": "p1", "grossCurrencyAmount": body["currencyAmount"]})


def by_accountsiq(money):
	body = accountsiq.receipt(money, "55779911", D(1), D(1))
	used = sum((use.amount for use in money.uses), D(0))
	summary = {
		"TransactionID": "p1", "TransactionType": "SR", "ExternalReference": body["CheckReference"], "AccountCode": body["CustomerCode"],
		"TransactionDate": f"{body['PaymentDate']}T00:00:00", "CurrencyCode": "GBP", "ControlAmount": f"{-body['PaymentAmount']}",
		"ControlBCAmount": f"{-body['PaymentAmount']}", "OutstandingAmount": f"{used - body['PaymentAmount']}",
		"TransactionBankGLAccountNumber": money.account, "LineDetails": [{"Description": body["Description"]}],
	}  # fmt: skip
	pairs = [
		accountsiq.Pair(f"{n}", use.their_id, "SI", use.number, use.amount)
		for n, use in enumerate(money.uses)
	]
	return accountsiq.their_money(summary, tuple(pairs))


def by_xero(money):
	"""What comes back of one that has something on account."""
	(body,) = xero.overpayment_body(money)["BankTransactions"]
	found = {**body, "OverpaymentID": "p1", "Total": body["LineItems"][0]["LineAmount"]}
	return xero.money_on_account("Overpayments", found, money.account)


@pytest.mark.parametrize("back", [by_quickbooks, by_sage, by_iplicit, by_xero])
def test_a_payment_in_another_currency_keeps_its_rate(back):
	money = Money("PE-1", "c1", date(2026, 3, 2), "EUR", D(50), "090", rate=D("0.85"))
	assert round(back(money).rate, 6) == D("0.85")


@pytest.mark.parametrize("back", [by_quickbooks, by_sage, by_xero])
def test_one_whose_rate_is_not_said_has_none(back):
	"""It is not one to one: the rate of the day is taken here."""
	assert back(Money("PE-1", "c1", date(2026, 3, 2), "EUR", D(50), "090")).rate == 0


@given(whole=CENTS, rate=st.decimals("0.0001", 500, places=4))
def test_a_rate_is_read_from_the_two_amounts(whole, rate):
	own = amounts.rounded(whole * rate)
	for told in (rate, 1 / rate):
		read = exchange_rate_of(whole, own, told)
		assert amounts.rounded(whole * read) == own if own else read == told


@given(CENTS, st.sampled_from(["ACCRECPAYMENT", "ARCREDITPAYMENT", "ACCPAYPAYMENT"]), st.booleans())
def test_xeros_payments_of_the_sales_ledger_alone_come_in(amount, kind, removed):
	found = {
		"PaymentID": "p1", "PaymentType": kind, "Amount": float(amount), "Date": "/Date(1772409600000+0000)/",
		"Account": {"Code": "090"}, "Status": "DELETED" if removed else "AUTHORISED", "CurrencyRate": 1.0,
		"Invoice": {"InvoiceID": "i1", "InvoiceNumber": "SI-1", "Contact": {"ContactID": "c1"}, "CurrencyCode": "GBP"},
		"CreditNote": {"CreditNoteID": "n1", "Contact": {"ContactID": "c1"}, "CurrencyCode": "GBP"},
	}  # fmt: skip
	money = xero.their_money(found, "")
	if kind == "ACCPAYPAYMENT":
		assert money is None
		return
	assert (money.amount, money.day, money.on_account) == (amount, date(2026, 3, 2), 0)
	assert money.state == (papers.REMOVED if removed else papers.OPEN)
	assert money.direction == (papers.RECEIVED if kind == "ACCRECPAYMENT" else papers.REFUNDED)
