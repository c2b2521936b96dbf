"""Mail to a customer about one event; made and kept by `fulfilment.mail`."""

import frappe
from frappe.model.document import Document

from wholesale_b2b.fulfilment.mail import service


class CustomerMail(Document):
	pass


@frappe.whitelist(methods=["POST"])
def retry(names: list | str) -> int:
	"""Send mails again that failed or had nobody to go to; how many are queued. For those who may write the document."""
	wanted = [str(name) for name in frappe.parse_json(names)] if isinstance(names, str) else names
	for name in wanted:
		mail = frappe.get_doc("Customer Mail", name)
		mail.check_permission("read")
		frappe.has_permission(mail.reference_doctype, "write", doc=mail.reference_name, throw=True)
	return service.retry(wanted)
