"""What an account fills into new documents: price list, billing currency, payment terms, where they ship to."""

import frappe
from frappe.model.document import Document

from wholesale_b2b.ordering.trade_accounts import store
from wholesale_b2b.ordering.trade_accounts.service.choosing import account_of
from wholesale_b2b.setup.switch import is_enabled

# Field of the account → field of the document.
FILLED = {
	"price_list": "selling_price_list",
	"currency": "currency",
	"payment_terms_template": "payment_terms_template",
}


def fill_terms(doc: Document) -> None:
	"""Put the account's price list, currency, payment terms and default address on a document that was not typed into a form.

	A form has shown them to its user already, who may have chosen otherwise. Documents made from another one keep what
	they were given by it.
	"""
	# Desk gives what it saves for the first time the name that it had in the browser.
	typed = bool(doc.get("localname"))
	if typed or doc.get("amended_from") or not is_enabled(doc.get("company")) or _mapped(doc):
		return
	account = account_of(doc)
	known = store.terms([account]).get(account) if account else None
	if not known:
		return
	for source, field in FILLED.items():
		value = getattr(known, source)
		if field == "currency" and value == _own_currency(doc):
			# Frappe fills it into every new account; it says nothing against an order in another currency
			continue
		if value and doc.meta.has_field(field) and doc.get(field) != value:
			doc.set(field, value)
			if field == "currency":
				# ERPNext looks the rate up where there is none
				doc.conversion_rate = None
	_send_to_default(doc, account)


def _send_to_default(doc: Document, account: str) -> None:
	"""Where the document names no shipping address; what is sold at a till goes nowhere."""
	if doc.doctype == "POS Invoice" or doc.get("is_pos") or not doc.meta.has_field("shipping_address_name"):
		return
	if not doc.get("shipping_address_name"):
		doc.shipping_address_name = store.default_address(account)


def _mapped(doc: Document) -> bool:
	rows = doc.get("items") or []
	names = (
		"prevdoc_docname",
		"against_sales_order",
		"sales_order",
		"delivery_note",
		"so_detail",
		"dn_detail",
	)
	return any(row.get(name) for row in rows for name in names)


def _own_currency(doc: Document) -> str:
	return frappe.get_cached_value("Company", doc.company, "default_currency")
