"""What customers of a channel or company may send back."""

from frappe.model.document import Document

from wholesale_b2b.fulfilment.returns import service


class ReturnPolicy(Document):
	def validate(self) -> None:
		service.check(self)
