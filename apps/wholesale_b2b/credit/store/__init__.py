"""What credit is judged by, read for sets of Trade Accounts, and the lock that makes it stand still.

A document counts for the account that it names, else for the customer's default account of the company, else for its
only one, as `ordering.trade_accounts.rules.choose` has it; what names none of several counts in the customer's total alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import frappe
from frappe.utils import cint

from wholesale_b2b.allocation.store import locks
from wholesale_b2b.credit.rules import Line, Paper, Position
from wholesale_b2b.credit.store import rates

# An order in one of these has nothing more to be invoiced or delivered, once it is invoiced as a whole.
ENDED = ("Completed", "Closed")


def money(value: float | None) -> Decimal:
	"""An amount or a quantity as the database has it."""
	return Decimal(str(round(value or 0, 6)))


@dataclass(frozen=True, slots=True)
class Account:
	"""A Trade Account as credit sees it. total_limit: on all accounts of its customer in its company together; the lowest,
	if several are set."""

	name: str
	customer: str
	company: str
	currency: str
	limit: Decimal
	over: str
	is_default: bool
	is_closed: bool
	total_limit: Decimal

	@property
	def is_limited(self) -> bool:
		return self.limit > 0 or self.total_limit > 0

	@property
	def side(self) -> tuple[str, str]:
		return self.customer, self.company


@dataclass(slots=True)
class Books:
	"""All accounts of some customers with what counts for each; `None` is what names none of several accounts."""

	accounts: dict[str, Account]
	positions: dict[tuple[str, str], dict[str | None, Position]] = field(default_factory=dict)


# ---- accounts --------------------------------------------------------------------------------------------------------


# ERPNext's own limit, where it is set again after accounts were switched on: a limit on all of them.
_ERPNEXT_LIMIT = """left join `tabCustomer Credit Limit` erpnext on erpnext.parent = account.customer
	and erpnext.parenttype = 'Customer' and erpnext.company = account.company
	and erpnext.bypass_credit_limit_check = 0"""


def accounts_of_sides(sides: Iterable[tuple[str, str]]) -> dict[str, Account]:
	"""All Trade Accounts of these (customer, company)."""
	sides = set(sides)
	if not sides:
		return {}
	rows = frappe.db.sql(
		f"""select account.name, account.customer, account.company, company.default_currency as currency,
			account.credit_limit, account.over_limit, account.is_default, account.status, account.customer_limit,
			erpnext.credit_limit as erpnext_limit
		from `tabTrade Account` account
		join `tabCompany` company on company.name = account.company
		{_ERPNEXT_LIMIT}
		where account.customer in %s order by account.name""",
		[tuple({customer for customer, _company in sides})],
		as_dict=True,
	)
	totals: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
	for row in rows:
		totals[row.customer, row.company] += [money(row.customer_limit), money(row.erpnext_limit)]
	return {
		row.name: Account(
			name=row.name,
			customer=row.customer,
			company=row.company,
			currency=row.currency,
			limit=money(row.credit_limit),
			over=row.over_limit or "Hold",
			is_default=bool(cint(row.is_default)),
			is_closed=row.status == "Closed",
			total_limit=min(
				(limit for limit in totals[row.customer, row.company] if limit > 0), default=Decimal(0)
			),
		)
		for row in rows
		if (row.customer, row.company) in sides
	}


def sides_of(accounts: Iterable[str]) -> set[tuple[str, str]]:
	"""(customer, company) of these Trade Accounts."""
	names = tuple(set(accounts))
	if not names:
		return set()
	return set(frappe.db.sql("select customer, company from `tabTrade Account` where name in %s", [names]))


def sides_of_documents(doctype: str, names: Iterable[str]) -> dict[str, tuple[tuple[str, str], str | None]]:
	"""Per submitted document: its (customer, company), and the Trade Account that it names."""
	names = tuple(set(names))
	if not names:
		return {}
	rows = frappe.db.sql(
		f"""select name, customer, company, nullif(b2b_trade_account, '') from `tab{doctype}`
		where name in %s and docstatus = 1""",
		[names],
	)
	return {name: ((customer, company), account) for name, customer, company, account in rows}


def order_head(name: str) -> dict:
	"""Status and totals of an order as the database has them."""
	fields = ["status", "base_rounded_total", "base_grand_total"]
	return frappe.db.get_value("Sales Order", name, fields, as_dict=True) or frappe._dict()


def spending_limits(user: str, accounts: Iterable[str]) -> dict[str, Decimal]:
	"""Per Trade Account what its buyer `user` may spend per order; without a limit they are left out."""
	names = tuple(accounts)
	if not names:
		return {}
	rows = frappe.db.sql(
		"""select parent, min(spending_limit) from `tabTrade Account Buyer`
		where parenttype = 'Trade Account' and parent in %s and user = %s and spending_limit > 0 group by parent""",
		[names, user],
	)
	return {account: money(limit) for account, limit in rows}


def lock(names: Iterable[str]) -> None:
	"""Lock these Trade Accounts by name; the caller holds its documents and no Bins yet (ARCHITECTURE.md)."""
	locks.lock_documents(("Trade Account", name) for name in names)


def owner_of(accounts: Iterable[Account], named: str | None) -> str | None:
	"""The account, of those of one customer in one company, for which a document counts that names `named`."""
	accounts = list(accounts)
	if any(account.name == named for account in accounts):
		return named
	open_ones = [account for account in accounts if not account.is_closed]
	defaults = [account for account in open_ones if account.is_default]
	return next((group[0].name for group in (defaults, open_ones, accounts) if len(group) == 1), None)


# ---- what counts -----------------------------------------------------------------------------------------------------


def books(sides: Iterable[tuple[str, str]]) -> Books:
	"""All that counts for the accounts of these (customer, company), in a constant number of statements."""
	sides = set(sides)
	accounts = accounts_of_sides(sides)
	by_side: dict[tuple[str, str], list[Account]] = defaultdict(list)
	for account in accounts.values():
		by_side[account.side].append(account)
	where = {"customers": tuple({c for c, _ in by_side}), "companies": tuple({c for _, c in by_side})}
	found = Books(accounts)
	if not by_side:
		return found
	ledger = _ledger({side: len(group) > 1 for side, group in by_side.items()})
	papers = [("orders", _orders(where)), ("deliveries", _deliveries(where)), ("till", _till(where))]
	kept: dict[tuple[str, str], dict[str | None, dict]] = defaultdict(
		lambda: defaultdict(lambda: defaultdict(list))
	)
	for kind, rows in [("ledger", ledger), *papers]:
		for side, named, what in rows:
			if side in by_side:
				kept[side][owner_of(by_side[side], named)][kind].append(what)
	for side, group in by_side.items():
		owners = {account.name for account in group} | set(kept[side])
		found.positions[side] = {
			owner: Position(
				ledger=sum(kept[side][owner]["ledger"], Decimal(0)),
				till=sum(kept[side][owner]["till"], Decimal(0)),
				orders=tuple(kept[side][owner]["orders"]),
				deliveries=tuple(kept[side][owner]["deliveries"]),
			)
			for owner in owners
		}
	return found


def _ledger(sides: dict[tuple[str, str], bool]) -> list[tuple]:
	"""Ledger balances; only where a customer has several accounts is each entry traced to its document."""
	rows = []
	for several in (False, True):
		chosen = [side for side, is_several in sides.items() if is_several is several]
		if chosen:
			rows += frappe.db.sql(
				_SPLIT_LEDGER if several else _LEDGER,
				{"customers": tuple({c for c, _ in chosen}), "companies": tuple({c for _, c in chosen})},
			)
	wanted = {False: set(), True: set()}
	for side, several in sides.items():
		wanted[several].add(side)
	return [
		((customer, company), account or None, money(balance))
		for customer, company, account, balance, several in rows
		if (customer, company) in wanted[bool(several)]
	]


_LEDGER = """select party, company, null, sum(debit - credit), 0 from `tabGL Entry`
	where party_type = 'Customer' and party in %(customers)s and company in %(companies)s and is_cancelled = 0
	group by party, company"""

# What an entry settles comes first, then the document that made it.
_SPLIT_LEDGER = """select gle.party, gle.company,
		coalesce(nullif(si.b2b_trade_account, ''), nullif(so.b2b_trade_account, ''), nullif(pe.b2b_trade_account, '')) as named,
		sum(gle.debit - gle.credit), 1
	from `tabGL Entry` gle
	left join `tabSales Invoice` si on si.name = case when gle.against_voucher_type = 'Sales Invoice'
		then gle.against_voucher when gle.voucher_type = 'Sales Invoice' then gle.voucher_no end
	left join `tabSales Order` so on gle.against_voucher_type = 'Sales Order' and so.name = gle.against_voucher
	left join `tabPayment Entry` pe on gle.voucher_type = 'Payment Entry' and pe.name = gle.voucher_no
	where gle.party_type = 'Customer' and gle.party in %(customers)s and gle.company in %(companies)s
		and gle.is_cancelled = 0
	group by gle.party, gle.company, named"""


# Of an order's total, or a delivery's: ERPNext rounds it if it is told to.
_TOTAL = "if(doc.base_rounded_total, doc.base_rounded_total, doc.base_grand_total)"


def _orders(where: dict) -> list[tuple]:
	"""Submitted orders of which something may still be invoiced or delivered; rows only where something has happened."""
	heads = frappe.db.sql(
		f"""select doc.name, doc.customer, doc.company, doc.b2b_trade_account, doc.status = 'Closed' as closed,
			doc.currency, doc.conversion_rate, {_TOTAL} as total, ifnull(doc.b2b_placed_at, timestamp(doc.transaction_date, time(doc.creation))) as placed_at,
			(doc.per_billed > 0 or doc.per_delivered > 0 or doc.status = 'Closed' or exists(select 1
					from `tabSales Order Item` cut where cut.parent = doc.name and cut.b2b_cancelled_qty > 0)
				or exists(select 1 from `tabDelivery Note Item` moved
					where moved.against_sales_order = doc.name and moved.docstatus = 1)
				or exists(select 1 from `tabSales Invoice Item` moved
					where moved.sales_order = doc.name and moved.docstatus = 1)) as touched
		from `tabSales Order` doc
		where doc.customer in %(customers)s and doc.company in %(companies)s and doc.docstatus = 1
			and (doc.per_billed < 100 or doc.status not in %(ended)s)""",
		{**where, "ended": ENDED},
		as_dict=True,
	)
	_bring_to_today(heads)
	lines = order_lines([head.name for head in heads if head.touched])
	return [
		(
			(head.customer, head.company),
			head.b2b_trade_account or None,
			Paper(
				head.name,
				head.b2b_trade_account or None,
				head.placed_at,
				head.total,
				tuple(lines.get(head.name, ())),
				bool(head.closed),
			),
		)
		for head in heads
	]


# What came back of an order's row by either route, in the row's own unit; `{kept}`: what is not replaced.
_BACK = """(ifnull((select sum(-back.stock_qty) from `tabDelivery Note Item` back
		join `tabDelivery Note` dn on dn.name = back.parent
		where back.so_detail = doc.name and back.docstatus = 1 and dn.is_return = 1 {dn_kept}), 0)
	+ ifnull((select sum(-back.stock_qty) from `tabSales Invoice Item` back
		join `tabSales Invoice` si on si.name = back.parent
		where back.so_detail = doc.name and back.docstatus = 1 and si.is_return = 1 and si.update_stock = 1
			{si_kept}), 0)) / ifnull(nullif(doc.conversion_factor, 0), 1)"""
_COME_BACK = _BACK.format(dn_kept="", si_kept="")
_GONE_BACK = _BACK.format(
	dn_kept="and dn.b2b_replace = 0 and back.b2b_replace = 0",
	si_kept="and si.b2b_replace = 0 and back.b2b_replace = 0",
)


def _invoiced(link: str, sign: str) -> str:
	return f"""ifnull((select sum({sign}row.amount) from `tabSales Invoice Item` row
		join `tabSales Invoice` si on si.name = row.parent
		where row.{link} = doc.name and row.docstatus = 1 and si.is_return = {0 if sign == "" else 1}), 0)"""


def net_of_order_rows(rows: Iterable[str]) -> dict[str, Decimal]:
	"""Sales Order Item → what one stock unit of it counts for, net, in the company's currency."""
	found = frappe.db.sql(
		"""select row.name, row.base_net_amount / row.stock_qty as total, doc.company, doc.currency, doc.conversion_rate
		from `tabSales Order Item` row join `tabSales Order` doc on doc.name = row.parent
		where row.name in %s and row.stock_qty > 0""",
		[tuple(set(rows)) or ("",)],
		as_dict=True,
	)
	_bring_to_today(found)
	return {row.name: row.total for row in found}


def _bring_to_today(heads: Sequence[frappe._dict]) -> None:
	"""`total` of these documents becomes what it counts for today, with or without another currency."""
	bases = {
		head.company: frappe.get_cached_value("Company", head.company, "default_currency") for head in heads
	}
	found = rates.at_todays_rates(
		[
			(money(head.total), head.currency, bases[head.company], money(head.conversion_rate))
			for head in heads
		]
	)
	for head, total in zip(heads, found, strict=True):
		head.total = total


def order_lines(orders: Sequence[str]) -> dict[str, list[Line]]:
	"""The rows of these orders as they count for credit."""
	return _lines(
		f"""select doc.parent, doc.qty, doc.amount, doc.base_net_amount as value,
			doc.b2b_cancelled_qty / ifnull(nullif(doc.conversion_factor, 0), 1) as cancelled, doc.delivered_qty as delivered,
			{_GONE_BACK} as gone_back, {_COME_BACK} as come_back,
			{_invoiced("so_detail", "")} as invoiced, {_invoiced("so_detail", "-")} as credited
		from `tabSales Order Item` doc where doc.parent in %(names)s order by doc.parent, doc.idx""",
		orders,
	)


def _lines(sql: str, names: Sequence[str]) -> dict[str, list[Line]]:
	found: dict[str, list[Line]] = defaultdict(list)
	if not names:
		return found
	for parent, *figures in frappe.db.sql(sql, {"names": tuple(names)}):
		found[parent].append(Line(*(money(figure) for figure in figures)))
	return found


def _deliveries(where: dict) -> list[tuple]:
	"""Delivery Notes with rows that no order and no invoice stands behind."""
	heads = frappe.db.sql(
		f"""select doc.name, doc.customer, doc.company, doc.b2b_trade_account, {_TOTAL} as total, doc.base_net_total as net,
			doc.currency, doc.conversion_rate, timestamp(doc.posting_date, doc.posting_time) as placed_at
		from `tabDelivery Note` doc
		where doc.customer in %(customers)s and doc.company in %(companies)s and doc.docstatus = 1
			and doc.is_return = 0 and doc.per_billed < 100 and doc.status not in ('Closed', 'Stopped')""",
		where,
		as_dict=True,
	)
	back = """ifnull((select sum(-back.qty) from `tabDelivery Note Item` back join `tabDelivery Note` dn
		on dn.name = back.parent where back.dn_detail = doc.name and back.docstatus = 1 and dn.is_return = 1), 0)"""
	lines = _lines(
		f"""select doc.parent, doc.qty, doc.amount, doc.base_net_amount as value, 0, doc.qty - {back},
			{back} as gone_back, {back} as come_back,
			{_invoiced("dn_detail", "")} as invoiced, {_invoiced("dn_detail", "-")} as credited
		from `tabDelivery Note Item` doc where doc.parent in %(names)s and ifnull(doc.so_detail, '') = ''
			and ifnull(doc.against_sales_order, '') = '' and ifnull(doc.against_sales_invoice, '') = ''""",
		[head.name for head in heads],
	)
	_bring_to_today(heads)
	found = []
	for head in heads:
		if rows := tuple(lines.get(head.name, ())):
			account = head.b2b_trade_account or None
			own, net = sum((row.value for row in rows), Decimal(0)), money(head.net)
			# of a note that is partly an order's, the part that is not
			total = head.total * (own / net if net else 1)
			paper = Paper(head.name, account, head.placed_at, total, rows)
			found.append(((head.customer, head.company), account, paper))
	return found


def _till(where: dict) -> list[tuple]:
	"""What tills have sold on account and not posted yet."""
	rows = frappe.db.sql(
		"""select customer, company, b2b_trade_account, sum(outstanding_amount * conversion_rate) from `tabPOS Invoice`
		where customer in %(customers)s and company in %(companies)s and docstatus = 1
			and ifnull(consolidated_invoice, '') = '' and status <> 'Consolidated' and outstanding_amount > 0
		group by customer, company, b2b_trade_account""",
		where,
	)
	return [
		((customer, company), account or None, money(amount)) for customer, company, account, amount in rows
	]
