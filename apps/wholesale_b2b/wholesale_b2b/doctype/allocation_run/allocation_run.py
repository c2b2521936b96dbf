from frappe.model.document import Document


class AllocationRun(Document):
	pass
