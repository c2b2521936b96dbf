"""Our papers as iplicit has them, and back. Amounts are explicit there: taken as they are, with no reckoning of its own."""

from decimal import Decimal

from wholesale_b2b.accounting.connectors.reading import NO_DAY, day_of, exchange_rate_of
from wholesale_b2b.accounting.rules.amounts import rounded
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	INVOICE,
	OPEN,
	PRO_FORMA,
	RECEIVED,
	REFUNDED,
	REMOVED,
	SETTLED,
	ZERO,
	Bill,
	Contact,
	Money,
	TheirBill,
	Use,
)

PATHS = {INVOICE: "/api/SaleInvoice", CREDIT_NOTE: "/api/SaleInvoice", PRO_FORMA: "/api/SaleOrder"}
TYPES = {INVOICE: "invoice_type", CREDIT_NOTE: "credit_note_type", PRO_FORMA: "pro_forma_type"}
RECEIPTS = "/api/Receipt"
GONE = {"abandoned", "reversed", "unposted"}


def contact_body(contact: Contact, group: str) -> dict:
	body: dict = {
		"description": contact.title[:200],
		"intRef": contact.number,
		"customer": {"contactGroupCustomerId": group, "isActive": True},
		"contact": {"companyName": contact.title[:200]},
	}
	if contact.currency:
		body["customer"]["currency"] = contact.currency
	if contact.tax_id:
		body["taxNo"] = contact.tax_id
	if contact.country:
		body["countryCode"] = contact.country
	if contact.email:
		body["contact"]["emails"] = [{"type": "M", "email": contact.email}]
	if contact.street and contact.postcode:
		body["contact"]["addresses"] = [
			{
				"type": "M",
				"address": contact.street,
				"postCode": contact.postcode,
				"city": contact.city,
				"county": contact.region,
				"countryCode": contact.country,
			}
		]
	return body


def bill_body(bill: Bill, settings: dict) -> dict:
	def base(amount: Decimal) -> float:
		return float(rounded(amount * bill.rate))

	return {
		"docTypeId": settings.get(TYPES[bill.kind], ""),
		"legalEntityId": settings.get("legal_entity", ""),
		"contactAccountId": bill.contact,
		"docDate": bill.day.isoformat(),
		"taxDate": bill.day.isoformat(),
		"dueDate": (bill.due or bill.day).isoformat(),
		"currency": bill.currency,
		"currencyRate": float(bill.rate),
		"intRef": bill.number,
		"theirDocNo": bill.number,
		"theirRef": bill.reference,
		"description": bill.number,
		"isNetEntry": True,
		"explicitAmounts": True,
		"netCurrencyAmount": float(bill.net),
		"taxCurrencyAmount": float(bill.tax),
		"grossCurrencyAmount": float(bill.total),
		"netAmount": base(bill.net),
		"taxAmount": base(bill.tax),
		"grossAmount": base(bill.net) + base(bill.tax),
		"details": [
			{
				"description": line.text[:200],
				"accountId": line.account,
				"taxCodeId": line.tax_code,
				"isNetEntry": True,
				"quantity": float(line.qty),
				"netCurrencyUnitPrice": float(line.unit_price),
				"netCurrencyAmount": float(line.net),
				"taxCurrencyAmount": float(line.tax),
				"grossCurrencyAmount": float(line.net + line.tax),
				"netAmount": base(line.net),
				"taxAmount": base(line.tax),
				"grossAmount": base(line.net) + base(line.tax),
				**({"productId": line.item} if line.item else {}),
				**({"post": {"CostCentre": line.tracking}} if line.tracking else {}),
			}
			for line in bill.lines
		],
	}


def their_bill(found: dict, settings: dict, kind: str = "", uses: tuple[Use, ...] = ()) -> TheirBill:
	if not kind:
		kind = CREDIT_NOTE if found.get("docTypeId") == settings.get("credit_note_type") else INVOICE
	left = abs(amount(found.get("outstandingCurrencyAmount")))
	state = REMOVED if states(found) & GONE else OPEN if left else SETTLED
	return TheirBill(
		kind=kind,
		their_id=found["id"],
		number=found.get("intRef") or "",
		contact=found.get("contactAccountId") or "",
		currency=found.get("currency") or "",
		net=abs(amount(found.get("netCurrencyAmount"))),
		tax=abs(amount(found.get("taxCurrencyAmount"))),
		total=abs(amount(found.get("grossCurrencyAmount"))),
		outstanding=left,
		state=state,
		version=found.get("lastModified") or "",
		day=day_of(found.get("docDate")),
		uses=uses,
	)


def money_body(money: Money, settings: dict) -> dict:
	sign = -1 if money.direction == REFUNDED else 1
	return {
		"docTypeId": settings.get("receipt_type", ""),
		"legalEntityId": settings.get("legal_entity", ""),
		"contactAccountId": money.contact,
		"docDate": money.day.isoformat(),
		"currency": money.currency,
		"currencyRate": float(money.rate or 1),
		"bankAccountId": money.account,
		"currencyAmount": float(money.amount * sign),
		"intRef": money.number,
		"theirRef": money.reference,
		"description": money.number,
		"allocations": [
			{"docId": use.their_id, "allocAmountCurrency": float(use.amount * sign)} for use in money.uses
		],
	}


def uses_of(found: dict, kind: str) -> tuple[Use, ...]:
	"""What a receipt or credit note is allocated to: documents of this kind."""
	return tuple(
		Use(kind, abs(amount(one.get("allocAmountCurrency"))), "", one["docId"])
		for one in found.get("allocations") or []
	)


def their_money(found: dict) -> Money:
	"""A receipt with its allocations, which a list does not show; of a negative amount a refund."""
	whole = amount(found.get("grossCurrencyAmount"))
	refund = whole < 0
	return Money(
		number=found.get("intRef") or found.get("docNo") or found["id"],
		contact=found.get("contactAccountId") or "",
		day=day_of(found.get("docDate")) or NO_DAY,
		currency=found.get("currency") or "",
		amount=abs(whole),
		account=found.get("bankAccountId") or "",
		uses=uses_of(found, CREDIT_NOTE if refund else INVOICE),
		direction=REFUNDED if refund else RECEIVED,
		reference=" ".join(
			dict.fromkeys(
				filter(None, (found.get("theirRef"), found.get("bankRef"), found.get("description")))
			)
		),
		rate=exchange_rate_of(whole, amount(found.get("grossAmount")), amount(found.get("currencyRate"))),
		their_id=found["id"],
		version=found.get("lastModified") or "",
		state=REMOVED if states(found) & GONE else OPEN,
	)


def states(found: dict) -> set[str]:
	return {str(one).lower() for one in found.get("statusList") or []}


def is_draft(found: dict) -> bool:
	return "draft" in states(found)


def amount(value: object) -> Decimal:
	return Decimal(str(value)) if value not in (None, "") else ZERO
