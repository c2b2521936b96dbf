"""Price Overrides: what was changed on a document, and which of it waits for approval."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import flt

OVERRIDE = "Price Override"
LOGGED = "Logged"
AWAITING = "Awaiting Approval"
APPROVED = "Approved"
REJECTED = "Rejected"
WITHDRAWN = "Withdrawn"
# What stands in the way of shipping.
OPEN = (AWAITING, REJECTED)


def of_document(doctype: str, name: str) -> list[frappe._dict]:
	"""The overrides of a document that were not withdrawn, the oldest first."""
	return frappe.get_all(
		OVERRIDE,
		{"reference_doctype": doctype, "reference_name": name, "status": ("!=", WITHDRAWN)},
		[
			"name",
			"reference_row",
			"status",
			"rate",
			"calculated_rate",
			"qty",
			"uom",
			"currency",
			"reason",
			"kind",
		],
		order_by="creation, name",
	)


def approved_rates(doc: Document) -> dict[str, Decimal]:
	"""Row → the least rate for its UOM that was approved on it, and on the row for the same item of the document that this
	one amends. One query; none for a document that is not saved yet and amends nothing.
	"""
	names = [name for name in (doc.name, doc.get("amended_from")) if name]
	if not names or (doc.is_new() and not doc.get("amended_from")):
		return {}
	rows = frappe.get_all(
		OVERRIDE,
		{"reference_doctype": doc.doctype, "reference_name": ("in", names), "status": APPROVED},
		["reference_name", "reference_row", "item_code", "uom", "currency", "rate"],
	)
	found: dict[str, Decimal] = {}
	for approved in rows:
		for row in doc.get("items"):
			same = (
				row.name == approved.reference_row
				if approved.reference_name == doc.name
				else row.item_code == approved.item_code
			)
			if same and row.uom == approved.uom and doc.currency == approved.currency:
				rate = Decimal(str(flt(approved.rate, 9)))
				found[row.name] = min(rate, found.get(row.name, rate))
	return found


def insert(values: dict) -> str:
	return frappe.get_doc({"doctype": OVERRIDE, **values}).insert(ignore_permissions=True).name


def change(name: str, values: dict) -> None:
	doc = frappe.get_doc(OVERRIDE, name)
	doc.update(values)
	doc.save(ignore_permissions=True)


def withdraw(names: Iterable[str]) -> None:
	for name in names:
		change(name, {"status": WITHDRAWN})


def delete(doctype: str, name: str) -> None:
	frappe.db.delete(OVERRIDE, {"reference_doctype": doctype, "reference_name": name})


def waiting(orders: Sequence[str], lock: bool = False) -> dict[str, list[frappe._dict]]:
	"""Sales Order → its overrides that wait for approval or were refused: item_code, status. One query."""
	found: dict[str, list[frappe._dict]] = {}
	if not orders:
		return found
	rows = frappe.db.sql(
		f"""select reference_name, item_code, status from `tabPrice Override`
		where reference_doctype = 'Sales Order' and status in %s and reference_name in %s
		order by reference_name, creation {"for update" if lock else ""}""",
		[OPEN, tuple(orders)],
		as_dict=True,
	)
	for row in rows:
		found.setdefault(row.reference_name, []).append(row)
	return found
