"""CSV out and in: a file for each document, payments from files that somebody or something puts in the folder."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.base import Access, Connector
from wholesale_b2b.accounting.connectors.errors import Stop
from wholesale_b2b.accounting.connectors.file import mapping
from wholesale_b2b.accounting.connectors.file.client import Client
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	CUSTOMER,
	INVOICE,
	PAYMENT,
	REMOVED,
	VOIDED,
	Bill,
	Contact,
	Hint,
	Money,
	Page,
	Taken,
	Tenant,
	TheirBill,
	Use,
)


class FileConnector(Connector):
	provider = "File"
	auth = base.NO_LOGIN
	can = frozenset(
		(
			base.CONTACTS, base.INVOICES, base.CREDIT_NOTES, base.ALLOCATIONS, base.PRO_FORMAS, base.PAYMENTS_OUT,
			base.PAYMENTS_IN, base.REFUNDS_OUT, base.REFUNDS_IN, base.UPDATES, base.RECONCILING,
		)
	)  # fmt: skip
	limits = (
		"What the package does with the files is not known here; the reconciliation needs a balances file from it.",
	)

	def __init__(self, access: Access):
		super().__init__(access)
		self.client = Client(access)

	def look(self) -> Tenant:
		for name in ("in", "out"):
			(self.client.folder / name).mkdir(parents=True, exist_ok=True)
		return Tenant(str(self.client.folder.name), str(self.client.folder))

	def find_contact(self, contact: Contact) -> Taken | None:
		found = self.client.read(f"customer-{contact.number}")
		return Taken(contact.number, contact.number) if found else None

	def send_contact(self, contact: Contact, version: str, key: str) -> Taken:
		self.client.write(
			f"customer-{contact.number}", mapping.written(mapping.CONTACT, [mapping.contact_row(contact)])
		)
		return Taken(contact.number, contact.number, key)

	def find_bill(self, kind: str, number: str, bill: Bill | None = None) -> TheirBill | None:
		text = self.client.read(_name(kind, number))
		found = mapping.bill_from(mapping.parsed(text)) if text else None
		return found if found and found.stands else None

	def send_bill(self, bill: Bill, their_id: str, version: str, key: str) -> Taken:
		rows = mapping.bill_rows(bill)
		self.client.write(_name(bill.kind, bill.number), mapping.written(mapping.BILL, rows))
		total = sum(line.net + line.tax for line in bill.lines)
		return Taken(bill.number, bill.number, key, bill.net, bill.tax, total)

	def cancel_bill(self, kind: str, their_id: str, version: str, key: str) -> Taken:
		text = self.client.read(_name(kind, their_id))
		if text is None:
			raise Stop(f"There is no file of {their_id}.", "Leave it as it is.")
		rows = [{**row, "state": VOIDED} for row in mapping.parsed(text)]
		self.client.write(_name(kind, their_id), mapping.written(mapping.BILL, rows))
		return Taken(their_id, their_id, key)

	def allocate(self, their_id: str, uses: tuple[Use, ...], bill: Bill, key: str) -> Taken | None:
		rows = [
			{"credit_note": their_id, "kind": use.kind, "document": use.number, "allocated": use.amount}
			for use in uses
		]
		self.client.write(f"allocation-{their_id}", mapping.written(mapping.USES, rows))
		return Taken(their_id, their_id, key)

	def find_money(self, money: Money) -> Money | None:
		text = self.client.read(f"payment-{money.number}")
		return mapping.money_from(mapping.parsed(text), "") if text else None

	def send_money(self, money: Money, key: str) -> Taken:
		self.client.write(
			f"payment-{money.number}", mapping.written(mapping.MONEY, mapping.money_rows(money))
		)
		return Taken(money.number, money.number, key, total=money.amount)

	def cancel_money(self, their_id: str, version: str, key: str) -> Taken:
		text = self.client.read(f"payment-{their_id}")
		if text is None:
			raise Stop(f"There is no file of {their_id}.", "Remove the payment in the package by hand.")
		money = replace(mapping.money_from(mapping.parsed(text), ""), state=REMOVED)
		self.client.write(f"payment-{their_id}", mapping.written(mapping.MONEY, mapping.money_rows(money)))
		return Taken(their_id, their_id, key)

	def changes(self, cursor: str) -> Page:
		"""The first file of payments that waits. The cursor is its name."""
		files = self.client.waiting("payments")
		if not files:
			return Page((), cursor)
		path = files[0]
		hints = [
			Hint(PAYMENT, money.their_id, money.version, money)
			for money in self._payments(self.client.text_of(path))
		]
		return Page(tuple(hints), path.name, more=len(files) > 1)

	def applied(self, cursor: str) -> None:
		for path in self.client.waiting("payments"):
			if path.name == cursor:
				self.client.put_away(path)

	def _payments(self, text: str) -> Iterator[Money]:
		grouped: dict[str, list[dict]] = {}
		for row in mapping.parsed(text):
			if any(row.values()):
				grouped.setdefault((row.get("id") or "").strip(), []).append(row)
		for rows in grouped.values():
			version = hashlib.sha256(repr([sorted(row.items()) for row in rows]).encode()).hexdigest()[:16]
			yield mapping.money_from(rows, version)

	def read(self, kind: str, their_id: str) -> list[Money | TheirBill]:
		if kind in (CUSTOMER, PAYMENT):
			return []
		found = [bill for bill in self._balances() if (bill.kind, bill.number) == (kind, their_id)]
		return found[-1:]

	def bills(self, start: date, end: date) -> Iterable[TheirBill]:
		for bill in self._balances():
			inside = bill.day and start <= bill.day <= end
			if inside and bill.kind in (INVOICE, CREDIT_NOTE) and bill.stands:
				yield bill

	def _balances(self) -> Iterator[TheirBill]:
		files = self.client.waiting("balances")
		if not files:
			raise Stop(
				"The package's balances are not known.",
				"Put a file balances.csv into the folder in/ of the connection.",
			)
		for row in mapping.parsed(self.client.text_of(files[-1])):
			try:
				yield mapping.balance_from(row)
			except (KeyError, ValueError) as error:
				raise Stop(
					f"{files[-1].name} cannot be read at {row.get('number') or 'a row'}: {error}.",
					"Mend the row and put the file in again.",
				) from error


def _name(kind: str, number: str) -> str:
	return f"{kind.lower().replace(' ', '-')}-{number}"
