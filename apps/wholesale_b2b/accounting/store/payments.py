"""Payment Entries of the sync, and what is open on our documents."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe
from erpnext.accounts.party import get_party_account
from erpnext.setup.utils import get_exchange_rate
from frappe.model.document import Document
from frappe.utils import flt, getdate

from wholesale_b2b.accounting.rules.papers import REFUNDED, Money
from wholesale_b2b.accounting.rules.settling import Deed, Owing
from wholesale_b2b.accounting.store.documents import (
	INVOICE,
	ORDER,
	PAYMENT,
	amount,
	in_own_currency,
)


def invoices(names: Iterable[str]) -> dict[str, Owing]:
	"""Submitted Sales Invoice → what is open on it in its own currency; of a return what is open to be given back."""
	rows = frappe.db.sql(
		"""select name, customer, currency, party_account_currency, outstanding_amount, conversion_rate, docstatus, is_return,
			grand_total, rounded_total, disable_rounded_total, base_rounded_total, base_grand_total
		from `tabSales Invoice` where name in %s and docstatus = 1""",
		[tuple(set(names)) or ("",)],
		as_dict=True,
	)
	return {
		row.name: Owing(INVOICE, row.name, row.customer, row.currency, max(own_outstanding(row), Decimal(0)))
		for row in rows
	}


def own_outstanding(row: frappe._dict) -> Decimal:
	"""What is open on an invoice, in its own currency; of a return what is still to be given back. Never negative."""
	found = abs(amount(row.outstanding_amount))
	if (row.outstanding_amount < 0) != bool(row.is_return):
		return Decimal(0)
	if row.party_account_currency in (row.currency, None, ""):
		return found
	return in_own_currency(row, found)


def lock(owing: Iterable[tuple[str, str]]) -> None:
	"""Lock invoices and orders by name, as everybody does who posts a payment of theirs."""
	for doctype in (ORDER, INVOICE):
		names = sorted({name for kind, name in owing if kind == doctype})
		if names:
			frappe.db.sql(
				f"select name from `tab{doctype}` force index (primary) where name in %s order by name for update",
				[tuple(names)],
			)


def pro_formas_named(text: str, company: str) -> dict[str, str]:
	"""Trade Pro Forma or Sales Order that a payer's words name, as a whole word → its Sales Order."""
	words = {word.strip(".,;:()[]") for word in (text or "").replace("/", " / ").split()} | set(
		(text or "").split()
	)
	words = tuple(word for word in words if len(word) > 3)
	if not words:
		return {}
	rows = frappe.db.sql(
		"""select pf.name, pf.sales_order from `tabTrade Pro Forma` pf where pf.name in %(words)s and pf.company = %(company)s
		union select so.name, so.name from `tabSales Order` so where so.name in %(words)s and so.company = %(company)s
			and so.docstatus = 1""",
		{"words": words, "company": company},
	)
	return dict(rows)


def twin(customer: str, money: Money, company: str) -> str:
	"""A submitted Payment Entry that no sync knows with the same customer, amount and payer's reference."""
	named = [text for text in (money.reference, money.number) if text]
	if not named:
		return ""
	field = "received_amount" if money.direction == REFUNDED else "paid_amount"
	rows = frappe.db.sql(
		f"""select pe.name from `tabPayment Entry` pe where pe.docstatus = 1 and pe.party_type = 'Customer'
		and pe.party = %s and pe.company = %s and abs(pe.{field} - %s) < 0.005 and pe.reference_no in %s
		and pe.payment_type = %s and not exists(select 1 from `tabSync Link` l
			where l.reference_doctype = 'Payment Entry' and l.reference_name = pe.name) order by pe.name limit 1""",
		[
			customer,
			company,
			float(money.amount),
			tuple(named),
			"Pay" if money.direction == REFUNDED else "Receive",
		],
	)
	return rows[0][0] if rows else ""


def closed_until(company: str) -> date | None:
	"""The last day on which nothing may be posted any more, if there is one."""
	frozen = frappe.db.get_single_value("Accounts Settings", "acc_frozen_upto")
	voucher = frappe.db.sql(
		"select max(period_end_date) from `tabPeriod Closing Voucher` where company = %s and docstatus = 1",
		[company],
	)[0][0]
	period = frappe.db.sql(
		"""select max(ap.end_date) from `tabAccounting Period` ap join `tabClosed Document` cd on cd.parent = ap.name
		where ap.company = %s and cd.document_type = 'Payment Entry' and cd.closed = 1""",
		[company],
	)[0][0]
	days = [getdate(day) for day in (frozen, voucher, period) if day]
	return max(days) if days else None


def cancel(name: str) -> None:
	"""Cancel a Payment Entry; nothing of it goes back over there."""
	entry = frappe.get_doc(PAYMENT, name)
	entry.flags.b2b_from_accounting = True
	entry.flags.ignore_permissions = True
	if entry.docstatus == 1:
		entry.cancel()


def post(
	money: Money, deed: Deed, company: str, customer: str, bank: str, mode_of_payment: str | None, remark: str
) -> Document:
	"""A submitted Payment Entry of this money, allocated as the deed says."""
	pays = money.direction == REFUNDED
	heads = [_head(share.doctype, share.name) for share in deed.shares]
	accounts = {head.account for head in heads if head.account}
	if len(accounts) > 1:
		frappe.throw(
			frappe._("It pays invoices on several accounts of {0}: enter it by hand.").format(customer)
		)
	party_account = accounts.pop() if accounts else get_party_account("Customer", customer, company)
	currencies = dict(
		frappe.get_all(
			"Account", {"name": ("in", [party_account, bank])}, ["name", "account_currency"], as_list=True
		)
	)
	base = frappe.get_cached_value("Company", company, "default_currency")
	day = deed.day or money.day
	rate = float(money.rate) or (
		1.0 if money.currency == base else flt(get_exchange_rate(money.currency, base, str(day)))
	)
	if not rate:
		frappe.throw(
			frappe._("There is no exchange rate from {0} to {1} on {2}. Enter one, then replay.").format(
				money.currency, base, day
			)
		)
	entry = frappe.new_doc(PAYMENT)
	entry.update(
		{
			"payment_type": "Pay" if pays else "Receive",
			"company": company,
			"posting_date": day,
			"mode_of_payment": mode_of_payment,
			"party_type": "Customer",
			"party": customer,
			"paid_from": bank if pays else party_account,
			"paid_to": party_account if pays else bank,
			"reference_no": (money.reference or money.number or money.their_id)[:140],
			"reference_date": money.day,
			"remarks": remark,
			"custom_remarks": 1,
		}
	)
	party_currency = currencies[party_account]
	allocated = [
		_in_account(float(share.amount), head, party_currency, money.currency)
		for share, head in zip(deed.shares, heads, strict=True)
	]
	in_bank = _converted(money.amount, money.currency, currencies[bank], base, rate, str(day))
	in_party = sum(allocated) + _converted(
		deed.on_account, money.currency, party_currency, base, rate, str(day)
	)
	gained = 0.0
	if party_currency == currencies[bank]:
		# the debt was booked at one rate and is paid at another: what lies between is no money of the customer's
		gained, in_party = flt(in_bank - in_party, 2), in_bank
	entry.paid_amount, entry.received_amount = (in_bank, in_party) if pays else (in_party, in_bank)
	entry.setup_party_account_field()
	entry.set_missing_values()
	side = {money.currency: rate, base: 1.0}
	entry.source_exchange_rate = side.get(entry.paid_from_account_currency) or get_exchange_rate(
		entry.paid_from_account_currency, base, str(day)
	)
	entry.target_exchange_rate = side.get(entry.paid_to_account_currency) or get_exchange_rate(
		entry.paid_to_account_currency, base, str(day)
	)
	for share, head, part in zip(deed.shares, heads, allocated, strict=True):
		entry.append(
			"references",
			{
				"reference_doctype": share.doctype,
				"reference_name": share.name,
				"due_date": head.due_date,
				"total_amount": head.total,
				"outstanding_amount": head.outstanding,
				"allocated_amount": -part if head.is_return else part,
				"exchange_rate": head.rate,
			},
		)
	if gained:
		_book_difference(entry, -gained if not pays else gained)
	entry.set_amounts()
	entry.flags.b2b_from_accounting = True
	entry.flags.ignore_permissions = True
	entry.insert()
	entry.submit()
	return entry


def _book_difference(entry: Document, amount: float) -> None:
	"""A difference of exchange that ERPNext does not see, as both sides of the entry are in the same currency."""
	company = frappe.get_cached_value(
		"Company", entry.company, ["exchange_gain_loss_account", "cost_center"], as_dict=True
	)
	if not company.exchange_gain_loss_account:
		frappe.throw(
			frappe._(
				"{0} has no Exchange Gain / Loss Account. Enter one on the Company, then replay."
			).format(entry.company)
		)
	entry.append(
		"deductions",
		{"account": company.exchange_gain_loss_account, "cost_center": company.cost_center, "amount": amount},
	)


def _head(doctype: str, name: str) -> frappe._dict:
	if doctype == INVOICE:
		row = frappe.db.get_value(
			INVOICE,
			name,
			["debit_to as account", "party_account_currency", "currency", "conversion_rate", "outstanding_amount as outstanding",
				"grand_total", "base_grand_total", "rounded_total", "base_rounded_total", "is_return", "due_date"],
			as_dict=True,
		)  # fmt: skip
		same = row.party_account_currency in (row.currency, None, "")
		row.total = (
			(row.rounded_total or row.grand_total)
			if same
			else (row.base_rounded_total or row.base_grand_total)
		)
		row.rate = row.conversion_rate if same else 1
		row.open_own = float(own_outstanding(frappe._dict(row, outstanding_amount=row.outstanding)))
		row.account_currency = row.party_account_currency or row.currency
	else:
		row = frappe.db.get_value(
			ORDER,
			name,
			[
				"currency",
				"conversion_rate",
				"grand_total",
				"base_grand_total",
				"advance_paid",
				"company",
				"customer",
			],
			as_dict=True,
		)
		row.account = get_party_account("Customer", row.customer, row.company)
		row.account_currency = frappe.get_cached_value("Account", row.account, "account_currency")
		same = row.account_currency == row.currency
		row.total = row.grand_total if same else row.base_grand_total
		row.outstanding = flt(row.total) - flt(row.advance_paid)
		row.rate = row.conversion_rate if same else 1
		row.is_return, row.due_date, row.open_own = 0, None, 0.0
	return row


def _in_account(part: float, head: frappe._dict, party_currency: str, currency: str) -> float:
	"""A share in the currency of the customer's account: all that is open of it, where it is all in its own."""
	if head.account_currency == head.currency or party_currency == currency:
		return part
	if head.open_own and abs(part - head.open_own) < 0.000001:
		return abs(flt(head.outstanding))
	return flt(part * flt(head.conversion_rate), 2)


def _converted(value: Decimal, currency: str, into: str, base: str, rate: float, day: str) -> float:
	if currency == into:
		return float(value)
	in_base = float(value) * rate
	return flt(in_base if into == base else in_base / flt(get_exchange_rate(into, base, day) or 1), 2)


def allocate_credit(credit: str, invoice: str, part: Decimal) -> None:
	"""Allocate so much of a return to another invoice, as ERPNext's own reconciliation does."""
	from erpnext.accounts.doctype.payment_reconciliation.payment_reconciliation import reconcile_dr_cr_note

	note = frappe.db.get_value(
		INVOICE,
		credit,
		["customer", "company", "debit_to", "party_account_currency", "currency", "conversion_rate", "outstanding_amount",
			"cost_center"],
		as_dict=True,
	)  # fmt: skip
	free = abs(min(flt(note.outstanding_amount), 0))
	taken = min(float(part), free)
	if taken <= 0:
		return
	reconcile_dr_cr_note(
		[
			frappe._dict(
				voucher_type=INVOICE,
				voucher_no=credit,
				voucher_detail_no=None,
				against_voucher_type=INVOICE,
				against_voucher=invoice,
				account=note.debit_to,
				party_type="Customer",
				party=note.customer,
				dr_or_cr="credit_in_account_currency",
				unadjusted_amount=free,
				allocated_amount=taken,
				difference_amount=0,
				currency=note.party_account_currency or note.currency,
				exchange_rate=note.conversion_rate or 1,
				cost_center=note.cost_center,
			)
		],
		note.company,
	)
