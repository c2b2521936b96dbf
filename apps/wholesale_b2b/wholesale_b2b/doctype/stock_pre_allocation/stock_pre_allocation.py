from frappe.model.document import Document


class StockPreAllocation(Document):
	pass
