"""What something of ours is called in the accounting package; a row of an Accounting Connection."""

from frappe.model.document import Document


class AccountingMapping(Document):
	pass
