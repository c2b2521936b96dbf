from frappe.model.document import Document


class TradeAccountAddress(Document):
	pass
