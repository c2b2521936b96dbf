"""The stand-ins refuse what the vendors' own contracts refuse: a misspelt field, a wrong type, an unknown value."""

import copy

import pytest
import requests
from books import accountsiq_contract
from books.accountsiq import ENTITY, AccountsIQWorld
from books.quickbooks import REALM, QuickBooksWorld
from books.xero import API, TENANT, XeroWorld

from wholesale_b2b.accounting.connectors.accountsiq import soap

XERO = {
	"Type": "ACCREC",
	"Contact": {"ContactID": "bd2270c3-8706-4c11-9cfb-000b551c3f51"},
	"Date": "2026-03-02",
	"LineAmountTypes": "Exclusive",
	"LineItems": [{"Description": "x", "Quantity": 1.0, "UnitAmount": 2.0}],
}
QUICKBOOKS = {
	"DocNumber": "1",
	"TxnDate": "2026-03-02",
	"CustomerRef": {"value": "1"},
	"GlobalTaxCalculation": "TaxExcluded",
	"Line": [
		{
			"Amount": 2.0,
			"DetailType": "SalesItemLineDetail",
			"SalesItemLineDetail": {"Qty": 1, "UnitPrice": 2},
		}
	],
}


def spoilt(body, *path, value=None, name=None):
	"""The body with a field of another value, or of another name."""
	made = copy.deepcopy(body)
	at = made
	for part in path[:-1]:
		at = at[part]
	if name:
		at[name] = at.pop(path[-1])
	else:
		at[path[-1]] = value
	return made


@pytest.mark.parametrize(
	"body",
	[
		spoilt(XERO, "Date", name="date"),
		spoilt(XERO, "Type", value="ACCRECEIVABLE"),
		spoilt(XERO, "LineItems", 0, "UnitAmount", value="two"),
		spoilt(XERO, "LineItems", 0, "Description", name="Text"),
		spoilt(XERO, "Contact", "ContactID", value="not a uuid"),
	],
)
def test_xero(body):
	world = XeroWorld()
	world.start()
	try:
		put_xero(world, XERO)
		assert world.violations == []
		assert put_xero(world, body) == 400
		assert len(world.violations) == 1
		world.violations.clear()
	finally:
		world.stop()


def put_xero(world, body):
	world.access_tokens.add("t")
	headers = {"Authorization": "Bearer t", "xero-tenant-id": TENANT}
	return requests.put(
		f"{world.url}{API}/Invoices", json={"Invoices": [body]}, headers=headers, timeout=10
	).status_code


@pytest.mark.parametrize(
	"body",
	[
		spoilt(QUICKBOOKS, "TxnDate", name="Date"),
		spoilt(QUICKBOOKS, "GlobalTaxCalculation", value="Excluded"),
		spoilt(QUICKBOOKS, "TxnDate", value="2 March"),
		spoilt(QUICKBOOKS, "Line", 0, "SalesItemLineDetail", "UnitPrice", name="Price"),
		spoilt(QUICKBOOKS, "Line", value={"Amount": 2.0}),
	],
)
def test_quickbooks(body):
	world = QuickBooksWorld()
	world.start()
	try:
		post_quickbooks(world, QUICKBOOKS)
		assert world.violations == []
		assert post_quickbooks(world, body) == 400
		assert len(world.violations) == 1
		world.violations.clear()
	finally:
		world.stop()


def post_quickbooks(world, body):
	world.access_tokens.add("t")
	return requests.post(
		f"{world.url}/v3/company/{REALM}/invoice?minorversion=75",
		json=body,
		headers={"Authorization": "Bearer t"},
		timeout=10,
	).status_code


RECEIPT = {
	"CustomerCode": "C1",
	"CheckReference": "PE-1",
	"PaymentAmount": "10.00",
	"BankAccountCode": "55779911",
	"PaymentDate": "2026-03-02T00:00:00",
	"ExchangeRate": "1",
	"BankExchangeRate": "1",
	"Description": "x",
}


@pytest.mark.parametrize(
	"body",
	[
		spoilt(RECEIPT, "CheckReference", name="Reference"),
		spoilt(RECEIPT, "PaymentAmount", value="ten"),
		spoilt(RECEIPT, "PaymentDate", value="2 March"),
		{name: value for name, value in RECEIPT.items() if name != "ExchangeRate"},
		dict(sorted(RECEIPT.items())),
	],
)
def test_accountsiq(body):
	world = AccountsIQWorld()
	world.start()
	try:
		post_accountsiq(world, RECEIPT)
		assert world.violations == []
		assert post_accountsiq(world, body) == 400
		assert post_accountsiq(world, RECEIPT, token="t") == 400
		assert len(world.violations) == 2
		world.violations.clear()
	finally:
		world.stop()


def post_accountsiq(world, body, token=""):
	world.access_tokens.add("t")
	operation = "SaveSalesReceiptGetBackTransactionID"
	inside = soap.xml_of({"token": token, "salesReceipt": body})
	return requests.post(
		f"{world.url}/system/dashboard/integration/integration_2_0.asmx",
		data=soap.envelope(operation, inside, "t", ENTITY),
		headers={"Content-Type": "text/xml", "SOAPAction": f"{accountsiq_contract.NAMES}{operation}"},
		timeout=10,
	).status_code
