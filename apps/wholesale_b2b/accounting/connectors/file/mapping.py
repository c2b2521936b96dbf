"""Bills, customers and payments as rows of CSV, and back."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from wholesale_b2b.accounting.connectors.errors import Stop
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
	TheirBill,
	Use,
)

BILL = (
	"kind", "number", "state", "customer", "date", "due", "currency", "rate", "reference", "net", "tax", "total",
	"line", "item", "text", "qty", "unit_price", "line_net", "line_tax", "tax_code", "account", "tracking",
)  # fmt: skip
CONTACT = (
	"number", "title", "email", "phone", "tax_id", "currency", "street", "city", "region", "postcode", "country",
)  # fmt: skip
MONEY = (
	"id", "date", "customer", "currency", "amount", "account", "direction", "reference", "rate", "state",
	"document_kind", "document", "allocated",
)  # fmt: skip
BALANCE = ("kind", "number", "customer", "date", "currency", "net", "tax", "total", "outstanding", "state")
USES = ("credit_note", "kind", "document", "allocated")


def bill_rows(bill: Bill) -> list[dict]:
	head = {
		"kind": bill.kind,
		"number": bill.number,
		"state": OPEN,
		"customer": bill.contact,
		"date": bill.day,
		"due": bill.due or "",
		"currency": bill.currency,
		"rate": bill.rate,
		"reference": bill.reference,
		"net": bill.net,
		"tax": bill.tax,
		"total": bill.total,
	}
	return [
		{
			**head,
			"line": n,
			"item": line.item,
			"text": line.text,
			"qty": line.qty,
			"unit_price": line.unit_price,
			"line_net": line.net,
			"line_tax": line.tax,
			"tax_code": line.tax_code,
			"account": line.account,
			"tracking": line.tracking,
		}
		for n, line in enumerate(bill.lines, 1)
	]


def bill_from(rows: list[dict]) -> TheirBill:
	"""What a file that we wrote says; the amounts are those of its lines, so that a changed file is seen."""
	head = rows[0]
	net = sum((_amount(row["line_net"]) for row in rows), ZERO)
	tax = sum((_amount(row["line_tax"]) for row in rows), ZERO)
	return TheirBill(
		kind=head["kind"],
		their_id=head["number"],
		number=head["number"],
		contact=head["customer"],
		currency=head["currency"],
		net=net,
		tax=tax,
		total=net + tax,
		outstanding=net + tax,
		state=head["state"],
		day=date.fromisoformat(head["date"]),
	)


def contact_row(contact: Contact) -> dict:
	return {field: getattr(contact, field) for field in CONTACT}


def money_rows(money: Money) -> list[dict]:
	head = {
		"id": money.number,
		"date": money.day,
		"customer": money.contact,
		"currency": money.currency,
		"amount": money.amount,
		"account": money.account,
		"direction": money.direction,
		"reference": money.reference,
		"rate": money.rate or "",
		"state": money.state,
	}
	uses = [
		{"document_kind": use.kind, "document": use.number, "allocated": use.amount} for use in money.uses
	]
	return [{**head, **use} for use in uses or [{}]]


def money_from(rows: list[dict], version: str) -> Money:
	"""A payment of one row, or of several with the same id, one for each document. Stop if it cannot be read."""
	head = rows[0]
	try:
		uses = tuple(
			Use(
				_one_of(row.get("document_kind") or INVOICE, (INVOICE, CREDIT_NOTE, PRO_FORMA)),
				_amount(row.get("allocated") or head["amount"]),
				row["document"].strip(),
			)
			for row in rows
			if (row.get("document") or "").strip()
		)
		money = Money(
			number=head["id"].strip(),
			contact=head["customer"].strip(),
			day=date.fromisoformat(head["date"].strip()),
			currency=head["currency"].strip(),
			amount=_amount(head["amount"]),
			account=(head.get("account") or "").strip(),
			uses=uses,
			direction=_one_of(head.get("direction") or RECEIVED, (RECEIVED, REFUNDED)),
			reference=(head.get("reference") or "").strip(),
			rate=_amount(head.get("rate") or "0"),
			their_id=head["id"].strip(),
			version=version,
			state=_one_of(head.get("state") or OPEN, (OPEN, REMOVED)),
		)
	except (KeyError, AttributeError, ValueError) as error:
		raise Stop(
			f"Payment {head.get('id') or '?'} in the file cannot be read: {error}.",
			"Mend the row and put the file in again.",
		) from error
	if not money.their_id:
		raise Stop(
			"A payment in the file has no id.",
			"Give every payment an id of its own and put the file in again.",
		)
	return money


def balance_from(row: dict) -> TheirBill:
	outstanding = _amount(row["outstanding"])
	state = row.get("state") or (OPEN if outstanding else SETTLED)
	return TheirBill(
		kind=_one_of(row["kind"], (INVOICE, CREDIT_NOTE, PRO_FORMA)),
		their_id=row["number"],
		number=row["number"],
		contact=row.get("customer", ""),
		currency=row["currency"],
		net=_amount(row["net"]),
		tax=_amount(row["tax"]),
		total=_amount(row["total"]),
		outstanding=outstanding,
		state=_one_of(state, (OPEN, SETTLED, VOIDED, REMOVED)),
		day=date.fromisoformat(row["date"]),
	)


def written(columns: tuple[str, ...], rows: Iterable[Mapping]) -> str:
	"""CSV with a heading. Text that a spreadsheet would take for a formula is preceded by an apostrophe."""
	out = io.StringIO()
	writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
	writer.writeheader()
	for row in rows:
		writer.writerow({key: _harmless(value) for key, value in row.items()})
	return out.getvalue()


def parsed(text: str) -> list[dict]:
	rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
	return [{(key or "").strip().lower(): _unquoted(value) for key, value in row.items()} for row in rows]


def _harmless(value: object) -> object:
	return (
		f"'{value}"
		if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r", "'")
		else value
	)


def _unquoted(value: object) -> str:
	text = value if isinstance(value, str) else ""
	return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r", "'") else text


def _amount(text: str) -> Decimal:
	try:
		found = Decimal(str(text).strip())
	except InvalidOperation as error:
		raise ValueError(f"{text!r} is not an amount") from error
	if not found.is_finite():
		raise ValueError(f"{text!r} is not an amount")
	return found


def _one_of(value: str, allowed: tuple[str, ...]) -> str:
	for one in allowed:
		if value.strip().lower() == one.lower():
			return one
	raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
