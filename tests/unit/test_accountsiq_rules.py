"""AccountsIQ: codes and rates, XML in and out, and errors that come as HTTP 200."""

from datetime import date, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wholesale_b2b.accounting.connectors.accountsiq import mapping, soap
from wholesale_b2b.accounting.connectors.errors import Retry, Stop
from wholesale_b2b.accounting.rules.amounts import rounded

D = Decimal
CENTS = st.integers(1, 10**7).map(lambda n: D(n) / 100)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=140)


@given(NAMES, NAMES)
def test_a_code_is_in_capitals_fits_and_is_one_customers(one, other):
	codes = [mapping.code_of(name) for name in (one, other)]
	for code in codes:
		assert 1 <= len(code) <= 50 and set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
	assert (codes[0] == codes[1]) == (one.upper() == other.upper())


def test_a_plain_name_is_its_own_code():
	assert mapping.code_of("cust-0001") == "CUST-0001"


@given(CENTS, st.integers(0, 10**6))
def test_the_rate_gives_the_tax_to_the_penny(net, cents):
	tax = D(cents) / 100
	assert rounded(net * mapping.rate_of(net, tax)) == tax


def test_the_rate_is_the_one_that_people_know_where_that_will_do():
	assert mapping.rate_of(D("10.01"), D("2.00")) == D("0.20")
	assert mapping.rate_of(D("33.33"), D("7.67")) == D("0.23")
	assert mapping.rate_of(D(0), D(0)) == 0


@pytest.mark.parametrize("ours, theirs, sent", [
	(D("0.8"), D("1.22"), D("1.25")), (D("0.8"), D("0.79"), D("0.8")), (D(1), D("1.3"), D(1)), (D("0.8"), None, D("0.8")),
])  # fmt: skip
def test_a_rate_is_quoted_the_way_round_that_they_do(ours, theirs, sent):
	assert mapping.quoted(ours, theirs) == sent


TEXTS = st.text(max_size=60)


@given(TEXTS, TEXTS)
def test_whatever_is_typed_is_well_formed_and_comes_back(one, other):
	body = soap.envelope("Op", soap.xml_of({"a": one, "rows": [("b", other), ("b", None)]}), one, other)
	root = ElementTree.fromstring(body)
	inside = root.find(f"{{{soap.SOAP}}}Body")[0]
	want = soap.UNWRITABLE.sub("", one).replace("\r\n", "\n").replace("\r", "\n")
	assert (inside[0].text or "") == want
	assert soap.plain(inside[1][1]) is None


def test_values_are_written_as_the_contract_has_them():
	made = soap.xml_of(
		{"d": D("1E+2"), "t": date(2026, 3, 2), "m": datetime(1, 1, 1), "b": True, "i": 3, "n": None}
	)
	assert made == (
		"<d>100</d><t>2026-03-02T00:00:00</t><m>0001-01-01T00:00:00</m><b>true</b><i>3</i>"
		'<n xsi:nil="true" />'
	)


@pytest.mark.parametrize("content", [
	b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
	b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "http://elsewhere.example/a.dtd"><a/>',
])  # fmt: skip
def test_document_types_and_entities_are_refused(content):
	with pytest.raises(Stop, match="document type"):
		soap.read(content)


def test_another_encoding_hides_no_document_type():
	with pytest.raises(Retry):
		soap.read(
			'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")
		)


@pytest.mark.parametrize("status, code", [("Success", "SUCCESS"), ("Created", "SUCCESS"), ("Success", None)])
def test_what_went_well(status, code):
	soap.judge({"Status": status, "ErrorCode": code})


@pytest.mark.parametrize("status, code", [
	("Unknown", "UNKNOWN"), ("InProgress", "SUCCESS"), ("Failure", "OUTDATED_RECORD"), ("Failure", "UNKNOWN"),
])  # fmt: skip
def test_what_may_go_well_later(status, code):
	with pytest.raises(Retry):
		soap.judge({"Status": status, "ErrorCode": code})


@pytest.mark.parametrize("status, code", [
	("Failure", "TAX_CODE_DOES_NOT_EXIST"), ("NotCreated", "SUCCESS"), ("Conflicted", ""), ("Success", "TAX_CODE_IS_NULL"), ("", ""),
])  # fmt: skip
def test_what_is_refused(status, code):
	with pytest.raises(soap.Refused) as refused:
		soap.judge({"Status": status, "ErrorCode": code, "ErrorMessage": "no"})
	assert "AccountsIQ refused it: no" in refused.value.message and refused.value.code == code


@pytest.mark.parametrize("code", ["API_LAYER_ENTITY_ID_NOT_FOUND", "OAUTHCONFIGURATION_INVALID_TOKEN"])
def test_who_is_not_let_in_waits_for_a_person_and_finds_no_empty_list(code):
	with pytest.raises(Stop) as stopped:
		soap.judge({"Status": "Failure", "ErrorCode": code})
	assert stopped.value.everyone and not isinstance(stopped.value, soap.Refused)


def test_allocations_are_read_from_either_side():
	entry = {
		"AllocatedToTransactionID": "2", "AllocatedToTransactionType": "SI", "AllocatedToExternalReference": "SI-1",
		"AllocationAmount": "-5.50", "AllocationId": "9",
	}  # fmt: skip
	found = [
		{
			"TransactionID": "1",
			"TransactionType": "SR",
			"ExternalReference": "R",
			"AllocationEntries": [entry],
		}
	]
	(from_receipt,), (from_invoice,) = mapping.pairs_of("1", found), mapping.pairs_of("2", found)
	assert (from_receipt.other, from_receipt.kind, from_receipt.amount) == ("2", "SI", D("5.50"))
	assert (from_invoice.other, from_invoice.kind, from_invoice.reference) == ("1", "SR", "R")
	assert mapping.pairs_of("3", found) == ()
