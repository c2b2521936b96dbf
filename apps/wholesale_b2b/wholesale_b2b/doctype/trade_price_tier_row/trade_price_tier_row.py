"""A discount or a price of a tier, for an item, a group, a brand or everything."""

from frappe.model.document import Document


class TradePriceTierRow(Document):
	pass
