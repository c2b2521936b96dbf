"""What a hold rule is, for those that come with this app and for those of other apps (hook `b2b_hold_rules`).

A rule looks at live facts and says which orders it holds. It stores nothing: `fulfilment.holds.service` asks all rules,
keeps the Order Hold documents in step with their answers, and refuses pick lists and postings of what is held.
"""

from collections.abc import Sequence

from frappe.model.document import Document

from wholesale_b2b.fulfilment.rules.holds import Hold

__all__ = ["Hold", "HoldRule"]


class HoldRule:
	"""Base of all hold rules; every method answers for a set, with a constant number of queries.

	kind: as in `Hold`. kinds: all of them, for a rule whose answers are of several. Rules are made anew for each question and
	may keep what they have read. own_shelves: it is about what leaves our own warehouses, so that a Purchase Order that goes
	straight to a customer need not wait for it.
	"""

	kind: str = ""
	own_shelves: bool = False

	@property
	def kinds(self) -> tuple[str, ...]:
		return (self.kind,)

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		"""Of these submitted Sales Orders (of companies that are switched on), those that are held now, and why.

		lock: read the facts under lock, so that what is answered still holds when the transaction commits. The orders are
		locked already; what else a rule reads it locks after documents and before Bins (ARCHITECTURE.md, Locks).
		"""
		return {}

	def accounts(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		"""Of these Trade Accounts, those to which nothing may be shipped even without an order, and why."""
		return {}

	def document(self, doc: Document, lock: bool = False) -> dict[str, Hold]:
		"""Of the orders on a document that picks or ships, those of which it takes what may not go though the order as a
		whole is not held, and why. The orders are locked already."""
		return {}

	def delivery(self, doc: Document, accounts: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		"""Of the Trade Accounts for which goods leave with a document, of an order or of none, those to which what it takes may
		not go to where it says, and why."""
		return {}
