"""What of an order may go now, as far as its policy decides."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from wholesale_b2b.fulfilment.policies.service import decisions


def may_ship(orders: Sequence[str]) -> dict[str, Mapping[str, Decimal]]:
	"""Sales Order → Sales Order Item → stock units (of a bundle: bundles) that may go; what is not named may not."""
	return {name: decision.ship for name, decision in decisions(orders).items()}
