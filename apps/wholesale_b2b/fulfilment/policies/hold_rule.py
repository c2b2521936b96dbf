"""What a Fulfilment Policy stops is neither picked nor shipped."""

from collections.abc import Sequence

from frappe.model.document import Document

from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule
from wholesale_b2b.fulfilment.policies.service import waiting
from wholesale_b2b.fulfilment.policies.service.deciding import KINDS, WAITING


class WaitsByPolicy(HoldRule):
	"""Orders that wait to be complete, for a date, or for a larger shipment.

	Pegs are read without a lock: they change under the locks of Bins, which come after this (ARCHITECTURE.md, Locks), and
	what an order loses at the same moment it loses after this shipment was found to be right.
	"""

	kind = WAITING
	own_shelves = True

	@property
	def kinds(self) -> tuple[str, ...]:
		return KINDS

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return waiting.held(names)

	def document(self, doc: Document, lock: bool = False) -> dict[str, Hold]:
		return waiting.refused(doc)
