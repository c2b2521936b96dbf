"""The stand-ins refuse what the vendors' own contracts refuse: a misspelt field, a wrong type, an unknown value."""

import copy

import pytest
import requests
from books.quickbooks import REALM, QuickBooksWorld
from books.xero import API, TENANT, XeroWorld

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
