"""Documents of the credit tests: accounts with limits, invoices, payments."""

import frappe
from builders import COMPANY, make_customer, order_rows, unique, warehouse
from frappe.utils import flt, nowdate

from wholesale_b2b.credit import service


def make_account(customer=None, limit=1000, over="Hold", **fields):
	"""A Trade Account, committed; the customer's default one."""
	account = frappe.get_doc(
		{
			"doctype": "Trade Account",
			"account_name": unique("Account"),
			"customer": customer or make_customer().name,
			"company": COMPANY,
			"status": "Active",
			"credit_limit": limit,
			"over_limit": over,
			"is_default": 1,
			# without it Frappe fills in the site's currency
			"currency": "",
			**fields,
		}
	).insert()
	frappe.db.commit()
	return account


def make_euro_customer():
	"""A customer whose invoices are in EUR. Nobody has entered what a euro comes to today."""
	frappe.db.delete("Currency Exchange", {"from_currency": "EUR", "to_currency": "GBP"})
	debtors = frappe.get_doc("Account", frappe.db.get_value("Company", COMPANY, "default_receivable_account"))
	name = f"Debtors EUR - {frappe.db.get_value('Company', COMPANY, 'abbr')}"
	if not frappe.db.exists("Account", name):
		frappe.copy_doc(debtors).update({"account_name": "Debtors EUR", "account_currency": "EUR"}).insert()
	return make_customer(accounts=[{"company": COMPANY, "account": name}], default_currency="EUR")


def euro_comes_to(rate, day=None):
	"""A Currency Exchange for selling, of today without `day`; committed."""
	doc = frappe.get_doc(
		{
			"doctype": "Currency Exchange",
			"date": day or nowdate(),
			"from_currency": "EUR",
			"to_currency": "GBP",
			"exchange_rate": rate,
			"for_selling": 1,
		}
	).insert()
	frappe.db.commit()
	return doc


def figures(account):
	"""`service.exposure` of one account."""
	frappe.db.commit()
	return service.exposure([account.name])[account.name]


def parts(account):
	"""ledger, ordered and not invoiced, delivered without an order and not invoiced."""
	found = figures(account)["parts"]
	return found["ledger"], found["ordered"], found["delivered"]


def set_limit(account, limit, **fields):
	account.reload()
	account.update({"credit_limit": limit, **fields})
	account.save()
	frappe.db.commit()


def invoice(order, qty=None, note=None, submit=True, **fields):
	"""A Sales Invoice of an order, or of a Delivery Note; `qty` of its first row."""
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice as from_order
	from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice as from_note

	doc = from_note(note.name) if note else from_order(order.name)
	doc.update(fields)
	if qty is not None:
		doc.items[0].qty = qty
	doc.insert()
	if submit:
		doc.submit()
		frappe.db.commit()
	return doc


def invoice_without_order(item_code, qty, customer, rate=10, submit=True, **fields):
	doc = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": COMPANY,
			"customer": customer,
			"items": order_rows(item_code, qty, rate, warehouse()),
			**fields,
		}
	).insert()
	if submit:
		doc.submit()
		frappe.db.commit()
	return doc


def pay(customer, amount, against=None, **fields):
	"""A payment in advance, or one that settles a document: submitted, committed."""
	paid_to = frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0})
	paid_from = frappe.db.get_value("Company", COMPANY, "default_receivable_account")
	doc = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": COMPANY,
			"posting_date": nowdate(),
			"party_type": "Customer",
			"party": customer,
			"paid_from": paid_from,
			"paid_to": paid_to,
			"paid_from_account_currency": "GBP",
			"paid_to_account_currency": "GBP",
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"paid_amount": flt(amount),
			"received_amount": flt(amount),
			"references": [
				{
					"reference_doctype": against.doctype,
					"reference_name": against.name,
					"allocated_amount": flt(amount),
				}
			]
			if against
			else [],
			**fields,
		}
	).insert()
	doc.submit()
	frappe.db.commit()
	return doc
