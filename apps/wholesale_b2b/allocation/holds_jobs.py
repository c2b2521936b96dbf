"""Scheduled work on Stock Holds."""

from wholesale_b2b.allocation.service import holds


def expire() -> None:
	"""Every minute: holds whose time is over. A plan passes them over from that time on; this deals their units out."""
	holds.expire()
