"""What can go wrong with an accounting package. Whoever catches one knows whether to try again."""


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


class DryRun(Exception):
	"""What would have been sent, had it not been a dry run."""

	def __init__(self, sent: object):
		super().__init__("dry run")
		self.sent = sent
