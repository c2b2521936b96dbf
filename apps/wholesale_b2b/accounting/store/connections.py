"""Accounting Connections: which there are, and the state that the worker keeps on them."""

from hashlib import sha256
from typing import Any

import frappe
from frappe.model.document import Document

DOCTYPE = "Accounting Connection"
SENDS = ("send_invoices", "send_credit_notes", "send_pro_formas", "send_payments")


def of_company(company: str) -> list[dict]:
	"""Connections of a company that are on: name, go_live and what they send."""
	return frappe.db.sql(
		f"""select name, company, go_live, {", ".join(SENDS)} from `tabAccounting Connection`
		where company = %s and enabled = 1 order by name""",
		[company],
		as_dict=True,
	)


def that_know(doctype: str, name: str) -> list[dict]:
	"""Connections that are on and have a document over there: name, company and go_live."""
	if not any_on():
		return []
	return frappe.db.sql(
		f"""select c.name, c.company, c.go_live from `tabSync Link` l
		join `tab{DOCTYPE}` c on c.name = l.accounting_connection and c.enabled = 1
		where l.reference_doctype = %s and l.reference_name = %s and l.state = 'Open'""",
		[doctype, name],
		as_dict=True,
	)


def any_on() -> bool:
	return bool(frappe.db.sql("select 1 from `tabAccounting Connection` where enabled = 1 limit 1"))


def running() -> list[dict]:
	"""Those that may call their package now or later: name, wait_until, polled_at, poll_minutes, take_payments."""
	return frappe.get_all(
		DOCTYPE,
		{"enabled": 1, "paused": 0},
		["name", "company", "wait_until", "polled_at", "poll_minutes", "take_payments"],
	)


def load(name: str) -> Document:
	return frappe.get_doc(DOCTYPE, name)


def put(name: str, **values: Any) -> None:
	"""Write the worker's state; an open form can still be saved."""
	frappe.db.set_value(DOCTYPE, name, values, update_modified=False)


def lock(name: str) -> dict:
	"""Lock a connection's row for a moment: promised, session_until."""
	return frappe.db.get_value(DOCTYPE, name, ["promised", "session_until"], as_dict=True, for_update=True)


def take_slot(name: str, slots: int) -> int | None:
	"""One of `slots` places to work for a connection, or None if all are taken.

	It is this database connection's until `free_slot`, or until the connection ends: also when its process is killed.
	"""
	for slot in range(1, slots + 1):
		if frappe.db.sql("select get_lock(%s, 0)", [_lock_name(name, slot)])[0][0] == 1:
			return slot
	return None


def free_slot(name: str, slot: int) -> None:
	frappe.db.sql("select release_lock(%s)", [_lock_name(name, slot)])


def _lock_name(name: str, slot: int) -> str:
	# names of locks are the server's, not the database's, and 64 characters at most
	return f"b2b_sync:{sha256(f'{frappe.conf.db_name}/{name}'.encode()).hexdigest()[:32]}:{slot}"
