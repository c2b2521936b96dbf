"""Money that goes back to a customer. QuickBooks has no refund of a credit memo: it is an expense (a Purchase) that is booked to
Accounts Receivable for the customer, and a payment of nothing that sets it off against his credit memos.

Source: Intuit, "Payment", where a line may be linked to an Expense or a Check, and "Purchase".
"""

from collections.abc import Collection, Iterable

from wholesale_b2b.accounting.connectors.quickbooks.mapping import (
	LONGEST_REFERENCE,
	amount,
	links,
	payment_of_nothing,
	version,
)
from wholesale_b2b.accounting.connectors.reading import NO_DAY, day_of
from wholesale_b2b.accounting.rules.papers import CREDIT_NOTE, REFUNDED, ZERO, Money, Use

# Before the id of a Purchase: what is told of it is not told of the Payment of this id.
PREFIX = "Expense "
SPENT = ("Expense", "Check")
DETAIL = "AccountBasedExpenseLineDetail"


def ident_of(purchase: dict) -> str:
	return f"{PREFIX}{purchase['Id']}"


def purchase_of(their_id: str) -> str:
	return their_id.removeprefix(PREFIX)


def is_refund(their_id: str) -> bool:
	return their_id.startswith(PREFIX)


def expense_body(money: Money, receivable: str, token: str) -> dict:
	"""receivable: the id of Accounts Receivable in the currency of the money."""
	detail = {"AccountRef": {"value": receivable}, "CustomerRef": {"value": money.contact}}
	body: dict = {
		"PaymentType": "Cash",
		"AccountRef": {"value": money.account},
		"EntityRef": {"value": money.contact, "type": "Customer"},
		"TxnDate": money.day.isoformat(),
		"CurrencyRef": {"value": money.currency},
		"DocNumber": money.number[:LONGEST_REFERENCE],
		"PrivateNote": " ".join(filter(None, (money.number, money.reference)))[:4000],
		"Line": [{"Amount": float(money.amount), "DetailType": DETAIL, DETAIL: detail}],
	}
	if money.rate and money.rate != 1:
		body["ExchangeRate"] = float(money.rate)
	if money.their_id:
		body |= {"Id": purchase_of(money.their_id), "SyncToken": token, "sparse": True}
	return body


def set_off_body(money: Money, purchase: str) -> dict:
	"""The payment of nothing: a line for the expense, and one for each credit memo."""
	total = sum((use.amount for use in money.uses), ZERO)
	lines = [(purchase, "Expense", total), *((use.their_id, "CreditMemo", use.amount) for use in money.uses)]
	body = payment_of_nothing(money, f"{money.number} set off", lines)
	if money.rate and money.rate != 1:
		body["ExchangeRate"] = float(money.rate)
	return body


def set_offs(purchase: str, payments: Iterable[dict]) -> list[dict]:
	"""Those payments that set an expense off."""
	return [payment for payment in payments if any(ident == purchase for ident, _ in links(payment, *SPENT))]


def paid_to_customer(purchase: dict, receivables: Collection[str]) -> bool:
	"""Whether an expense is money that goes back to a customer. receivables: ids of the accounts for what customers owe."""
	payee = purchase.get("EntityRef") or {}
	return payee.get("type") == "Customer" and bool(_lines(purchase, receivables))


def _lines(purchase: dict, receivables: Collection[str]) -> list[dict]:
	return [
		line
		for line in purchase.get("Line") or []
		if ((line.get(DETAIL) or {}).get("AccountRef") or {}).get("value") in receivables
	]


def their_refund(purchase: dict, payments: Iterable[dict], receivables: Collection[str]) -> Money:
	"""An expense that is `paid_to_customer`, with what its set-offs among these payments say of it."""
	found = sorted(set_offs(purchase["Id"], payments), key=lambda payment: int(payment["Id"]))
	number = purchase.get("DocNumber") or purchase["Id"]
	return Money(
		number=number,
		contact=purchase["EntityRef"]["value"],
		day=day_of(purchase.get("TxnDate")) or NO_DAY,
		currency=(purchase.get("CurrencyRef") or {}).get("value", ""),
		amount=sum((amount(line.get("Amount")) or ZERO for line in _lines(purchase, receivables)), ZERO),
		account=(purchase.get("AccountRef") or {}).get("value", ""),
		uses=tuple(use for payment in found for use in _uses(payment, purchase["Id"])),
		direction=REFUNDED,
		reference=" ".join(dict.fromkeys(filter(None, (number, purchase.get("PrivateNote", ""))))),
		rate=amount(purchase.get("ExchangeRate")) or ZERO,
		their_id=ident_of(purchase),
		version=", ".join(version(one) for one in (purchase, *found)),
	)


def _uses(payment: dict, purchase: str) -> list[Use]:
	"""Which credit memos a payment sets an expense off against; where it links several to several it does not say."""
	spent, memos = links(payment, *SPENT), links(payment, "CreditMemo")
	if len(spent) == 1 and not links(payment, "Invoice"):
		return [Use(CREDIT_NOTE, part, "", memo) for memo, part in memos]
	if len(memos) == 1:
		return [Use(CREDIT_NOTE, part, "", memos[0][0]) for ident, part in spent if ident == purchase]
	return []
