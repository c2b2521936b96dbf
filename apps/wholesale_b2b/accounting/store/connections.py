"""Accounting Connections: which there are, and the state that the worker keeps on them."""

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils.password import get_decrypted_password, set_encrypted_password

from wholesale_b2b import named_locks

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


def listening(provider: str) -> list[dict]:
	"""Those that may be told of changes by a webhook: name, company, tenant_id."""
	return frappe.get_all(
		DOCTYPE,
		{"provider": provider, "enabled": 1, "take_payments": 1},
		["name", "company", "tenant_id"],
	)


def state(name: str) -> dict | None:
	"""provider, enabled, paused and wait_until, as they are now."""
	return frappe.db.get_value(DOCTYPE, name, ["provider", "enabled", "paused", "wait_until"], as_dict=True)


def secret(name: str, field: str) -> str:
	"""A Password field in plain; empty where nothing was entered."""
	return get_decrypted_password(DOCTYPE, name, field, raise_exception=False) or ""


def session(name: str) -> tuple[str, float]:
	"""(token, until when it is good in seconds since 1970) of the session that we have; empty without one."""
	return secret(name, "session_token"), frappe.db.get_value(DOCTYPE, name, "session_until") or 0.0


def keep_session(name: str, token: str, until: float) -> None:
	set_encrypted_password(DOCTYPE, name, token, "session_token")
	put(name, session_until=until)


def consent(name: str, lock: bool = False) -> Document | None:
	"""The Token Cache of a consent, if there is one. lock: nobody else renews its tokens until the transaction ends."""
	if lock:
		frappe.db.get_value("Token Cache", name, "name", for_update=True)
	return frappe.get_doc("Token Cache", name) if frappe.db.exists("Token Cache", name) else None


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
		if named_locks.claim(_lock_name(name, slot)):
			return slot
	return None


def free_slot(name: str, slot: int) -> None:
	named_locks.release(_lock_name(name, slot))


def _lock_name(name: str, slot: int) -> str:
	return f"sync {name} {slot}"
