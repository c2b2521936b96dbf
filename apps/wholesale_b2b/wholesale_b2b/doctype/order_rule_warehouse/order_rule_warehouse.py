from frappe.model.document import Document


class OrderRuleWarehouse(Document):
	pass
