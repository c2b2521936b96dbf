"""Processes that do something at the same moment, each with a connection of its own, as two users would."""

import multiprocessing
import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

# Forked from a process that has everything imported, since there are hundreds of them.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
	[
		"tests.faults.deeds",
		"tests.faults.victim",
		"erpnext.buying.doctype.purchase_order.purchase_order",
		"erpnext.selling.doctype.sales_order.sales_order",
		"erpnext.stock.doctype.delivery_note.delivery_note",
		"erpnext.stock.doctype.purchase_receipt.purchase_receipt",
		"wholesale_b2b.allocation.jobs",
		"wholesale_b2b.allocation.events",
		"wholesale_b2b.fulfilment.overrides",
	]
)
# The server that forks does not hear of our import path in any other way.
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
PATIENCE = 300


@dataclass(frozen=True)
class Answer:
	"""What one process came to: its result, or the name and text of the exception it ended with."""

	result: object = None
	error: str = ""
	message: str = ""

	@property
	def ok(self) -> bool:
		return not self.error


class Crew:
	"""`size` processes that stay connected. `with Crew(2) as crew: crew.together([(module, function, args), …])`."""

	def __init__(self, size: int, site: str, sites: str):
		self.barrier = FORKS.Barrier(size)
		self.members = []
		for _ in range(size):
			here, there = FORKS.Pipe()
			process = FORKS.Process(target=_serve, args=(there, self.barrier, site, sites), daemon=True)
			process.start()
			self.members.append((process, here))

	def __enter__(self) -> "Crew":
		return self

	def __exit__(self, *exception: object) -> None:
		for process, pipe in self.members:
			if process.is_alive():
				pipe.send(None)
			process.join(10)
			if process.is_alive():
				process.kill()

	def together(self, tasks: Sequence[tuple]) -> list[Answer]:
		"""Start each task in its own process at the same moment and wait for all. Every task commits, or rolls back."""
		self.start(tasks)
		return self.answers()

	def start(self, tasks: Sequence[tuple]) -> None:
		"""The same without waiting: `answers` does."""
		for (_, pipe), task in zip(self.members, tasks, strict=True):
			pipe.send(task)

	def answers(self) -> list[Answer]:
		answers = []
		for _, pipe in self.members:
			assert pipe.poll(PATIENCE), f"a process has not answered in {PATIENCE} s"
			answers.append(pipe.recv())
		return answers


def fresh_request(site: str, sites: str) -> None:
	"""A new connection and nothing left of what this process did before, as each request of a web worker has it."""
	import frappe

	frappe.destroy()
	# Frappe keeps the first Redis that a process has known
	frappe.cache = None
	frappe.init(site=site, sites_path=sites, force=True)
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True


def _serve(pipe, barrier, site: str, sites: str) -> None:
	import frappe

	os.chdir(sites)
	clean = False
	while task := pipe.recv():
		module, function, args = task
		work = getattr(import_module(module), function)
		try:
			try:
				if not clean:
					fresh_request(site, sites)
				clean = False
				prepared = work.prepare(*args) if hasattr(work, "prepare") else None
			finally:
				barrier.wait(PATIENCE)
			result = work(*args) if prepared is None else work(prepared)
			frappe.db.commit()
			# what went wrong may leave something behind in this process, as it does in no web worker
			clean = not any(
				getattr(part, "error", "") for part in (result if isinstance(result, list) else ())
			)
			pipe.send(Answer(result))
		except Exception as error:
			message = f"{error}\n{traceback.format_exc()[-2500:]}"
			try:
				frappe.db.rollback()
			except Exception:
				message += "\n(the connection is gone)"
			pipe.send(Answer(None, type(error).__name__, message))
