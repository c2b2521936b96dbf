"""Our papers as Xero has them, and back."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from wholesale_b2b.accounting.connectors.reading import NO_DAY
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	INVOICE,
	OPEN,
	PRO_FORMA,
	RECEIVED,
	REFUNDED,
	REMOVED,
	SETTLED,
	VOIDED,
	ZERO,
	Bill,
	Contact,
	Line,
	Money,
	Taken,
	TheirBill,
	Use,
)

NAMES = {INVOICE: "Invoices", CREDIT_NOTE: "CreditNotes", PRO_FORMA: "Quotes"}
IDS = {INVOICE: "InvoiceID", CREDIT_NOTE: "CreditNoteID", PRO_FORMA: "QuoteID"}
NUMBERS = {INVOICE: "InvoiceNumber", CREDIT_NOTE: "CreditNoteNumber", PRO_FORMA: "QuoteNumber"}
MONEY_ON_ACCOUNT = {"Prepayments": "PrepaymentID", "Overpayments": "OverpaymentID"}
STATES = {
	"AUTHORISED": OPEN, "SENT": OPEN, "ACCEPTED": OPEN, "DRAFT": OPEN, "SUBMITTED": OPEN, "PAID": SETTLED,
	"INVOICED": SETTLED, "VOIDED": VOIDED, "DELETED": REMOVED, "DECLINED": VOIDED,
}  # fmt: skip
# Payments of the sales ledger; of the others nothing comes in.
SALES_PAYMENTS = {
	"ACCRECPAYMENT": ("Invoice", INVOICE, RECEIVED),
	"ARCREDITPAYMENT": ("CreditNote", CREDIT_NOTE, REFUNDED),
}


def contact_body(contact: Contact) -> dict:
	address = {
		"AddressType": "POBOX",
		"AddressLine1": contact.street.split("\n")[0][:500],
		"AddressLine2": "\n".join(contact.street.split("\n")[1:])[:500],
		"City": contact.city[:255],
		"Region": contact.region[:255],
		"PostalCode": contact.postcode[:50],
		"Country": contact.country,
	}
	body = {
		"Name": contact.title[:255],
		"ContactNumber": contact.number[:50],
		"EmailAddress": contact.email[:255],
		"TaxNumber": contact.tax_id[:50],
		"Addresses": [address] if contact.street or contact.city else [],
		"Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": contact.phone[:50]}] if contact.phone else [],
	}
	if contact.currency:
		body["DefaultCurrency"] = contact.currency
	if contact.their_id:
		body["ContactID"] = contact.their_id
	return {"Contacts": [{key: value for key, value in body.items() if value not in ("", [])}]}


def bill_body(bill: Bill, their_id: str) -> dict:
	"""PUT or POST body. Quotes say in capitals how amounts are meant, the others do not."""
	quote = bill.kind == PRO_FORMA
	body: dict = {
		"Contact": {"ContactID": bill.contact},
		"Date": bill.day.isoformat(),
		"LineAmountTypes": "EXCLUSIVE" if quote else "Exclusive",
		"CurrencyCode": bill.currency,
		"Reference": bill.reference,
		"Status": "SENT" if quote else "AUTHORISED",
		"LineItems": [_line(line) for line in bill.lines],
		NUMBERS[bill.kind]: bill.number,
	}
	if bill.rate != 1:
		# theirs is foreign in one of the base currency
		body["CurrencyRate"] = float(round(1 / bill.rate, 6))
	if bill.kind == INVOICE:
		body |= {"Type": "ACCREC", "DueDate": (bill.due or bill.day).isoformat()}
	elif bill.kind == CREDIT_NOTE:
		body["Type"] = "ACCRECCREDIT"
	elif bill.due:
		body["ExpiryDate"] = bill.due.isoformat()
	if their_id:
		body[IDS[bill.kind]] = their_id
	return {NAMES[bill.kind]: [body]}


def _line(line: Line) -> dict:
	body = {
		"Description": line.text[:4000],
		"Quantity": float(line.qty),
		"UnitAmount": float(line.unit_price),
		"LineAmount": float(line.net),
		"TaxType": line.tax_code,
		"TaxAmount": float(line.tax),
		"AccountCode": line.account,
	}
	if line.item:
		body["ItemCode"] = line.item
	if line.tracking and ":" in line.tracking:
		name, option = line.tracking.split(":", 1)
		body["Tracking"] = [{"Name": name.strip(), "Option": option.strip()}]
	return body


def taken(kind: str, found: dict) -> Taken:
	return Taken(
		their_id=found[IDS[kind]],
		number=found.get(NUMBERS[kind], ""),
		version=found.get("UpdatedDateUTC", ""),
		net=amount(found, "SubTotal"),
		tax=amount(found, "TotalTax"),
		total=amount(found, "Total"),
	)


def their_bill(kind: str, found: dict) -> TheirBill:
	due = {INVOICE: "AmountDue", CREDIT_NOTE: "RemainingCredit"}.get(kind, "Total")
	uses = [
		_use(one)
		for one in found.get("Allocations") or []
		if kind == CREDIT_NOTE and not one.get("IsDeleted") and one.get("Invoice")
	]
	return TheirBill(
		kind=kind,
		their_id=found[IDS[kind]],
		number=found.get(NUMBERS[kind], ""),
		contact=(found.get("Contact") or {}).get("ContactID", ""),
		currency=found.get("CurrencyCode", ""),
		net=amount(found, "SubTotal") or ZERO,
		tax=amount(found, "TotalTax") or ZERO,
		total=amount(found, "Total") or ZERO,
		outstanding=amount(found, due) or ZERO,
		state=STATES.get(found.get("Status", ""), OPEN),
		version=found.get("UpdatedDateUTC", ""),
		day=day_of(found.get("DateString") or found.get("Date")),
		uses=tuple(uses),
	)


def money_body(money: Money) -> dict:
	"""A payment of one invoice or credit note."""
	(use,) = money.uses
	name = "CreditNote" if use.kind == CREDIT_NOTE else "Invoice"
	body = {
		name: {f"{name}ID": use.their_id},
		"Account": {"Code": money.account},
		"Date": money.day.isoformat(),
		"Amount": float(use.amount),
		"Reference": money.number,
	}
	return {"Payments": [body | _rate_of_ours(money)]}


def _rate_of_ours(money: Money) -> dict:
	"""Theirs is foreign in one of the base currency."""
	return {"CurrencyRate": float(round(1 / money.rate, 6))} if money.rate and money.rate != 1 else {}


def their_money(found: dict, contact: str, number: str = "") -> Money | None:
	"""A payment of the sales ledger; None for others. contact: whose invoice it pays."""
	name, kind, direction = SALES_PAYMENTS.get(found.get("PaymentType", ""), ("", "", ""))
	paper = found.get(name) or {}
	if not name or not paper:
		return None
	value = amount(found, "Amount") or ZERO
	return Money(
		number=found.get("Reference") or found["PaymentID"],
		contact=contact or (paper.get("Contact") or {}).get("ContactID", ""),
		day=day_of(found.get("Date")) or NO_DAY,
		currency=paper.get("CurrencyCode", ""),
		amount=value,
		account=(found.get("Account") or {}).get("Code", ""),
		uses=(Use(kind, value, paper.get(f"{name}Number", "") or number, paper[f"{name}ID"]),),
		direction=direction,
		reference=found.get("Reference", ""),
		rate=_rate(found),
		their_id=found["PaymentID"],
		version=found.get("UpdatedDateUTC", ""),
		state=REMOVED if found.get("Status") == "DELETED" else OPEN,
	)


def _rate(found: dict) -> Decimal:
	"""The company's currency in one of the payment's; theirs is the other way round. 0 where they do not say."""
	theirs = amount(found, "CurrencyRate") or ZERO
	return theirs if theirs in (ZERO, 1) else round(1 / theirs, 9)


def _use(found: dict) -> Use:
	"""What went to an invoice: an allocation, or a part of a batch."""
	invoice = found["Invoice"]
	return Use(
		INVOICE, amount(found, "Amount") or ZERO, invoice.get("InvoiceNumber", ""), invoice["InvoiceID"]
	)


def money_on_account(name: str, found: dict, account: str) -> Money | None:
	"""A prepayment or overpayment that was received, with what of it has been allocated."""
	if not found.get("Type", "").startswith(("RECEIVE", "AR")):
		return None
	uses = tuple(
		_use(one) for one in found.get("Allocations") or [] if not one.get("IsDeleted") and one.get("Invoice")
	)
	return Money(
		number=found[MONEY_ON_ACCOUNT[name]],
		contact=(found.get("Contact") or {}).get("ContactID", ""),
		day=day_of(found.get("DateString") or found.get("Date")) or NO_DAY,
		currency=found.get("CurrencyCode", ""),
		amount=amount(found, "Total") or ZERO,
		account=account,
		uses=uses,
		reference=found.get("Reference", ""),
		rate=_rate(found),
		their_id=found[MONEY_ON_ACCOUNT[name]],
		version=found.get("UpdatedDateUTC", ""),
		state=REMOVED if found.get("Status") in ("VOIDED", "DELETED") else OPEN,
	)


def overpayment_body(money: Money) -> dict:
	"""Money of which something is on account, as a bank transaction; allocations follow."""
	return {
		"BankTransactions": [
			{
				**_rate_of_ours(money),
				"Type": "RECEIVE-OVERPAYMENT" if money.direction == RECEIVED else "SPEND-OVERPAYMENT",
				"Contact": {"ContactID": money.contact},
				"BankAccount": {"Code": money.account},
				"Date": money.day.isoformat(),
				"Reference": money.number,
				"CurrencyCode": money.currency,
				"LineAmountTypes": "NoTax",
				"LineItems": [
					{
						"Description": money.reference or money.number,
						"Quantity": 1.0,
						"UnitAmount": float(money.amount),
						"LineAmount": float(money.amount),
					}
				],
			}
		]
	}


def deleted_bank_transaction(found: dict) -> dict:
	return {
		"BankTransactionID": found["BankTransactionID"],
		"Type": found["Type"],
		"BankAccount": {"Code": found["BankAccount"]["Code"]},
		"LineItems": [],
		"Status": "DELETED",
	}


def batch_body(money: Money) -> dict:
	"""One payment of several invoices."""
	return {
		"BatchPayments": [
			{
				"Account": {"Code": money.account},
				"Reference": money.number,
				"Date": money.day.isoformat(),
				"Payments": [
					{"Invoice": {"InvoiceID": use.their_id}, "Amount": float(use.amount)}
					for use in money.uses
				],
			}
		]
	}


def batch_money(found: dict, contact: str) -> Money | None:
	if found.get("Type") not in (None, "RECBATCH"):
		return None
	uses = tuple(_use(one) for one in found.get("Payments") or [] if one.get("Invoice"))
	total = sum((use.amount for use in uses), ZERO)
	currency = next(
		(
			one["Invoice"]["CurrencyCode"]
			for one in found.get("Payments") or []
			if one["Invoice"].get("CurrencyCode")
		),
		"",
	)
	return Money(
		number=found.get("Reference") or found["BatchPaymentID"],
		contact=contact,
		day=day_of(found.get("DateString") or found.get("Date")) or NO_DAY,
		currency=currency,
		amount=total,
		account=(found.get("Account") or {}).get("Code", ""),
		uses=uses,
		reference=found.get("Reference", ""),
		their_id=found["BatchPaymentID"],
		version=found.get("UpdatedDateUTC", ""),
		state=REMOVED if found.get("Status") == "DELETED" else OPEN,
	)


def amount(found: dict, field: str) -> Decimal | None:
	value = found.get(field)
	return None if value is None else Decimal(str(value))


def day_of(text: str | None) -> date | None:
	"""Dates come as ISO or as /Date(milliseconds+0000)/."""
	if not text:
		return None
	found = moment_of(text)
	return found.date() if found else None


def moment_of(text: str) -> datetime | None:
	if match := re.match(r"/Date\((-?\d+)", text):
		return datetime.fromtimestamp(0, timezone.utc) + timedelta(milliseconds=int(match[1]))
	try:
		return datetime.fromisoformat(text.replace("Z", "+00:00"))
	except ValueError:
		return None


def latest(found: Iterable[dict]) -> datetime | None:
	"""The latest change among these, in UTC."""
	moments = [moment_of(one["UpdatedDateUTC"]) for one in found if one.get("UpdatedDateUTC")]
	known = [moment.replace(tzinfo=moment.tzinfo or timezone.utc) for moment in moments if moment]
	return max(known) if known else None
