from frappe.model.document import Document


class TradeAccountBuyer(Document):
	pass
