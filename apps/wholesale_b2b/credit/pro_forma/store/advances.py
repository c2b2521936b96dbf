"""Advances on orders: which there are, and their going from one order to the next."""

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from erpnext.accounts.utils import reconcile_against_document
from frappe.utils import flt

ORDER = "Sales Order"


@dataclass(frozen=True, slots=True)
class Advance:
	"""What of a payment is allocated to an order, in the currency of the account that it was paid to.

	voucher_type: Payment Entry or Journal Entry. row: of its table. account: the customer's.
	"""

	voucher_type: str
	voucher: str
	row: str
	order: str
	amount: float
	account: str
	currency: str
	exchange_rate: float
	remarks: str = ""


def on_orders(orders: Iterable[str]) -> list[Advance]:
	"""Advances on these orders, the oldest payment first."""
	orders = tuple(set(orders))
	if not orders:
		return []
	rows = frappe.db.sql(
		"""select 'Payment Entry' as voucher_type, pe.name as voucher, ref.name as row, ref.reference_name as `order`,
				ref.allocated_amount as amount, pe.paid_from as account, pe.paid_from_account_currency as currency,
				pe.source_exchange_rate as exchange_rate, pe.remarks, pe.posting_date
			from `tabPayment Entry Reference` ref join `tabPayment Entry` pe on pe.name = ref.parent
			where ref.reference_doctype = 'Sales Order' and ref.reference_name in %(orders)s and pe.docstatus = 1
				and pe.party_type = 'Customer' and pe.payment_type = 'Receive' and ref.allocated_amount > 0
		union all
		select 'Journal Entry', je.name, row.name, row.reference_name, row.credit_in_account_currency, row.account,
				row.account_currency, row.exchange_rate, je.remark, je.posting_date
			from `tabJournal Entry Account` row join `tabJournal Entry` je on je.name = row.parent
			where row.reference_type = 'Sales Order' and row.reference_name in %(orders)s and je.docstatus = 1
				and row.party_type = 'Customer' and row.credit_in_account_currency > 0
		order by posting_date, voucher, row""",
		{"orders": orders},
		as_dict=True,
	)
	return [Advance(**{field: row[field] for field in Advance.__slots__}) for row in rows]


def taken_by(invoice: str) -> list[Advance]:
	"""What an invoice has taken in from orders and still has. row: empty."""
	rows = frappe.db.sql(
		"""select adv.reference_type, adv.reference_name, adv.b2b_sales_order, sum(adv.allocated_amount) as amount,
			si.debit_to, si.party_account_currency
		from `tabSales Invoice Advance` adv join `tabSales Invoice` si on si.name = adv.parent
		where adv.parent = %s and ifnull(adv.b2b_sales_order, '') <> '' and adv.allocated_amount > 0
			and exists(select 1 from `tabPayment Ledger Entry` ple where ple.voucher_no = adv.reference_name
				and ple.against_voucher_no = adv.parent and ple.delinked = 0)
		group by adv.reference_type, adv.reference_name, adv.b2b_sales_order order by min(adv.idx)""",
		[invoice],
		as_dict=True,
	)
	return [
		Advance(
			row.reference_type,
			row.reference_name,
			"",
			row.b2b_sales_order,
			row.amount,
			row.debit_to,
			row.party_account_currency,
			1,
		)
		for row in rows
	]


def unallocated(advance: Advance) -> tuple[str | None, float]:
	"""What of the payment is allocated to nothing now: (row of a Journal Entry, amount)."""
	if advance.voucher_type == "Payment Entry":
		return None, flt(
			frappe.db.get_value(
				"Payment Entry", {"name": advance.voucher, "docstatus": 1}, "unallocated_amount"
			)
		)
	rows = frappe.get_all(
		"Journal Entry Account",
		{
			"parent": advance.voucher,
			"docstatus": 1,
			"account": advance.account,
			"is_advance": "Yes",
			"reference_name": ("is", "not set"),
			"credit_in_account_currency": (">", 0),
		},
		["name", "credit_in_account_currency as amount"],
		order_by="credit_in_account_currency desc",
		limit=1,
	)
	return (rows[0].name, rows[0].amount) if rows else (None, 0.0)


def allocate(advance: Advance, order: str, amount: float) -> None:
	"""Allocate so much of the payment to an order, as ERPNext's own reconciliation does."""
	head = frappe.db.get_value(
		ORDER,
		order,
		["customer", "grand_total", "base_grand_total", "currency", "conversion_rate", "company"],
		as_dict=True,
	)
	row, free = unallocated(advance)
	base = advance.currency != head.currency
	total = head.base_grand_total if base else head.grand_total
	reconcile_against_document(
		[
			frappe._dict(
				voucher_type=advance.voucher_type,
				voucher_no=advance.voucher,
				voucher_detail_no=row,
				against_voucher_type=ORDER,
				against_voucher=order,
				account=advance.account,
				party_type="Customer",
				party=head.customer,
				is_advance="Yes",
				dr_or_cr="credit_in_account_currency",
				unadjusted_amount=free,
				allocated_amount=min(amount, free),
				exchange_rate=advance.exchange_rate or 1,
				grand_total=total,
				outstanding_amount=total,
				difference_amount=0,
				exchange_gain_loss=0,
			)
		]
	)


def note(voucher_type: str, voucher: str, order: str, company: str, currency: str, amount: float) -> None:
	"""A line of ERPNext's ledger of advances, which it does not write when a payment is allocated or un-reconciled after
	it was posted. amount: negative for what the order does not have any more."""
	if not amount:
		return
	frappe.get_doc(
		{
			"doctype": "Advance Payment Ledger Entry",
			"company": company,
			"voucher_type": voucher_type,
			"voucher_no": voucher,
			"against_voucher_type": ORDER,
			"against_voucher_no": order,
			"amount": amount,
			"currency": currency,
			"event": "Submit" if amount > 0 else "Cancel",
		}
	).insert(ignore_permissions=True)


def noted(voucher: str, order: str) -> float:
	"""What ERPNext's ledger of advances says of a payment and an order."""
	return flt(
		frappe.db.sql(
			"""select sum(amount) from `tabAdvance Payment Ledger Entry`
			where voucher_no = %s and against_voucher_type = 'Sales Order' and against_voucher_no = %s""",
			[voucher, order],
		)[0][0]
	)


def renew_total(order: str) -> None:
	"""Have ERPNext add the order's advances up again."""
	frappe.get_doc(ORDER, order).set_total_advance_paid()


def still_noted(voucher: str) -> list[tuple[str, float]]:
	"""(Sales Order, amount) that ERPNext's ledger of advances gives a payment."""
	return [
		(order, amount)
		for order, amount in frappe.db.sql(
			"""select against_voucher_no, sum(amount) from `tabAdvance Payment Ledger Entry`
			where voucher_no = %s and against_voucher_type = 'Sales Order' group by against_voucher_no""",
			[voucher],
		)
		if flt(amount, 6)
	]
