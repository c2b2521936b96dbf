"""A row of an Order Import's table of codes."""

from frappe.model.document import Document


class OrderImportCode(Document):
	pass
