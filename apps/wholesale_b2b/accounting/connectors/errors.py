"""What can go wrong with an accounting package. Whoever catches one knows whether to try again."""

from collections.abc import Sequence


class SyncError(Exception):
	"""message: in plain words, for the person who reads the list."""

	def __init__(self, message: str):
		super().__init__(message)
		self.message = message


class Retry(SyncError):
	"""It may work later. seconds: what the other side asks for. everyone: nothing else will work until then either."""

	def __init__(self, message: str, seconds: float | None = None, everyone: bool = False):
		super().__init__(message)
		self.seconds, self.everyone = seconds, everyone


class Stop(SyncError):
	"""Trying again is no use. todo: what a person is to do. everyone: nothing else will work until they have."""

	def __init__(self, message: str, todo: str = "", everyone: bool = False):
		super().__init__(message)
		self.todo, self.everyone = todo, everyone


class Duplicate(Stop):
	"""The number, or the name, is in use over there."""


class Gone(Stop):
	"""What was to be changed is not there (any more)."""


# What a person is to do about most refusals.
DECIDE = "Look at the two, then decide the conflict."
MEND = "Mend what it says, here or under Mappings; then replay."


def in_use(number: str, title: str) -> Duplicate:
	"""Our number stands on something else over there already."""
	return Duplicate(f"{number} is in use in {title}.", DECIDE)


def map_customer(number: str) -> str:
	"""What a person is to do about a customer that is over there already, by another hand."""
	return f"Map customer {number} to the one that is there, under Mappings; then replay."


def not_the_one(
	what: str,
	found: Sequence[tuple[str, str]],
	if_none: str = "Have us let into the right one; then test again.",
) -> Stop:
	"""We are let into none, or several, of what keeps books over there. found: (title, id) of each. if_none: what to do then."""
	names = ", ".join(f"{title} ({ident})" for title, ident in found)
	return Stop(
		f"We are let into these {what}: {names or 'none'}.",
		"Copy the id of the right one into Organisation." if found else if_none,
	)


def open_period(title: str) -> str:
	"""What a person is to do about a document that is dated in a closed period."""
	return f"Open the period in {title}, or date the document later; then replay."


def tells_of_period(text: str) -> bool:
	"""Whether a refusal in words is about a period that is closed, or dates that are locked."""
	lower = text.lower()
	return "lock date" in lower or ("period" in lower and ("clos" in lower or "lock" in lower))


class DryRun(Exception):
	"""What would have been sent, had it not been a dry run."""

	def __init__(self, sent: object):
		super().__init__("dry run")
		self.sent = sent
