"""What staff and customers are told about credit."""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe import _

from wholesale_b2b.allocation.service import portal
from wholesale_b2b.credit import rules, store
from wholesale_b2b.credit.service import judging
from wholesale_b2b.credit.store import rates
from wholesale_b2b.setup.switch import enabled_companies

REDUCED = ("trade_account", "company", "currency", "limit", "used", "available", "spending_limit")


def for_staff(
	customer: str,
	company: str | None = None,
	trade_account: str | None = None,
	amount: Decimal = rules.NOTHING,
	sales_order: str | None = None,
	currency: str | None = None,
	conversion_rate: Decimal = rules.NOTHING,
) -> list[dict]:
	"""`judging.exposure` of those of a customer's accounts that the user may read, the default one first.

	amount: what a document adds that is not placed yet, in the company's currency; it counts for the account that such a
	document would be on, or for `trade_account`. currency, conversion_rate: the document's, where it has another one.
	sales_order: a submitted order that is shown apart, as `this`.
	Raises frappe.DoesNotExistError for an unknown customer.
	"""
	if not frappe.db.exists("Customer", customer):
		frappe.throw(_("There is no Customer {0}.").format(customer), frappe.DoesNotExistError)
	found, wanted = _books(customer, company, trade_account)
	readable = set(
		frappe.get_list("Trade Account", {"name": ("in", [account.name for account in wanted])}, pluck="name")
	)
	added = rates.at_todays_rates(
		[(amount, currency, account.currency, conversion_rate) for account in wanted]
	)
	answers = []
	for account, adds in zip(wanted, added, strict=True):
		if account.name in readable:
			this, without = _this(found, account, adds, sales_order)
			answers.append(
				{"is_default": account.is_default, **judging.figures(found, account, this, without)}
			)
	return answers


def for_buyer(
	user: str, customer: str | None = None, company: str | None = None, trade_account: str | None = None
) -> list[dict]:
	"""The same for the user of a customer on the website: the keys of `REDUCED`, open accounts of their own customer.

	spending_limit: the user's own per order, None without one. Raises frappe.PermissionError for somebody else's customer
	and for users of none, ValidationError where it is unclear which of several is meant.
	"""
	own = portal.customer_of(user, customer, _("You may not see the credit of this customer."))
	found, wanted = _books(own, company, trade_account)
	spending = store.spending_limits(user, [account.name for account in wanted])
	answers = []
	for account in wanted:
		if not account.is_closed:
			figures = judging.figures(found, account)
			figures["used"] = figures["exposure"]
			figures["available"] = _least(figures)
			figures["spending_limit"] = float(spending.get(account.name, 0)) or None
			answers.append({key: figures[key] for key in REDUCED})
	return answers


def _least(figures: dict) -> float | None:
	"""What may still be ordered: by the account's own limit and by its customer's."""
	room = [
		part["available"] for part in (figures, figures["total"]) if part and part["available"] is not None
	]
	return max(min(room), 0.0) if room else None


def _books(customer: str, company: str | None, trade_account: str | None) -> tuple[store.Books, Iterable]:
	companies = enabled_companies() & {company} if company else enabled_companies()
	found = store.books((customer, one) for one in companies)
	wanted = [
		account for account in found.accounts.values() if not trade_account or account.name == trade_account
	]
	return found, sorted(wanted, key=lambda account: (account.company, not account.is_default, account.name))


def _this(
	found: store.Books, account: store.Account, amount: Decimal, sales_order: str | None
) -> tuple[Decimal, str | None]:
	"""What the document that is looked at counts for on this account, and the order to leave out for it."""
	if not sales_order:
		return amount, None
	orders = found.positions[account.side][account.name].orders
	shares = [rules.share_of(order).open for order in orders if order.name == sales_order]
	return (shares[0], sales_order) if shares else (rules.NOTHING, None)
