from frappe.model.document import Document


class AllocationKey(Document):
	pass
