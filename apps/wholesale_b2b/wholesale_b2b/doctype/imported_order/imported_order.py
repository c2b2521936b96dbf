"""An external order that an import has dealt with. Its name is the order, so none is dealt with twice."""

from frappe.model.document import Document


class ImportedOrder(Document):
	pass
