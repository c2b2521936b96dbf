from frappe.model.document import Document


class AllocationChange(Document):
	pass
