"""What another app's strategy must be able to say: which supply a line would rather have.

Plugged in by the hook `b2b_allocation_strategies` (docs/allocation.md). Like all rules it is handed what it needs: no
clock, no database, and the same question gets the same answer.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from wholesale_b2b.allocation.rules.model import Demand, Policy, Supply


class Strategy(ABC):
	"""Base of strategies that are plugged in. `name` is what Order Rule and Wholesale Settings show, in title case."""

	name = ""

	@abstractmethod
	def choices(self, demand: Demand, supplies: Sequence[Supply], policy: Policy) -> Iterable[str]:
		"""Keys of supplies from which the line takes what it still needs, the first one first.

		supplies: those with free units that the line may have, the shelves first, then by date, then in sourcing order.
		A supply that is left out gives nothing to this line, so it may wait. What the line may have of each (floors,
		ceilings, what others have) is the planner's business.
		"""


def chosen(strategy: Strategy, demand: Demand, supplies: Sequence[Supply], policy: Policy) -> list[str]:
	"""What a strategy chooses, each key once. Raises ValueError for a supply that it was not offered."""
	offered = {supply.key for supply in supplies}
	keys = list(dict.fromkeys(strategy.choices(demand, supplies, policy)))
	if unknown := [key for key in keys if key not in offered]:
		raise ValueError(
			f"strategy {strategy.name!r} chose {unknown[0]!r} for {demand.line!r}, which it was not offered"
		)
	return keys
