"""*Over Credit Limit*: the hold on what lies beyond an account's limit."""

from collections.abc import Sequence

from wholesale_b2b.credit.service import judging, messages
from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule


class OverCreditLimit(HoldRule):
	"""Orders in the order of their age up to the limit go out; those beyond it wait.

	An account as a whole is not held: what goes out without an order is looked at with its own amount (`service.steps`), so
	that what is paid at once may leave.
	"""

	kind = "Over Credit Limit"
	role = "Accounts Manager"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return {
			order: Hold(self.kind, messages.reason(account, over), messages.release(account, over), self.role)
			for order, (account, over) in judging.orders_beyond(names, lock).items()
		}
