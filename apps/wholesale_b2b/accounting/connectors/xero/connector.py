"""What Xero can do."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timezone

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.base import Access, Connector
from wholesale_b2b.accounting.connectors.errors import Duplicate, Gone, Stop, map_customer, not_the_one
from wholesale_b2b.accounting.connectors.http import missing
from wholesale_b2b.accounting.connectors.reading import OVERLAP, is_signed, part_of
from wholesale_b2b.accounting.connectors.xero import mapping
from wholesale_b2b.accounting.connectors.xero.client import TOKENS, Client
from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	INVOICE,
	PAYMENT,
	PRO_FORMA,
	REMOVED,
	Bill,
	Choice,
	Contact,
	Hint,
	Money,
	Page,
	Taken,
	Tenant,
	TheirBill,
	Use,
	left_of,
)

BATCH = "BatchPayments"
PAYMENTS = "Payments"
EVENTS = {"INVOICE": INVOICE, "CREDITNOTE": CREDIT_NOTE}


class XeroConnector(Connector):
	provider = "Xero"
	auth = base.OAUTH
	can = frozenset(
		(
			base.CONTACTS, base.INVOICES, base.CREDIT_NOTES, base.ALLOCATIONS, base.PRO_FORMAS, base.PAYMENTS_OUT,
			base.PAYMENTS_IN, base.REFUNDS_OUT, base.REFUNDS_IN, base.UPDATES, base.WEBHOOKS, base.RECONCILING,
		)
	)  # fmt: skip
	# 60 a minute and 5 at once for each organisation; one is left for people who look at the same time
	limit = Limit(55, 60, 5)
	at_once = 4
	token_url = TOKENS
	limits = (
		"An invoice that is paid, in part or in full, cannot be changed there.",
		"Quotes take no payments: what is paid beforehand comes in as a prepayment or overpayment and is known by its reference.",
		"5,000 calls a day for each organisation.",
	)

	def __init__(self, access: Access):
		super().__init__(access)
		self.client = Client(access)

	def look(self) -> Tenant:
		chosen = self._organisation()
		self.access.choose(chosen["tenantId"])
		organisation = self.client.all("Organisation", name_in_answer="Organisations")
		return Tenant(
			chosen["tenantId"], chosen.get("tenantName", ""), _base_currency(organisation), self._choices()
		)

	def _organisation(self) -> dict:
		found = [
			one
			for one in self.client.connections()
			if one.get("tenantType", "ORGANISATION") == "ORGANISATION"
		]
		wanted = self.access.settings.get("tenant_id", "")
		named = [one for one in found if one["tenantId"] == wanted]
		if named:
			return named[0]
		if wanted:
			raise Stop(
				"We are not let into this organisation.",
				"Press Connect again and choose it; or empty Organisation to see which there are.",
			)
		if len(found) == 1:
			return found[0]
		raise not_the_one(
			"organisations",
			[(one.get("tenantName", ""), one["tenantId"]) for one in found],
			if_none="Press Connect again and choose one.",
		)

	def _choices(self) -> dict[str, tuple[Choice, ...]]:
		accounts = self.client.all("Accounts", {"where": 'Status=="ACTIVE"'})
		taxes = self.client.all("TaxRates", {"where": 'Status=="ACTIVE"'})
		tracking = self.client.all("TrackingCategories")
		return {
			"Income Account": tuple(
				Choice(one["Code"], one.get("Name", ""), one.get("Type", ""))
				for one in accounts
				if one.get("Code") and one.get("Class") == "REVENUE"
			),
			"Bank Account": tuple(
				Choice(one["Code"], one.get("Name", ""), one.get("CurrencyCode", ""))
				for one in accounts
				if one.get("Code") and (one.get("Type") == "BANK" or one.get("EnablePaymentsToAccount"))
			),
			"Tax Template": tuple(
				Choice(one["TaxType"], one.get("Name", ""), f"{one.get('EffectiveRate', 0)} %")
				for one in taxes
			),
			"Cost Center": tuple(
				Choice(f"{one['Name']}: {option['Name']}", option["Name"], one["Name"])
				for one in tracking
				for option in one.get("Options") or []
			),
		}

	# ---- out

	def find_contact(self, contact: Contact) -> Taken | None:
		found = self.client.all("Contacts", {"where": f"ContactNumber=={_quoted(contact.number[:50])}"})
		return (
			Taken(found[0]["ContactID"], contact.number, found[0].get("UpdatedDateUTC", ""))
			if found
			else None
		)

	def send_contact(self, contact: Contact, version: str, key: str) -> Taken:
		path = f"/Contacts/{contact.their_id}" if contact.their_id else "/Contacts"
		method = "POST" if contact.their_id else "PUT"
		try:
			found = self.client.write(method, path, mapping.contact_body(contact), key)
		except Duplicate as error:
			raise Duplicate(error.message, map_customer(contact.number)) from error
		return Taken(found["ContactID"], contact.number, found.get("UpdatedDateUTC", ""))

	def find_bill(self, kind: str, number: str, bill: Bill | None = None) -> TheirBill | None:
		params = {
			INVOICE: {"InvoiceNumbers": number},
			CREDIT_NOTE: {"where": f"CreditNoteNumber=={_quoted(number)}"},
			PRO_FORMA: {"QuoteNumber": number},
		}[kind]
		for found in self.client.all(mapping.NAMES[kind], params):
			there = mapping.their_bill(kind, found)
			sells = found.get("Type", "ACCREC").startswith("ACCREC")
			if there.number == number and sells and there.stands:
				return there
		return None

	def send_bill(self, bill: Bill, their_id: str, version: str, key: str) -> Taken:
		name = mapping.NAMES[bill.kind]
		params = {"unitdp": 4} if bill.kind != PRO_FORMA else None
		body = mapping.bill_body(bill, their_id)
		if their_id:
			found = self.client.write("POST", f"/{name}/{their_id}", body, key, params)
		else:
			found = self.client.write(
				"PUT", f"/{name}", body, key, {**(params or {}), "summarizeErrors": "false"}
			)
		return mapping.taken(bill.kind, found)

	def cancel_bill(self, kind: str, their_id: str, version: str, key: str) -> Taken:
		name, ident = mapping.NAMES[kind], mapping.IDS[kind]
		if kind == CREDIT_NOTE:
			self._take_back(name, their_id)
		status = "VOIDED"
		body = {ident: their_id, "Status": status}
		if kind == PRO_FORMA:
			quote = self.client.one(name, their_id) or {}
			body |= {
				"Status": "DELETED",
				"Contact": {"ContactID": quote["Contact"]["ContactID"]},
				"Date": str(mapping.day_of(quote.get("DateString") or quote.get("Date"))),
			}
		return mapping.taken(kind, self.client.write("POST", f"/{name}/{their_id}", {name: [body]}, key))

	def _take_back(self, name: str, their_id: str) -> None:
		"""What a credit note is allocated to: it cannot be voided before."""
		for one in (self.client.one(name, their_id) or {}).get("Allocations") or []:
			if not one.get("IsDeleted") and one.get("AllocationID"):
				self.client.call("DELETE", f"/{name}/{their_id}/Allocations/{one['AllocationID']}")

	def allocate(self, their_id: str, uses: tuple[Use, ...], bill: Bill, key: str) -> Taken | None:
		note = self.client.one("CreditNotes", their_id)
		if not note:
			raise missing("Xero", "The credit note")
		self._allocate(
			"CreditNotes", their_id, mapping.their_bill(CREDIT_NOTE, note).uses, uses, bill.day, key
		)
		return None

	def _allocate(
		self, name: str, their_id: str, there: tuple[Use, ...], uses: tuple[Use, ...], day: date, key: str
	) -> None:
		"""Allocate what is not allocated yet."""
		for use in left_of(uses, there):
			body = {
				"Allocations": [
					{
						"Invoice": {"InvoiceID": use.their_id},
						"Amount": float(use.amount),
						"Date": day.isoformat(),
					}
				]
			}
			header = {"Idempotency-Key": part_of(key, use.their_id)}
			self.client.call("PUT", f"/{name}/{their_id}/Allocations", json=body, headers=header)

	# ---- payments out: one invoice is a payment, several a batch, anything on account an overpayment with allocations

	def find_money(self, money: Money) -> Money | None:
		where = f'Reference=={_quoted(money.number)} AND Status=="AUTHORISED"'
		for found in self.client.all(PAYMENTS, {"where": where}):
			batch = (found.get("BatchPayment") or {}).get("BatchPaymentID")
			made = self._batch(batch) if batch else mapping.their_money(found, money.contact)
			if made and made.state != REMOVED:
				return made
		for found in self.client.all("Overpayments", {"References": money.number}):
			made = mapping.money_on_account("Overpayments", found, money.account)
			if made and made.reference == money.number and made.state != REMOVED:
				return made
		return None

	def send_money(self, money: Money, key: str) -> Taken:
		if money.their_id:
			return self._change_money(money, key)
		if money.on_account > 0:
			found = self.client.write("PUT", "/BankTransactions", mapping.overpayment_body(money), key)
			ident = found.get("OverpaymentID") or found["BankTransactionID"]
			self._allocate("Overpayments", ident, (), money.uses, money.day, key)
			return Taken(ident, money.number, found.get("UpdatedDateUTC", ""))
		if len(money.uses) > 1:
			found = self.client.write("PUT", f"/{BATCH}", mapping.batch_body(money), key)
			return Taken(found["BatchPaymentID"], money.number, found.get("UpdatedDateUTC", ""))
		found = self.client.write("PUT", f"/{PAYMENTS}", mapping.money_body(money), key)
		return Taken(found["PaymentID"], money.number, found.get("UpdatedDateUTC", ""))

	def _change_money(self, money: Money, key: str) -> Taken:
		"""Allocate more of what is on account; all else is removed and made anew."""
		over = self._maybe("Overpayments", money.their_id)
		if over:
			there = mapping.money_on_account("Overpayments", over, money.account)
			same = there and there.amount == money.amount and there.account == money.account
			if same and not left_of(there.uses, money.uses):
				self._allocate("Overpayments", money.their_id, there.uses, money.uses, money.day, key)
				return Taken(money.their_id, money.number, over.get("UpdatedDateUTC", ""))
		self.cancel_money(money.their_id, "", key)
		return self.send_money(replace(money, their_id="", version=""), part_of(key, "again"))

	def cancel_money(self, their_id: str, version: str, key: str) -> Taken:
		payment = self._maybe(PAYMENTS, their_id)
		if payment:
			if payment.get("Status") != "DELETED":
				payment = self.client.write("POST", f"/{PAYMENTS}/{their_id}", {"Status": "DELETED"}, key)
			return Taken(their_id, version=payment.get("UpdatedDateUTC", ""))
		batch = self._maybe(BATCH, their_id)
		if batch:
			body = {"Status": "DELETED"}
			found = self.client.write("POST", f"/{BATCH}/{their_id}", body, key)
			return Taken(their_id, version=found.get("UpdatedDateUTC", ""))
		over = self._maybe("Overpayments", their_id)
		if not over:
			raise missing("Xero", "The payment")
		for one in over.get("Allocations") or []:
			if not one.get("IsDeleted") and one.get("AllocationID"):
				self.client.call("DELETE", f"/Overpayments/{their_id}/Allocations/{one['AllocationID']}")
		bank = self._bank_transaction("OverpaymentID", over)
		if bank:
			ident = bank["BankTransactionID"]
			body = {"BankTransactions": [mapping.deleted_bank_transaction(bank)]}
			self.client.write("POST", f"/BankTransactions/{ident}", body, key)
		return Taken(their_id)

	def _maybe(self, name: str, ident: str) -> dict | None:
		try:
			return self.client.one(name, ident)
		except Gone:
			return None

	# ---- in

	def changes(self, cursor: str) -> Page:
		since = json.loads(cursor)["since"] if cursor else self.go_live()
		hints: list[Hint] = []
		seen: list[dict] = []
		for kind, where in ((INVOICE, 'Type=="ACCREC"'), (CREDIT_NOTE, 'Type=="ACCRECCREDIT"')):
			for found in self.client.rows(mapping.NAMES[kind], {"where": where}, since):
				seen.append(found)
				bill = mapping.their_bill(kind, found)
				hints.append(Hint(kind, bill.their_id, bill.version, bill))
		batches: dict[str, Money | None] = {}
		for found in self.client.rows(PAYMENTS, None, since):
			seen.append(found)
			batch = (found.get("BatchPayment") or {}).get("BatchPaymentID")
			if batch:
				if batch not in batches:
					batches[batch] = self._batch(batch)
				money = batches[batch]
			else:
				money = mapping.their_money(found, "")
			if money:
				hints.append(Hint(PAYMENT, money.their_id, found.get("UpdatedDateUTC", ""), money))
		for name in mapping.MONEY_ON_ACCOUNT:
			for found in self.client.rows(name, None, since):
				seen.append(found)
				money = self._on_account(name, found)
				if money:
					hints.append(Hint(PAYMENT, money.their_id, money.version, money))
		last = mapping.latest(seen)
		if last:
			since = (last.astimezone(timezone.utc) - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
		order = {INVOICE: 0, CREDIT_NOTE: 1, PAYMENT: 2}
		return Page(tuple(sorted(hints, key=lambda hint: order[hint.kind])), json.dumps({"since": since}))

	def _on_account(self, name: str, found: dict) -> Money | None:
		bank = self._bank_transaction(mapping.MONEY_ON_ACCOUNT[name], found)
		code = ((bank or {}).get("BankAccount") or {}).get("Code", "")
		if bank and not found.get("Reference"):
			found = {**found, "Reference": bank.get("Reference", "")}
		return mapping.money_on_account(name, found, code)

	def _bank_transaction(self, field: str, found: dict) -> dict | None:
		"""The bank transaction that a prepayment or overpayment came with: only that says into which account."""
		contact = (found.get("Contact") or {}).get("ContactID")
		kind = "PREPAYMENT" if field == "PrepaymentID" else "OVERPAYMENT"
		where = f'Type=="RECEIVE-{kind}" AND Contact.ContactID==guid("{contact}")'
		for one in self.client.rows("BankTransactions", {"where": where}):
			if one.get(field) == found[field]:
				return one
		return None

	def _batch(self, ident: str) -> Money | None:
		batch = self._maybe(BATCH, ident)
		return mapping.batch_money(batch, self._contact_of_batch(batch)) if batch else None

	def _contact_of_batch(self, batch: dict) -> str:
		for payment in batch.get("Payments") or []:
			invoice = payment.get("Invoice") or {}
			contact = (invoice.get("Contact") or {}).get("ContactID")
			if contact:
				return contact
			if invoice.get("InvoiceID"):
				found = self._maybe("Invoices", invoice["InvoiceID"])
				return ((found or {}).get("Contact") or {}).get("ContactID", "")
		return ""

	def read(self, kind: str, their_id: str) -> list[Money | TheirBill]:
		if kind == PAYMENT:
			found = self._maybe(PAYMENTS, their_id)
			money = mapping.their_money(found, "") if found else None
			return [money] if money else []
		if kind not in mapping.NAMES:
			return []
		found = self._maybe(mapping.NAMES[kind], their_id)
		if not found or not found.get("Type", "ACCREC").startswith("ACCREC"):
			return []
		papers: list[Money | TheirBill] = [mapping.their_bill(kind, found)]
		for one in found.get("Payments") or []:
			payment = self._maybe(PAYMENTS, one["PaymentID"])
			if not payment:
				continue
			batch = (payment.get("BatchPayment") or {}).get("BatchPaymentID")
			papers.append(self._batch(batch) if batch else mapping.their_money(payment, ""))
		return [paper for paper in papers if paper]

	def bills(self, start: date, end: date) -> Iterable[TheirBill]:
		for kind, ledger in ((INVOICE, "ACCREC"), (CREDIT_NOTE, "ACCRECCREDIT")):
			where = (
				f'Type=="{ledger}" AND Date>=DateTime({start.year},{start.month:02},{start.day:02})'
				f" AND Date<=DateTime({end.year},{end.month:02},{end.day:02})"
			)
			for found in self._rows(kind, where):
				bill = mapping.their_bill(kind, found)
				if bill.stands and found.get("Status") != "DRAFT":
					yield bill

	def _rows(self, kind: str, where: str) -> Iterator[dict]:
		yield from self.client.rows(mapping.NAMES[kind], {"where": where})

	# ---- webhooks

	@staticmethod
	def is_genuine(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
		return is_signed(headers.get("x-xero-signature", ""), body, secret)

	@staticmethod
	def told(body: bytes) -> list[Hint]:
		events = json.loads(body).get("events") or []
		return [
			Hint(
				EVENTS[event["eventCategory"]],
				str(event["resourceId"]),
				f"{event.get('eventDateUtc', '')} {event.get('eventType', '')}",
				tenant=str(event.get("tenantId", "")),
			)
			for event in events
			if event.get("eventCategory") in EVENTS
		]


def _quoted(text: str) -> str:
	return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base_currency(organisation: list[dict]) -> str:
	return organisation[0].get("BaseCurrency", "") if organisation else ""
