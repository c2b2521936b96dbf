"""A shop's till: ERPNext's own POS documents, from opening to closing."""

import frappe
from builders import COMPANY, make_customer, unique, warehouse
from frappe.utils import now_datetime, nowdate

CASH = "Cash"


def profile() -> str:
	"""A POS Profile of its own, selling from Stores for cash."""
	_cash_account()
	name = unique("Till")
	abbr = frappe.get_cached_value("Company", COMPANY, "abbr")
	frappe.get_doc(
		{
			"doctype": "POS Profile",
			"name": name,
			"company": COMPANY,
			"warehouse": warehouse(),
			"currency": frappe.get_cached_value("Company", COMPANY, "default_currency"),
			"selling_price_list": frappe.db.get_value("Price List", {"selling": 1}),
			"write_off_account": frappe.db.get_value(
				"Account", {"company": COMPANY, "root_type": "Expense", "is_group": 0}
			),
			"write_off_cost_center": f"Main - {abbr}",
			"payments": [{"mode_of_payment": CASH, "default": 1}],
		}
	).insert()
	return name


def _cash_account() -> None:
	mode = frappe.get_doc("Mode of Payment", CASH)
	if not any(row.company == COMPANY for row in mode.accounts):
		account = frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Cash", "is_group": 0})
		mode.append("accounts", {"company": COMPANY, "default_account": account})
		mode.save()


class Till:
	"""An opened till. What it does is committed at once."""

	def __init__(self):
		for row in frappe.get_all(
			"POS Opening Entry", {"status": "Open", "docstatus": 1, "user": "Administrator"}
		):
			frappe.get_doc("POS Opening Entry", row.name).cancel()
		self.profile, self.customer = profile(), make_customer().name
		self.opening = frappe.get_doc(
			{
				"doctype": "POS Opening Entry",
				"company": COMPANY,
				"pos_profile": self.profile,
				"user": "Administrator",
				"period_start_date": now_datetime(),
				"posting_date": nowdate(),
				"balance_details": [{"mode_of_payment": CASH, "opening_amount": 0}],
			}
		).insert()
		self.opening.submit()
		frappe.db.commit()

	def sell(self, item_code, qty=1, rate=10, submit=True, **row):
		"""row: more of the sale's only row, as of which order it is."""
		invoice = frappe.get_doc(
			{
				"doctype": "POS Invoice",
				"company": COMPANY,
				"customer": self.customer,
				"pos_profile": self.profile,
				"is_pos": 1,
				"update_stock": 1,
				"items": [
					{"item_code": item_code, "qty": qty, "rate": rate, "warehouse": warehouse(), **row}
				],
			}
		)
		return self._pay(invoice, qty * rate, submit)

	def take_back(self, invoice, qty):
		from erpnext.controllers.sales_and_purchase_return import make_return_doc

		back = make_return_doc("POS Invoice", invoice.name)
		back.items[0].qty, back.pos_profile = -qty, self.profile
		return self._pay(back, -qty * back.items[0].rate)

	def _pay(self, invoice, amount, submit=True):
		invoice.set("payments", [{"mode_of_payment": CASH, "amount": amount, "base_amount": amount}])
		invoice.paid_amount = invoice.base_paid_amount = amount
		invoice.insert()
		if submit:
			invoice.submit()
		frappe.db.commit()
		return invoice

	def close(self):
		"""The POS Closing Entry, which consolidates the sales into a Sales Invoice with stock."""
		from erpnext.accounts.doctype.pos_closing_entry.pos_closing_entry import (
			make_closing_entry_from_opening,
		)

		closing = make_closing_entry_from_opening(self.opening)
		closing.insert().submit()
		frappe.db.commit()
		closing.reload()
		return closing
