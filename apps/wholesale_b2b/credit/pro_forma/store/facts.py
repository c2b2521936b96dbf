"""What orders cost, what has shipped of them and what has been paid: live, from the payments themselves.

ERPNext's `advance_paid` is not used: un-reconciling leaves it as it was, and it knows nothing of an invoice's payments.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

import frappe

from wholesale_b2b.allocation.store import locks
from wholesale_b2b.allocation.store.demand import CANCELLED_SHARE, GONE, OWED
from wholesale_b2b.credit.pro_forma.rules import Bill, Invoice, parts, settled_by_order

ZERO = Decimal(0)
# Money of one order by the currency in which it was paid.
Money = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Order:
	"""A Sales Order: what it asks for (kind, percent), and its bill. account_currency: of the customer's account."""

	name: str
	company: str
	customer: str
	account: str
	currency: str
	account_currency: str
	kind: str
	percent: Decimal
	docstatus: int
	status: str
	released: bool
	bill: Bill
	paid: Money = field(default_factory=dict)

	@property
	def ended(self) -> bool:
		return self.docstatus == 2 or self.status == "Closed"


def money(value: float | None) -> Decimal:
	return Decimal(str(round(value or 0, 6)))


def lock(orders: Iterable[str]) -> None:
	"""Lock these orders. Whoever submits or cancels a payment of an order writes to the order too, so none comes or goes
	until the transaction ends."""
	locks.lock_documents(("Sales Order", name) for name in orders)


def orders(names: Iterable[str]) -> dict[str, Order]:
	"""Sales Order → its facts, payments included, for a set."""
	names = tuple(set(names))
	if not names:
		return {}
	rows = frappe.db.sql(
		f"""select so.name, so.company, so.customer, so.b2b_trade_account, so.currency, so.docstatus, so.status,
			so.b2b_pro_forma, so.b2b_deposit_percent, so.b2b_stock_released, so.conversion_rate, so.per_delivered,
			so.skip_delivery_note, if(so.rounded_total <> 0, so.rounded_total, so.grand_total) as total,
			if(so.base_rounded_total <> 0, so.base_rounded_total, so.base_grand_total) as base_total,
			company.default_currency, gone.worth, gone.gone, gone.cancelled, gone.owed
		from `tabSales Order` so join `tabCompany` company on company.name = so.company
		left join (
			select soi.parent, sum(soi.net_amount) as worth, sum(soi.net_amount * {CANCELLED_SHARE}) as cancelled,
				sum({OWED}) as owed,
				sum(soi.net_amount * least(greatest({GONE} / nullif(soi.stock_qty, 0), 0), 1)) as gone
			from `tabSales Order Item` soi where soi.parent in %(names)s group by soi.parent
		) gone on gone.parent = so.name
		where so.name in %(names)s""",
		{"names": names},
		as_dict=True,
	)
	paid = _paid(names)
	return {row.name: _order(row, paid.get(row.name, {})) for row in rows}


def _order(row: frappe._dict, paid: Money) -> Order:
	others = [currency for currency in paid if currency != row.currency]
	account_currency = others[0] if others else row.currency
	in_company = account_currency == row.default_currency != row.currency
	worth = money(row.worth) - money(row.cancelled)
	return Order(
		name=row.name,
		company=row.company,
		customer=row.customer,
		account=row.b2b_trade_account or "",
		currency=row.currency,
		account_currency=account_currency,
		kind=row.b2b_pro_forma or "",
		percent=money(row.b2b_deposit_percent),
		docstatus=row.docstatus,
		status=row.status,
		released=bool(row.b2b_stock_released),
		bill=Bill(
			total=_kept(row, row.total, row.currency),
			account_total=_kept(row, row.base_total if in_company else row.total, account_currency),
			rate=Decimal(str(row.conversion_rate or 1)) if in_company else Decimal(1),
			shipped=min(money(row.gone) / worth, Decimal(1)) if worth else ZERO,
			unit=smallest(row.currency),
			account_unit=smallest(account_currency),
			complete=(row.per_delivered or 0) >= 100
			or bool(row.skip_delivery_note)
			or bool(row.cancelled and not row.owed),
		),
		paid=paid,
	)


def _kept(row: frappe._dict, total: float, currency: str) -> Decimal:
	"""What of a total is left without what was cancelled."""
	if not row.cancelled or not row.worth:
		return money(total)
	unit = smallest(currency)
	left = money(total) * (1 - money(row.cancelled) / money(row.worth))
	return (left / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


def smallest(currency: str) -> Decimal:
	"""The smallest amount of a currency that is paid: 0.01, 0.05, 1."""
	found = frappe.get_cached_value("Currency", currency, "smallest_currency_fraction_value")
	return money(found) if found and found > 0 else Decimal("0.01")


def _paid(names: tuple[str, ...]) -> dict[str, Money]:
	"""Order → currency → paid in advance, and on its invoices."""
	found: dict[str, Money] = defaultdict(lambda: defaultdict(Decimal))
	for order, currency, amount in frappe.db.sql(
		"""select ref.reference_name, pe.paid_from_account_currency,
				sum(if(pe.payment_type = 'Receive', ref.allocated_amount, -abs(ref.allocated_amount)))
			from `tabPayment Entry Reference` ref join `tabPayment Entry` pe on pe.name = ref.parent
			where ref.reference_doctype = 'Sales Order' and ref.reference_name in %(names)s and pe.docstatus = 1
				and ref.parenttype = 'Payment Entry' and pe.party_type = 'Customer'
			group by ref.reference_name, pe.paid_from_account_currency
		union all
		select row.reference_name, row.account_currency,
				sum(row.credit_in_account_currency - row.debit_in_account_currency)
			from `tabJournal Entry Account` row join `tabJournal Entry` je on je.name = row.parent
			where row.reference_type = 'Sales Order' and row.reference_name in %(names)s and je.docstatus = 1
				and row.party_type = 'Customer'
			group by row.reference_name, row.account_currency""",
		{"names": names},
	):
		found[order][currency] += money(amount)
	for currency, invoice in _invoices(names):
		for order, amount in settled_by_order(invoice, smallest(currency)).items():
			if order in names:
				found[order][currency] += amount
	return {order: {c: amount for c, amount in by.items() if amount} for order, by in found.items()}


def _invoices(names: tuple[str, ...]) -> list[tuple[str, Invoice]]:
	"""(Currency of its account, invoice) for every posted invoice of these orders."""
	rows = frappe.db.sql(
		"""select si.name, si.party_account_currency, row.sales_order, sum(row.base_net_amount) as worth
		from `tabSales Invoice` si join `tabSales Invoice Item` row on row.parent = si.name
		where si.docstatus = 1 and si.is_return = 0 and si.name in (
			select distinct parent from `tabSales Invoice Item` where sales_order in %s and docstatus = 1)
		group by si.name, row.sales_order""",
		[names],
		as_dict=True,
	)
	if not rows:
		return []
	worth: dict[str, dict[str, Decimal]] = defaultdict(dict)
	for row in rows:
		worth[row.name][row.sales_order or ""] = money(row.worth)
	currencies = {row.name: row.party_account_currency for row in rows}
	ledger = frappe.db.sql(
		"""select against_voucher_no, sum(if(voucher_no = against_voucher_no and amount_in_account_currency > 0,
				amount_in_account_currency, 0)), sum(amount_in_account_currency)
		from `tabPayment Ledger Entry`
		where against_voucher_type = 'Sales Invoice' and against_voucher_no in %s and delinked = 0
		group by against_voucher_no""",
		[tuple(worth)],
	)
	taken = _taken(tuple(worth))
	return [
		(
			currencies[name],
			Invoice(
				settled=money(total) - money(open_now),
				shares=shares_of(worth[name], money(total), smallest(currencies[name])),
				taken=taken.get(name, {}),
			),
		)
		for name, total, open_now in ledger
	]


def shares_of(worth: dict[str, Decimal], total: Decimal, unit: Decimal) -> dict[str, Decimal]:
	"""Order → its part of an invoice's total. What belongs to no order goes with the only one, else with none ("")."""
	named = [order for order in worth if order]
	if len(named) == 1:
		return {named[0]: total}
	return parts(total, worth, unit)


def _taken(invoices: tuple[str, ...]) -> dict[str, Money]:
	found: dict[str, Money] = defaultdict(lambda: defaultdict(Decimal))
	for name, order, amount in frappe.db.sql(
		"""select parent, b2b_sales_order, sum(allocated_amount) from `tabSales Invoice Advance`
		where parent in %s and parenttype = 'Sales Invoice' and ifnull(b2b_sales_order, '') <> ''
		group by parent, b2b_sales_order""",
		[invoices],
	):
		found[name][order] += money(amount)
	return found
