"""*Price Below Floor*: the hold on an order with a price that waits for approval."""

from collections.abc import Sequence

from frappe import _

from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule
from wholesale_b2b.pricing.service import overrides


class PriceBelowFloor(HoldRule):
	kind = "Price Below Floor"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		role = overrides.approver_role()
		return {
			order: Hold(
				self.kind,
				_("the price of {0} has to be approved").format(
					", ".join(dict.fromkeys(entry.item_code for entry in entries))
				),
				_("Approval of the Price Override, or a higher price."),
				role,
			)
			for order, entries in overrides.waiting(names, lock).items()
		}
