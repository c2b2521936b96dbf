from frappe.model.document import Document


class AllocationMove(Document):
	pass
