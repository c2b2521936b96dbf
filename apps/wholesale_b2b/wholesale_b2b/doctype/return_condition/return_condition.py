"""In which condition goods come back."""

from frappe.model.document import Document


class ReturnCondition(Document):
	pass
