"""A customer's Trade Accounts at a glance: what is on order, what is waited for, what came last."""

from collections.abc import Iterable, Sequence

import frappe
from frappe import _

from wholesale_b2b.ordering.trade_accounts import rules, store
from wholesale_b2b.ordering.trade_accounts.store import overview
from wholesale_b2b.setup.switch import enabled_companies

SHOWN = 5
LINE = ("name", "po_no", "transaction_date", "delivery_date", "status", "grand_total", "currency")


def of_customer(customer: str, company: str | None = None) -> list[dict]:
	"""One dict for each account of a customer that the user may read, by company, the default one first.

	trade_account, company, currency (the company's), status, status_reason, is_default; open: {count, value (in the
	company's currency), held, backordered, uncovered, next_date, last_date}; orders and last_orders: the first of them as
	`_line` has them; backorders: the first lines that wait, as `store.overview.backorders` has them, with line_count. Orders
	that name no account are the default one's. Raises frappe.DoesNotExistError for an unknown customer.
	"""
	if not frappe.db.exists("Customer", customer):
		frappe.throw(_("There is no Customer {0}.").format(customer), frappe.DoesNotExistError)
	companies = enabled_companies() & {company} if company else enabled_companies()
	accounts = [account for one in sorted(companies) for account in _readable(customer, one)]
	orders = overview.open_orders(customer, companies) if accounts else []
	return [_answer(customer, account, _own(account, orders)) for account in accounts]


def _readable(customer: str, company: str) -> list[rules.Terms]:
	known = store.of_customer(customer, company)
	names = [account.name for account in known]
	may = set(frappe.get_list(store.ACCOUNT, {"name": ("in", names)}, pluck="name")) if names else set()
	return sorted(
		(account for account in known if account.name in may),
		key=lambda account: (not account.is_default, account.status == rules.CLOSED, account.name),
	)


def _own(account: rules.Terms, orders: Iterable[frappe._dict]) -> list[frappe._dict]:
	return [
		order
		for order in orders
		if order.company == account.company
		and (order.b2b_trade_account == account.name or (account.is_default and not order.b2b_trade_account))
	]


def _answer(customer: str, account: rules.Terms, orders: Sequence[frappe._dict]) -> dict:
	waiting = overview.backorders(order.name for order in orders)
	late = {line.sales_order for line in waiting if line.backorder_qty > line.pre_allocated_qty}
	dates = sorted(order.b2b_promise_date for order in orders if order.b2b_promise_date)
	names = [account.name, None] if account.is_default else [account.name]
	return {
		"trade_account": account.name,
		"company": account.company,
		"currency": frappe.get_cached_value("Company", account.company, "default_currency"),
		"status": account.status,
		"status_reason": account.status_reason,
		"is_default": account.is_default,
		"open": {
			"count": len(orders),
			"value": sum(overview.to_deliver(order) for order in orders),
			"held": sum(order.b2b_hold_status == "Held" for order in orders),
			"backordered": len({line.sales_order for line in waiting}),
			"uncovered": len(late),
			"next_date": dates[0] if dates else None,
			"last_date": dates[-1] if dates else None,
		},
		"orders": [_line(order) for order in orders[:SHOWN]],
		"backorders": waiting[:SHOWN],
		"line_count": len(waiting),
		"last_orders": [
			_line(order) for order in overview.last_orders(customer, account.company, names, SHOWN)
		],
	}


def _line(order: frappe._dict) -> dict:
	"""An order in a list: the fields of `LINE`, allocation_status, promise_date, held."""
	return {
		**{name: order[name] for name in LINE},
		"allocation_status": order.b2b_allocation_status,
		"promise_date": order.b2b_promise_date,
		"held": order.b2b_hold_status == "Held",
	}
