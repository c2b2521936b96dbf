"""What the stories of the demo are made with. Every step looks before it makes, and commits as a user's would."""

from __future__ import annotations

from typing import Any

import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.model.document import Document
from frappe.utils import get_time, nowdate

from wholesale_b2b.credit.invoicing import service as invoicing
from wholesale_b2b.fulfilment import service as picking
from wholesale_b2b.fulfilment.dispatch.service import shipping


def ensure(doctype: str, key: str | dict[str, Any], **values: Any) -> str:
	"""The name of a document, made if it is not there."""
	found = frappe.db.exists(doctype, key)
	return found if isinstance(found, str) else frappe.get_doc({"doctype": doctype, **values}).insert().name


def save(document: Document, submit: bool = True) -> Document:
	"""Insert, and submit: each document commits on its own, as it does for a user."""
	document.insert()
	if submit:
		document.submit()
	elif document.get("posting_time"):
		# Frappe's time field drops the seconds when a form is opened, which then is "Not Saved"
		document.db_set("posting_time", f"{get_time(document.posting_time):%H:%M}:00", update_modified=False)
	# pegs are made before the commit, and a demo that broke half way resumes at the next document
	frappe.db.commit()  # nosemgrep
	return document


def submit(doctype: str, **values: Any) -> str:
	return save(frappe.get_doc({"doctype": doctype, **values})).name


def customer(name: str, price_list: str, group: str = "Trade") -> None:
	ensure(
		"Customer",
		{"customer_name": name},
		customer_name=name,
		customer_type="Company",
		customer_group=group,
		territory=frappe.db.get_value("Territory", {"is_group": 1}, order_by="lft"),
		default_price_list=price_list,
	)


def item(company: str, code: str, name: str, price: float, price_list: str, stock: dict[str, float]) -> None:
	"""An item with a price, and opening stock by warehouse."""
	if frappe.db.exists("Item", code):
		return
	ensure(
		"Item",
		code,
		item_code=code,
		item_name=name,
		item_group="Homeware",
		stock_uom="Nos",
		is_stock_item=1,
		valuation_rate=price / 2,
		item_defaults=[{"company": company, "default_warehouse": next(iter(stock))}],
	)
	key = {"item_code": code, "price_list": price_list}
	ensure("Item Price", key, price_list_rate=price, **key)
	rows = [
		{"item_code": code, "t_warehouse": warehouse, "qty": qty, "basic_rate": price / 2}
		for warehouse, qty in stock.items()
		if qty
	]
	if rows:
		submit("Stock Entry", company=company, stock_entry_type="Material Receipt", items=rows)


def account(name: str, customer: str, company: str, **fields: Any) -> str:
	"""A Trade Account by its name."""
	return ensure(
		"Trade Account",
		name,
		account_name=name,
		customer=frappe.db.get_value("Customer", {"customer_name": customer}),
		company=company,
		**fields,
	)


def is_ordered(reference: str) -> bool:
	return bool(frappe.db.exists("Sales Order", {"po_no": reference, "docstatus": 1}))


def order(company: str, customer: str, reference: str, rows: list[dict], **fields: Any) -> str:
	"""A Sales Order under the customer's own number, unless it is there."""
	if is_ordered(reference):
		return frappe.db.get_value("Sales Order", {"po_no": reference, "docstatus": 1})
	buyer = frappe.db.get_value(
		"Customer", {"customer_name": customer}, ["name", "default_price_list"], as_dict=True
	)
	return submit(
		"Sales Order",
		company=company,
		customer=buyer.name,
		selling_price_list=buyer.default_price_list,
		po_no=reference,
		delivery_date=rows[0]["delivery_date"],
		items=rows,
		**fields,
	)


def pay(order: str, amount: float | None = None, reference: str = "BACS 0427") -> Document:
	"""A submitted Payment Entry for an order, of all of it unless an amount is given."""
	bank = frappe.db.get_value(
		"Account",
		{
			"company": frappe.db.get_value("Sales Order", order, "company"),
			"account_type": ("in", ("Bank", "Cash")),
			"is_group": 0,
		},
	)
	entry = get_payment_entry("Sales Order", order, party_amount=amount, bank_account=bank)
	entry.update({"reference_no": reference, "reference_date": nowdate()})
	return save(entry)


def pick(order: str) -> str:
	"""The order's submitted pick list: the one that was made by itself, or a new one."""
	made = frappe.db.get_value("Pick List Item", {"sales_order": order, "docstatus": 0}, "parent")
	found = frappe.get_doc("Pick List", made) if made else picking.make_pick_list(order)
	if not made:
		found.insert()
	found.submit()
	frappe.db.commit()  # nosemgrep
	return found.name


def ship(pick_list: str, carrier: str | None = None, tracking_number: str | None = None) -> list[str]:
	"""Dispatch a picked list and invoice it; the Delivery Notes."""
	notes = shipping.dispatch(pick_list, carrier, tracking_number, submit=True)["made"]
	frappe.db.commit()  # nosemgrep
	invoicing.work(notes)
	return notes
