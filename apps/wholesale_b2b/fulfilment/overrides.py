"""ERPNext's Pick List, where a reserved order may be picked."""

import frappe
from erpnext.selling.doctype.sales_order import sales_order
from erpnext.stock.doctype.pick_list.pick_list import PickList

from wholesale_b2b.fulfilment import service
from wholesale_b2b.setup.switch import is_enabled


class WholesalePickList(PickList):
	"""ERPNext reserves from a pick list and refuses reserved orders; ours is made from what is reserved already."""

	def validate_sales_order(self) -> None:
		if service.picks_reservations(self):
			service.refuse_unreserved(self)
		else:
			super().validate_sales_order()


@frappe.whitelist()
def create_pick_list(source_name: str, target_doc=None):
	"""ERPNext's *Create > Pick List* of a Sales Order: from its reservations where the company is switched on.

	target_doc: JSON, dict or Document to which *Get Items* adds one order after the other, as ERPNext's mapper hands it.
	"""
	if is_enabled(frappe.db.get_value("Sales Order", source_name, "company")):
		target = frappe.get_doc(frappe.parse_json(target_doc)) if target_doc else None
		return service.make_pick_list(source_name, target)
	return sales_order.create_pick_list(source_name, target_doc)
