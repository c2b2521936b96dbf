"""Site tests: pytest inside env/, against the real test site, committing for real.

Frappe is connected once, as Administrator. A test that leaves a transaction open loses it: what is to be seen by
another connection must be committed by the test.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("BENCH_ROOT") or Path(__file__).resolve().parents[2])
SITES = ROOT / "sites"
# Processes that share the suite out (pytest-xdist: gw0, gw1) have a site each.
_TEST_SITES = os.environ.get("TEST_SITES", "test.wholesale.localhost").split()
SITE = _TEST_SITES[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))]
COMPANY = "Northgate Wholesale Ltd"


@pytest.fixture(scope="session", autouse=True)
def site() -> Iterator[str]:
	"""Connect to the test site for the whole session; the working folder is sites/, as everywhere in Frappe."""
	import frappe

	before = Path.cwd()
	os.chdir(SITES)
	frappe.init(site=SITE, sites_path=str(SITES))
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True
	# What a cancelled order had is free at once; the tests of amendments keep it, as a new site does.
	frappe.db.set_single_value("Wholesale Settings", "keep_cancelled_minutes", 0)
	frappe.db.commit()
	_forget_old_jobs()
	yield SITE
	frappe.db.rollback()
	frappe.destroy()
	os.chdir(before)


@pytest.fixture(autouse=True)
def fresh_transaction(site: str) -> Iterator[None]:
	"""Each test starts on a new transaction, as Administrator, without messages or callbacks of the one before."""
	import frappe

	_start_again(frappe)
	yield
	_start_again(frappe)


@pytest.fixture(scope="session")
def company() -> str:
	return COMPANY


@pytest.fixture
def item():
	"""A stock item of its own, committed."""
	import frappe
	from builders import make_item

	made = make_item()
	frappe.db.commit()
	return made


@pytest.fixture
def promises_hold(fresh_transaction) -> Iterator[None]:
	"""After the test every promise on the site holds: `pytestmark = pytest.mark.usefixtures("promises_hold")`."""
	import frappe

	yield
	_start_again(frappe)
	from wholesale_b2b.allocation.service import audit

	assert audit.run() == []


@pytest.fixture
def kept_minutes(fresh_transaction) -> Iterator[None]:
	"""What a cancelled order had is kept for its amendment, as on a new site."""
	import frappe

	frappe.db.set_single_value("Wholesale Settings", "keep_cancelled_minutes", 15)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_single_value("Wholesale Settings", "keep_cancelled_minutes", 0)
	frappe.db.commit()


@pytest.fixture
def no_policies(fresh_transaction) -> Iterator[None]:
	"""A Return Policy counts for all returns of its company: the test leaves none behind."""
	import frappe

	yield
	_start_again(frappe)
	frappe.db.delete("Return Policy")
	frappe.db.delete("Return Policy Condition")
	frappe.db.commit()


@pytest.fixture
def worker() -> Callable[[], int]:
	"""`worker()` commits, then runs what is queued until the queues are empty; returns how many jobs it ran.

	The jobs are real: from the bench's Redis, through Frappe's own `execute_job`, on a connection of their own.
	A job that fails fails the test. Jobs that a worker of ./start has taken meanwhile are waited for.
	"""
	return drain


def drain() -> int:
	import frappe
	from frappe.utils.background_jobs import execute_job, get_queue

	frappe.db.commit()
	finished = 0
	while True:
		queues = [get_queue(name) for name in ("short", "default", "long")]
		job = next((found for queue in queues if (found := _take(queue))), None)
		if not job:
			if any(_is_busy(queue) for queue in queues):
				time.sleep(0.1)
				continue
			_reconnect(frappe)
			return finished
		arguments = dict(job.kwargs)
		# a worker starts each job without a site
		frappe.destroy()
		try:
			execute_job(**arguments)
		except Exception as error:
			_reconnect(frappe)
			raise AssertionError(f"The job {arguments.get('job_name')} failed: {error!r}") from error
		finally:
			job.delete()
		_reconnect(frappe)
		finished += 1


def _forget_old_jobs() -> None:
	"""What is queued for a site of this name may be from before it was made anew: what it names is not there any more."""
	from frappe.utils.background_jobs import get_queue

	for name in ("short", "default", "long"):
		while job := _take(get_queue(name)):
			job.delete()


def _is_busy(queue) -> bool:
	"""Whether another worker has a job of this site in hand."""
	jobs = (queue.fetch_job(job_id) for job_id in queue.started_job_registry.get_job_ids())
	return any(job and job.kwargs.get("site") == SITE for job in jobs)


def _take(queue):
	"""The first job of this site in a queue, taken out of it; jobs of other sites are left alone."""
	for job_id in queue.get_job_ids():
		job = queue.fetch_job(job_id)
		if not job or job.kwargs.get("site") != SITE:
			continue
		if queue.connection.lrem(queue.key, 1, job_id):
			return job
	return None


def _reconnect(frappe) -> None:
	"""`execute_job` ends by leaving the site."""
	frappe.init(site=SITE, sites_path=str(SITES), force=True)
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True


def _start_again(frappe) -> None:
	frappe.db.rollback()
	# Frappe's count of what is open on a document leaves the whole connection a second for each statement
	frappe.db.set_execution_timeout(0)
	frappe.set_user("Administrator")
	frappe.clear_messages()
	frappe.local.message_log = []
