"""A Delivery Note that is invoiced by itself; the queue's row, made and kept by `credit.invoicing`."""

import frappe
from frappe.model.document import Document

from wholesale_b2b.credit.invoicing import service


class DispatchInvoice(Document):
	pass


@frappe.whitelist(methods=["POST"])
def retry(names: list | str) -> int:
	"""Try invoices again that failed or were stopped, or make at once those that wait; how many are queued.

	Needs read on each, and create on Sales Invoice.
	"""
	wanted = [str(name) for name in frappe.parse_json(names)] if isinstance(names, str) else names
	for name in wanted:
		frappe.get_doc("Dispatch Invoice", name).check_permission("read")
	return service.retry(wanted)
