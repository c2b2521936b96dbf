"""*Pro Forma Unpaid*: the hold on what is to be paid before it ships."""

from collections.abc import Sequence

from wholesale_b2b.credit.pro_forma.service import gate, messages, paperwork
from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule


class ProFormaUnpaid(HoldRule):
	"""Orders wait for their money.

	An account as a whole is not held, since its paid orders ship; what would go to it without an order is refused by
	`service.gate.refuse_unordered`.
	"""

	kind = "Pro Forma Unpaid"
	role = "Accounts User"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		held = gate.held(names, lock)
		papers = paperwork.papers_of(held)
		return {
			name: Hold(
				self.kind,
				messages.reason(judged, papers.get(name)),
				messages.release(judged, papers.get(name)),
				self.role,
			)
			for name, judged in held.items()
		}
