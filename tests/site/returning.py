"""What the tests of returns share: policies, a quarantine, sales with VAT, what customers send back."""

import frappe
from builders import COMPANY, finish, make_delivery_note, make_sales_order, unique, warehouse
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import add_days, nowdate


def quarantine():
	"""A warehouse of the company from which nothing is sold."""
	name = warehouse("Quarantine")
	frappe.db.set_value("Warehouse", name, "is_rejected_warehouse", 1)
	return name


def account(name, kind, root):
	"""An account of the company, made if it is not there."""
	found = frappe.db.get_value("Account", {"account_name": name, "company": COMPANY})
	if found:
		return found
	parent = frappe.db.get_value(
		"Account", {"company": COMPANY, "root_type": root, "is_group": 1, "lft": (">", 1)}
	)
	doc = {"doctype": "Account", "account_name": name, "account_type": kind, "company": COMPANY}
	return frappe.get_doc({**doc, "parent_account": parent}).insert().name


def fee_account():
	return account("Restocking Fees", "Income Account", "Income")


def vat_account():
	return account("VAT on Sales", "Tax", "Liability")


def carriage_account():
	return account("Carriage", "Chargeable", "Income")


VAT = {"charge_type": "On Net Total", "description": "VAT 20 %", "rate": 20}
CONDITIONS = ({"condition": "Unopened"}, {"condition": "Opened"}, {"condition": "Damaged", "charge_fee": 0})


def make_policy(conditions=CONDITIONS, commit=True, **fields):
	"""The company's default Return Policy, unless `channel` is given; without a fee unless one is given."""
	doc = frappe.get_doc(
		{
			"doctype": "Return Policy",
			"policy_name": unique("Policy"),
			"company": COMPANY,
			"is_default": 0 if fields.get("channel") else 1,
			"conditions": [dict(row) for row in conditions],
			"restocking_fee_account": fee_account() if fields.get("restocking_fee_percent") else None,
			**fields,
		}
	).insert()
	if commit:
		frappe.db.commit()
	return doc


def with_vat(**charges):
	"""Tax rows of a sale: 20 % VAT, and charges in money by their description."""
	rows = [{**VAT, "account_head": vat_account()}]
	return rows + [
		{
			"charge_type": "Actual",
			"account_head": carriage_account(),
			"description": name,
			"tax_amount": amount,
		}
		for name, amount in charges.items()
	]


def by_note(order, qty):
	return make_delivery_note(sales_order=order.name, qty=qty)


def by_invoice(order, qty):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	invoice = make_sales_invoice(order.name)
	invoice.update_stock = 1
	invoice.items[0].qty = qty
	invoice.insert().submit()
	frappe.db.commit()
	return invoice


def sell(item, qty, deliver=by_note, days_ago=0, **fields):
	"""An order and what shipped of it: (order, Delivery Note or Sales Invoice)."""
	order = make_sales_order(item, qty, **fields)
	out = deliver(order, qty)
	if days_ago:
		# ERPNext lets nobody deliver in the past what was not there then
		frappe.db.set_value(out.doctype, out.name, "posting_date", add_days(nowdate(), -days_ago))
		frappe.db.commit()
		out.reload()
	return order, out


def send_back(document, qty, condition=None, submit=True, row=None, commit=True, **fields):
	"""A return of `qty` of the document's first row. row: more fields of it."""
	back = make_return_doc(document.doctype, document.name)
	back.update(fields)
	back.items = back.items[:1]
	back.items[0].update({"qty": -qty, "b2b_condition": condition, **(row or {})})
	return finish(back, False, not submit, commit)
