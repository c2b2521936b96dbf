"""Another app brings a connector for its own ledger; a wrong organisation, a pause, and numbers that are too long."""

import re
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import frappe
import pytest
from books import SERVERS, opened
from books.world import World, invoice
from builders import unique

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.base import Connector
from wholesale_b2b.accounting.connectors.errors import Stop
from wholesale_b2b.accounting.rules.papers import Taken, Tenant
from wholesale_b2b.accounting.service import registry
from wholesale_b2b.wholesale_b2b.doctype.accounting_connection import accounting_connection as doors


class Notebook(Connector):
	"""What another app could bring: a ledger that takes customers and invoices, and no more."""

	provider = "Notebook"
	can = frozenset((base.CONTACTS, base.INVOICES))
	number_length = 60
	pages: ClassVar[dict] = {}

	def look(self):
		return Tenant("1", "A notebook")

	def find_contact(self, contact):
		return None

	def send_contact(self, contact, version, key):
		return Taken(f"c-{contact.number}", contact.number)

	def find_bill(self, kind, number, bill=None):
		return None

	def send_bill(self, bill, their_id, version, key):
		self.pages[bill.number] = bill
		return Taken(bill.number, bill.number, total=bill.total, tax=bill.tax)

	def cancel_bill(self, kind, their_id, version, key):
		raise Stop("What is written in ink stays.", "Write a credit note.")


class NotebookWorld(World):
	provider = "Notebook"


@pytest.fixture
def plugged(monkeypatch, fresh_transaction):
	real, installed = frappe.get_hooks, frappe.get_installed_apps

	def with_theirs(hook=None, *args, **kwargs):
		found = real(hook, *args, **kwargs)
		return [*found, f"{__name__}.Notebook"] if hook == "b2b_accounting_connectors" else found

	monkeypatch.setattr(frappe, "get_hooks", with_theirs)
	monkeypatch.setattr(frappe, "get_installed_apps", lambda **kw: [*installed(**kw), __name__])
	yield from opened(NotebookWorld())


def test_a_connector_of_another_app_is_offered_sends_and_says_what_it_cannot_do(plugged):
	assert "Notebook" in {kind["provider"] for kind in doors.providers()}
	doc = invoice()
	plugged.drain()
	assert {message.status for message in plugged.messages()} == {"Done"}
	assert Notebook.pages[doc.name].total == Decimal(str(doc.grand_total))
	assert plugged.look() == 0
	doc.reload()
	doc.cancel()
	frappe.db.commit()
	plugged.drain()
	(message,) = plugged.messages(doc, action="Cancel")
	assert (message.status, message.error, message.todo) == (
		"Needs Attention", "What is written in ink stays.", "Write a credit note.",
	)  # fmt: skip
	assert doors.test_connection(plugged.connection.name)["ok"]


def test_a_connection_to_nobody_is_refused():
	with pytest.raises(frappe.ValidationError, match="no connector for"):
		frappe.get_doc(
			{
				"doctype": "Accounting Connection",
				"title": unique("X"),
				"provider": "Nobody",
				"company": "Northgate Wholesale Ltd",
			}
		).insert()


@pytest.mark.parametrize("provider", sorted(SERVERS))
def test_another_organisation_stops_everything_and_says_so(provider, fresh_transaction):
	for world in opened(SERVERS[provider](), tenant_id="0a1b2c3d-0000-4000-8000-00000000dead"):
		doc = invoice()
		world.drain()
		assert world.booked(doc.name) == []
		trouble = frappe.db.get_value("Accounting Connection", world.connection.name, "trouble")
		assert trouble, "nobody is told"
		# neither the invoice nor its customer is blamed: both wait for whoever mends the connection
		assert {m.status for m in world.messages()} == {"Waiting"} and not world.conflicts()
		answer = doors.test_connection(world.connection.name)
		assert not answer["ok"] and answer["todo"]


def test_a_paused_connection_keeps_everything_and_sends_it_later(fresh_transaction):
	for world in opened(SERVERS["Xero"]()):
		world.connection.reload()
		world.connection.paused = 1
		world.connection.save()
		frappe.db.commit()
		docs = [invoice() for _ in range(2)]
		assert world.drain() == 0 and world.calls == []
		assert {m.status for doc in docs for m in world.messages(doc)} == {"Queued"}
		world.connection.paused = 0
		world.connection.save()
		world.drain_all()
		assert all(len(world.booked(doc.name)) == 1 for doc in docs)


def test_a_number_that_is_too_long_is_told_before_anything_is_sent(fresh_transaction, monkeypatch):
	for world in opened(SERVERS["QuickBooks"]()):
		monkeypatch.setattr(registry.kind_of("QuickBooks"), "number_length", 8)
		doc = invoice()
		world.drain()
		(message,) = world.messages(doc)
		assert message.status == "Needs Attention" and "8 characters" in message.error
		assert "shorter naming series" in message.todo


def test_documents_of_before_going_live_stay_out_and_are_sent_by_hand(fresh_transaction):
	for world in opened(SERVERS["Xero"](), go_live="2099-01-01"):
		doc = invoice()
		world.drain()
		assert world.messages(doc) == [] and world.booked(doc.name) == []
		world.connection.reload()
		world.connection.go_live = doc.posting_date
		world.connection.save()
		assert doors.send_earlier(world.connection.name) >= 1
		assert [m.status for m in world.messages(doc)] == ["Queued"]
		assert doors.send_earlier(world.connection.name) == 0


def test_the_table_in_the_docs_says_what_each_package_can_do():
	"""A column for each capability, in the order of `base`; a package that is added has a row, and a page that it links to."""
	docs = Path(frappe.get_app_path("wholesale_b2b")).resolve().parents[1] / "docs"
	order = (
		base.CONTACTS, base.INVOICES, base.CREDIT_NOTES, base.ALLOCATIONS, base.PRO_FORMAS, base.PAYMENTS_OUT,
		base.PAYMENTS_IN, base.REFUNDS_OUT, base.REFUNDS_IN, base.UPDATES, base.WEBHOOKS, base.RECONCILING,
	)  # fmt: skip
	rows = dict(
		re.findall(
			r"^\| \[([^\]]+)\]\(accounting/\w+\.md\) \| (.+) \|$", (docs / "accounting.md").read_text(), re.M
		)
	)
	for provider, kind in registry.kinds().items():
		cells = rows[provider].split(" | ")
		said = {what for what, cell in zip(order, cells, strict=True) if cell != "no"}
		assert said == set(kind.can), provider
		page = (docs / "accounting" / f"{registry.address_name(provider)}.md").read_text()
		for title in ("Connect", "Map", "Go live", "What happens when", "What it cannot do"):
			assert f"## {title}\n" in page, (provider, title)
