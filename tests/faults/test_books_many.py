"""A thousand invoices to every accounting package, while every twentieth step fails: each arrives once, to the penny."""

import os
import random

import frappe
import pytest
from books import SERVERS, WORLDS, opened
from builders import COMPANY, make_customer

from tests.faults.arrived import all_arrived_once
from tests.faults.crew import Crew
from tests.faults.victim import Victim, unharmed
from tests.site.conftest import SITE, SITES
from wholesale_b2b.accounting.service import outbox

MANY = int(os.environ.get("FAULT_INVOICES", 1000))
SEED = int(os.environ.get("FAULT_SEED", random.randrange(10**6)))
AT_A_TIME = 100
FAULTS = ("429", "500", "before", "after", "half", "expired")
RATE = 0.05
DEEDS = "tests.faults.books_deeds"
INVOICE = "Sales Invoice"


@pytest.fixture(scope="module")
def invoices(company):
	"""Submitted while no connection is on: each package is asked to take the same ones, which it has never seen."""
	for name in frappe.get_all("Accounting Connection", {"company": COMPANY, "enabled": 1}, pluck="name"):
		frappe.db.set_value("Accounting Connection", name, "enabled", 0)
	customers = [make_customer().name for _ in range(2)]
	frappe.db.commit()
	names: list[str] = []
	with Crew(2, SITE, str(SITES)) as crew:
		while len(names) < MANY:
			share = -(-min(AT_A_TIME, MANY - len(names)) // 2)
			answers = crew.together([(DEEDS, "submit", (customer, share)) for customer in customers])
			assert [answer.message for answer in answers if not answer.ok] == []
			names += [name for answer in answers for name in answer.result]
	frappe.db.rollback()
	return names


@pytest.fixture(params=sorted(WORLDS))
def world(request, fresh_transaction, invoices):
	for opened_world in opened(WORLDS[request.param]()):
		for name in invoices:
			outbox.send_document(opened_world.connection, INVOICE, name)
		frappe.db.commit()
		yield opened_world


def test_every_invoice_arrives_once_while_every_twentieth_step_fails(world, invoices):
	print(f"FAULT_SEED={SEED} FAULT_INVOICES={MANY}")
	harmed = lost_calls(world) if world.provider in SERVERS else killed_workers(world, invoices)
	print(f"{world.provider}: {len(invoices)} invoices, {harmed} faults")
	assert harmed >= len(invoices) * RATE / 10
	all_arrived_once(world, invoices)


def lost_calls(world) -> int:
	"""Two workers, and every twentieth call is refused, breaks off before or after it is booked, or is cut in half."""
	world.plan.dice = random.Random(SEED)
	world.plan.rate, world.plan.kinds = RATE, FAULTS
	with Crew(2, SITE, str(SITES)) as crew:
		while world.messages_left():
			answers = crew.together([(DEEDS, "drain", (world.connection.name,))] * 2)
			assert [answer.message for answer in answers if not answer.ok] == []
			world.hurry()
	world.plan.rate = 0
	return world.plan.harmed


def killed_workers(world, invoices) -> int:
	"""No network between: workers are killed instead, each after some twenty messages."""
	rng = random.Random(SEED)
	job = (DEEDS, "drain", (world.connection.name, 20))
	each, _seconds = unharmed(job)
	killed = 0
	while world.messages_left():
		victim = Victim(
			SITE,
			str(SITES),
			die_at=rng.randint(each // 2, each * 3 // 2),
			job=(DEEDS, "drain", (world.connection.name,)),
		)
		victim.go()
		killed += victim.wait()
		world.hurry()
	return killed
