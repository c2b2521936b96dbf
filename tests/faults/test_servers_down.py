"""MariaDB stopped and killed under load; Redis down while an order is submitted. On servers of the test's own."""

import signal
import time

import frappe
import pytest
from builders import add_stock, make_customer, make_item, make_sales_order

from tests.faults import checks
from tests.faults.crew import Crew, fresh_request
from tests.faults.deeds import AWAY, make_stage
from tests.faults.own_servers import REDIS, OwnServers
from tests.site.conftest import SITE, SITES

# Deeds that go well between one blow to MariaDB and the next.
BETWEEN = 6
PATIENCE = 100


@pytest.fixture(scope="module")
def own():
	with OwnServers() as servers:
		yield servers


@pytest.fixture
def there(own):
	"""This process works on the copy of the site; afterwards on the test site again."""
	fresh_request(own.site, own.sites)
	yield own
	fresh_request(SITE, str(SITES))


def test_mariadb_restarted_and_killed_under_load(there, tmp_path):
	stage = make_stage()
	with Crew(4, there.site, there.sites) as crew:
		crew.together([("tests.faults.deeds", "ready", ())] * 4)
		crew.start(
			[
				("tests.faults.deeds", "keep_busy", (stage, seed, str(tmp_path), there.site, there.sites))
				for seed in range(4)
			]
		)
		for how in (signal.SIGTERM, signal.SIGKILL, signal.SIGKILL):
			go_on(tmp_path / "progress")
			there.stop("mariadb", how)
			there.start("mariadb")
		go_on(tmp_path / "progress")
		(tmp_path / "stop").touch()
		answers = crew.answers()

	assert [a.message for a in answers if not a.ok] == []
	done = [done for answer in answers for done in answer.result]
	lost = [d for d in done if d.error in AWAY]
	went_well = [d for d in done if not d.error]
	print(f"{len(done)} deeds: {len(went_well)} done, {len(lost)} lost with the connection")
	assert {d.step.deed for d in lost} - {"connect"}, "nobody was in the middle of anything"
	assert [d for d in done if d.error in checks.NEVER] == []
	fresh_request(there.site, there.sites)
	checks.everything_holds(stage.items)
	# what a user was told is done is there
	placed = {d.made for d in went_well if d.step.deed == "place"}
	assert placed
	assert {n for n in placed if frappe.db.get_value("Sales Order", n, "docstatus")} == placed


def go_on(progress):
	"""Wait until some more deeds have gone well."""
	lines = lambda: progress.read_text().count("\n") if progress.exists() else 0  # noqa: E731
	goal, deadline = lines() + BETWEEN, time.monotonic() + PATIENCE
	while lines() < goal:
		assert time.monotonic() < deadline, "nobody gets anything done"
		time.sleep(0.05)


@pytest.mark.parametrize("down", [("redis_queue",), REDIS])
def test_redis_down_while_a_large_order_is_submitted(there, down):
	"""The order stands; what the queue should have done stays marked, and the next sweep does it."""
	frappe.db.set_single_value("Wholesale Settings", "keys_per_transaction", 1)
	frappe.db.commit()
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")
	items = [make_item().name for _ in range(3)]
	for item in items:
		add_stock(item, 10, commit=False)
	draft = make_sales_order(
		[{"item_code": item, "qty": 4} for item in items], customer=make_customer().name, do_not_submit=True
	)
	with Crew(1, there.site, there.sites) as crew:
		assert crew.together([("tests.faults.deeds", "submit", ("Sales Order", draft.name))])
		for name in down:
			there.stop(name)
		second = make_sales_order(
			[{"item_code": item, "qty": 4} for item in items], customer=draft.customer, do_not_submit=True
		)
		answers = crew.together([("tests.faults.deeds", "submit", ("Sales Order", second.name))])

		assert [a.message for a in answers if not a.ok] == []
		frappe.db.rollback()
		assert frappe.db.get_value("Sales Order", second.name, "docstatus") == 1
		assert frappe.db.count("Allocation Key", {"item_code": ("in", items)}) >= 3
		assert checks.over_reserved(items) == []
		for name in down:
			there.start(name)
	fresh_request(there.site, there.sites)
	checks.everything_holds(items)
	rows = frappe.get_all("Sales Order Item", {"parent": second.name}, pluck="b2b_reserved_qty")
	assert rows == [4, 4, 4]
