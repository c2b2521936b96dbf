"""Ways in which a message does not simply go: it waits for another document, or for a person."""

from collections.abc import Callable

from wholesale_b2b.accounting.rules.conflicts import Conflict


class Waits(Exception):
	"""Another document goes first. first: sees to it that it does; subject: which it is."""

	def __init__(self, subject: str, text: str, first: Callable[[], object]):
		super().__init__(text)
		self.subject, self.first = subject, first


class Undecided(Exception):
	"""Nobody but a person can say. ours, theirs: both sides, for the list. stands: what was written before it was seen."""

	stands = False

	def __init__(
		self,
		conflict: Conflict,
		doctype: str = "",
		name: str = "",
		ours: object = None,
		theirs: object = None,
	):
		super().__init__(conflict.text)
		self.conflict, self.doctype, self.name, self.ours, self.theirs = conflict, doctype, name, ours, theirs
