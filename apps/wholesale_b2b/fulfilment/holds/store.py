"""Reads and writes of Order Holds, and what rules and vetoes read of orders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import frappe
from frappe.utils import now_datetime

from wholesale_b2b.allocation.store import locks, logbook, writes
from wholesale_b2b.fulfilment.rules.holds import Hold, Kept
from wholesale_b2b.setwise import chunks, insert_rows, lockable, update_rows

HOLD = "Order Hold"
ORDER = "Sales Order"
FIELDS = ("kind", "reason", "released_by_what", "release_role")


# ---- orders -----------------------------------------------------------------------------------------------------


def heads(orders: Iterable[str]) -> dict[str, frappe._dict]:
	"""Order → name, docstatus, status, company, customer, customer_name, b2b_trade_account, owner, b2b_hold_status."""
	orders = sorted({name for name in orders if name})
	fields = [
		"name",
		"docstatus",
		"status",
		"company",
		"customer",
		"customer_name",
		"b2b_trade_account",
		"owner",
	]
	rows = frappe.get_all(ORDER, {"name": ("in", orders)}, [*fields, "b2b_hold_status"]) if orders else []
	return {row.name: row for row in rows}


def lock_orders(orders: Iterable[str]) -> None:
	"""Lock these orders, by name, waiting for them."""
	locks.lock_documents((ORDER, name) for name in orders if name)


def lock_free_orders(orders: Iterable[str]) -> set[str]:
	"""Lock those of these orders that nobody else has in hand."""
	return lockable(ORDER, (name for name in orders if name))


def open_orders(companies: Iterable[str]) -> list[str]:
	"""Submitted orders with something to deliver, of these companies; held or not."""
	companies = tuple(companies)
	if not companies:
		return []
	return frappe.db.sql_list(
		"""select name from `tabSales Order` where docstatus = 1 and status not in ('Closed', 'Completed')
			and per_delivered < 100 and company in %s order by name""",
		[companies],
	)


def orders_with_open_holds(companies: Iterable[str]) -> list[str]:
	"""Orders of which an automatic hold is open, whatever became of them."""
	filters = {
		"status": "Open",
		"manual": 0,
		"sales_order": ("is", "set"),
		"company": ("in", list(companies)),
	}
	return frappe.get_all(HOLD, filters, pluck="sales_order", distinct=True, order_by="sales_order")


def set_status(orders: Iterable[str]) -> None:
	"""Say on the orders whether they are held. Leaves `modified` alone, so that open forms can be saved."""
	orders = sorted(set(orders))
	held = set(
		frappe.db.sql_list(
			f"""select hold.sales_order from `tab{HOLD}` hold join `tabSales Order` so on so.name = hold.sales_order
			where hold.status = 'Open' and so.docstatus = 1 and so.name in %s""",
			[tuple(orders) or ("",)],
		)
	)
	update_rows(ORDER, ["b2b_hold_status"], ((name, "Held" if name in held else "") for name in orders))
	for name in orders:
		frappe.clear_document_cache(ORDER, name)


# ---- holds ------------------------------------------------------------------------------------------------------


def kept(orders: Iterable[str]) -> dict[str, list[Kept]]:
	"""Order → its open holds that were not set by hand."""
	found: dict[str, list[Kept]] = defaultdict(list)
	filters = {"status": "Open", "manual": 0, "sales_order": ("in", sorted(set(orders)))}
	for row in frappe.get_all(HOLD, filters, ["name", "sales_order", *FIELDS], order_by="name"):
		hold = Hold(row.kind, row.reason, row.released_by_what or "", row.release_role or "")
		found[row.sales_order].append(Kept(row.name, hold))
	return found


def by_hand(
	orders: Iterable[str], accounts: Iterable[str]
) -> tuple[dict[str, frappe._dict], dict[str, frappe._dict]]:
	"""The first open hold that a person has set, by order and by account."""
	orders, accounts = tuple(set(orders)) or ("",), tuple(set(accounts)) or ("",)
	rows = frappe.db.sql(
		"""select name, sales_order, trade_account, kind, reason, release_role, opened_by, opened_at from `tabOrder Hold`
		where status = 'Open' and manual = 1 and (sales_order in %(orders)s
			or (trade_account in %(accounts)s and ifnull(sales_order, '') = ''))
		order by opened_at, name""",
		{"orders": orders, "accounts": accounts},
		as_dict=True,
	)
	of_orders: dict[str, frappe._dict] = {}
	of_accounts: dict[str, frappe._dict] = {}
	for row in rows:
		if row.sales_order:
			of_orders.setdefault(row.sales_order, row)
		else:
			of_accounts.setdefault(row.trade_account, row)
	return of_orders, of_accounts


def hand_on(old: str, new: str) -> list[frappe._dict]:
	"""The open holds that people have set on one order become another's; returns reason, released_by_what, release_role."""
	filters = {"sales_order": old, "status": "Open", "manual": 1}
	rows = frappe.get_all(HOLD, filters, ["name", *FIELDS], order_by="opened_at, name")
	update_rows(HOLD, ["sales_order"], ((row.name, new) for row in rows))
	return rows


def desk_roles() -> list[str]:
	return frappe.get_all("Role", {"disabled": 0, "desk_access": 1}, pluck="name", order_by="name")


def list_open(orders: Iterable[str] = (), accounts: Iterable[str] = ()) -> list[frappe._dict]:
	"""Open holds of these orders, and those of these accounts as a whole, the oldest first."""
	orders, accounts = tuple(set(orders)) or ("",), tuple(set(accounts)) or ("",)
	return frappe.db.sql(
		"""select name, sales_order, trade_account, kind, reason, released_by_what, release_role, opened_at, opened_by,
			manual from `tabOrder Hold`
		where status = 'Open' and (sales_order in %(orders)s
			or (trade_account in %(accounts)s and ifnull(sales_order, '') = ''))
		order by opened_at, name""",
		{"orders": orders, "accounts": accounts},
		as_dict=True,
	)


def list_permitted(filters: dict) -> list[frappe._dict]:
	"""Open holds that the user may read, the oldest first, with the head of their order or customer; ended orders left out.

	Added to each: customer_name, value (in the company's currency), currency, delivery_date.
	"""
	fields = [
		"name",
		"sales_order",
		"trade_account",
		"customer",
		"company",
		*FIELDS,
		"opened_at",
		"opened_by",
	]
	rows = frappe.get_list(
		HOLD,
		filters={**filters, "status": "Open"},
		fields=[*fields, "cause", "manual"],
		order_by="opened_at, name",
		limit_page_length=0,
	)
	orders = _order_figures({row.sales_order for row in rows if row.sales_order})
	names = _customer_names({row.customer for row in rows if row.customer})
	found = []
	for row in rows:
		if not row.sales_order or row.sales_order in orders:
			row.update(orders.get(row.sales_order, {}))
			row.customer_name = names.get(row.customer, row.customer)
			found.append(row)
	return found


def _order_figures(orders: Iterable[str]) -> dict[str, dict]:
	orders = tuple(orders)
	if not orders:
		return {}
	rows = frappe.db.sql(
		"""select so.name, so.base_grand_total as value, company.default_currency as currency, so.delivery_date
		from `tabSales Order` so join `tabCompany` company on company.name = so.company
		where so.name in %s and so.docstatus = 1 and so.status not in ('Closed', 'Completed')""",
		[orders],
		as_dict=True,
	)
	return {row.pop("name"): row for row in rows}


def _customer_names(customers: Iterable[str]) -> dict[str, str]:
	customers = sorted(customers)
	rows = frappe.get_all("Customer", {"name": ("in", customers)}, ["name", "customer_name"], as_list=True)
	return dict(rows) if customers else {}


def open_holds(rows: Sequence[tuple[frappe._dict, Hold]], cause: str) -> list[str]:
	"""(order, hold) each as an Order Hold of its own; returns their names."""
	names = [frappe.generate_hash(length=12) for _row in rows]
	fixed = {**writes.stamp(), "docstatus": 0, "idx": 0, "status": "Open", "manual": 0, "cause": cause[:140]}
	fixed |= {"opened_at": now_datetime(), "opened_by": frappe.session.user}
	about = ["sales_order", "trade_account", "customer", "company", *FIELDS]
	insert_rows(
		HOLD,
		["name", *fixed, *about],
		(
			[
				name,
				*fixed.values(),
				order.name,
				order.b2b_trade_account,
				order.customer,
				order.company,
				hold.kind,
				hold.reason,
				hold.release,
				hold.role,
			]
			for name, (order, hold) in zip(names, rows, strict=True)
		),
	)
	return names


def close_holds(names: Iterable[str], why: str) -> None:
	at, user = now_datetime(), frappe.session.user
	columns = ["status", "released_at", "released_by", "release_reason", "modified", "modified_by"]
	update_rows(HOLD, columns, ((name, "Released", at, user, why[:500], at, user) for name in sorted(names)))


def reword_holds(rows: Iterable[tuple[str, Hold]]) -> None:
	update_rows(
		HOLD, list(FIELDS), ((name, hold.kind, hold.reason, hold.release, hold.role) for name, hold in rows)
	)


def tell(messages: Sequence[dict]) -> None:
	"""A line in the timeline of each order, and a notification; see `allocation.store.logbook.tell`."""
	for chunk in chunks(messages):
		logbook.tell(chunk)


def reps_of(accounts: Iterable[str]) -> dict[str, str]:
	"""Account → its sales rep, where that is an enabled user of Desk."""
	accounts = sorted({name for name in accounts if name})
	if not accounts:
		return {}
	return dict(
		frappe.db.sql(
			"""select a.name, u.name from `tabTrade Account` a join `tabUser` u on u.name = a.sales_rep
			where u.enabled = 1 and u.user_type = 'System User' and a.name in %s""",
			[tuple(accounts)],
		)
	)


def held_orders_of(account: str) -> list[str]:
	"""Orders of an account of which a hold is open."""
	filters = {"status": "Open", "trade_account": account, "sales_order": ("is", "set")}
	return frappe.get_all(HOLD, filters, pluck="sales_order", distinct=True, order_by="sales_order")
