"""What things cost."""

import frappe
from frappe import _

from wholesale_b2b.allocation.service import portal
from wholesale_b2b.api.v1 import arguments
from wholesale_b2b.pricing.service import answers, forms, price_lists


@frappe.whitelist()
def price(
	customer: str | None = None,
	lines: list[dict] | str | None = None,
	trade_account: str | None = None,
	date: str | None = None,
	company: str | None = None,
	currency: str | None = None,
	price_list: str | None = None,
) -> dict:
	"""What these lines cost a customer, on a Trade Account of theirs, on a day.

	lines: a list (or its JSON) of `{"item_code", "qty", "uom"?, "name"?}`, at most 10,000; they are priced together, as on
	one order. trade_account: without it the one that an order would be on. date: ISO, today without it. company, currency,
	price_list: without them as the account and the customer have them.

	Staff who may read the customer get what `pricing.service.answers.for_staff` describes. The portal user of a customer
	gets the keys of `answers.line` for that customer; company, currency and price_list do not count then. Nothing is
	written. Raises PermissionError for guests, other customers, and who may not; DoesNotExistError for unknown customers,
	accounts and items; ValidationError for lines that cannot be priced, with what to do.
	"""
	day, rows = arguments.day(date), _lines(lines)
	if portal.is_customer(frappe.session.user) and not frappe.has_permission("Customer", "read"):
		return answers.for_buyer(frappe.session.user, rows, customer, trade_account or None, day)
	if frappe.session.user == "Guest" or not frappe.has_permission("Customer", "read"):
		frappe.throw(_("You may not see the prices of this customer."), frappe.PermissionError)
	if not customer:
		frappe.throw(_("Say for which customer."))
	return answers.for_staff(
		customer, rows, trade_account or None, day, company or None, currency or None, price_list or None
	)


@frappe.whitelist()
def price_list(trade_account: str, kind: str = "pdf", item_group: str = "") -> None:
	"""Download the price list of a Trade Account, with quantity breaks, list and discount as the account prefers.

	kind: pdf or xlsx. item_group: of these items alone. For whoever may read the account, and for its customer's portal
	users. Raises PermissionError, DoesNotExistError, ValidationError.
	"""
	name, content = price_lists.make(trade_account, kind, item_group)
	frappe.response["filename"] = name
	frappe.response["filecontent"] = content
	frappe.response["type"] = "binary"


@frappe.whitelist(methods=["POST"])
def price_document(doc: str | dict) -> dict:
	"""What the rows of a quotation, order or invoice on a form cost: `{"rows": {row name: ...}}`.

	`pricing.service.forms.price` describes the rows. For those who may make such a document and read its customer; for
	others, and for companies that are not switched on, there are no rows. Nothing is written.
	"""
	found = forms.read(doc)
	return {"rows": forms.price(found) if found else {}}


@frappe.whitelist()
def explain_prices(doctype: str, name: str) -> dict:
	"""Why the rows of a saved document cost what they do: `{"rows": {row name: ...}}`, from what each row has kept.

	b2b_price_source, rate, approval, `why` (outcome and text of each reason). Needs read on the document and its customer;
	reasons that tell of floors are for those who may see costs. Buyers ask `price`. Raises PermissionError, DoesNotExistError.
	"""
	return {"rows": forms.explained(doctype, name)}


def _lines(lines: list[dict] | str | None) -> list[dict]:
	rows = arguments.lines(lines)
	if not rows:
		frappe.throw(_("lines must be a list of objects with item_code and qty."))
	for row in rows:
		if row.get("uom") is not None and not isinstance(row["uom"], str):
			frappe.throw(_("{0}: uom must be the name of a UOM.").format(row["item_code"]))
	return rows
