"""Orders that go abroad are not picked before their papers can be made."""

from collections.abc import Sequence

from frappe import _
from frappe.model.document import Document

from wholesale_b2b.fulfilment.export import service
from wholesale_b2b.fulfilment.export.rules import Missing
from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule


class ExportDetailsMissing(HoldRule):
	"""Holds orders of trade accounts to another customs territory while EORI, commodity codes, … are missing.

	What the account says is read under its lock. Items, companies and addresses are not locked: ERPNext writes to items and
	companies while it posts, with Bins locked, and would wait in a circle with whoever holds them here.
	"""

	kind = "Export Details Missing"

	def orders(self, names: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		return self._holds(service.lacking(names, lock))

	def delivery(self, doc: Document, accounts: Sequence[str], lock: bool = False) -> dict[str, Hold]:
		if doc.doctype not in ("Delivery Note", "Sales Invoice"):
			return {}
		return self._holds(service.lacking_on(doc, accounts, lock))

	def _holds(self, lacking: dict[str, tuple[str, list[Missing]]]) -> dict[str, Hold]:
		return {
			name: Hold(
				self.kind,
				_("The customs papers for {0} still need {1}.").format(_(country), service.in_words(lacks)),
				service.where_to_enter(lacks),
				"Wholesale Manager",
			)
			for name, (country, lacks) in lacking.items()
		}
