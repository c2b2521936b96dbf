"""Webhooks through the whole of Frappe's web application: what is genuine is stored once, what is not leaves nothing."""

import json

import frappe
import pytest
from books import SERVERS, opened
from books.world import invoice, outstanding
from conftest import _reconnect
from werkzeug.test import Client

PATH = "/api/method/wholesale_b2b.api.v1.accounting.webhook"
TELLING = sorted(provider for provider, world in SERVERS.items() if hasattr(world, "webhook"))


@pytest.fixture(params=TELLING)
def world(request, fresh_transaction):
	yield from opened(SERVERS[request.param]())


def post(world, headers, body, provider=None):
	"""(status, headers, body) of a real request by a guest, which ends with our connection to the site made anew."""
	from frappe.app import application

	frappe.db.commit()
	site = frappe.local.site
	client = Client(application)
	address = f"{PATH}?provider={(provider or world.provider).lower()}"
	answer = client.post(
		address, data=body, headers={**headers, "X-Frappe-Site-Name": site}, content_type="application/json"
	)
	found = answer.status_code, answer.headers, answer.get_data()
	answer.close()
	_reconnect(frappe)
	return found


def waiting(world):
	return frappe.db.count(
		"Sync Message",
		{"accounting_connection": world.connection.name, "direction": "In", "status": "Queued"},
	)


def test_a_genuine_webhook_is_answered_without_body_or_cookies_and_worked_on(world):
	doc = invoice()
	world.drain()
	world.pay(doc.name, 10)
	status, headers, body = post(world, *world.webhook(doc.name))
	assert (status, body) == (200, b"")
	assert "Set-Cookie" not in headers
	assert waiting(world) == 1
	world.drain()
	assert outstanding(doc) == 26


def test_a_hundred_repeats_are_one(world):
	doc = invoice()
	world.drain()
	world.pay(doc.name, 10)
	told = world.webhook(doc.name)
	for _ in range(100):
		assert post(world, *told)[0] == 200
	assert waiting(world) == 1
	world.drain()
	world.look()
	assert outstanding(doc) == 26
	assert len(frappe.get_all("Payment Entry Reference", {"reference_name": doc.name, "docstatus": 1})) == 1


def test_out_of_order_webhooks_end_with_what_is_true(world):
	doc = invoice()
	world.drain()
	payment = world.pay(doc.name, 10)
	first = world.webhook(doc.name)
	world.change_payment(payment, 15)
	second = world.webhook(doc.name)
	for told in (second, first):
		assert post(world, *told)[0] == 200
	world.drain()
	world.look()
	assert outstanding(doc) == 21


def test_what_is_not_signed_by_the_package_leaves_nothing(world):
	doc = invoice()
	world.drain()
	headers, body = world.webhook(doc.name)
	before = frappe.db.count("Error Log")
	for wrong in (
		({}, body),
		({name: "" for name in headers}, body),
		({name: "AAAA" for name in headers}, body),
		(headers, body + b" "),
		world.webhook(doc.name, secret="another"),
	):
		status, sent, answer = post(world, *wrong)
		assert (status, answer) == (401, b""), wrong
		assert "Set-Cookie" not in sent
	assert waiting(world) == 0 and frappe.db.count("Error Log") == before


def test_a_webhook_of_nothing_is_answered_by_its_signature_alone(world):
	assert post(world, *world.webhook())[0] == 200
	assert post(world, *world.webhook(secret="another"))[0] == 401


def test_malformed_and_huge_bodies_and_unknown_packages_are_refused(world):
	signed = world.signed
	assert post(world, *signed(b"[1, 2, {]"))[0] >= 400
	assert post(world, *signed(json.dumps({"events": "none"}).encode()))[0] in (200, 400)
	assert post(world, *signed(json.dumps({"events": [{"eventCategory": "INVOICE"}]}).encode()))[0] in (
		200,
		400,
	)
	huge = json.dumps({"events": [], "filler": "x" * 5_000_000}).encode()
	assert post(world, *signed(huge))[0] == 413
	assert post(world, *world.webhook(), provider="nobody")[0] == 404
	assert waiting(world) == 0


def test_a_connection_that_is_off_hears_nothing(world):
	doc = invoice()
	world.drain()
	told = world.webhook(doc.name)
	frappe.db.set_value("Accounting Connection", world.connection.name, "enabled", 0)
	assert post(world, *told)[0] == 401
	assert waiting(world) == 0


def test_a_webhook_about_another_organisation_is_answered_and_leaves_nothing(world):
	"""One app over there may be let into several: each connection hears of its own alone."""
	doc = invoice()
	world.drain()
	world.connection.reload()
	ours, theirs = world.connection.tenant_id, world.connection.tenant_id[::-1]
	_headers, body = world.webhook(doc.name)
	assert ours.encode() in body and ours != theirs
	assert post(world, *world.signed(body.replace(ours.encode(), theirs.encode())))[0] == 200
	assert waiting(world) == 0
