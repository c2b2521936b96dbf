"""Does every promise hold?"""

from wholesale_b2b.allocation.store import checks
from wholesale_b2b.setup.switch import enabled_companies


def run() -> list[str]:
	"""Check every invariant for all companies that are switched on; an empty list is good."""
	return checks.broken(enabled_companies())
