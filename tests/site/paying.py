"""Payments of orders, real ones, and accounts that pay beforehand."""

import frappe
from builders import COMPANY, make_customer, make_trade_account, unique
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import flt, nowdate


def bank():
	"""A bank or cash account of the company, in its own currency; with the account for exchange differences."""
	if not frappe.db.get_value("Company", COMPANY, "exchange_gain_loss_account"):
		loss = frappe.db.get_value("Account", {"company": COMPANY, "root_type": "Expense", "is_group": 0})
		frappe.db.set_value("Company", COMPANY, "exchange_gain_loss_account", loss)
	return frappe.db.get_value(
		"Account",
		{
			"company": COMPANY,
			"account_type": ("in", ("Bank", "Cash")),
			"is_group": 0,
			"account_currency": frappe.db.get_value("Company", COMPANY, "default_currency"),
		},
	)


def debtors(currency):
	"""The company's receivable account in this currency."""
	found = frappe.db.get_value(
		"Account",
		{"company": COMPANY, "account_type": "Receivable", "is_group": 0, "account_currency": currency},
	)
	if found:
		return found
	default = frappe.db.get_value("Company", COMPANY, "default_receivable_account")
	return _account(
		f"Debtors {currency}",
		"Receivable",
		frappe.db.get_value("Account", default, "parent_account"),
		currency,
	)


def bank_in(currency):
	"""The company's bank account in a currency that is not its own."""
	found = frappe.db.get_value(
		"Account", {"company": COMPANY, "account_name": f"Bank {currency}", "account_currency": currency}
	)
	return found or _account(
		f"Bank {currency}", "Bank", frappe.db.get_value("Account", bank(), "parent_account"), currency
	)


def _account(name, kind, parent, currency):
	doc = frappe.get_doc(
		{
			"doctype": "Account",
			"account_name": name,
			"account_type": kind,
			"parent_account": parent,
			"company": COMPANY,
			"account_currency": currency,
		}
	).insert()
	frappe.db.commit()
	return doc.name


def prepaying(pro_forma="", customer=None, **fields):
	"""A Trade Account that pays beforehand: the whole order unless `pro_forma` says otherwise."""
	customer = customer or make_customer().name
	status = {} if pro_forma else {"status": "Pro Forma Only"}
	return make_trade_account(customer, pro_forma=pro_forma, **{**status, **fields})


def pay(doc, amount=None, submit=True, commit=True, rate=1):
	"""A Payment Entry for an order or invoice, of what is open unless an amount (in the account's currency) is given."""
	entry = get_payment_entry(doc.doctype, doc.name, party_amount=amount, bank_account=bank())
	entry.update({"reference_no": unique("TRN"), "reference_date": nowdate()})
	if rate != 1:
		paid = entry.references[0].allocated_amount if amount is None else amount
		entry.update(
			{"source_exchange_rate": rate, "paid_amount": paid, "received_amount": flt(paid * rate, 2)}
		)
		entry.references[0].update({"allocated_amount": paid, "exchange_rate": rate})
	entry.insert()
	if submit:
		entry.submit()
	if commit:
		frappe.db.commit()
	return entry


def paper_of(order):
	"""The Trade Pro Forma of an order, as the database has it."""
	name = frappe.db.get_value("Trade Pro Forma", {"sales_order": order.name})
	return frappe.get_doc("Trade Pro Forma", name) if name else None
