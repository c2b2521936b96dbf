"""A floor and a ceiling for a channel, customer group or customer."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_link_to_form, getdate

from wholesale_b2b.allocation.service import protections

TARGETS = {"Item Code": "item_code", "Item Group": "item_group", "Brand": "brand"}
SEGMENTS = {"Channel": "channel", "Customer Group": "customer_group", "Customer": "customer"}


class StockProtection(Document):
	def validate(self) -> None:
		self._keep_only_the_chosen(TARGETS, self.apply_on)
		self._keep_only_the_chosen(SEGMENTS, self.protect_for)
		self._check_item()
		self._check_warehouse()
		self._check_limits()
		self._check_dates()
		self._check_overlap()
		self.title = f"{self.get(SEGMENTS[self.protect_for])}: {self.get(TARGETS[self.apply_on])}"

		if remark := protections.remark(self):
			frappe.msgprint(remark, title=_("Protects nothing yet"), indicator="orange")

	def on_update(self) -> None:
		protections.changed((self.get_doc_before_save(), self), self.name)

	def on_trash(self) -> None:
		protections.changed((self,), self.name)

	def _keep_only_the_chosen(self, fields: dict[str, str], chosen: str) -> None:
		for kind, field in fields.items():
			value = (self.get(field) or "").strip()
			if kind == chosen and not value:
				frappe.throw(_("Fill in {0}.").format(_(self.meta.get_label(field))), frappe.MandatoryError)
			self.set(field, value if kind == chosen else None)

	def _check_item(self) -> None:
		if self.item_code and not frappe.get_cached_value("Item", self.item_code, "is_stock_item"):
			frappe.throw(
				_("{0} is no stock item: there are no units of it to protect.").format(
					frappe.bold(self.item_code)
				)
			)

	def _check_warehouse(self) -> None:
		company, is_group = frappe.get_cached_value("Warehouse", self.warehouse, ["company", "is_group"])
		if is_group:
			frappe.throw(
				_("{0} is a group of warehouses. Choose one of those below it: units lie in those.").format(
					frappe.bold(self.warehouse)
				)
			)
		self.company = company

	def _check_limits(self) -> None:
		if not self.has_ceiling:
			self.ceiling = 0
		if flt(self.floor) < 0 or flt(self.ceiling) < 0:
			frappe.throw(_("Floor and ceiling cannot be negative."))
		if not flt(self.floor) and not self.has_ceiling:
			frappe.throw(_("Fill in a floor, or limit what they may take: this protects nothing."))
		if self.has_ceiling and flt(self.floor) > flt(self.ceiling):
			frappe.throw(
				_(
					"The floor ({0}) is above the ceiling ({1}): more units cannot be kept than may be taken."
				).format(flt(self.floor), flt(self.ceiling))
			)

	def _check_dates(self) -> None:
		if self.valid_from and self.valid_upto and getdate(self.valid_from) > getdate(self.valid_upto):
			frappe.throw(_("Valid From is after Valid Up To."))

	def _check_overlap(self) -> None:
		if self.enabled and (other := protections.overlapping(self)):
			frappe.throw(
				_(
					"Stock Protection {0} covers the same stock for the same buyers at the same time. Change that one, or end it before this one begins."
				).format(get_link_to_form("Stock Protection", other))
			)
