"""ERPNext's own questions about items and prices, by the doors that its forms use: its answers, with our prices in them."""

import json

import frappe
from erpnext.accounts.doctype.pricing_rule import pricing_rule
from erpnext.stock import get_item_details as erpnext

from wholesale_b2b.pricing.service import forms


@frappe.whitelist()
def get_item_details(
	args: str | dict,
	doc: str | dict | None = None,
	for_validate: str | bool = False,
	overwrite_warehouse: str | bool = True,
):
	"""ERPNext's, for an item that was chosen on a form."""
	out = erpnext.get_item_details(args, doc, for_validate, overwrite_warehouse)
	return forms.details(_parsed(args), doc, out)


@frappe.whitelist()
def apply_price_list(args: str | dict, as_doc: str | bool = False, doc: str | dict | None = None):
	"""ERPNext's, after quantity, UOM, customer, price list or currency have changed on a form."""
	out = erpnext.apply_price_list(args, as_doc, doc)
	if not as_doc:
		forms.children(doc, out["children"], _parsed(args).get("items") or ())
	return out


@frappe.whitelist()
def apply_pricing_rule(args: str | dict, doc: str | dict | None = None):
	"""ERPNext's, which forms ask right after the price list."""
	asked = _parsed(args).get("items") or ()
	out = pricing_rule.apply_pricing_rule(args, doc)
	forms.children(doc, out, asked)
	return out


def _parsed(args: str | dict) -> dict:
	return json.loads(args) if isinstance(args, str) else dict(args)
