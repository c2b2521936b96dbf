"""The queue of mail to customers: one Customer Mail for each event of a document."""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.utils import now, now_datetime

from wholesale_b2b.fulfilment.mail.templates import TEMPLATES

# What a mail needs of the account.
ACCOUNT = (
	"mail_to",
	"mail_order",
	"mail_dispatch",
	"mail_invoice",
	"mail_hold",
	"mail_cancelled",
	"mail_pro_forma",
)


def account(name: str) -> dict:
	"""Preferences of a Trade Account."""
	return frappe.db.get_value("Trade Account", name, ACCOUNT, as_dict=True) or frappe._dict()


def is_there(key: str) -> bool:
	"""Whether an event has its mail already."""
	return bool(frappe.db.exists("Customer Mail", {"event_key": key}))


def lock(name: str) -> dict | None:
	"""Lock one mail and read it."""
	rows = frappe.db.sql(
		"""select name, event, reference_doctype, reference_name, trade_account, recipient, status, tries, reason_told,
			release_told, lines_told
		from `tabCustomer Mail` where name = %s for update""",
		[name],
		as_dict=True,
	)
	return rows[0] if rows else None


def due(limit: int = 500) -> list[str]:
	"""Mails to send now: queued ones, and failed ones whose next try has come."""
	return frappe.db.sql_list(
		"""select name from `tabCustomer Mail` where status = 'Queued'
			or (status = 'Failed' and next_try is not null and next_try <= %s) order by creation, name limit %s""",
		[now_datetime(), limit],
	)


def put(name: str, **values: Any) -> None:
	"""Write to a mail whose row the caller has locked."""
	frappe.db.set_value("Customer Mail", name, {**values, "modified": now()}, update_modified=False)


def addresses(customer: str, contact: str | None) -> list[str | None]:
	"""E-mail addresses by which a customer is reached, best first: of the document's contact, of the customer, its primary
	contact's."""
	primary = frappe.db.get_value(
		"Customer", customer, ["email_id", "customer_primary_contact"], as_dict=True
	)
	found = [frappe.db.get_value("Contact", contact, "email_id") if contact else None]
	if primary:
		found.append(primary.email_id)
		if primary.customer_primary_contact:
			found.append(frappe.db.get_value("Contact", primary.customer_primary_contact, "email_id"))
	return found


def holds(names: list[str]) -> list[frappe._dict]:
	"""name, sales_order, reason, released_by_what of these Order Holds."""
	fields = ["name", "sales_order", "reason", "released_by_what"]
	return frappe.get_all("Order Hold", {"name": ("in", names)}, fields, order_by="name")


def order_heads(names: Iterable[str]) -> dict[str, frappe._dict]:
	"""Sales Order → what the queue needs to know of it: doctype, name, company, customer, b2b_trade_account."""
	fields = ["name", "company", "customer", "b2b_trade_account"]
	rows = frappe.get_all("Sales Order", {"name": ("in", sorted(set(names)))}, fields, order_by="name")
	return {row.name: frappe._dict(row, doctype="Sales Order") for row in rows}


def last_holds(orders: list[str]) -> dict[str, str]:
	"""Order → the hold of it that was released last; orders that were never held are left out."""
	rows = frappe.get_all(
		"Order Hold",
		{"sales_order": ("in", orders), "status": "Released"},
		["sales_order", "name"],
		order_by="released_at, name",
	)
	return {row.sales_order: row.name for row in rows}


def templates() -> dict[str, tuple[str, str]]:
	"""Email Template → (subject, body), of those that come with the app and are there."""
	rows = frappe.get_all(
		"Email Template", {"name": ("in", list(TEMPLATES))}, ["name", "subject", "response_html"]
	)
	return {row.name: (row.subject, row.response_html) for row in rows}


def make_templates() -> None:
	"""Make those Email Templates that are not there."""
	there = templates()
	for name, (subject, body) in TEMPLATES.items():
		if name not in there:
			frappe.get_doc(
				{
					"doctype": "Email Template",
					"name": name,
					"subject": subject,
					"use_html": 1,
					"response_html": body,
				}
			).insert(ignore_permissions=True)


def remove_templates() -> None:
	"""Delete those that nobody has changed."""
	for name, written in templates().items():
		if written == TEMPLATES[name]:
			frappe.delete_doc("Email Template", name, force=True, ignore_permissions=True)
