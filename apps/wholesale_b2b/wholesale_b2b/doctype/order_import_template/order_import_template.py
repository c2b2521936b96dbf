"""A saved column mapping with its rules."""

from frappe.model.document import Document


class OrderImportTemplate(Document):
	pass
