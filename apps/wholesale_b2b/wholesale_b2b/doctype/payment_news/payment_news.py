"""Other apps are still to be told what is paid on an order: written with the payment, gone once they have been told."""

from frappe.model.document import Document


class PaymentNews(Document):
	pass
