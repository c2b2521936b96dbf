"""Sales orders from a file of order lines."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.ordering.order_import import service

MASTERS = {"create_items": "Item", "create_customers": "Customer"}


class OrderImport(Document):
	def validate(self) -> None:
		self._keep_what_has_started()
		if self.warehouse and frappe.get_cached_value("Warehouse", self.warehouse, "company") != self.company:
			frappe.throw(
				_("Warehouse {0} does not belong to company {1}. Choose one that does.").format(
					self.warehouse, self.company
				)
			)
		if self.warehouse and frappe.get_cached_value("Warehouse", self.warehouse, "is_group"):
			frappe.throw(_("Warehouse {0} is a group. Choose one of its warehouses.").format(self.warehouse))
		if self.template and self.has_value_changed("template"):
			service.apply_template(self)
			self.columns = []
		self._require_create_permission()
		if not self.import_file:
			self.columns = []
		elif self.has_value_changed("import_file") or not self.columns:
			service.fill_columns(self)
		self._refuse_double_targets()

	def on_trash(self) -> None:
		if self.status in ("Queued", "Running", "Stopping"):
			frappe.throw(_("Order Import {0} is running. Stop it before deleting it.").format(self.name))
		if frappe.db.exists("Imported Order", {"order_import": self.name}):
			frappe.throw(
				_("Order Import {0} has dealt with orders: it stays as their record.").format(self.name)
			)

	def onload(self) -> None:
		self.set_onload("is_dead", service.is_dead(self.name, self.status))

	def _keep_what_has_started(self) -> None:
		"""A resumed run must read the same file in the same way; rules may be mended for replays."""
		if self.is_new() or self.status == "Draft":
			return
		before = self.get_doc_before_save()
		fixed = ("company", "source", "import_file", "template")
		changed = [field for field in fixed if before and before.get(field) != self.get(field)]
		mapping = [(row.file_column, row.target) for row in self.columns]
		if before and mapping != [(row.file_column, row.target) for row in before.columns]:
			changed.append("columns")
		if changed:
			frappe.throw(
				_(
					"{0} of Order Import {1} cannot change once it has started. Make a new Order Import."
				).format(", ".join(_(self.meta.get_label(field)) for field in changed), self.name)
			)

	def _require_create_permission(self) -> None:
		"""An import creates masters on behalf of its user: who ticks the box must be allowed to create them."""
		for field, doctype in MASTERS.items():
			ticked = self.get(field) and (self.is_new() or self.has_value_changed(field))
			if ticked:
				require_create(doctype)

	def _refuse_double_targets(self) -> None:
		targets = [row.target for row in self.columns if row.target]
		twice = sorted({target for target in targets if targets.count(target) > 1})
		if twice:
			frappe.throw(_("Two columns are mapped to {0}. Keep one of them.").format(_(twice[0])))


def require_create(doctype: str) -> None:
	if not frappe.has_permission(doctype, "create"):
		frappe.throw(
			_(
				"You may not create {0} records, so your import may not either. Ask someone with that permission."
			).format(_(doctype)),
			frappe.PermissionError,
		)


def _open(name: str) -> "OrderImport":
	"""The Order Import, if the user may run it."""
	doc = frappe.get_doc("Order Import", name)
	doc.check_permission("write")
	return doc


@frappe.whitelist()
def preview(name: str) -> dict:
	"""The verdict per order, before anything is written."""
	_open(name)
	return service.preview(name)


@frappe.whitelist(methods=["POST"])
def start(name: str) -> None:
	"""Queue the import, or resume it."""
	doc = _open(name)
	for field, doctype in MASTERS.items():
		if doc.get(field):
			require_create(doctype)
	service.start(name)


@frappe.whitelist(methods=["POST"])
def stop(name: str) -> None:
	"""Stop the import after the order at hand."""
	_open(name)
	service.stop(name)


@frappe.whitelist(methods=["POST"])
def replay_all(name: str) -> None:
	"""Queue the replay of all open exceptions."""
	doc = _open(name)
	for field, doctype in MASTERS.items():
		if doc.get(field):
			require_create(doctype)
	service.start_replay(name)


@frappe.whitelist(methods=["POST"])
def save_template(name: str, template_name: str) -> str:
	"""Save the import's mapping and rules as a template; its name."""
	return service.save_template(_open(name), template_name)
