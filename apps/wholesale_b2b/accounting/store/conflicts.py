"""Sync Conflicts: what waits for a person."""

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import now

DOCTYPE = "Sync Conflict"


def put(connection: str, subject: str, **values: Any) -> str:
	"""Write an open one, over the open one of the same subject if there is one; its name."""
	key = {"accounting_connection": connection, "subject": subject, "status": "Open"}
	if name := frappe.db.exists(DOCTYPE, key):
		frappe.db.set_value(DOCTYPE, name, values)
		return name
	return frappe.get_doc({"doctype": DOCTYPE, **key, **values}).insert(ignore_permissions=True).name


def load(name: str) -> Document:
	"""One, locked until the transaction ends."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def resolve(conflict: Document, answer: str) -> None:
	"""By this answer of the user."""
	conflict.update(
		{"status": "Resolved", "resolution": answer, "resolved_by": frappe.session.user, "resolved_at": now()}
	)
	conflict.save(ignore_permissions=True)


def close_of(message: str) -> None:
	"""A message that went through after all leaves no question open."""
	for name in frappe.get_all(DOCTYPE, {"sync_message": message, "status": "Open"}, pluck="name"):
		frappe.db.set_value(
			DOCTYPE, name, {"status": "Resolved", "resolution": "Replayed", "resolved_at": now()}
		)
