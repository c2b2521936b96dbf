"""Units of an item in a warehouse, kept for a quotation, a basket or the amendment of an order until a time."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_datetime

from wholesale_b2b.allocation.service import amendments, holds


class StockHold(Document):
	def validate(self) -> None:
		if self.flags.b2b_part_of:
			return
		if self.is_new():
			self._check_new()
			holds.keep(self)
		elif self.has_value_changed("until"):
			self._check_extension()

	def on_trash(self) -> None:
		holds.release([self.name], _("Stock Hold {0} was deleted").format(self.name))

	def _check_new(self) -> None:
		self.status = "Active"
		self.requested_by = frappe.session.user
		# Units to come, and orders, only the engine fills in.
		self.update(
			dict.fromkeys(("supply_type", "supply_name", "supply_row", "sales_order", "sales_order_item"))
		)
		self.update({"supply_received_qty": 0, "awaiting_run": 0})
		holds.check_until(self.until)
		if flt(self.qty) <= 0:
			frappe.throw(_("Row {0}: fill in how many units are to be held.").format(self.item_code))
		if bool(self.for_name) == bool(self.basket):
			frappe.throw(_("Say what the units are held for: a document, or a basket."))
		if self.basket:
			self.for_doctype = None
		elif self.for_doctype != "Quotation":
			frappe.throw(
				_("Units can be held for a Quotation or a basket, not for a {0}.").format(_(self.for_doctype))
			)

		if frappe.get_cached_value("Item", self.item_code, "disabled"):
			frappe.throw(
				_("Item {0} is disabled: it is not sold, so nothing is held.").format(
					frappe.bold(self.item_code)
				)
			)
		uom = frappe.get_cached_value("Item", self.item_code, "stock_uom")
		if flt(self.qty) % 1 and frappe.get_cached_value("UOM", uom, "must_be_whole_number"):
			frappe.throw(
				_("{0} units of {1}: {2} cannot be broken. Hold whole ones.").format(
					flt(self.qty), frappe.bold(self.item_code), _(uom)
				)
			)

	def _check_extension(self) -> None:
		before = self.get_doc_before_save()
		if self.status != "Active" or get_datetime(before.until) <= get_datetime():
			frappe.throw(_("Stock Hold {0} has ended. Make a new one.").format(self.name))
		holds.check_until(self.until)


@frappe.whitelist(methods=["POST"])
def hold_quotation(
	quotation: str, until: str, allow_partial: bool = False, reason: str | None = None
) -> list[dict]:
	"""Hold the lines of a quotation until a time; `service.holds.hold_quotation` describes the answer. Needs write on it."""
	return holds.hold_quotation(_quotation(quotation), until, allow_partial, reason)


@frappe.whitelist(methods=["POST"])
def release_quotation(quotation: str) -> int:
	"""End what a quotation holds; how many holds there were. Needs write on the quotation."""
	return holds.release_quotation(_quotation(quotation).name)


@frappe.whitelist()
def of_quotation(quotation: str) -> list[dict]:
	"""What a quotation holds: name, item_code, warehouse, qty, until. Needs read on the quotation."""
	return holds.of_quotation(_quotation(quotation, "read").name)


@frappe.whitelist(methods=["POST"])
def release(names: list | str) -> int:
	"""End holds by hand; how many were active. Needs write on each."""
	names = [str(name) for name in frappe.parse_json(names)]
	for name in names:
		frappe.get_doc("Stock Hold", name).check_permission("write")
	return holds.release(names, _("Stock Hold released"))


@frappe.whitelist()
def of_order(sales_order: str) -> list[dict]:
	"""What is kept for the amendment of a cancelled order: name, item_code, warehouse, qty, until, supply_type, supply_name.

	Needs read on the order.
	"""
	frappe.get_doc("Sales Order", sales_order).check_permission("read")
	return amendments.kept_for(sales_order)


@frappe.whitelist(methods=["POST"])
def release_order(sales_order: str) -> int:
	"""Let go of what is kept for the amendment of a cancelled order; how many holds there were. Who may cancel it, may."""
	frappe.get_doc("Sales Order", sales_order).check_permission("cancel")
	return amendments.release(sales_order)


def _quotation(name: str, permission: str = "write") -> Document:
	doc = frappe.get_doc("Quotation", name)
	doc.check_permission(permission)
	return doc
