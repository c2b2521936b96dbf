"""The accounting sync when workers are killed, the database restarts, and everything comes at once."""

import os
import random
import signal
import time

import frappe
import pytest
from books import SERVERS, opened
from books.world import invoice, outstanding
from builders import make_customer

from tests.faults.arrived import all_arrived_once
from tests.faults.crew import Crew, fresh_request
from tests.faults.own_servers import OwnServers
from tests.faults.victim import Victim, unharmed
from tests.site.conftest import SITE, SITES

KILLS = int(os.environ.get("FAULT_KILLS", 100))
SEED = int(os.environ.get("FAULT_SEED", random.randrange(10**6)))
TRIALS = int(os.environ.get("FAULT_TRIALS", 10))
DEEDS = "tests.faults.books_deeds"


@pytest.fixture
def world(fresh_transaction):
	yield from opened(SERVERS["Xero"]())


def test_a_worker_killed_at_any_point_of_a_batch(world):
	print(f"FAULT_SEED={SEED} FAULT_KILLS={KILLS}")
	rng = random.Random(SEED)
	customer = make_customer().name
	job = (DEEDS, "drain", (world.connection.name,))
	names = [invoice(customer, rows=((1 + n, 5.0),)).name for n in range(4)]
	whole, seconds = unharmed(job)
	killed = halfway = finished = 0
	while killed < KILLS:
		assert finished < KILLS, "most workers are done before they are killed"
		names += [invoice(customer, rows=((1 + n, 5.0),)).name for n in range(2)]
		by_count = rng.random() < 0.5
		victim = Victim(SITE, str(SITES), die_at=rng.randint(1, whole // 2) if by_count else 0, job=job)
		victim.go()
		if not by_count:
			time.sleep(rng.random() * seconds / 2)
			victim.kill()
		if not victim.wait():
			finished += 1
			continue
		killed += 1
		halfway += 0 < victim.statements
	print(
		f"{killed} killed, {halfway} of them in the middle, {finished} were done before; {len(names)} invoices"
	)
	assert halfway >= KILLS * 0.5
	all_arrived_once(world, names)


def test_two_workers_and_one_refresh_token(world):
	customer = make_customer().name
	names = [invoice(customer).name]
	world.drain()
	with Crew(2, SITE, str(SITES)) as crew:
		for _trial in range(TRIALS):
			names += [invoice(customer).name for _ in range(6)]
			world.expire_tokens()
			before = world.refreshed
			answers = crew.together([(DEEDS, "drain", (world.connection.name,))] * 2)
			assert [answer.message for answer in answers if not answer.ok] == []
			assert world.refreshed == before + 1, "a refresh token was used twice, or not at all"
			assert not frappe.db.get_value("Accounting Connection", world.connection.name, "trouble")
	all_arrived_once(world, names)


def test_a_storm_of_a_thousand_repeats_is_one_payment(world):
	doc = invoice()
	world.drain()
	world.pay(doc.name, 10)
	headers, body = world.webhook(doc.name)
	with Crew(4, SITE, str(SITES)) as crew:
		answers = crew.together([(DEEDS, "hear", (world.provider.lower(), headers, body, 250))] * 4)
	assert [answer.message for answer in answers if not answer.ok] == []
	assert {status for answer in answers for status in answer.result} == {200}
	frappe.db.rollback()
	told = frappe.get_all(
		"Sync Message",
		{"accounting_connection": world.connection.name, "direction": "In", "status": "Queued"},
	)
	assert len(told) == 1
	world.drain()
	world.look()
	assert outstanding(doc) == 26
	assert len(frappe.get_all("Payment Entry Reference", {"reference_name": doc.name, "docstatus": 1})) == 1


def test_mariadb_killed_while_messages_are_sent(world):
	customer = make_customer().name
	names = [invoice(customer).name for _ in range(30)]
	with OwnServers() as own:
		fresh_request(own.site, own.sites)
		try:
			with Crew(1, own.site, own.sites) as crew:
				for how in (signal.SIGKILL, signal.SIGTERM):
					before = len(world.calls)
					crew.start([(DEEDS, "drain", (world.connection.name,))])
					deadline = time.monotonic() + 60
					while len(world.calls) < before + 5 and time.monotonic() < deadline:
						time.sleep(0.01)
					own.stop("mariadb", how)
					own.start("mariadb")
					crew.answers()
			fresh_request(own.site, own.sites)
			all_arrived_once(world, names)
		finally:
			fresh_request(SITE, str(SITES))
