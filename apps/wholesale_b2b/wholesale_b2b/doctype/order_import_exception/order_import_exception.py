"""A row of an imported file that waits for a person."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.ordering.order_import import service

ROWS_AT_ONCE = 200


class OrderImportException(Document):
	def validate(self) -> None:
		before = self.get_doc_before_save()
		if before and before.status != "Open":
			frappe.throw(_("Exception {0} is closed. Only open ones can be corrected.").format(self.name))


@frappe.whitelist(methods=["POST"])
def replay(names: str | list) -> list[dict]:
	"""Try open exceptions again, as corrected; the result per order."""
	return service.replay(_permitted(names))


@frappe.whitelist(methods=["POST"])
def dismiss(names: str | list) -> int:
	"""Close open exceptions that are not to be ordered; how many were open."""
	return service.dismiss(_permitted(names))


def _permitted(chosen: str | list) -> list[str]:
	"""The names (a list, or its JSON), if the user may write every one of them and run their imports.

	More than `ROWS_AT_ONCE` are refused: a request must end in seconds.
	"""
	names = [str(name) for name in frappe.parse_json(chosen)]
	if len(names) > ROWS_AT_ONCE:
		frappe.throw(
			_("Choose at most {0} rows, or replay all of them from their Order Import.").format(ROWS_AT_ONCE)
		)
	imports = set()
	for name in names:
		doc = frappe.get_doc("Order Import Exception", name)
		doc.check_permission("write")
		imports.add(doc.order_import)
	for name in imports:
		frappe.get_doc("Order Import", name).check_permission("write")
	return names
