"""A worker that is to be killed in the middle of its work."""

import os
import signal
import time
from importlib import import_module
from multiprocessing.connection import Connection

import frappe

from tests.faults.crew import FORKS

# Keys a transaction: small, so that kills fall between transactions too.
BATCH = 4
SETTLE = ("wholesale_b2b.allocation.jobs", "settle_marked", ())


class Victim:
	"""A process with a connection of its own, ready to settle what is marked once `go` is called.

	die_at: the statement before which it kills itself, none for 0. statements: how many it has begun so far. took: seconds.
	job: (module, function, arguments) of other work that it does instead.
	"""

	def __init__(self, site: str, sites: str, die_at: int = 0, job: tuple[str, str, tuple] = SETTLE):
		# without locks: one that is killed while it holds such a lock keeps it for ever
		self.begun, self.took = FORKS.Value("i", 0, lock=False), FORKS.Value("d", 0.0, lock=False)
		self.pipe, there = FORKS.Pipe()
		self.process = FORKS.Process(
			target=_work, args=(there, self.begun, self.took, die_at, site, sites, job), daemon=True
		)
		self.process.start()
		there.close()
		assert self.pipe.poll(60), "the worker does not start"
		self.pipe.recv()

	@property
	def statements(self) -> int:
		return self.begun.value

	def go(self) -> None:
		self.pipe.send("go")

	def kill(self) -> None:
		self.process.kill()

	def wait(self) -> bool:
		"""Whether it was killed; False if it had finished before."""
		self.process.join(60)
		assert self.process.exitcode in (0, -signal.SIGKILL), self.process.exitcode
		return self.process.exitcode != 0


def unharmed(job: tuple[str, str, tuple]) -> tuple[int, float]:
	"""(statements, seconds) of work that nobody kills."""
	from tests.site.conftest import SITE, SITES

	victim = Victim(SITE, str(SITES), job=job)
	victim.go()
	assert not victim.wait()
	return victim.statements, victim.took.value


def _work(pipe: Connection, begun, took, die_at: int, site: str, sites: str, job: tuple) -> None:
	os.chdir(sites)
	frappe.init(site=site, sites_path=sites)
	frappe.connect()
	from wholesale_b2b.allocation.service import marking

	module, function, arguments = job
	work = getattr(import_module(module), function)

	marking.BATCH = BATCH
	ask = frappe.db.sql

	def counted(*args, **kwargs):
		begun.value += 1
		if begun.value == die_at:
			os.kill(os.getpid(), signal.SIGKILL)
		return ask(*args, **kwargs)

	frappe.local.db.sql = counted
	pipe.send("ready")
	pipe.recv()
	start = time.monotonic()
	work(*arguments)
	took.value = time.monotonic() - start
