"""A document of ours and what it is in the accounting package."""

from frappe.model.document import Document


class SyncLink(Document):
	pass
