"""What the tests of dispatch share: accounts, addresses, picked lists."""

import frappe
from builders import COMPANY, make_customer, unique

from wholesale_b2b.fulfilment.overrides import create_pick_list


def make_address(customer, country="United Kingdom", city="Leeds", kind="Shipping"):
	"""An Address of a customer."""
	return frappe.get_doc(
		{
			"doctype": "Address",
			"address_title": unique("Store"),
			"address_type": kind,
			"address_line1": "1 Mill Street",
			"city": city,
			"country": country,
			"pincode": "LS1 1AA",
			"links": [{"link_doctype": "Customer", "link_name": customer}],
		}
	).insert()


def make_account(customer=None, commit=True, **fields):
	"""A Trade Account, of a customer of its own unless one is named."""
	doc = frappe.get_doc(
		{
			"doctype": "Trade Account",
			"customer": customer or make_customer().name,
			"account_name": unique("Account"),
			"company": COMPANY,
			"status": "Active",
			**fields,
		}
	).insert()
	if commit:
		frappe.db.commit()
	return doc


def pick(*orders, commit=True, short=None):
	"""One submitted pick list of all that is reserved for these orders. short: row index → units picked instead."""
	target = None
	for order in orders:
		target = create_pick_list(order.name, target)
	target.insert()
	for index, qty in (short or {}).items():
		target.locations[index].picked_qty = qty
	target.submit()
	if commit:
		frappe.db.commit()
	return target
