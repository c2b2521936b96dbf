"""Whoever keeps the books hears that a connection is unwell: once, and again only when it is unwell in another way or anew."""

import frappe
import pytest
from books import SERVERS, opened
from books.world import invoice
from builders import make_user
from frappe.utils import add_to_date, now_datetime

from wholesale_b2b.accounting.rules.health import BEHIND_AFTER
from wholesale_b2b.accounting.service import figures
from wholesale_b2b.wholesale_b2b.doctype.sync_message import sync_message


@pytest.fixture
def world(fresh_transaction):
	yield from opened(SERVERS["Xero"]())


@pytest.fixture
def told(world, worker):
	"""told(user): what a user was told of this connection by now, after the sweep of two minutes."""

	def subjects(user):
		for _minute in range(2):
			figures.refresh()
		worker()
		filters = {"document_type": "Accounting Connection", "document_name": world.connection.name}
		return frappe.get_all(
			"Notification Log", {**filters, "for_user": user.name}, pluck="subject", order_by="creation"
		)

	return subjects


def test_whoever_keeps_the_books_is_told_once_that_a_connection_needs_attention(world, told):
	keeper, seller, title = make_user("Accounts Manager"), make_user("Sales User"), world.connection.title
	assert told(keeper) == []
	unmapped = [row for row in world.connection.mappings if row.kind == "Income Account"]
	world.connection.mappings = [row for row in world.connection.mappings if row not in unmapped]
	world.connection.save()
	invoice()
	world.drain_all()
	assert told(keeper) == [f"{title} needs attention"]
	# another one that needs a person is no news
	invoice()
	world.drain_all()
	assert told(keeper) == [f"{title} needs attention"] and told(seller) == []
	world.connection.reload()
	for row in unmapped:
		world.connection.append("mappings", row.as_dict(no_default_fields=True))
	world.connection.save()
	sync_message.replay([message.name for message in world.messages(status="Needs Attention")])
	world.drain_all()
	assert told(keeper) == [f"{title} needs attention"]
	assert frappe.db.get_value("Accounting Connection", world.connection.name, "health") == "Good"
	# anew
	world.revoke()
	invoice()
	world.drain()
	assert told(keeper) == [f"{title} needs attention"] * 2


def test_and_once_that_it_is_behind(world, told):
	keeper, seller, title = make_user("Accounts Manager"), make_user("Sales User"), world.connection.title
	world.fail("500", times=20)
	invoice()
	world.drain()
	message = world.messages(status="Waiting")[0]
	assert told(keeper) == []
	for held in world.messages(status="Waiting"):
		frappe.db.set_value("Sync Message", held.name, "next_try", add_to_date(now_datetime(), hours=1))
	late = add_to_date(now_datetime(), seconds=-BEHIND_AFTER - 1)
	frappe.db.set_value("Sync Message", message.name, "queued_at", late)
	assert told(keeper) == [f"{title} is behind"]
	log = {"document_name": world.connection.name, "for_user": keeper.name}
	assert "a quarter of an hour" in frappe.db.get_value("Notification Log", log, "email_content")
	assert told(keeper) == [f"{title} is behind"] and told(seller) == []
	world.plan.once.clear()
	world.hurry()
	world.drain_all()
	assert told(keeper) == [f"{title} is behind"]
	assert frappe.db.get_value("Accounting Connection", world.connection.name, "health") == "Good"
