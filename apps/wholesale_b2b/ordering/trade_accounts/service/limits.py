"""Credit limits live on the Trade Account: ERPNext's own check throws as the first act of submit, before anything can be
held or warned of. They move there when a company is switched on or an account is made, and back when it is switched off.
"""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document
from frappe.utils import flt

from wholesale_b2b.ordering.trade_accounts import store
from wholesale_b2b.ordering.trade_accounts.rules import CLOSED
from wholesale_b2b.ordering.trade_accounts.service import making
from wholesale_b2b.ordering.trade_accounts.store import limits
from wholesale_b2b.setup.switch import is_enabled


def take_over(account: Document) -> None:
	"""An account was made: what ERPNext holds its customer to becomes the account's limit, unless it has one of its own."""
	if not is_enabled(account.company):
		return
	row = limits.own(account.customer, account.company)
	if row and row.b2b_trade_account:
		return
	limit = limits.effective(account.customer, account.company)
	if not limit:
		return
	if not flt(account.credit_limit):
		account.db_set("credit_limit", limit, update_modified=False)
	limits.put_aside(account.customer, account.company, account.name)


def company_switched_on(company: str) -> None:
	"""Every limit of a customer in this company moves to its default account, which is made if there is none."""
	for customer in limits.customers_with_limits(company):
		known = store.of_customer(customer, company)
		default = next((one for one in known if one.is_default), None) or next(
			(one for one in known if one.status != CLOSED), None
		)
		if default:
			take_over(frappe.get_doc(store.ACCOUNT, default.name))
		else:
			making.make_account(customer, company)
	# Accounts of before, whose customers are limited by their group or by the company.
	for name in store.names_of_company(company):
		take_over(frappe.get_doc(store.ACCOUNT, name))


def company_switched_off(company: str) -> None:
	give_back([company])


def give_back(companies: Iterable[str], customer: str | None = None) -> None:
	"""Limits go back to ERPNext, as they stand on the accounts now."""
	rows = limits.moved(companies, customer)
	terms = store.terms(row.b2b_trade_account for row in rows)
	for row in rows:
		account = terms.get(row.b2b_trade_account)
		limits.put_back(row, float(account.credit_limit) if account else flt(row.b2b_credit_limit))


def account_deleted(account: Document) -> None:
	"""The limit goes to the account that is the customer's now, or back to ERPNext."""
	for row in limits.moved([account.company], account.customer):
		if row.b2b_trade_account == account.name:
			others = [
				one
				for one in store.of_customer(account.customer, account.company)
				if one.name != account.name
			]
			if others:
				frappe.db.set_value(limits.ROW, row.name, "b2b_trade_account", others[0].name)
			else:
				limits.put_back(row, flt(account.credit_limit))
