"""Units that were picked short, why, and what was found when somebody counted; made and kept by `fulfilment.release`."""

import frappe
from frappe.model.document import Document

from wholesale_b2b.fulfilment.release.service import recount


class ShortPick(Document):
	pass


@frappe.whitelist(methods=["POST"])
def settle(names: list | str) -> int:
	"""The units are there and fit after all: they may be promised again. How many Short Picks are settled by it.

	Needs write on each. What is not there is settled by a count (Stock Reconciliation) or a loss, not by this.
	"""
	wanted = [str(name) for name in (frappe.parse_json(names) if isinstance(names, str) else names)]
	for name in wanted:
		frappe.get_doc("Short Pick", name).check_permission("write")
	return recount.found(wanted)
