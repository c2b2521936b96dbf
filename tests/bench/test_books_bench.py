"""What the accounting sync costs: on the document that is submitted, and until it is over there."""

import multiprocessing
import sys
import time
from pathlib import Path
from statistics import median

import frappe
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "site"))

from books import SERVERS, opened
from books.world import invoice
from builders import make_customer

from tests.bench.conftest import watch
from wholesale_b2b.accounting.service import outbox, worker
from wholesale_b2b.accounting.store import figures

ROUNDS = 60
MESSAGES = 300
PARALLEL = 10


@pytest.fixture
def world(fresh_transaction):
	yield from opened(SERVERS["Xero"]())


def test_what_the_outbox_adds_to_submitting_an_invoice(say, world, monkeypatch):
	customer = make_customer().name
	spent = 0.0
	put = outbox.changed

	def timed(doc):
		nonlocal spent
		begun = time.perf_counter()
		put(doc)
		spent += time.perf_counter() - begun

	drafts = [invoice(customer, submit=False, commit=False) for _ in range(ROUNDS)]
	frappe.db.commit()
	drafts[0].submit()
	frappe.db.commit()
	monkeypatch.setattr(outbox, "changed", timed)
	with watch() as whole:
		for draft in drafts[1:]:
			draft.submit()
			frappe.db.commit()
	share = spent / whole.seconds
	say(f"accounting: the outbox takes {share:.1%} of submitting a Sales Invoice ({ROUNDS - 1} of them)")
	assert share < 0.05


def test_how_fast_the_outbox_drains(say, world):
	customer = make_customer().name
	for n in range(MESSAGES):
		invoice(customer, rows=((1 + n % 9, 10.0),), commit=n % 50 == 49)
	frappe.db.commit()
	world.plan.rate = 0
	with watch() as whole:
		handled = worker.drain(world.connection.name)
	calls = len(world.calls)
	say(
		f"accounting: one worker sends {handled / whole.seconds:.0f} messages a second to a stand-in that checks "
		f"every request ({calls} calls), limiter off"
	)
	assert handled >= MESSAGES


def test_from_submit_to_accepted_under_parallel_submits(say, world):
	customer = make_customer().name
	invoice(customer)
	world.drain()
	since = frappe.utils.now_datetime()
	context = multiprocessing.get_context("fork")
	frappe.db.commit()
	frappe.db.close()
	crew = [context.Process(target=_submit, args=(customer, 6), daemon=True) for _ in range(PARALLEL)]
	for process in crew:
		process.start()
	frappe.connect()
	frappe.set_user("Administrator")
	while any(process.is_alive() for process in crew):
		worker.drain(world.connection.name)
		time.sleep(0.02)
	world.drain_all()
	assert {process.exitcode for process in crew} == {0}
	found = figures.of(world.connection.name, since)
	lags = [
		(message.done_at - message.queued_at).total_seconds()
		for message in frappe.get_all(
			"Sync Message",
			{"accounting_connection": world.connection.name, "kind": "Invoice", "queued_at": (">=", since)},
			["queued_at", "done_at"],
		)
	]
	assert len(lags) == PARALLEL * 6
	say(
		f"accounting: {len(lags)} invoices by {PARALLEL} at once are over there {median(lags):.2f} s after their submit "
		f"(median), {max(lags):.2f} s (worst); the connection's own figures say {found['lag_median']:.2f} and "
		f"{found['lag_worst']:.2f}"
	)


def _submit(customer: str, count: int) -> None:
	frappe.connect()
	frappe.set_user("Administrator")
	for n in range(count):
		for _attempt in range(10):
			try:
				invoice(customer, rows=((1 + n, 10.0),))
				break
			except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
				frappe.db.rollback()
	frappe.destroy()
