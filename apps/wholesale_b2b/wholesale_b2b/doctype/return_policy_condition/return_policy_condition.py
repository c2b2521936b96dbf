"""What a Return Policy says of goods in one condition."""

from frappe.model.document import Document


class ReturnPolicyCondition(Document):
	pass
