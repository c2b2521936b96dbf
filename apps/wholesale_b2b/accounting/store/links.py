"""Sync Links: which document of ours is which of theirs. One link for each, on either side."""

import frappe
from frappe.utils import now

DOCTYPE = "Sync Link"
FIELDS = (
	"name", "accounting_connection", "reference_doctype", "reference_name", "kind", "their_id", "their_number", "state",
	"origin", "version", "content_hash", "by_sync", "paper",
)  # fmt: skip


def of(connection: str, doctype: str, name: str) -> dict | None:
	return _one({"accounting_connection": connection, "reference_doctype": doctype, "reference_name": name})


def of_theirs(connection: str, kind: str, their_id: str) -> dict | None:
	return _one({"accounting_connection": connection, "kind": kind, "their_id": their_id})


def _one(filters: dict) -> dict | None:
	rows = frappe.get_all(DOCTYPE, filters, FIELDS, limit=1)
	return rows[0] if rows else None


def put(connection: str, doctype: str, name: str, **values: object) -> None:
	"""Make or change the link of a document of ours."""
	known = of(connection, doctype, name)
	values["synced_at"] = now()
	if known:
		frappe.db.set_value(DOCTYPE, known.name, values)
		return
	frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"accounting_connection": connection,
			"reference_doctype": doctype,
			"reference_name": name,
			**values,
		}
	).insert(ignore_permissions=True)


def move(link: str, name: str, **values: object) -> None:
	"""Theirs is another document of ours now: a payment that was changed over there."""
	frappe.db.set_value(DOCTYPE, link, {"reference_name": name, "synced_at": now(), **values})


def drop(link: str) -> None:
	frappe.db.delete(DOCTYPE, {"name": link})


def all_of(connection: str, doctype: str) -> dict[str, str]:
	"""Our name → their id, of what is not cancelled."""
	return dict(
		frappe.get_all(
			DOCTYPE,
			{"accounting_connection": connection, "reference_doctype": doctype, "state": "Open"},
			["reference_name", "their_id"],
			as_list=True,
		)
	)
