"""Deciding about orders and comparing their holds, without a site; then with one."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import frappe
import pytest

from tests.bench.conftest import watch
from tests.bench.data import clear, items_with_stock, keys, orders
from wholesale_b2b.allocation.service import marking
from wholesale_b2b.allocation.store import writes
from wholesale_b2b.fulfilment.policies.service import decisions
from wholesale_b2b.fulfilment.rules.decide import Order, OrderLine, Pegs, decide
from wholesale_b2b.fulfilment.rules.holds import Hold, Kept, difference
from wholesale_b2b.fulfilment.rules.policy import BACKORDER, BY_DATE, CANCEL_REST, WAIT, Policy

TODAY = date(2026, 11, 26)
D = Decimal
POLICIES = (
	Policy("Plain", BACKORDER),
	Policy("Wait", WAIT, min_fill_percent=D(80)),
	Policy("Once", CANCEL_REST, whole_cases=True),
	Policy(
		"Strict", WAIT, min_shipment_value=D(50), max_shipments=3, use_ship_after=True, cancel_after_days=30
	),
	Policy("Sets", BACKORDER, lines_together=BY_DATE, escalate_after_days=5),
)


def many(count: int, lines: int = 5) -> list[tuple]:
	"""Orders with what they have, the policy that each follows, and what is kept of its holds."""
	random = Random(26)
	found = []
	for number in range(count):
		rows, pegs = [], {}
		for at in range(lines):
			name, open_qty = f"{number}-{at}", D(random.randrange(1, 60))
			ready = min(open_qty, D(random.randrange(0, 60)))
			needed = TODAY + timedelta(days=random.randrange(-20, 20))
			rows.append(OrderLine(name, open_qty, D(12), D("7.25"), needed, "Homeware", ""))
			pegs[name] = Pegs(ready, D(0), ((TODAY + timedelta(days=9), open_qty - ready),))
		order = Order(f"SO-{number}", tuple(rows), TODAY - timedelta(days=number % 9))
		kept = [Kept(f"OH-{number}", Hold("Licence", "the licence has expired"))] if number % 3 == 0 else []
		found.append((order, pegs, POLICIES[number % len(POLICIES)], kept))
	return found


def work(cases: list[tuple]) -> tuple[int, int]:
	"""Decide, and bring the holds in step with the decision; how many ship something, and how many holds change."""
	ships = changed = 0
	for order, pegs, policy, kept in cases:
		decision = decide(order, pegs, policy, (), TODAY)
		stopped = decision.stopped_by
		judged = [Hold("Waiting to Be Complete", stopped.code)] if stopped else []
		step = difference(judged, kept)
		ships += bool(decision.ship)
		changed += len(step.open) + len(step.close)
	return ships, changed


def test_ten_thousand_orders_without_a_site(say):
	seconds = {}
	for count in (1_000, 10_000):
		cases = many(count)
		with watch() as w:
			ships, changed = work(cases)
		assert 0 < ships < count and changed > count // 3
		seconds[count] = w.seconds
	say(
		f"decide + holds, pure, 10,000 orders of 5 lines: {seconds[10_000]:.2f} s (limit 1); "
		f"{seconds[10_000] / seconds[1_000]:.1f} times as long as 1,000"
	)


@pytest.fixture
def waiting_orders():
	clear()
	items = items_with_stock(20, 30)
	names = orders(items, 1_000, 5, 1)
	writes.mark(keys(items), "Benchmark")
	frappe.db.commit()
	marking.settle_marked()
	yield names
	frappe.db.rollback()
	clear()


def test_a_thousand_orders_on_a_site(say, waiting_orders):
	counts, seconds = {}, {}
	for count in (100, 1_000):
		decisions(waiting_orders[:count])
		before = _statements()
		with watch() as w:
			found = decisions(waiting_orders[:count])
		# one statement is the counting itself
		counts[count], seconds[count] = _statements() - before - 1, w.seconds
		assert len(found) == count and any(decision.ship for decision in found.values())
	assert counts[100] == counts[1_000]
	say(
		f"decisions on live pegs, 1,000 orders of 5 lines: {seconds[1_000]:.2f} s in {counts[1_000]} statements, "
		f"as many as for 100"
	)


def _statements() -> int:
	return int(frappe.db.sql("show session status like 'Questions'")[0][1])
