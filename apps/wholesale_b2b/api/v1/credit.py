"""What customers owe, and what they may still order."""

import math
from decimal import Decimal

import frappe
from frappe import _

from wholesale_b2b.credit.service import answers


@frappe.whitelist()
def credit(
	customer: str | None = None,
	company: str | None = None,
	trade_account: str | None = None,
	amount: float = 0,
	sales_order: str | None = None,
	currency: str | None = None,
	conversion_rate: float = 0,
) -> dict:
	"""Exposure and limits of a customer's Trade Accounts: `{"accounts": [...]}`, the default one first.

	customer: needed but for the portal user of one customer. company, trade_account: only these. amount: what a document
	adds that is not submitted yet, in the company's currency. currency, conversion_rate: the document's, where it has another
	currency: it counts at today's rate if that is higher. sales_order: a submitted order that is shown apart.

	Staff who may read Trade Accounts get per account, in its company's currency, the keys that
	`credit.service.judging.exposure` describes: limit, exposure, available, over, state, over_limit, `parts` (they add up to
	the exposure), `total` of all accounts of the customer. The portal user of a customer gets trade_account, company,
	currency, limit (0: none), used, available (None: no limit) and spending_limit, their own per order (None: none), of the
	open accounts; amount and sales_order do not count then. Raises PermissionError for those who may not see it or ask for
	somebody else, DoesNotExistError for an unknown customer, ValidationError where it is unclear who is meant.
	"""
	if not frappe.has_permission("Trade Account", "read"):
		rows = answers.for_buyer(frappe.session.user, customer, company, trade_account)
		return {"accounts": rows}
	if not customer:
		frappe.throw(_("Say for which customer."))
	for number in (amount, conversion_rate):
		if not math.isfinite(number) or abs(number) > 1e12:
			frappe.throw(_("{0} is not an amount; give a number.").format(number))
	adds, rate = (Decimal(str(round(number, 9))) for number in (amount, conversion_rate))
	rows = answers.for_staff(customer, company, trade_account, adds, sales_order, currency, rate)
	return {"accounts": rows}
