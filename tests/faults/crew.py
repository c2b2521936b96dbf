"""Processes that do something at the same moment, each with a connection of its own, as two users would."""

import multiprocessing
import os
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

SPAWN = multiprocessing.get_context("spawn")
PATIENCE = 120


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
		self.barrier = SPAWN.Barrier(size)
		self.members = []
		for _ in range(size):
			here, there = SPAWN.Pipe()
			process = SPAWN.Process(target=_serve, args=(there, self.barrier, site, sites), daemon=True)
			process.start()
			self.members.append((process, here))

	def __enter__(self) -> "Crew":
		return self

	def __exit__(self, *exception: object) -> None:
		for process, pipe in self.members:
			pipe.send(None)
			process.join(10)
			if process.is_alive():
				process.kill()

	def together(self, tasks: Sequence[tuple]) -> list[Answer]:
		"""Start each task in its own process at the same moment and wait for all. Every task commits, or rolls back."""
		for (_, pipe), task in zip(self.members, tasks, strict=True):
			pipe.send(task)
		answers = []
		for _, pipe in self.members:
			assert pipe.poll(PATIENCE), f"a process has not answered in {PATIENCE} s"
			answers.append(pipe.recv())
		return answers


def _serve(pipe, barrier, site: str, sites: str) -> None:
	import frappe

	os.chdir(sites)
	frappe.init(site=site, sites_path=sites)
	frappe.connect()
	while task := pipe.recv():
		module, function, args = task
		frappe.set_user("Administrator")
		frappe.flags.mute_emails = True
		work = getattr(import_module(module), function)
		prepared = work.prepare(*args) if hasattr(work, "prepare") else None
		barrier.wait(PATIENCE)
		try:
			result = work(*args) if prepared is None else work(prepared)
			frappe.db.commit()
			pipe.send(Answer(result))
		except Exception as error:
			frappe.db.rollback()
			pipe.send(Answer(None, type(error).__name__, f"{error}\n{traceback.format_exc()[-1500:]}"))
