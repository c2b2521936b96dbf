from frappe.model.document import Document


class AllocationRunSegment(Document):
	pass
