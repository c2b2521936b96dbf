"""ERPNext's credit limits (Customer Credit Limit rows of a Customer), moved to Trade Accounts and back.

A row that has moved names the account and keeps what it said. Where a limit of the customer's group or of the company
would come in its place, ERPNext is told one that nobody reaches.
"""

from collections.abc import Iterable

import frappe
from frappe.utils import cint, flt

ROW = "Customer Credit Limit"
# What a Currency column holds at most, in whole units.
UNREACHED = 999999999999


def effective(customer: str, company: str) -> float:
	"""The limit that ERPNext holds a customer to in a company: its own, else its group's, else the company's; 0 for none."""
	row = own(customer, company)
	return flt(row.credit_limit) if row and flt(row.credit_limit) else inherited(customer, company)


def own(customer: str, company: str) -> frappe._dict | None:
	"""name, credit_limit, bypass_credit_limit_check, b2b_trade_account of the customer's own row."""
	return frappe.db.get_value(
		ROW,
		{"parent": customer, "parenttype": "Customer", "company": company},
		["name", "credit_limit", "bypass_credit_limit_check", "b2b_trade_account"],
		as_dict=True,
	)


def inherited(customer: str, company: str) -> float:
	"""The limit of the customer's group, else of the company; as `customer.get_credit_limit` of ERPNext reads them."""
	group = frappe.db.get_value("Customer", customer, "customer_group")
	row = frappe.db.get_value(
		ROW,
		{"parent": group, "parenttype": "Customer Group", "company": company},
		["credit_limit", "bypass_credit_limit_check"],
		as_dict=True,
	)
	if row and flt(row.credit_limit) and not cint(row.bypass_credit_limit_check):
		return flt(row.credit_limit)
	return flt(frappe.db.get_value("Company", company, "credit_limit"))


def put_aside(customer: str, company: str, account: str) -> None:
	"""Have ERPNext's check find nothing to refuse for this customer; the row remembers what it said."""
	row, falls_back = own(customer, company), inherited(customer, company)
	limit, bypass = (UNREACHED, 1) if falls_back else (0, 0)
	if row:
		frappe.db.set_value(
			ROW,
			row.name,
			{
				"b2b_trade_account": account,
				"b2b_credit_limit": row.credit_limit,
				"b2b_bypass": row.bypass_credit_limit_check,
				"credit_limit": limit,
				"bypass_credit_limit_check": bypass or row.bypass_credit_limit_check,
			},
			update_modified=False,
		)
	elif falls_back:
		parent = {"parent": customer, "parenttype": "Customer", "parentfield": "credit_limits"}
		values = {"company": company, "credit_limit": limit, "bypass_credit_limit_check": bypass}
		frappe.get_doc(
			{"doctype": ROW, **parent, **values, "b2b_trade_account": account, "b2b_added": 1}
		).db_insert()
	frappe.clear_document_cache("Customer", customer)


def moved(companies: Iterable[str], customer: str | None = None) -> list[frappe._dict]:
	"""Rows that have moved: name, parent (customer), company, b2b_trade_account, b2b_credit_limit, b2b_bypass, b2b_added."""
	filters = {
		"parenttype": "Customer",
		"company": ("in", list(companies)),
		"b2b_trade_account": ("is", "set"),
	}
	if customer:
		filters["parent"] = customer
	fields = ["name", "parent", "company", "b2b_trade_account", "b2b_credit_limit", "b2b_bypass", "b2b_added"]
	return frappe.get_all(ROW, filters, fields, order_by="parent, company")


def put_back(row: frappe._dict, limit: float) -> None:
	"""Give a moved row back to ERPNext with this limit; one that was made for us goes."""
	if cint(row.b2b_added):
		frappe.db.delete(ROW, {"name": row.name})
	else:
		values = {"credit_limit": limit, "bypass_credit_limit_check": cint(row.b2b_bypass)}
		own_fields = {"b2b_trade_account": None, "b2b_credit_limit": 0, "b2b_bypass": 0}
		frappe.db.set_value(ROW, row.name, {**values, **own_fields}, update_modified=False)
	frappe.clear_document_cache("Customer", row.parent)


def customers_with_limits(company: str) -> list[str]:
	"""Customers whose own row of this company has a limit that has not moved."""
	return frappe.get_all(
		ROW,
		{
			"parenttype": "Customer",
			"company": company,
			"credit_limit": (">", 0),
			"b2b_trade_account": ("is", "not set"),
		},
		pluck="parent",
		order_by="parent",
	)


def customers_without_accounts(company: str) -> list[str]:
	"""Enabled customers that have no Trade Account in this company."""
	return frappe.db.sql_list(
		"""select c.name from `tabCustomer` c where c.disabled = 0 and not exists (
			select 1 from `tabTrade Account` a where a.customer = c.name and a.company = %s) order by c.name""",
		[company],
	)
