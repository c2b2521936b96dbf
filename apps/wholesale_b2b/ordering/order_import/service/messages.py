"""What a row's reasons say to a person, and what to do next."""

import frappe
from frappe import _

from wholesale_b2b.figures import sentence

from ..rules import Problem, Reason


def explain(problems: tuple[Problem, ...]) -> tuple[str, str]:
	"""(the reason to file the row under, all reasons in words)."""
	return problems[0].reason.value, "\n".join(_text(problem) for problem in problems)


def refusal(error: Exception) -> str:
	"""The words of an error, without markup."""
	words = frappe.utils.strip_html(str(error)).strip()
	if isinstance(error, frappe.ValidationError) and words:
		return words
	return f"{type(error).__name__}: {words}"[:1000]


def order_refused(error: Exception) -> tuple[str, str]:
	"""Reason and message for every row of an order that ERPNext did not take."""
	text = _("The order was refused: {0} Mend the cause and replay the order's rows.").format(
		sentence(refusal(error))
	)
	return Reason.ORDER_REFUSED.value, text


def order_busy() -> tuple[str, str]:
	text = _("Other users kept the order's items busy for too long. Replay the order's rows.")
	return Reason.ORDER_REFUSED.value, text


def not_created(doctype: str, code: str, error: Exception) -> Problem:
	return Problem(Reason.NOT_CREATED, (doctype, code, sentence(refusal(error))))


def _text(problem: Problem) -> str:
	return _templates()[problem.reason].format(*problem.words)


def _templates() -> dict[Reason, str]:
	return {
		Reason.NO_ORDER_NO: _("The row has no order number. Enter it and replay the row."),
		Reason.CREDIT_NOTE: _(
			"{0} is a credit note. Make a return against the customer's delivery or invoice, then dismiss the row."
		),
		Reason.NO_ITEM: _("The row has no item code. Enter it and replay the row."),
		Reason.ITEM_UNKNOWN: _(
			"Item {0} does not exist. Correct the code, create the item, or let the import create missing items."
		),
		Reason.ITEM_AMBIGUOUS: _("Code {0} means several items: {1}. Enter the item's own code."),
		Reason.ITEM_NOT_SOLD: _("Item {0} cannot be ordered ({1}). Choose another item or mend the item."),
		Reason.NOT_GOODS: _("{0} is not goods. Give it a service item on the import, or dismiss the row."),
		Reason.REPEATED_ITEM: _(
			"Item {0} is on the order twice. Allow it in Selling Settings (Allow Item to be Added Multiple Times) "
			"or replay the row onto a supplementary order."
		),
		Reason.NO_ACCOUNT: _(
			"The order has no customer account. Enter it, or name a retail customer on the import."
		),
		Reason.ACCOUNT_UNKNOWN: _(
			"Customer {0} does not exist. Correct the account, create the customer, "
			"or let the import create missing customers."
		),
		Reason.ACCOUNT_AMBIGUOUS: _("{0} is the name of several customers: {1}. Enter the customer's ID."),
		Reason.ACCOUNT_DISABLED: _("Customer {0} is disabled. Enable it or correct the account."),
		Reason.ACCOUNT_DIFFERS: _(
			"Account {0} is not the account of the order's other rows. Correct one of them."
		),
		Reason.QTY_NOT_READ: _("Quantity “{0}” is not a number the import can read. Correct it."),
		Reason.QTY_BELOW_ONE: _("Quantity {0} is below one. Correct it, or dismiss the row."),
		Reason.QTY_NOT_WHOLE: _(
			"Quantity {0} is not whole, and item {1} is sold in whole units. Correct it."
		),
		Reason.QTY_TOO_FINE: _("Quantity {0} has more than {1} decimal places. Round it."),
		Reason.NO_PRICE: _("The row has no price. Enter it and replay the row."),
		Reason.PRICE_NOT_READ: _("Price “{0}” is not a number the import can read. Correct it."),
		Reason.PRICE_NEGATIVE: _("Price {0} is negative. Correct it, or dismiss the row."),
		Reason.PRICE_TOO_FINE: _(
			"Price {0} has more than {1} decimal places, which an order would round. Enter the price to charge."
		),
		Reason.DATE_NOT_READ: _("Date “{0}” cannot be read as {1}. Correct it or the import's date format."),
		Reason.DELIVERY_TOO_EARLY: _("Delivery date {0} is before order date {1}. Correct one of them."),
		Reason.NOT_CREATED: _("{0} {1} could not be created: {2} Mend the cause and replay the row."),
	}
