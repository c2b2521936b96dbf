"""Reads of Trade Accounts and of the documents that belong to them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from decimal import Decimal
from hashlib import sha1

import frappe
from frappe.model.document import Document
from frappe.utils import cint, cstr, flt, getdate

from wholesale_b2b.ordering.trade_accounts.rules import Served, Terms

ACCOUNT = "Trade Account"
_KINDS = {field.name: field.type for field in fields(Terms) if field.name != "warehouses"}


def of_customer(customer: str, company: str) -> list[Terms]:
	"""All accounts of a customer in a company, closed ones too."""
	return _read({"customer": customer, "company": company})


def terms(names: Iterable[str]) -> dict[str, Terms]:
	"""Account → its terms; names without an account are left out. Two queries."""
	names = sorted({name for name in names if name})
	return {row.name: row for row in _read({"name": ("in", names)})} if names else {}


def served(companies: Iterable[str]) -> list[Served]:
	"""Accounts of these companies that have a priority class or sourcing warehouses that can be sold from. One query."""
	rows = frappe.db.sql(
		"""select a.name, a.company, a.customer, a.is_default, a.priority, wh.name
		from `tabTrade Account` a
		left join `tabTrade Account Warehouse` w on w.parent = a.name and w.parenttype = 'Trade Account'
		left join `tabWarehouse` wh on wh.name = w.warehouse and wh.company = a.company and wh.is_group = 0
			and wh.disabled = 0 and wh.is_rejected_warehouse = 0
		where a.company in %s and (a.priority > 0 or wh.name is not null) order by a.name, w.idx""",
		[tuple(companies) or ("",)],
	)
	places: dict[tuple, list[str]] = defaultdict(list)
	for *account, warehouse in rows:
		places[tuple(account)] += [warehouse] if warehouse else []
	return [
		Served(name, company, customer, bool(default), cint(priority), tuple(warehouses))
		for (name, company, customer, default, priority), warehouses in places.items()
	]


def _read(filters: dict) -> list[Terms]:
	rows = frappe.get_all(ACCOUNT, filters, list(_KINDS), order_by="name")
	places: dict[str, list[str]] = defaultdict(list)
	if rows:
		for row in frappe.get_all(
			"Trade Account Warehouse",
			{"parent": ("in", [row.name for row in rows]), "parenttype": ACCOUNT},
			["parent", "warehouse"],
			order_by="parent, idx",
		):
			places[row.parent].append(row.warehouse)
	return [as_terms(row, places[row.name]) for row in rows]


def as_terms(row: Document | frappe._dict, warehouses: Iterable[str]) -> Terms:
	"""A row or a document as the rules know it."""
	return Terms(
		**{name: _cast(row.get(name), kind) for name, kind in _KINDS.items()}, warehouses=tuple(warehouses)
	)


def _cast(value: object, kind: type) -> object:
	if kind is bool:
		return bool(cint(value))
	if kind is int:
		return cint(value)
	if kind is Decimal:
		return Decimal(str(flt(value)))
	if kind is str:
		return cstr(value).strip()
	return getdate(value) if value else None


def of_customers(customers: Iterable[str]) -> dict[tuple[str, str], list[Terms]]:
	"""(customer, company) → all accounts there, closed ones too, for a set of customers."""
	found: dict[tuple[str, str], list[Terms]] = defaultdict(list)
	customers = sorted({name for name in customers if name})
	for row in _read({"customer": ("in", customers)}) if customers else ():
		found[row.customer, row.company].append(row)
	return found


def order_heads(orders: Iterable[str]) -> list[frappe._dict]:
	"""name, customer, company, b2b_trade_account, b2b_channel of these Sales Orders."""
	orders = sorted({name for name in orders if name})
	fields = ["name", "customer", "company", "b2b_trade_account", "b2b_channel"]
	return frappe.get_all("Sales Order", {"name": ("in", orders)}, fields) if orders else []


def open_orders(accounts: Iterable[str]) -> list[str]:
	"""Submitted orders with something to deliver, of these accounts; those that name none, of their customers too."""
	accounts = tuple(sorted({name for name in accounts if name}))
	if not accounts:
		return []
	return frappe.db.sql_list(
		"""select so.name from `tabSales Order` so where so.b2b_trade_account in %(accounts)s
			and so.docstatus = 1 and so.status not in ('Closed', 'Completed') and so.per_delivered < 100
		union select so.name from `tabTrade Account` account
			join `tabSales Order` so on so.customer = account.customer and so.company = account.company
		where account.name in %(accounts)s and ifnull(so.b2b_trade_account, '') = ''
			and so.docstatus = 1 and so.status not in ('Closed', 'Completed') and so.per_delivered < 100
		order by 1""",
		{"accounts": accounts},
	)


def of_references(payment: Document) -> set[str]:
	"""The accounts of the orders and invoices that a Payment Entry names."""
	found: set[str] = set()
	names: dict[str, set[str]] = defaultdict(set)
	for row in payment.get("references") or []:
		if row.reference_doctype in ("Sales Order", "Sales Invoice"):
			names[row.reference_doctype].add(row.reference_name)
	for doctype, chosen in names.items():
		found.update(frappe.get_all(doctype, {"name": ("in", sorted(chosen))}, pluck="b2b_trade_account"))
	return {name for name in found if name}


def lock(names: Iterable[str]) -> None:
	"""Lock accounts to the end of the transaction, by name, so that what is read of them next stays true."""
	names = sorted({name for name in names if name})
	if names:
		frappe.db.sql(
			"""select name from `tabTrade Account` force index (primary) where name in %s order by name for update""",
			[tuple(names)],
		)


def other_defaults(customer: str, company: str, name: str) -> list[str]:
	"""Accounts of this customer and company that are its default, but for `name`."""
	filters = {"customer": customer, "company": company, "is_default": 1, "name": ("!=", name or "")}
	return frappe.get_all(ACCOUNT, filters, pluck="name", order_by="name")


def default_key(customer: str, company: str) -> str:
	"""What the default account of a customer in a company has in `default_of`, and no other has."""
	return sha1(f"{customer}\n{company}".encode()).hexdigest()


def no_longer_default(customer: str, company: str, name: str) -> None:
	"""Take the default from whatever account has it, but for `name`.

	Raises frappe.QueryTimeoutError at once where somebody has the default account in hand.
	"""
	key = default_key(customer, company)
	holders = frappe.db.sql_list(
		"select name from `tabTrade Account` where default_of = %s for update nowait", [key]
	)
	names = {*holders, *other_defaults(customer, company, name)} - {name}
	for other in sorted(names):
		frappe.db.set_value(ACCOUNT, other, {"is_default": 0, "default_of": None})


def warehouses(names: Iterable[str]) -> list[frappe._dict]:
	"""name, company, is_group, disabled, warehouse_type, is_rejected_warehouse of these warehouses."""
	names = sorted(set(names))
	fields = ["name", "company", "is_group", "disabled", "warehouse_type", "is_rejected_warehouse"]
	return frappe.get_all("Warehouse", {"name": ("in", names)}, fields) if names else []


def people_of(customer: str) -> tuple[set[str], set[str]]:
	"""The contacts and the addresses that are linked to a customer."""
	rows = frappe.get_all(
		"Dynamic Link",
		{
			"link_doctype": "Customer",
			"link_name": customer,
			"parenttype": ("in", ("Contact", "Address")),
		},
		["parenttype", "parent"],
	)
	contacts = {row.parent for row in rows if row.parenttype == "Contact"}
	return contacts, {row.parent for row in rows if row.parenttype == "Address"}


def default_address(account: str) -> str | None:
	"""The address that an account marks as its default."""
	filters = {"parent": account, "parenttype": ACCOUNT, "is_default": 1}
	return frappe.db.get_value("Trade Account Address", filters, "address")


def users_of_contacts(contacts: Iterable[str]) -> dict[str, str]:
	"""Contact → the user that it logs in as; those without one are left out."""
	names = sorted({name for name in contacts if name})
	if not names:
		return {}
	rows = frappe.get_all("Contact", {"name": ("in", names), "user": ("is", "set")}, ["name", "user"])
	return {row.name: row.user for row in rows}


def enabled_users(names: Iterable[str]) -> set[str]:
	"""Of these users, those that are enabled."""
	names = sorted(names)
	return (
		set(frappe.get_all("User", {"name": ("in", names), "enabled": 1}, pluck="name")) if names else set()
	)


def portal_users(customer: str) -> set[str]:
	"""Users who may log in to the website for a customer."""
	return set(frappe.get_all("Portal User", {"parent": customer, "parenttype": "Customer"}, pluck="user"))


def names_of_company(company: str) -> list[str]:
	"""All accounts of a company, its customers' defaults first."""
	return frappe.get_all(ACCOUNT, {"company": company}, pluck="name", order_by="is_default desc, name")


def customer(name: str) -> frappe._dict:
	"""name, customer_name, tax_id, account_manager of a customer; the manager only where that is an enabled user."""
	row = frappe.db.get_value(
		"Customer", name, ["name", "customer_name", "tax_id", "account_manager"], as_dict=True
	)
	if row.account_manager and not frappe.db.get_value("User", row.account_manager, "enabled"):
		row.account_manager = None
	return row
