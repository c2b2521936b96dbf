"""Our papers as AccountsIQ has them, and back. The names are those of its published WSDL, in the order that it gives.

Documents are filled into a shell that AccountsIQ hands out, which carries what it expects for the customer. It reckons net
and tax itself: quantity × price, and net × rate; so a line carries the shortest rate that gives its tax to the penny.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wholesale_b2b.accounting.connectors.reading import NO_DAY, amount, day_of, exchange_rate_of
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
	VOIDED,
	ZERO,
	Bill,
	Contact,
	Line,
	Money,
	TheirBill,
	Use,
)

# Of what undoes another transaction: its reference, followed by the other's id.
UNDOES = "CANCEL-"
# Short names of transaction types (their glossary, "Transaction Types").
BILLS = {"SI": INVOICE, "SN": CREDIT_NOTE}
MONEY = {"SR": RECEIVED, "SP": REFUNDED}
CODE_LENGTH = 50
NO_MOMENT = datetime(1, 1, 1)

ACCOUNT = """AccountID ExternalApproverID LedgerType Code CountryCode Name GroupID DefaultTaxCode AreaID BankAccountCode
CountryID CreditTermID CurrencyCode PaymentMethodID AuthorUserID ShipViaID CreationDate Address1 Address2 City County_State
Country PostCode DeliveryName DeliveryAddress1 DeliveryAddress2 DeliveryCity DeliveryCounty_State DeliveryCountry
DeliveryPostCode DeliveryContact DeliveryPhone DeliveryFax Phone Fax Email WebAddress Contact VATRegistrationNumber
VATExemptReference DiscountRate UseAccountTaxCode DefaultGLAccountCode ControlGLAccountCode IsActive Hold HeadOfficeAccountID
Notes UseHeadOffice IsHeadOffice CreditLimit RegionID PriorityID DeliveryRouteID PriceCategoryID PriceListID DepartmentID
InternationalBankAccountNumber BankSortCode BankCode BankSwiftCode AccountReferralID MobilePhone IsFranchise
ContractorTaxCode RowVersionNumber EDICentralID EPaymentReference SalesRepresentativeID""".split()
DOCUMENT = """InvoiceID AccountID AreaID CurrencyCode CurrrencyCode AccountTaxCode PaymentMethodID ShipmentViaID InvoiceNumber
ExternalReference CreationDate InvoiceDate ExternalApproverID DeliveryDate Status AccountName AccountAddress1 AccountAddress2
City County_State Country PostCode DeliveryAccountName DeliveryAccountAddress1 DeliveryAccountAddress2 DeliveryCity
DeliveryCounty_State DeliveryCountry DeliveryPostCode Contact AuthorUserID Phone Notes DiscountRate ForCollection ExchangeRate
UseAccountTaxCode OrderID OrderNumber DepartmentID Hold Ledger RowVersionNumber Lines IsPrinted AccountBranchID OrderDate
ExcludeFromPrinting Type SalesRepresentativeID LockUser NetAmount TaxAmount GrossAmount BCNetAmount BCTaxAmount BCGrossAmount
ForecastedPaymentDate TaxAdjustmentAmount BCTaxAdjustmentAmount LastModifiedUTC DueDate ApprovalStatusName AuthorUserName
ExternalApproverName AccountCode""".split()
# What may be nil; the rest is left out where there is nothing.
NILLABLE = {
	"ExternalApproverID", "HeadOfficeAccountID", "SalesRepresentativeID", "OrderID", "AccountBranchID", "OrderDate",
	"ForecastedPaymentDate", "LastModifiedUTC", "DueDate",
}  # fmt: skip
# What the server gives: never sent with something new.
GIVEN = ("AuthorUserID", "RowVersionNumber", "LockUser")


def ordered(values: Mapping[str, object], names: list[str]) -> dict[str, object]:
	"""In the contract's order; what it may not call nil is left out where it is None."""
	known = [name for name in names if name in values]
	more = [name for name in values if name not in names]
	return {name: values[name] for name in known + more if values[name] is not None or name in NILLABLE}


# ---- customers -------------------------------------------------------------------------------------------------------


def code_of(number: str) -> str:
	"""A customer's code: AccountsIQ makes none up, and takes capitals alone. Two names of ours never share one."""
	upper = number.upper()
	code = re.sub(r"[^A-Z0-9_-]+", "-", upper).strip("-")
	if code == upper and len(code) <= CODE_LENGTH:
		return code
	mark = hashlib.sha256(upper.encode()).hexdigest()[:8].upper()
	return f"{code[: CODE_LENGTH - 9]}-{mark}"


def customer(contact: Contact, shell: Mapping[str, object]) -> dict[str, object]:
	"""shell: as it stands there, or for a new one, from the defaults."""
	street = contact.street.split("\n")
	made = dict(shell)
	made["Name"] = contact.title[:50]
	given = {
		"Address1": street[0][:50], "Address2": " ".join(street[1:])[:50], "City": contact.city[:50],
		"County_State": contact.region[:50], "Country": contact.country[:50], "PostCode": contact.postcode[:50],
		"Phone": contact.phone[:50], "Email": contact.email[:50], "VATRegistrationNumber": contact.tax_id[:50],
	}  # fmt: skip
	made |= {name: value for name, value in given.items() if value}
	if not contact.their_id:
		made["Code"] = code_of(contact.number)
		if contact.currency:
			made["CurrencyCode"] = contact.currency
		for name in GIVEN:
			made.pop(name, None)
	return ordered(made, ACCOUNT)


# ---- invoices and credit notes ---------------------------------------------------------------------------------------


def rate_of(net: Decimal, tax: Decimal) -> Decimal:
	"""The shortest rate of tax that gives this tax on this net, to the penny."""
	if not net:
		return ZERO
	for places in range(2, 13):
		rate = (tax / net).quantize(Decimal(1).scaleb(-places))
		if rounded(net * rate) == tax:
			return rate
	return tax / net


def quoted(rate: Decimal, theirs: Decimal | None) -> Decimal:
	"""Our rate (company currency in one of the document's) the way round that they quote theirs."""
	if not rate:
		return theirs if theirs and theirs > 0 else Decimal(1)
	if rate == 1 or not theirs or theirs <= 0:
		return rate
	other = (1 / rate).quantize(Decimal("1e-10"))
	# whichever is nearer to theirs, as a factor
	return min(rate, other, key=lambda one: max(one / theirs, theirs / one))


def document(
	bill: Bill, shell: Mapping[str, object], items: Mapping[str, Mapping], item: str
) -> dict[str, object]:
	"""items: what AccountsIQ knows of the items that lines carry. item: for lines that carry none."""
	made = {
		**shell,
		"ExternalReference": bill.number,
		"CurrencyCode": bill.currency,
		"InvoiceDate": bill.day,
		"DeliveryDate": bill.day,
		"DiscountRate": ZERO,
		"ExchangeRate": quoted(bill.rate, amount(shell.get("ExchangeRate"))),
		"UseAccountTaxCode": False,
		"Lines": [("InvoiceLine", _line(line, items, line.item or item)) for line in bill.lines],
	}
	if not made.get("InvoiceNumber"):
		made["InvoiceNumber"] = bill.number
	if bill.reference:
		made["OrderNumber"] = bill.reference[:50]
	if bill.kind == PRO_FORMA:
		made["Notes"] = f"Pro forma {bill.number}: not to be posted."
	elif bill.due and bill.kind == INVOICE:
		made["DueDate"] = bill.due
	for name in GIVEN:
		made.pop(name, None)
	return ordered(made, DOCUMENT)


def _line(line: Line, items: Mapping[str, Mapping], item: str) -> dict[str, object]:
	known = items.get(item) or {}
	made = {
		"InvoiceItemID": 0,
		"InvoiceID": 0,
		"OrderItemID": None,
		"StockItemID": item,
		"StockItemDescription": line.text[:200],
		"InvoicedQuantity": line.qty,
		"DeliveredQuantity": line.qty,
		"StockItemCost": ZERO,
		"StockItemPrice": line.unit_price,
		"DiscountRate": ZERO,
		"ActualPrice": line.unit_price,
		"TaxCode": line.tax_code,
		"TaxRate": rate_of(line.net, line.tax),
		"NetAmount": line.net,
		"TaxAmount": line.tax,
		"GrossAmount": line.net + line.tax,
		"LocationID": known.get("DefaultLocationID") or "",
		"SublocationID": known.get("DefaultSublocationID") or "",
		"CreationDate": NO_MOMENT,
		"AdditionalCost": False,
		"GLAccountCode": line.account,
		"OpeningStockGLAccountCode": known.get("OpeningStockGLAccountCode") or "",
		"DeliveryItemID": None,
		"DepartmentID": line.tracking,
	}
	return {name: value for name, value in made.items() if value != ""}


def mirror(original: Mapping[str, object], shell: Mapping[str, object], reference: str) -> dict[str, object]:
	"""What undoes a posted document: the same lines and date, on a shell of the other kind."""
	lines = []
	for row in original.get("Lines") or []:
		line = {**row, "InvoiceItemID": 0, "InvoiceID": 0, "OrderItemID": None, "DeliveryItemID": None}
		line.pop("RowVersionNumber", None)
		nil = ("OrderItemID", "DeliveryItemID")
		lines.append({name: value for name, value in line.items() if value is not None or name in nil})
	made = {
		**shell,
		**{
			name: original.get(name)
			for name in ("CurrencyCode", "ExchangeRate", "InvoiceDate", "DeliveryDate")
		},
		"ExternalReference": reference,
		"DiscountRate": original.get("DiscountRate") or ZERO,
		"UseAccountTaxCode": False,
		"Notes": f"Undoes {original.get('ExternalReference') or original.get('InvoiceNumber') or ''}.",
		"Lines": [("InvoiceLine", line) for line in lines],
	}
	if not made.get("InvoiceNumber"):
		made["InvoiceNumber"] = reference
	for name in GIVEN:
		made.pop(name, None)
	return ordered(made, DOCUMENT)


# ---- allocations -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
	"""A part of one transaction that is allocated to another. kind, reference: the other's."""

	ident: str
	other: str
	kind: str
	reference: str
	amount: Decimal

	@property
	def undoes(self) -> bool:
		return self.reference.startswith(UNDOES)


def pairs_of(their_id: str, found: Iterable[Mapping]) -> tuple[Pair, ...]:
	"""A transaction's allocations, whichever of the two the answer starts from."""
	pairs: dict[tuple[str, str], Pair] = {}
	for one in found:
		for entry in one.get("AllocationEntries") or []:
			ident, part = entry["AllocationId"], abs(amount(entry.get("AllocationAmount")) or ZERO)
			if one["TransactionID"] == their_id:
				other = entry["AllocatedToTransactionID"]
				kind, reference = (
					entry.get("AllocatedToTransactionType"),
					entry.get("AllocatedToExternalReference"),
				)
			elif entry["AllocatedToTransactionID"] == their_id:
				other, kind, reference = (
					one["TransactionID"],
					one.get("TransactionType"),
					one.get("ExternalReference"),
				)
			else:
				continue
			pairs[(ident, other)] = Pair(ident, other, kind or "", reference or "", part)
	return tuple(pairs.values())


def uses_of(pairs: Iterable[Pair]) -> tuple[Use, ...]:
	"""What they pay or take off: invoices, and of refunds credit notes; several parts of one in one."""
	found: dict[str, Use] = {}
	for pair in pairs:
		if pair.kind in BILLS and not pair.undoes:
			before = found[pair.other].amount if pair.other in found else ZERO
			found[pair.other] = Use(BILLS[pair.kind], before + pair.amount, "", pair.other)
	return tuple(found.values())


# ---- back ------------------------------------------------------------------------------------------------------------


def size_of(summary: Mapping) -> tuple[Decimal, Decimal]:
	"""(total, outstanding) of a transaction, neither negative."""
	return tuple(abs(amount(summary.get(name)) or ZERO) for name in ("ControlAmount", "OutstandingAmount"))


def version_of(summary: Mapping, pairs: Iterable[Pair] = ()) -> str:
	"""Differs whenever the transaction or its allocations do."""
	marks = " ".join(sorted(f"{pair.ident}:{pair.amount:f}" for pair in pairs))
	return f"{measure(summary)} {hashlib.sha256(marks.encode()).hexdigest()[:12]}"


def measure(summary: Mapping) -> str:
	"""The part of a version that can be told without asking for allocations."""
	total, left = size_of(summary)
	return f"{total.normalize():f}/{left.normalize():f}" + ("r" if is_true(summary.get("IsReversed")) else "")


def is_true(value: object) -> bool:
	return str(value).lower() == "true"


def their_bill(kind: str, summary: Mapping, pairs: tuple[Pair, ...] = ()) -> TheirBill:
	"""A posted invoice or credit note: a transaction, with what is open on it."""
	total, left = size_of(summary)
	tax = abs(
		sum(
			(
				amount(row.get("Amount")) or ZERO
				for row in summary.get("LineDetails") or []
				if is_true(row.get("IsTaxLine"))
			),
			ZERO,
		)
	)
	gone = is_true(summary.get("IsReversed")) or any(pair.undoes for pair in pairs)
	return TheirBill(
		kind=kind,
		their_id=summary["TransactionID"],
		number=summary.get("ExternalReference") or summary.get("InternalNumber") or "",
		contact=summary.get("AccountCode") or "",
		currency=summary.get("CurrencyCode") or "",
		net=total - tax,
		tax=tax,
		total=total,
		outstanding=left,
		state=VOIDED if gone else OPEN if left else SETTLED,
		version=version_of(summary, pairs),
		day=day_of(summary.get("TransactionDate")),
		uses=uses_of(pairs) if kind == CREDIT_NOTE else (),
	)


def their_draft(found: Mapping) -> TheirBill:
	"""A pro forma: a document that is saved and not posted."""
	net, tax, total = sums_of(found)
	return TheirBill(
		kind=PRO_FORMA,
		their_id=found["InvoiceID"],
		number=found.get("ExternalReference") or "",
		contact=found.get("AccountCode") or "",
		currency=found.get("CurrencyCode") or "",
		net=net,
		tax=tax,
		total=total,
		outstanding=total,
		state=REMOVED if found.get("Status") == "Cancelled" else OPEN,
		day=day_of(found.get("InvoiceDate")),
	)


def sums_of(found: Mapping) -> tuple[Decimal, Decimal, Decimal]:
	"""(net, tax, total) as AccountsIQ reckons a saved document."""
	return tuple(abs(amount(found.get(name)) or ZERO) for name in ("NetAmount", "TaxAmount", "GrossAmount"))


# ---- money -----------------------------------------------------------------------------------------------------------


def receipt(money: Money, bank: str, rate: Decimal, bank_rate: Decimal) -> dict[str, object]:
	return {
		"CustomerCode": money.contact,
		"CheckReference": money.number,
		"PaymentAmount": money.amount,
		"BankAccountCode": bank,
		"PaymentDate": money.day,
		"ExchangeRate": rate,
		"BankExchangeRate": bank_rate,
		"Description": " ".join(dict.fromkeys(filter(None, (money.number, money.reference))))[:500],
	}


def refunding(summary: Mapping, shell: Mapping, account: str) -> dict[str, object]:
	"""What undoes a receipt: a debit journal of the same day and amount, against the bank account that has it."""
	total, _left = size_of(summary)
	reference = f"{UNDOES}{summary['TransactionID']}"
	rate = (amount(summary.get("ControlBCAmount")) or ZERO) / (
		amount(summary.get("ControlAmount")) or Decimal(1)
	)
	made = {
		"AccountCode": summary.get("AccountCode") or "",
		"ExchangeRate": quoted(abs(rate) or Decimal(1), amount(shell.get("ExchangeRate"))),
		"ExternalReference": reference,
		"JournalNumber": shell.get("JournalNumber") or "",
		"TransactionDate": day_of(summary.get("TransactionDate")) or NO_DAY,
		"Lines": [
			(
				"WSLedgerJournalLine",
				{
					"GLAccountCode": account,
					"Description": f"Undoes {summary.get('ExternalReference') or summary['TransactionID']}",
					"Amount": total,
					"BankExchangeRate": None,
				},
			)
		],
	}
	return {name: value for name, value in made.items() if value != ""}


def their_money(summary: Mapping, pairs: tuple[Pair, ...] = ()) -> Money | None:
	"""A receipt or refund; what of it was given back, or undone, is no money any more. None for anything else."""
	direction = MONEY.get(summary.get("TransactionType") or "")
	if not direction:
		return None
	total, _left = size_of(summary)
	back = sum(
		(
			pair.amount
			for pair in pairs
			if pair.undoes or (pair.kind in MONEY and MONEY[pair.kind] != direction)
		),
		ZERO,
	)
	base = abs(amount(summary.get("ControlBCAmount")) or ZERO)
	texts = [
		summary.get("ExternalReference"),
		*(row.get("Description") for row in summary.get("LineDetails") or []),
	]
	gone = is_true(summary.get("IsReversed")) or total - back <= 0
	return Money(
		number=summary.get("ExternalReference") or summary.get("InternalNumber") or summary["TransactionID"],
		contact=summary.get("AccountCode") or "",
		day=day_of(summary.get("TransactionDate")) or NO_DAY,
		currency=summary.get("CurrencyCode") or "",
		amount=total - back,
		account=summary.get("TransactionBankGLAccountNumber") or "",
		uses=uses_of(pairs),
		direction=direction,
		reference=" ".join(dict.fromkeys(filter(None, texts))),
		rate=exchange_rate_of(total, base),
		their_id=summary["TransactionID"],
		version=version_of(summary, pairs),
		state=REMOVED if gone else OPEN,
	)
