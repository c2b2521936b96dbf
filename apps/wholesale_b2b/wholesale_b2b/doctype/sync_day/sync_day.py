"""How long of a day an accounting package answered, kept by `accounting` look by look."""

from frappe.model.document import Document


class SyncDay(Document):
	pass
