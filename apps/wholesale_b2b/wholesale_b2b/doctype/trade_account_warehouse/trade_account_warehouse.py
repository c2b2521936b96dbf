from frappe.model.document import Document


class TradeAccountWarehouse(Document):
	pass
