"""Whether a connection is well, in one word."""

GOOD = "Good"
BEHIND = "Behind"
NEEDS_ATTENTION = "Needs Attention"
PAUSED = "Paused"
OFF = "Off"
# The oldest message may wait so many seconds before the connection counts as behind.
BEHIND_AFTER = 900
# A look speaks for the seconds since the look before, if they are no more than so many: failing ones are up to an hour apart,
# and what is longer was a pause, or a worker that did not run, for which nobody speaks. The first one speaks for a minute.
LONGEST_STEP = 7200
FIRST_STEP = 60


def health(
	enabled: bool, paused: bool, trouble: bool, attention: int, conflicts: int, oldest: float | None
) -> str:
	"""trouble: nothing works until a person has done something. oldest: seconds that the oldest message has waited."""
	if not enabled:
		return OFF
	if trouble or attention or conflicts:
		return NEEDS_ATTENTION
	if paused:
		return PAUSED
	return BEHIND if oldest is not None and oldest > BEHIND_AFTER else GOOD


def step(since: float | None) -> int:
	"""Seconds for which a look speaks. since: seconds since the look before, None for the first."""
	return FIRST_STEP if since is None or since > LONGEST_STEP else int(max(since, 0.0))


def uptime(seconds: int, up: int) -> float | None:
	"""Percent of the time looked at in which the package answered; None if nobody has looked. 100 is said of all of it alone."""
	if seconds <= 0:
		return None
	return 100.0 if up >= seconds else min(round(100 * max(up, 0) / seconds, 2), 99.99)
