"""What pays invoices here, as it is sent: Payment Entries and what was taken off them, tills, points, journals."""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from wholesale_b2b.accounting.rules import deductions, journals, papers
from wholesale_b2b.accounting.rules.amounts import differ, rounded
from wholesale_b2b.accounting.rules.journals import Entry
from wholesale_b2b.accounting.rules.papers import ZERO, Money, Use
from wholesale_b2b.accounting.rules.till import Taking, takings, used
from wholesale_b2b.accounting.store.documents import (
	DEDUCTION,
	INVOICE,
	JOURNAL,
	JOURNAL_ROW,
	ORDER,
	PAYMENT,
	TILL,
	TOTALS,
	amount,
	in_own_currency,
	smallest,
)

# Every package takes a payment's number of this length.
SHORT_NUMBER = 21
# Journals that ERPNext makes by itself, in which no money moves.
OWN_JOURNALS = ("Exchange Gain Or Loss", "Exchange Rate Revaluation", "Opening Entry")


def parts_of(doc: Document) -> list[tuple[str, str]]:
	"""What is paid beside a document itself, as (DocType, name).

	Of an invoice its rows of money, and the invoice for what it wrote off or redeemed; of a Payment Entry what was taken off it;
	of a journal what pays invoices in it, or the journal if that is not plain.
	"""
	if doc.doctype == PAYMENT:
		return [(DEDUCTION, row.name) for row in _deductions(doc)]
	if doc.doctype == JOURNAL:
		return _of_journal(doc)
	if doc.doctype != INVOICE:
		return []
	found = [(TILL, row.name) for row in doc.payments if amount(row.amount)] if doc.is_pos else []
	return found + ([(INVOICE, doc.name)] if _let_off(doc) else [])


def paying(invoice: str) -> list[tuple[str, str]]:
	"""(DocType, name) of what pays an invoice here: Payment Entries and journals."""
	tables = {
		PAYMENT: ("Payment Entry Reference", "reference_doctype"),
		JOURNAL: (JOURNAL_ROW, "reference_type"),
	}
	return [
		(doctype, name)
		for doctype, (table, kind) in tables.items()
		for name in frappe.get_all(
			table,
			{kind: INVOICE, "reference_name": invoice, "docstatus": 1},
			pluck="parent",
			distinct=True,
			order_by="parent",
		)
	]


def money_of(doc: Document) -> tuple[Money, str]:
	"""(what a document or a part of one pays, our account that it is paid into). The account is not in their code yet.

	What reached no bank is paid into the account that bears it: write-offs, bank charges, points. ValueError where it is of a
	kind that no package takes, in plain words.
	"""
	if doc.doctype == PAYMENT:
		return _entry_money(doc)
	if doc.doctype == DEDUCTION:
		return _entry_money(frappe.get_doc(PAYMENT, doc.parent), doc.name)
	if doc.doctype == JOURNAL:
		_parts(doc)
		raise ValueError("it pays invoices row by row, or none")
	if doc.doctype == JOURNAL_ROW:
		return _journal_money(frappe.get_doc(JOURNAL, doc.parent), doc)
	if doc.doctype == INVOICE:
		return _let_off_money(doc)
	invoice = frappe.get_doc(INVOICE, doc.parent)
	rows = [Taking(row.name, row.account, amount(row.amount)) for row in invoice.payments]
	found = takings(rows, amount(invoice.change_amount), invoice.account_for_change_amount or "")
	total = abs(amount(invoice.rounded_total or invoice.grand_total))
	total -= sum((abs(part) for _how, _account, part in _let_off(invoice)), ZERO)
	for taking, part in zip(found, used(found, total), strict=True):
		if taking.key == doc.name:
			return _till_money(
				invoice, _number(invoice, doc), taking.account, taking.amount, doc.mode_of_payment, part
			)
	raise ValueError("all of it was given back as change")


def _number(parent: Document, row: Document) -> str:
	number = f"{parent.name}/{row.idx}"
	return number if len(number) <= SHORT_NUMBER else row.name


# ---- tills and points ------------------------------------------------------------------------------------------------


def _let_off(invoice: Document) -> list[tuple[str, str, Decimal]]:
	"""(what it is called, account, amount) of what an invoice is paid with that is no money."""
	found = []
	if invoice.is_pos and amount(invoice.write_off_amount):
		found.append(("Write-off", invoice.write_off_account, amount(invoice.write_off_amount)))
	if invoice.redeem_loyalty_points and amount(invoice.loyalty_amount):
		points = rounded(
			amount(invoice.loyalty_amount) / (amount(invoice.conversion_rate) or 1),
			smallest(invoice.currency),
		)
		found.append(("Loyalty Points", invoice.loyalty_redemption_account, points))
	return found


def _let_off_money(invoice: Document) -> tuple[Money, str]:
	parts = _let_off(invoice)
	if len({account for _how, account, _part in parts}) > 1:
		each = " and ".join(f"{how} of {abs(part)} ({account})" for how, account, part in parts)
		raise ValueError(f"it has {each}, which are two payments over there")
	how = ", ".join(how for how, _account, _part in parts)
	return _till_money(invoice, invoice.name, parts[0][1], sum((part for *_, part in parts), ZERO), how)


def _till_money(
	invoice: Document, number: str, account: str, paid: Decimal, how: str, part: Decimal | None = None
) -> tuple[Money, str]:
	kind = papers.CREDIT_NOTE if invoice.is_return else papers.INVOICE
	part = abs(paid) if part is None else part
	money = Money(
		number=number,
		contact=invoice.customer,
		day=getdate(invoice.posting_date),
		currency=invoice.currency,
		amount=abs(paid),
		account=account,
		uses=(Use(kind, part, invoice.name),) if part else (),
		direction=papers.REFUNDED if invoice.is_return else papers.RECEIVED,
		reference=f"{invoice.name} {how}",
		rate=amount(invoice.conversion_rate),
	)
	return money, account


# ---- Payment Entries -------------------------------------------------------------------------------------------------


def _deductions(entry: Document) -> list[Document]:
	"""What was taken off. A difference of exchange is none: the rate of the payment says it."""
	return [
		row
		for row in entry.get("deductions") or ()
		if amount(row.amount) and not row.get("is_exchange_gain_loss")
	]


def _entry_money(entry: Document, key: str = "") -> tuple[Money, str]:
	"""What reached the bank; with the key of a deduction, what that took off."""
	receives = entry.payment_type == "Receive"
	bank = entry.paid_to if receives else entry.paid_from
	of_account = entry.paid_from_account_currency if receives else entry.paid_to_account_currency
	total = amount(entry.paid_amount if receives else entry.received_amount)
	uses, currency = _uses_of(entry, of_account)
	banked = amount(entry.base_received_amount if receives else entry.base_paid_amount)
	rate = amount(entry.source_exchange_rate if receives else entry.target_exchange_rate) or Decimal(1)
	if total and differ(total * rate, banked):
		# what the bank made of it
		rate = banked / total
	rows = _deductions(entry)
	# what ERPNext has over of a deduction in another currency may be a part of a cent
	credited = rounded(
		amount(entry.total_allocated_amount) + amount(entry.unallocated_amount), smallest(of_account)
	)
	booked = credited
	if currency != of_account:
		total = credited = sum((use.amount for use in uses), ZERO)
		rate = banked / total if total else rate
	if rows and receives:
		amounts, rate = deductions.split(
			credited, banked, [amount(row.amount) for row in rows], smallest(currency)
		)
		total = amounts[0]
		spread = journals.portions(uses, amounts)
		uses = spread[0]
		for row, part, its_uses in zip(rows, amounts[1:], spread[1:], strict=True):
			if row.name == key:
				if amount(row.amount) < 0:
					raise ValueError(
						f"{-amount(row.amount)} of it was paid on top and booked to {row.account}: over there that stays on account"
					)
				return (
					_money(entry, _number(entry, row), currency, part, row.account, its_uses, rate),
					row.account,
				)
	elif key:
		row = next(row for row in rows if row.name == key)
		raise ValueError(f"{amount(row.amount)} for {row.account} were paid beside the refund itself")
	elif rows:
		total, rate = credited, (amount(entry.target_exchange_rate) or Decimal(1)) * booked / credited
	money = _money(entry, entry.name, currency, total, bank, tuple(uses), rate)
	if money.on_account < 0:
		raise ValueError("more is allocated than was paid")
	return money, bank


def _uses_of(entry: Document, account_currency: str) -> tuple[list[Use], str]:
	"""(what a Payment Entry pays, in which currency): that of the invoices, whatever the customer's account is kept in."""
	rows = [row for row in entry.references if row.allocated_amount]
	for row in rows:
		if row.reference_doctype not in (INVOICE, ORDER):
			raise ValueError(f"it settles a {row.reference_doctype}")
	invoices = _invoices(row.reference_name for row in rows if row.reference_doctype == INVOICE)
	currencies = {found.currency for found in invoices.values()} or {account_currency}
	whole = len(invoices) == len({row.reference_name for row in rows}) and not amount(
		entry.unallocated_amount
	)
	if currencies != {account_currency} and (len(currencies) > 1 or not whole):
		raise ValueError(
			f"not all of it pays invoices in one currency, and {entry.party}'s account is kept in {account_currency}"
		)
	uses: dict[tuple[str, str], Decimal] = {}
	for row in rows:
		if row.reference_doctype == ORDER:
			continue
		invoice, part = invoices[row.reference_name], abs(amount(row.allocated_amount))
		if invoice.currency != account_currency:
			part = in_own_currency(invoice, part)
		key = (papers.CREDIT_NOTE if invoice.is_return else papers.INVOICE, row.reference_name)
		uses[key] = uses.get(key, ZERO) + part
	return [Use(kind, part, number) for (kind, number), part in uses.items()], currencies.pop()


def _money(entry, number: str, currency: str, paid: Decimal, account: str, uses, rate: Decimal) -> Money:
	return Money(
		number=number,
		contact=entry.party,
		day=getdate(entry.posting_date),
		currency=currency,
		amount=paid,
		account=account,
		uses=tuple(uses),
		direction=papers.RECEIVED if entry.payment_type == "Receive" else papers.REFUNDED,
		reference=entry.reference_no or "",
		rate=rate,
	)


# ---- journals --------------------------------------------------------------------------------------------------------


def _entries(journal: Document) -> list[Entry]:
	invoices = _invoices(row.reference_name for row in journal.accounts if row.reference_type == INVOICE)
	return [_entry(row, invoices.get(row.reference_name)) for row in journal.accounts]


def _entry(row: Document, invoice: frappe._dict | None) -> Entry:
	"""A row; what it is about an invoice in that one's currency, whatever the customer's account is kept in."""
	invoice = invoice if row.reference_type == INVOICE else None
	debit, credit = amount(row.debit_in_account_currency), amount(row.credit_in_account_currency)
	currency, rate = row.account_currency, amount(row.exchange_rate) or Decimal(1)
	if invoice and invoice.currency != currency:
		debit, credit = (in_own_currency(invoice, part) for part in (debit, credit))
		currency, rate = invoice.currency, amount(invoice.conversion_rate) or Decimal(1)
	return Entry(
		key=row.name,
		account=row.account,
		debit=debit,
		credit=credit,
		currency=currency,
		rate=rate,
		customer=row.party or "",
		invoice=row.reference_name if invoice else "",
		is_return=bool(invoice and invoice.is_return),
	)


def _invoices(names: Iterable[str]) -> dict[str, frappe._dict]:
	"""What is to be known of the invoices that something pays."""
	filters = {"name": ("in", [name for name in names if name] or [""])}
	return {row.name: row for row in frappe.get_all(INVOICE, filters, ["name", "is_return", *TOTALS])}


def _of_journal(journal: Document) -> list[tuple[str, str]]:
	try:
		return [(JOURNAL_ROW, part.key) for part in _parts(journal)]
	except journals.NotPlain:
		return [(JOURNAL, journal.name)]


def _parts(journal: Document) -> list[journals.Part]:
	"""Raises `journals.NotPlain`, a ValueError, where it pays invoices and no package could be told what pays what."""
	entries = _entries(journal)
	if journal.voucher_type in OWN_JOURNALS or not journals.touches_invoices(entries):
		return []
	return journals.parts(entries, smallest(next(one.currency for one in entries if one.invoice)))


def pays_nothing(doc: Document) -> bool:
	"""Whether a journal, or a row of one, that may have been sent as a payment is none any more: it was unreconciled, or it is
	told row by row by now."""
	journal = doc if doc.doctype == JOURNAL else frappe.get_doc(JOURNAL, doc.parent)
	return (doc.doctype, doc.name) not in _of_journal(journal)


def _journal_money(journal: Document, row: Document) -> tuple[Money, str]:
	part = next(one for one in _parts(journal) if one.key == row.name)
	money = Money(
		number=_number(journal, row),
		contact=part.customer,
		day=getdate(journal.posting_date),
		currency=part.currency,
		amount=part.amount,
		account=part.account,
		uses=part.uses,
		reference=f"{journal.name} {journal.voucher_type}",
		rate=part.rate,
	)
	return money, part.account


def trace_of(row: Document) -> Money | None:
	"""By what a journal's row that may have been sent is found over there, now that it pays nothing; None while it pays."""
	if not pays_nothing(row):
		return None
	journal = frappe.get_doc(JOURNAL, row.parent)
	paid = amount(row.credit_in_account_currency) or amount(row.debit_in_account_currency)
	return Money(
		number=_number(journal, row),
		contact=row.party or next((other.party for other in journal.accounts if other.party), ""),
		day=getdate(journal.posting_date),
		currency=row.account_currency,
		amount=paid,
		account="",
		uses=(Use(papers.INVOICE, paid),),
	)
