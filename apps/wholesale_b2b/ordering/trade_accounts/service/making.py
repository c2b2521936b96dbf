"""Accounts for customers that are there already."""

import frappe
from frappe import _
from frappe.model.document import Document

from wholesale_b2b.ordering.trade_accounts import store
from wholesale_b2b.ordering.trade_accounts.service.identity import check_vat
from wholesale_b2b.ordering.trade_accounts.store import limits
from wholesale_b2b.setup.switch import check_enabled


def make_account(customer: str, company: str) -> Document:
	"""The first account of a customer in a company, by the customer's name and with what its master says: the account manager, and
	the tax id where it is a VAT number."""
	master = store.customer(customer)
	vat, wrong = check_vat(master.tax_id or "")
	return frappe.get_doc(
		{
			"doctype": store.ACCOUNT,
			"account_name": _free_name(master, company),
			"customer": customer,
			"company": company,
			"is_default": 1,
			"sales_rep": master.account_manager,
			"vat_number": None if wrong else vat,
		}
	).insert()


def _free_name(master: frappe._dict, company: str) -> str:
	"""The customer's name; with its number, then the company's abbreviation, where somebody else has it."""
	abbreviation = frappe.get_cached_value("Company", company, "abbr")
	for name in (master.customer_name, f"{master.customer_name} ({master.name})"):
		if not frappe.db.exists(store.ACCOUNT, name):
			return name
	return f"{master.customer_name} ({master.name}) - {abbreviation}"


def make_missing(company: str, batch: int = 50) -> int:
	"""An account for every enabled customer of a company that has none; returns how many were made.

	Each batch is a transaction of its own, so that a second call goes on where the first ended. A customer whose account
	cannot be made is named in the Error Log and passed over.
	"""
	check_enabled(company)
	customers = limits.customers_without_accounts(company)
	made = 0
	for position, customer in enumerate(customers, 1):
		frappe.db.savepoint("b2b_account")
		try:
			make_account(customer, company)
			made += 1
		except frappe.ValidationError:
			frappe.db.rollback(save_point="b2b_account")
			frappe.log_error(title=f"No Trade Account for {customer}", message=frappe.get_traceback())
		if position % batch == 0 or position == len(customers):
			frappe.db.commit()  # what is made stays made
			frappe.publish_progress(
				position * 100 / len(customers),
				title=_("Making Trade Accounts"),
				description=_("{0} of {1} customers").format(position, len(customers)),
			)
	return made
