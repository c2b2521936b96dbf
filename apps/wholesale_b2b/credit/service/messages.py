"""What is said about credit, in sentences that a customer could read."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import fmt_money

from wholesale_b2b.credit.rules import Decision, Excess
from wholesale_b2b.credit.store import Account


def amount(value: Decimal, account: Account) -> str:
	return fmt_money(float(value), currency=account.currency)


def reason(account: Account, excess: Excess) -> str:
	"""Why an order is held."""
	if excess.limit.whole:
		text = _("with this order {0} is {1} over the credit limit of {2} for all of its accounts")
		name = account.customer
	else:
		text = _("with this order {0} is {1} over its credit limit of {2}")
		name = account.name
	return text.format(name, amount(excess.by, account), amount(excess.limit.amount, account))


def account_reason(account: Account, excess: Excess) -> str:
	"""Why nothing is shipped to an account without an order."""
	if excess.limit.whole:
		text, name = _("{0} is {1} over the credit limit of {2} for all of its accounts"), account.customer
	else:
		text, name = _("{0} is {1} over its credit limit of {2}"), account.name
	return text.format(name, amount(excess.by, account), amount(excess.limit.amount, account))


def release(account: Account, excess: Excess) -> str:
	"""What ends such a hold."""
	return _("A payment of {0}, a higher credit limit, or less on order.").format(amount(excess.by, account))


def parts(account: Account, decision: Decision) -> list[str]:
	"""The parts of the exposure that are something, one sentence each."""
	exposed = decision.exposure
	words = (
		(_("on the ledger, advances taken off"), exposed.ledger),
		(_("ordered and not invoiced"), exposed.ordered),
		(_("delivered without an order and not invoiced"), exposed.delivered),
		(_("sold at tills on account and not posted"), exposed.till),
		(_("this document"), exposed.this),
	)
	return [f"{amount(value, account)} {text}" for text, value in words if value]


def full(account: Account, decision: Decision, opening: str) -> str:
	"""An opening sentence, the figures and the next step, as HTML."""
	over = decision.excess
	listed = "".join(f"<li>{frappe.utils.escape_html(part)}</li>" for part in parts(account, decision))
	head = frappe.utils.escape_html(account_reason(account, over))
	step = _(
		"Next: a payment of at least {0}, or a higher limit on Trade Account {1} by an Accounts Manager."
	)
	link = frappe.utils.get_link_to_form("Trade Account", account.name)
	return (
		f"{opening}<br>{head}.<ul>{listed}</ul>"
		+ _("Exposure {0} of {1}.").format(amount(over.at, account), amount(over.limit.amount, account))
		+ "<br>"
		+ step.format(amount(over.by, account), link)
	)
