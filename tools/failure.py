"""The one kind of error that ./start and ./test show to people."""

from __future__ import annotations


class Failure(Exception):
	"""A step could not be finished: what happened, what to do next, and where the details are."""

	def __init__(self, cause: str, next_step: str = "", log: object = None):
		super().__init__(cause)
		self.cause = cause
		self.next_step = next_step
		self.log = log

	def __str__(self) -> str:
		line = self.cause.rstrip(".")
		if self.next_step:
			line += f". {self.next_step.rstrip('.')}"
		if self.log:
			line += f". Log: {self.log}"
		return line
