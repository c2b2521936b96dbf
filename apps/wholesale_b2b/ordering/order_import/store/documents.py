"""The ERPNext documents an import makes: sales orders, items, customers."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import get_workflow_name

from ..rules import Line, Order


def make_sales_order(order: Order, settings: dict[str, Any], part: int) -> str:
	"""Insert and submit the Sales Order of `order.lines`; its name.

	The document is inserted as submitted, in one pass of ERPNext's validations instead of two: the same hooks
	run (validate, before_submit, on_update, on_submit), in half the time, and the rows come out the same (tested
	field by field). Where the site has a workflow for
	sales orders, the order starts as that workflow says.

	settings: the Order Import's fields. Rates stand as given: pricing rules are off.
	"""
	doc = frappe.new_doc("Sales Order")
	doc.update(
		{
			"company": settings["company"],
			"customer": order.customer,
			"order_type": "Sales",
			"transaction_date": order.order_date,
			"delivery_date": max(line.delivery_date for line in order.lines),
			"currency": settings["currency"],
			"ignore_pricing_rule": 1,
			"set_warehouse": settings["warehouse"],
			"po_no": (order.po_no or None) if part == 1 else None,
			"b2b_external_order_no": order.order_no,
			"b2b_external_source": settings["source"],
			"b2b_external_order_part": part,
			"b2b_order_import": settings["name"],
		}
	)
	if settings["selling_price_list"]:
		doc.selling_price_list = settings["selling_price_list"]
	for line in order.lines:
		doc.append("items", _item_row(line, settings["warehouse"]))
	doc.flags.ignore_permissions = True
	# the prices of the file stand, and are logged where they are not ours
	doc.flags.b2b_price_reason = _("Order Import {0}").format(settings["name"])
	if not get_workflow_name("Sales Order"):
		doc.docstatus = 1
		# ERPNext works a new document's status out at its second save only; this is what it would come to.
		doc.status = "To Deliver and Bill"
	doc.insert()
	return doc.name


def make_item(code: str, description: str, settings: dict[str, Any], service: bool) -> str:
	"""Create an item named exactly `code`, whatever the site's naming of items, so that the next file finds it."""
	doc = frappe.new_doc("Item")
	doc.update(
		{
			"item_code": code,
			"item_name": (description or code)[:140],
			"description": description or code,
			"item_group": settings["item_group"],
			"stock_uom": settings["stock_uom"],
			"is_stock_item": 0 if service else 1,
			"include_item_in_manufacturing": 0,
		}
	)
	return _insert(doc, code)


def make_customer(code: str, customer_name: str, country: str, settings: dict[str, Any]) -> str:
	"""Create a customer whose ID is the account number `code`. The country is its territory where it is one."""
	doc = frappe.new_doc("Customer")
	doc.update(
		{
			"customer_name": (customer_name or code)[:140],
			"customer_type": "Company",
			"customer_group": settings["customer_group"],
			"territory": _territory(country) or settings["territory"],
		}
	)
	return _insert(doc, code)


def forget(doctype: str, name: str) -> None:
	"""Drop a document from the caches: it was rolled back, and other processes must not meet its ghost."""
	frappe.clear_document_cache(doctype, name)


def company_currency(company: str) -> str:
	return frappe.get_cached_value("Company", company, "default_currency")


def order_status(sales_order: str) -> tuple[int, str] | None:
	"""(docstatus, customer) of a Sales Order; None when it was deleted."""
	found = frappe.db.get_value("Sales Order", sales_order, ["docstatus", "customer"])
	return (int(found[0]), found[1]) if found else None


def _item_row(line: Line, warehouse: str) -> dict[str, Any]:
	row = {
		"item_code": line.item,
		"qty": float(line.qty),
		"rate": float(line.rate),
		"delivery_date": line.delivery_date,
		"warehouse": warehouse,
	}
	if line.uom:
		row["uom"] = line.uom
	return row


def _insert(doc: Document, name: str) -> str:
	# Who may start an import that creates masters is checked when it is saved and started.
	doc.insert(ignore_permissions=True, set_name=name)
	return doc.name


def _territory(country: str) -> str | None:
	return frappe.db.get_value("Territory", {"name": country, "is_group": 0}) if country else None
