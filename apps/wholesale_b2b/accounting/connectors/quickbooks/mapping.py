"""Our papers as QuickBooks has them, and back. Income accounts are items there: an item knows its account."""

from collections.abc import Iterable
from decimal import Decimal

from wholesale_b2b.accounting.connectors.reading import NO_DAY, amount, day_of, removed_bill, removed_money
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	INVOICE,
	OPEN,
	PRO_FORMA,
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

NAMES = {INVOICE: "Invoice", CREDIT_NOTE: "CreditMemo", PRO_FORMA: "Estimate"}
LONGEST_REFERENCE = 21


def contact_body(contact: Contact, token: str) -> dict:
	street = contact.street.split("\n")
	address = {
		"Line1": street[0][:500],
		"Line2": " ".join(street[1:])[:500],
		"City": contact.city[:255],
		"CountrySubDivisionCode": contact.region[:255],
		"PostalCode": contact.postcode[:30],
		"Country": contact.country,
	}
	body: dict = {
		# colons part a name from its parent's there
		"DisplayName": contact.title.replace(":", " ")[:500],
		"CompanyName": contact.title[:100],
		"Notes": contact.number,
	}
	if contact.email:
		body["PrimaryEmailAddr"] = {"Address": contact.email[:100]}
	if contact.phone:
		body["PrimaryPhone"] = {"FreeFormNumber": contact.phone[:30]}
	if contact.street or contact.city:
		body["BillAddr"] = {key: value for key, value in address.items() if value}
	if contact.currency:
		body["CurrencyRef"] = {"value": contact.currency}
	if contact.their_id:
		body |= {"Id": contact.their_id, "SyncToken": token, "sparse": True}
		body.pop("CurrencyRef", None)
	return body


def bill_body(bill: Bill, their_id: str, token: str) -> dict:
	body: dict = {
		"DocNumber": bill.number,
		"TxnDate": bill.day.isoformat(),
		"CustomerRef": {"value": bill.contact},
		"CurrencyRef": {"value": bill.currency},
		"GlobalTaxCalculation": "TaxExcluded",
		"PrivateNote": bill.reference[:4000],
		"Line": [
			{
				"Amount": float(line.net),
				"Description": line.text[:4000],
				"DetailType": "SalesItemLineDetail",
				"SalesItemLineDetail": {
					"ItemRef": {"value": line.item or line.account},
					"Qty": float(line.qty),
					"UnitPrice": float(line.unit_price),
					"TaxCodeRef": {"value": line.tax_code},
					**({"ClassRef": {"value": line.tracking}} if line.tracking else {}),
				},
			}
			for line in bill.lines
		],
		"TxnTaxDetail": {"TotalTax": float(bill.tax)},
	}
	if bill.rate != 1:
		body["ExchangeRate"] = float(bill.rate)
	if bill.kind == INVOICE:
		body["DueDate"] = (bill.due or bill.day).isoformat()
	if bill.kind == PRO_FORMA:
		body["TxnStatus"] = "Pending"
		if bill.due:
			body["ExpirationDate"] = bill.due.isoformat()
	if their_id:
		body |= {"Id": their_id, "SyncToken": token, "sparse": True}
	return body


def taken(found: dict) -> Taken:
	tax = amount((found.get("TxnTaxDetail") or {}).get("TotalTax")) or ZERO
	total = amount(found.get("TotalAmt"))
	return Taken(
		their_id=found["Id"],
		number=found.get("DocNumber", ""),
		version=version(found),
		net=total - tax if total is not None else None,
		tax=tax if total is not None else None,
		total=total,
	)


def version(found: dict) -> str:
	"""Their token, and when it changed: the token alone is not raised by payments."""
	return f"{found.get('SyncToken', '')} {(found.get('MetaData') or {}).get('LastUpdatedTime', '')}".strip()


def their_bill(kind: str, found: dict, uses: tuple[Use, ...] = ()) -> TheirBill:
	if found.get("status") == "Deleted":
		return removed_bill(kind, found["Id"], version(found))
	total = amount(found.get("TotalAmt")) or ZERO
	tax = amount((found.get("TxnTaxDetail") or {}).get("TotalTax")) or ZERO
	left = amount(found.get("RemainingCredit" if kind == CREDIT_NOTE else "Balance"))
	if left is None:
		left = total
	voided = total == 0 and "voided" in (found.get("PrivateNote") or "").lower()
	return TheirBill(
		kind=kind,
		their_id=found["Id"],
		number=found.get("DocNumber", ""),
		contact=(found.get("CustomerRef") or {}).get("value", ""),
		currency=(found.get("CurrencyRef") or {}).get("value", ""),
		net=total - tax,
		tax=tax,
		total=total,
		outstanding=left,
		state=VOIDED if voided else OPEN if left else SETTLED,
		version=version(found),
		day=day_of(found.get("TxnDate")),
		uses=uses,
	)


def money_body(money: Money, token: str) -> dict:
	body: dict = {
		"CustomerRef": {"value": money.contact},
		"TotalAmt": float(money.amount),
		"TxnDate": money.day.isoformat(),
		"CurrencyRef": {"value": money.currency},
		"DepositToAccountRef": {"value": money.account},
		"PaymentRefNum": money.number[:LONGEST_REFERENCE],
		"PrivateNote": " ".join(filter(None, (money.number, money.reference)))[:4000],
		"Line": [
			{"Amount": float(use.amount), "LinkedTxn": [{"TxnId": use.their_id, "TxnType": "Invoice"}]}
			for use in money.uses
		],
	}
	if money.rate and money.rate != 1:
		body["ExchangeRate"] = float(money.rate)
	if money.their_id:
		body |= {"Id": money.their_id, "SyncToken": token, "sparse": True}
	return body


def allocation_body(bill: Bill, their_id: str, uses: tuple[Use, ...]) -> dict:
	"""A credit note is allocated by a payment of nothing, with a line for each side."""
	total = sum((use.amount for use in uses), ZERO)
	lines = [*((use.their_id, "Invoice", use.amount) for use in uses), (their_id, "CreditMemo", total)]
	return payment_of_nothing(bill, f"{bill.number} allocated", lines)


def payment_of_nothing(paper: Bill | Money, note: str, lines: Iterable[tuple[str, str, Decimal]]) -> dict:
	"""What sets documents of the customer of a paper off against each other. lines: their id, what they are there, how much."""
	return {
		"CustomerRef": {"value": paper.contact},
		"TotalAmt": 0.0,
		"TxnDate": paper.day.isoformat(),
		"CurrencyRef": {"value": paper.currency},
		"PrivateNote": note,
		"Line": [
			{"Amount": float(part), "LinkedTxn": [{"TxnId": ident, "TxnType": kind}]}
			for ident, kind, part in lines
		],
	}


def their_money(found: dict) -> Money | None:
	"""A payment; None for one of nothing, which allocates a credit note or sets a refund off."""
	if found.get("status") == "Deleted":
		return removed_money(found["Id"], version(found))
	total = amount(found.get("TotalAmt")) or ZERO
	voided = total == 0 and "voided" in (found.get("PrivateNote") or "").lower()
	if voided:
		return removed_money(found["Id"], version(found))
	if not total:
		return None
	uses = tuple(Use(INVOICE, part, "", ident) for ident, part in links(found, "Invoice"))
	return Money(
		number=found.get("PaymentRefNum") or found["Id"],
		contact=(found.get("CustomerRef") or {}).get("value", ""),
		day=day_of(found.get("TxnDate")) or NO_DAY,
		currency=(found.get("CurrencyRef") or {}).get("value", ""),
		amount=total,
		account=(found.get("DepositToAccountRef") or {}).get("value", ""),
		uses=uses,
		reference=" ".join(
			dict.fromkeys(filter(None, (found.get("PaymentRefNum", ""), found.get("PrivateNote", ""))))
		),
		rate=amount(found.get("ExchangeRate")) or ZERO,
		their_id=found["Id"],
		version=version(found),
	)


def links(payment: dict, *kinds: str) -> list[tuple[str, Decimal]]:
	"""What a payment is linked to of these kinds of theirs: its id, and the amount."""
	return [
		(linked["TxnId"], amount(line.get("Amount")) or ZERO)
		for line in payment.get("Line") or []
		for linked in line.get("LinkedTxn") or []
		if linked.get("TxnType") in kinds
	]


def credit_uses(payment: dict) -> dict[str, tuple[Use, ...]]:
	"""Credit memo → the invoices that a payment of nothing allocates it to."""
	invoices, memos = links(payment, "Invoice"), links(payment, "CreditMemo")
	if len(memos) != 1:
		# which of several memos pays which invoice is not said
		return {memo: () for memo, _part in memos}
	return {memos[0][0]: tuple(Use(INVOICE, part, "", ident) for ident, part in invoices)}
