"""Whether a connection is well, in one word."""

GOOD = "Good"
BEHIND = "Behind"
NEEDS_ATTENTION = "Needs Attention"
PAUSED = "Paused"
OFF = "Off"
# The oldest message may wait so many seconds before the connection counts as behind.
BEHIND_AFTER = 900


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
