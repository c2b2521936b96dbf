"""Xero's connector against a counterpart that nobody here wrote: `localstack-xero`, on loopback.

It is lax: conditions, idempotency keys, dates and tax are ignored, and of money it knows payments of invoices alone. So what is
tried here is what it does know: customers, invoices, credit notes, voids, and that a payment lowers what is due.
"""

import socket
from decimal import Decimal

import frappe
import pytest
import requests
from books.server import ServerWorld
from books.world import invoice, mapping, outstanding
from builders import make_customer
from frappe.utils import nowdate
from xero_local import server
from xero_local.store import store

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.service import polling, registry


class Counterpart(ServerWorld):
	provider = "Xero"

	def start(self):
		with socket.socket() as probe:
			probe.bind(("127.0.0.1", 0))
			self.port = probe.getsockname()[1]
		self.refresh_token, self.access_tokens = "refresh", set()
		store.reset()
		server.start("127.0.0.1", self.port)

	def stop(self):
		server.stop()

	@property
	def url(self):
		return f"http://127.0.0.1:{self.port}"

	def access(self):
		(tenant, *_others) = requests.get(
			f"{self.url}/connections", headers=self.headers(), timeout=10
		).json()
		self.tenant = tenant["tenantId"]
		return {**self.consent(), "tenant_id": self.tenant, "base_url": f"{self.url}/api.xro/2.0"}

	def headers(self):
		return {"Authorization": "Bearer anybody", "Xero-Tenant-Id": getattr(self, "tenant", "")}

	def ask(self, method, path, body=None):
		answer = requests.request(
			method, f"{self.url}/api.xro/2.0/{path}", json=body, headers=self.headers(), timeout=10
		)
		assert answer.ok, answer.text
		return answer.json()

	def invoices(self, number):
		found = self.ask("GET", f"Invoices?InvoiceNumbers={number}")["Invoices"]
		return [one for one in found if one["InvoiceNumber"] == number]

	def told(self, kind, ident, event):
		"""As a webhook tells it."""
		hint = papers.Hint(kind, ident, event)
		assert polling.store(self.connection.name, self.connection.company, hint)
		self.drain()


@pytest.fixture
def counterpart(fresh_transaction):
	kind = registry.kind_of("Xero")
	limit, kind.limit = kind.limit, Limit(0)
	world = Counterpart()
	world.start()
	world.connected()
	yield world
	world.off()
	world.stop()
	kind.limit = limit


def known_customer(counterpart):
	"""A customer who is there already, mapped by hand: it makes no contacts by PUT, as Xero does."""
	customer = make_customer().name
	made = counterpart.ask("POST", "Contacts", {"Contacts": [{"Name": customer, "ContactNumber": customer}]})
	contact = made["Contacts"][0]["ContactID"]
	counterpart.connection.append("mappings", mapping("Customer", customer, contact))
	counterpart.connection.save()
	frappe.db.commit()
	return customer, contact


def test_an_invoice_arrives_is_paid_there_in_parts_and_voided(counterpart):
	customer, contact = known_customer(counterpart)
	doc = invoice(customer, rows=((3, 10.0), (7, 1.43)), vat=0)
	counterpart.drain()
	(booked,) = counterpart.invoices(doc.name)
	assert Decimal(str(booked["AmountDue"])) == Decimal(str(doc.grand_total))
	assert (booked["Status"], booked["Contact"]["ContactID"]) == ("AUTHORISED", contact)
	ident = booked["InvoiceID"]
	body = {"Invoice": {"InvoiceID": ident}, "Account": {"Code": "090"}, "Date": nowdate(), "Amount": 20.0}
	counterpart.ask("POST", "Payments", body)
	assert counterpart.invoices(doc.name)[0]["AmountDue"] == pytest.approx(doc.grand_total - 20)
	counterpart.told(papers.INVOICE, ident, "paid")
	assert outstanding(doc) == Decimal(str(doc.grand_total)) - 20
	counterpart.told(papers.INVOICE, ident, "told again")
	assert outstanding(doc) == Decimal(str(doc.grand_total)) - 20
	assert len(frappe.get_all("Payment Entry Reference", {"reference_name": doc.name, "docstatus": 1})) == 1

	other = invoice(customer, vat=0)
	counterpart.drain()
	other.reload()
	other.cancel()
	frappe.db.commit()
	counterpart.drain()
	assert [one["Status"] for one in counterpart.invoices(other.name)] == ["VOIDED"]


def test_what_an_attempt_has_left_there_is_found_by_its_number(counterpart):
	customer, _contact = known_customer(counterpart)
	doc = invoice(customer, vat=0)
	counterpart.drain()
	frappe.db.delete("Sync Link", {"reference_name": doc.name})
	(message,) = counterpart.messages(doc)
	frappe.db.set_value("Sync Message", message.name, {"status": "Queued", "unsure": 1})
	counterpart.drain()
	assert counterpart.messages(doc)[0].status == "Done"
	assert len(counterpart.invoices(doc.name)) == 1
	assert counterpart.link(doc).their_id == counterpart.invoices(doc.name)[0]["InvoiceID"]


def test_a_package_that_reckons_otherwise_is_a_conflict(counterpart):
	customer, _contact = known_customer(counterpart)
	doc = invoice(customer)
	counterpart.drain()
	(conflict,) = counterpart.conflicts(kind="Amounts Differ")
	assert conflict.reference_name == doc.name and "36" in conflict.text and "30" in conflict.text
	assert len(counterpart.invoices(doc.name)) == 1 and counterpart.link(doc)
