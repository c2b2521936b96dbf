"""*Order Rule*: orders that somebody is to look at before they go."""

from collections.abc import Sequence

from frappe import _

from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule
from wholesale_b2b.ordering.order_rules.service import byhand


class HeldByOrderRule(HoldRule):
	"""Orders whose rule holds its orders, until each is released by hand. The orders themselves say so; they are locked."""

	kind = "Order Rule"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return {
			name: Hold(
				self.kind,
				row.reason,
				_("It is released by hand: Release on the order."),
				row.role or byhand.MANAGER,
			)
			for name, row in byhand.held(names).items()
		}
