from frappe.model.document import Document


class WholesaleCompany(Document):
	pass
