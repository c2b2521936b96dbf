"""ERPNext's Pick List, where a reserved order may be picked."""

import frappe
from erpnext.selling.doctype.sales_order import sales_order
from erpnext.stock.doctype.pick_list import pick_list
from erpnext.stock.doctype.pick_list.pick_list import PickList

from wholesale_b2b.fulfilment import service
from wholesale_b2b.fulfilment.binding.service import picks as binding
from wholesale_b2b.fulfilment.dispatch.service import shipping
from wholesale_b2b.fulfilment.release.service import stopping
from wholesale_b2b.fulfilment.release.service.heading import is_ours
from wholesale_b2b.fulfilment.returns.service import picked
from wholesale_b2b.setup.switch import is_enabled


class WholesalePickList(PickList):
	"""ERPNext reserves from a pick list and refuses reserved orders; ours is made from what is reserved already."""

	def onload(self) -> None:
		super().onload()
		if is_ours(self):
			held, ended = stopping.reasons(self)
			self.set_onload("b2b_stopped", held)
			self.set_onload("b2b_ended", ended)
			self.set_onload("b2b_together", shipping.together(self))

	def validate_expired_batches(self) -> None:
		if is_ours(self):
			binding.refuse_ended(self)
		else:
			super().validate_expired_batches()

	def validate(self) -> None:
		super().validate()
		if is_ours(self) and self.docstatus == 0:
			binding.refuse_doubles(self)

	def make_bundle_using_old_serial_batch_fields(self) -> None:
		"""ERPNext refuses a bundle of numbers that any reservation names, the order's own too: such rows keep the numbers
		alone, and the Delivery Note makes the bundle.
		"""
		if not is_ours(self):
			return super().make_bundle_using_old_serial_batch_fields()
		rows, apart = self.locations, binding.reserved_by_number(self)
		self.locations = [row for row in rows if row not in apart]
		try:
			super().make_bundle_using_old_serial_batch_fields()
		finally:
			self.locations = rows

	def validate_sales_order(self) -> None:
		if is_ours(self):
			service.before_pick(self)
		else:
			super().validate_sales_order()

	def validate_sales_order_percentage(self) -> None:
		"""ERPNext refuses to pick more of an order that it calls picked, though units came back to be replaced or *Update Items*
		has added some; ours takes what is reserved, and no unit twice."""
		if not is_ours(self):
			super().validate_sales_order_percentage()

	def update_sales_order_item_qty(self, so_items: list[str]) -> None:
		super().update_sales_order_item_qty(so_items)
		if is_ours(self):
			picked.count_again(so_items)


@frappe.whitelist()
def create_pick_list(source_name: str, target_doc=None):
	"""ERPNext's *Create > Pick List* of a Sales Order: from its reservations where the company is switched on.

	target_doc: JSON, dict or Document to which *Get Items* adds one order after the other, as ERPNext's mapper hands it.
	"""
	if is_enabled(frappe.db.get_value("Sales Order", source_name, "company")):
		target = frappe.get_doc(frappe.parse_json(target_doc)) if target_doc else None
		return service.make_pick_list(source_name, target)
	return sales_order.create_pick_list(source_name, target_doc)


@frappe.whitelist()
def make_delivery_note(source_name: str, target_doc=None, kwargs=None):
	"""ERPNext's *Create > Delivery Note* of a Sales Order, where its bundles may be reserved by component.

	Arguments as ERPNext's mapper hands them. *For reserved stock* ERPNext looks every reservation up among the order's
	rows and fails at one of a component; such orders are mapped by `service.make_delivery_note`.
	"""
	args = frappe._dict(kwargs or frappe.flags.args or {})
	if (
		args.for_reserved_stock
		and not args.skip_item_mapping
		and service.has_reserved_components(source_name)
	):
		note = service.make_delivery_note(source_name, target_doc, args)
	else:
		note = sales_order.make_delivery_note(source_name, target_doc, kwargs)
	if is_enabled(note.get("company")):
		return service.keep_one_address(service.leave_out_stopped(note, source_name))
	return note


@frappe.whitelist()
def create_delivery_note(source_name: str, target_doc=None):
	"""ERPNext's *Create > Delivery Note* of a Pick List: one note for each shipment where the list ships orders of ours.

	target_doc: as ERPNext's mapper hands it; not used, as notes are saved at once. Answers with the first note, for the
	form to open. Whether they are submitted is said in Wholesale Settings.
	"""
	if shipping.is_ours(source_name):
		return shipping.first_note(shipping.dispatch(source_name))
	return pick_list.create_delivery_note(source_name, target_doc)
