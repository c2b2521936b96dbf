"""How the units of a company, or of a warehouse, become pick lists: a row of Wholesale Settings."""

from frappe.model.document import Document


class PickRule(Document):
	pass
