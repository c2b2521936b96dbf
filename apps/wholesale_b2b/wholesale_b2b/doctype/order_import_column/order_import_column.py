"""A row of an Order Import's table of columns."""

from frappe.model.document import Document


class OrderImportColumn(Document):
	pass
