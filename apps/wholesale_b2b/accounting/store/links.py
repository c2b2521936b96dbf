"""Sync Links: which document of ours is which of theirs. One link for each, on either side."""

from collections.abc import Sequence

import frappe
from frappe.utils import add_days, now, nowdate

DOCTYPE = "Sync Link"
FIELDS = (
	"name", "accounting_connection", "reference_doctype", "reference_name", "kind", "their_id", "their_number", "state",
	"origin", "version", "content_hash", "by_sync", "paper",
)  # fmt: skip


def of(connection: str, doctype: str, name: str, kind: str) -> dict | None:
	"""The link of a document of ours as this kind: what an invoice wrote off is a payment over there, beside the invoice."""
	return _one(
		{
			"accounting_connection": connection,
			"reference_doctype": doctype,
			"reference_name": name,
			"kind": kind,
		}
	)


def among(connection: str, kind: str, documents: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
	"""Which of these (DocType, name) have a link as this kind."""
	filters = {
		"accounting_connection": connection,
		"kind": kind,
		"reference_name": ("in", [name for _doctype, name in documents] or [""]),
	}
	found = frappe.get_all(DOCTYPE, filters, ["reference_doctype", "reference_name"], as_list=True)
	return set(map(tuple, found)) & set(documents)


def of_theirs(connection: str, kind: str, their_id: str) -> dict | None:
	return _one({"accounting_connection": connection, "kind": kind, "their_id": their_id})


def _one(filters: dict) -> dict | None:
	rows = frappe.get_all(DOCTYPE, filters, FIELDS, limit=1)
	return rows[0] if rows else None


def put(connection: str, doctype: str, name: str, kind: str, **values: object) -> None:
	"""Make or change the link of a document of ours as this kind."""
	known = of(connection, doctype, name, kind)
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
			"kind": kind,
			**values,
		}
	).insert(ignore_permissions=True)


def move(link: str, name: str, **values: object) -> None:
	"""Theirs is another document of ours now: a payment that was changed over there."""
	frappe.db.set_value(DOCTYPE, link, {"reference_name": name, "synced_at": now(), **values})


def versions(connection: str, kind: str, days: int) -> dict[str, str]:
	"""Their id → its version as last seen, of what stands on both sides and was linked within so many days."""
	filters = {
		"accounting_connection": connection,
		"kind": kind,
		"state": "Open",
		"creation": (">=", add_days(nowdate(), -days)),
	}
	rows = frappe.get_all(DOCTYPE, filters, ["their_id", "version"], as_list=True)
	return {their_id: version or "" for their_id, version in rows}


def names(connection: str, doctype: str) -> set[str]:
	"""Documents of ours that are, or were, over there."""
	found = frappe.get_all(
		DOCTYPE,
		{"accounting_connection": connection, "reference_doctype": doctype},
		pluck="reference_name",
	)
	return set(found)
