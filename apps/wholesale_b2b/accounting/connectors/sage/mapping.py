"""Our papers as Sage has them, and back. Our number is the reference there: Sage counts its own numbers."""

from wholesale_b2b.accounting.connectors.reading import NO_DAY, amount, day_of, exchange_rate_of
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
	Money,
	Taken,
	TheirBill,
	Use,
)

PATHS = {INVOICE: "/sales_invoices", CREDIT_NOTE: "/sales_credit_notes", PRO_FORMA: "/sales_quotes"}
ENTITIES = {INVOICE: "sales_invoice", CREDIT_NOTE: "sales_credit_note", PRO_FORMA: "sales_quote"}
LINES = {INVOICE: "invoice_lines", CREDIT_NOTE: "credit_note_lines", PRO_FORMA: "quote_lines"}
STATES = {"PAID": SETTLED, "VOID": VOIDED, "DELETED": REMOVED}


def contact_body(contact: Contact) -> dict:
	street = contact.street.split("\n")
	address = {
		"address_line_1": street[0][:50],
		"address_line_2": " ".join(street[1:])[:50],
		"city": contact.city[:50],
		"region": contact.region[:50],
		"postal_code": contact.postcode[:50],
		"country_id": contact.country,
	}
	body: dict = {
		"name": contact.title[:50],
		"contact_type_ids": ["CUSTOMER"],
		"reference": contact.number[:50],
	}
	if contact.tax_id:
		body["tax_number"] = contact.tax_id
	if contact.currency and not contact.their_id:
		body["currency_id"] = contact.currency
	if contact.street or contact.city:
		body["main_address"] = {key: value for key, value in address.items() if value}
	if contact.email or contact.phone:
		person = {"name": contact.title[:50], "email": contact.email, "telephone": contact.phone}
		body["main_contact_person"] = {key: value for key, value in person.items() if value}
	return body


def bill_body(bill: Bill) -> dict:
	body: dict = {
		"contact_id": bill.contact,
		"date": bill.day.isoformat(),
		"reference": bill.number,
		"currency_id": bill.currency,
		"notes": bill.reference,
		LINES[bill.kind]: [
			{
				"description": line.text[:200],
				"ledger_account_id": line.account,
				"quantity": float(line.qty),
				"unit_price": float(line.unit_price),
				"net_amount": float(line.net),
				"tax_rate_id": line.tax_code,
				"tax_amount": float(line.tax),
				"total_amount": float(line.net + line.tax),
			}
			for line in bill.lines
		],
	}
	if bill.rate != 1:
		body["exchange_rate"] = float(bill.rate)
	if bill.kind == INVOICE:
		body["due_date"] = (bill.due or bill.day).isoformat()
	elif bill.kind == PRO_FORMA and bill.due:
		body["expiry_date"] = bill.due.isoformat()
	return body


def taken(found: dict) -> Taken:
	return Taken(
		their_id=found["id"],
		number=found.get("reference") or found.get("displayed_as", ""),
		version=found.get("updated_at", ""),
		net=amount(found.get("net_amount")),
		tax=amount(found.get("tax_amount")),
		total=amount(found.get("total_amount")),
	)


def their_bill(kind: str, found: dict) -> TheirBill:
	total = amount(found.get("total_amount")) or ZERO
	left = amount(found.get("outstanding_amount"))
	# a credit note allocates; what it pays stands with it
	uses = tuple(
		Use(INVOICE, abs(amount(one.get("amount")) or ZERO), "", one["artefact"]["id"])
		for one in found.get("payments_allocations") or []
		if kind == CREDIT_NOTE and (one.get("artefact") or {}).get("id")
	)
	status = (found.get("status") or {}).get("id", "")
	left = total if left is None else abs(left)
	return TheirBill(
		kind=kind,
		their_id=found["id"],
		number=found.get("reference", ""),
		contact=(found.get("contact") or {}).get("id", ""),
		currency=(found.get("currency") or {}).get("id", ""),
		net=amount(found.get("net_amount")) or ZERO,
		tax=amount(found.get("tax_amount")) or ZERO,
		total=total,
		outstanding=left,
		state=STATES.get(status, OPEN if left else SETTLED),
		version=found.get("updated_at", ""),
		day=day_of(found.get("date")),
		uses=uses,
	)


def money_body(money: Money) -> dict:
	refund = money.direction == REFUNDED
	foreign = {}
	if money.rate and money.rate != 1:
		foreign = {"currency_id": money.currency, "exchange_rate": float(money.rate)}
	return {
		"transaction_type_id": "CUSTOMER_REFUND" if refund else "CUSTOMER_RECEIPT",
		"contact_id": money.contact,
		"bank_account_id": money.account,
		"date": money.day.isoformat(),
		"total_amount": float(money.amount),
		"reference": money.number,
		"allocated_artefacts": [
			{
				"artefact_id": use.their_id,
				"amount": float(-use.amount if use.kind == CREDIT_NOTE else use.amount),
			}
			for use in money.uses
		],
		**foreign,
	}


def their_money(found: dict) -> Money | None:
	kinds = {"CUSTOMER_RECEIPT": RECEIVED, "CUSTOMER_REFUND": REFUNDED}
	direction = kinds.get((found.get("transaction_type") or {}).get("id", ""))
	if not direction:
		return None
	uses = tuple(
		Use(
			INVOICE if direction == RECEIVED else CREDIT_NOTE,
			abs(amount(one.get("amount")) or ZERO),
			"",
			one["artefact"]["id"],
		)
		for one in found.get("allocated_artefacts") or []
		if (one.get("artefact") or {}).get("id")
	)
	total = amount(found.get("total_amount")) or ZERO
	return Money(
		number=found.get("reference") or found["id"],
		contact=(found.get("contact") or {}).get("id", ""),
		day=day_of(found.get("date")) or NO_DAY,
		currency=(found.get("currency") or {}).get("id", ""),
		amount=total,
		account=(found.get("bank_account") or {}).get("id", ""),
		uses=uses,
		direction=direction,
		reference=found.get("reference") or "",
		rate=exchange_rate_of(
			total, amount(found.get("base_currency_total_amount")), amount(found.get("exchange_rate"))
		),
		their_id=found["id"],
		version=found.get("updated_at", ""),
	)
