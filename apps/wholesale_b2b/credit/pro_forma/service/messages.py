"""What is said about pro formas, in sentences that a customer could read."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import fmt_money, get_link_to_form

from wholesale_b2b.credit.pro_forma import rules


def amount(value: Decimal, currency: str) -> str:
	return fmt_money(float(value), currency=currency)


def reason(judged, paper: str | None) -> str:
	"""Why an order is held."""
	order, at = judged.order, judged.gate
	left, asked = amount(at.outstanding, order.currency), amount(at.due, order.currency)
	on = _("pro forma {0}").format(paper) if paper else _("order {0}").format(order.name)
	if judged.need.kind == rules.DEPOSIT:
		return _("{0} of the deposit of {1} on {2} is not paid yet").format(left, asked, on)
	if judged.need.kind == rules.PER_SHIPMENT:
		return _("{0} has been paid on {1}, and goods of {2} have shipped").format(
			amount(at.paid, order.currency), on, amount(at.shipped, order.currency)
		)
	return _("{0} of {1} on {2} is not paid yet").format(left, asked, on)


def release(judged, paper: str | None) -> str:
	"""What ends such a hold."""
	left = amount(judged.gate.outstanding, judged.order.currency)
	if judged.need.kind == rules.PER_SHIPMENT:
		return _("A payment for the next shipment, allocated to {0} (reference {1})").format(
			judged.order.name, paper or judged.order.name
		)
	return _("A payment of {0}, allocated to {1} (reference {2})").format(
		left, judged.order.name, paper or judged.order.name
	)


def refuse(judged, wanted: Decimal, paper: str | None) -> None:
	"""Raise: these goods are worth more than is paid."""
	order, at = judged.order, judged.gate
	frappe.throw(
		_(
			"{0} pays per shipment: goods of {1} may ship now, these come to {2}. Take fewer, or wait for a payment on {3}."
		).format(
			get_link_to_form("Sales Order", order.name),
			frappe.bold(amount(at.room or Decimal(0), order.currency)),
			frappe.bold(amount(wanted, order.currency)),
			get_link_to_form("Trade Pro Forma", paper) if paper else _("the order"),
		),
		title=_("Not Paid Yet"),
	)


def refuse_unordered(account: str) -> None:
	"""Raise: an account that pays beforehand gets nothing without an order."""
	frappe.throw(
		_(
			"{0} pays before goods leave. Make an order, have its pro forma paid, then ship it from the order."
		).format(get_link_to_form("Trade Account", account)),
		title=_("Not Paid Yet"),
	)
