"""Orders that go abroad are not picked before their papers can be made."""

from collections.abc import Sequence

from frappe import _

from wholesale_b2b.fulfilment.export import service
from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule


class ExportDetailsMissing(HoldRule):
	"""Holds orders of trade accounts to another customs territory while EORI, commodity codes, … are missing.

	The facts stand on masters that nobody clears at the moment of dispatch; they are read without a lock.
	"""

	kind = "Export Details Missing"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return {
			order: Hold(
				self.kind,
				_("The customs papers for {0} still need {1}.").format(_(country), service.in_words(lacks)),
				service.where_to_enter(lacks),
				"Wholesale Manager",
			)
			for order, (country, lacks) in service.lacking(names).items()
		}
