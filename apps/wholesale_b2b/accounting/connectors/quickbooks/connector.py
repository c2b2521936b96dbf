"""What QuickBooks Online can do."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, timezone

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.base import Access, Connector
from wholesale_b2b.accounting.connectors.errors import Duplicate, Stop, map_customer
from wholesale_b2b.accounting.connectors.quickbooks import mapping, refund_mapping
from wholesale_b2b.accounting.connectors.quickbooks.client import TOKENS, Client, quoted
from wholesale_b2b.accounting.connectors.quickbooks.refunds import Refunds
from wholesale_b2b.accounting.connectors.reading import OVERLAP, is_signed, moment, removed_money
from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	INVOICE,
	PAYMENT,
	REFUNDED,
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

CHANGES = ("Invoice", "CreditMemo", "Payment", "Purchase")
# What has been deleted is told for 30 days; one is kept in hand.
LONGEST_BACK = timedelta(days=29)
MOST_CHANGES = 1000


class QuickBooksConnector(Connector):
	provider = "QuickBooks"
	auth = base.OAUTH
	can = frozenset(
		(
			base.CONTACTS, base.INVOICES, base.CREDIT_NOTES, base.ALLOCATIONS, base.PRO_FORMAS, base.PAYMENTS_OUT,
			base.PAYMENTS_IN, base.REFUNDS_OUT, base.REFUNDS_IN, base.UPDATES, base.WEBHOOKS, base.RECONCILING,
		)
	)  # fmt: skip
	# 500 a minute and 10 a second for each company
	limit = Limit(450, 60, 8)
	at_once = 4
	needs = (("tenant_id", "Organisation"),)
	token_url = TOKENS
	number_length = 21
	limits = (
		"Numbers have at most 21 characters.",
		"Tax is reckoned there from the tax codes; where it differs from ours a conflict says so.",
		"A refund is an expense booked to Accounts Receivable, set off against the credit notes by a payment of nothing.",
		"Estimates take no payments: what is paid beforehand comes in unapplied and is known by its reference or memo.",
		"A credit note is deleted, not voided.",
	)

	def __init__(self, access: Access):
		super().__init__(access)
		self.client = Client(access)
		self.refunds = Refunds(self.client)

	def look(self) -> Tenant:
		realm = self.access.settings.get("tenant_id", "")
		if not realm:
			raise Stop("The company id is empty.", "Copy it from QuickBooks, Settings, Additional Info.")
		company = self.client.one("CompanyInfo", realm) or {}
		preferences = next(iter(self.client.query("Preferences")), {})
		home = ((preferences.get("CurrencyPrefs") or {}).get("HomeCurrency") or {}).get("value", "")
		return Tenant(realm, company.get("CompanyName", ""), home, self._choices())

	def _choices(self) -> dict[str, tuple[Choice, ...]]:
		items = self.client.query("Item", "Active = true")
		taxes = self.client.query("TaxCode", "Active = true")
		banks = self.client.query("Account", "AccountType = 'Bank'")
		return {
			"Income Account": tuple(
				Choice(one["Id"], one.get("Name", ""), (one.get("IncomeAccountRef") or {}).get("name", ""))
				for one in items
				if one.get("Type") != "Category"
			),
			"Tax Template": tuple(
				Choice(one["Id"], one.get("Name", ""), one.get("Description", "")) for one in taxes
			),
			"Bank Account": tuple(
				Choice(one["Id"], one.get("Name", ""), (one.get("CurrencyRef") or {}).get("value", ""))
				for one in banks
			),
		}

	# ---- out

	def find_contact(self, contact: Contact) -> Taken | None:
		name = contact.title.replace(":", " ")[:500]
		for found in self.client.query("Customer", f"DisplayName = {quoted(name)}"):
			if found.get("Notes") == contact.number:
				return Taken(found["Id"], contact.number, mapping.version(found))
		return None

	def send_contact(self, contact: Contact, version: str, key: str) -> Taken:
		token = ""
		if contact.their_id:
			token = (self.client.one("Customer", contact.their_id) or {}).get("SyncToken", "0")
		try:
			found = self.client.write("Customer", mapping.contact_body(contact, token), key)
		except Duplicate as error:
			raise Duplicate(
				error.message,
				map_customer(contact.number),
			) from error
		return Taken(found["Id"], contact.number, mapping.version(found))

	def find_bill(self, kind: str, number: str, bill: Bill | None = None) -> TheirBill | None:
		for found in self.client.query(mapping.NAMES[kind], f"DocNumber = {quoted(number)}"):
			there = mapping.their_bill(kind, found)
			if there.stands:
				return there
		return None

	def send_bill(self, bill: Bill, their_id: str, version: str, key: str) -> Taken:
		name = mapping.NAMES[bill.kind]
		token = self.client.current(name, their_id)["SyncToken"] if their_id else ""
		return mapping.taken(self.client.write(name, mapping.bill_body(bill, their_id, token), key))

	def cancel_bill(self, kind: str, their_id: str, version: str, key: str) -> Taken:
		name = mapping.NAMES[kind]
		body = {"Id": their_id, "SyncToken": self.client.current(name, their_id)["SyncToken"]}
		if kind == CREDIT_NOTE:
			self._take_back(their_id, key)
		if kind == INVOICE:
			found = self.client.write(name, {**body, "sparse": True}, key, operation="void")
			return mapping.taken(found)
		self.client.write(name, body, key, operation="delete")
		return Taken(their_id)

	def _take_back(self, memo: str, key: str) -> None:
		self.client.delete_payments(self._allocations_of(memo), key)

	def _allocations_of(self, memo: str) -> list[dict]:
		"""Payments of nothing that allocate a credit memo."""
		found = self.client.current("CreditMemo", memo)
		payments = self.client.payments_of((found.get("CustomerRef") or {}).get("value", ""))
		return [payment for payment in payments if memo in mapping.credit_uses(payment)]

	def allocate(self, their_id: str, uses: tuple[Use, ...], bill: Bill, key: str) -> Taken | None:
		there = (
			use
			for payment in self._allocations_of(their_id)
			for use in mapping.credit_uses(payment)[their_id]
		)
		left = left_of(uses, there)
		if left:
			self.client.write("Payment", mapping.allocation_body(bill, their_id, left), key)
		return None

	def find_money(self, money: Money) -> Money | None:
		if money.direction == REFUNDED:
			return self.refunds.find(money)
		where = f"PaymentRefNum = {quoted(money.number[: mapping.LONGEST_REFERENCE])}"
		for found in self.client.query("Payment", where):
			made = mapping.their_money(found)
			if made and made.state != REMOVED and made.contact == money.contact:
				return made
		return None

	def send_money(self, money: Money, key: str) -> Taken:
		if money.direction == REFUNDED:
			return self.refunds.send(money, key)
		if any(use.kind == CREDIT_NOTE for use in money.uses):
			raise Stop(
				f"{money.number} takes credit notes into account, which a payment in QuickBooks cannot.",
				"Enter it in QuickBooks by hand, then leave this message.",
			)
		token = self.client.current("Payment", money.their_id)["SyncToken"] if money.their_id else ""
		found = self.client.write("Payment", mapping.money_body(money, token), key)
		return Taken(
			found["Id"], money.number, mapping.version(found), total=mapping.amount(found.get("TotalAmt"))
		)

	def cancel_money(self, their_id: str, version: str, key: str) -> Taken:
		if refund_mapping.is_refund(their_id):
			self.refunds.cancel(their_id, key)
			return Taken(their_id)
		self.client.delete("Payment", self.client.current("Payment", their_id), key)
		return Taken(their_id)

	# ---- in

	def changes(self, cursor: str) -> Page:
		since = moment(cursor or self.go_live())
		now = self.access.now().replace(tzinfo=timezone.utc)
		found = self._changed(since, now)
		hints = []
		for kind in (INVOICE, CREDIT_NOTE):
			for one in found[mapping.NAMES[kind]]:
				uses = self._uses(one) if kind == CREDIT_NOTE and one.get("status") != "Deleted" else ()
				bill = mapping.their_bill(kind, one, uses)
				hints.append(Hint(kind, bill.their_id, bill.version, bill))
		for one in found["Payment"]:
			money = mapping.their_money(one)
			if money:
				hints.append(Hint(PAYMENT, money.their_id, money.version, money))
			for memo in mapping.credit_uses(one):
				hints += self._memo(memo, mapping.version(one))
		hints += self.refunds.hints(found["Purchase"], found["Payment"])
		times = [
			moment(one["MetaData"]["LastUpdatedTime"])
			for rows in found.values()
			for one in rows
			if one.get("MetaData")
		]
		# what is deleted is told for a month only: the cursor must not fall behind where nothing happens
		last = max(since, max(times) - OVERLAP if times else now - timedelta(days=1))
		return Page(tuple(hints), last.isoformat())

	def _changed(self, since: datetime, now: datetime) -> dict[str, list[dict]]:
		"""By their change feed where it reaches, and by queries where there is more than it tells."""
		back = max(since, now - LONGEST_BACK)
		found = self.client.changed(CHANGES, back.isoformat())
		for name in CHANGES:
			if since < back or len(found[name]) >= MOST_CHANGES:
				where = f"MetaData.LastUpdatedTime >= {quoted(since.isoformat())}"
				known = {one["Id"] for one in found[name]}
				found[name] += [one for one in self.client.query(name, where) if one["Id"] not in known]
		return found

	def _memo(self, memo: str, event: str) -> list[Hint]:
		found = self.client.one("CreditMemo", memo)
		if not found:
			return []
		bill = mapping.their_bill(CREDIT_NOTE, found, self._uses(found))
		return [Hint(CREDIT_NOTE, memo, f"allocated {event}", bill)]

	def _uses(self, memo: dict) -> tuple[Use, ...]:
		if mapping.amount(memo.get("RemainingCredit")) in (None, mapping.amount(memo.get("TotalAmt"))):
			return ()
		return tuple(
			use
			for payment in self._allocations_of(memo["Id"])
			for use in mapping.credit_uses(payment)[memo["Id"]]
		)

	def read(self, kind: str, their_id: str) -> list[Money | TheirBill]:
		if kind == PAYMENT and refund_mapping.is_refund(their_id):
			return [self.refunds.read(their_id)]
		if kind == PAYMENT:
			found = self.client.one("Payment", their_id)
			money = mapping.their_money(found) if found else removed_money(their_id)
			papers: list[Money | TheirBill] = [money] if money else []
			for memo in mapping.credit_uses(found or {}):
				papers += [hint.paper for hint in self._memo(memo, "") if hint.paper]
			papers += [hint.paper for hint in self.refunds.hints([], [found] if found else []) if hint.paper]
			return papers
		name = mapping.NAMES.get(kind)
		if not name:
			return []
		found = self.client.one(name, their_id)
		gone = {"Id": their_id, "status": "Deleted"}
		papers = [
			mapping.their_bill(
				kind, found or gone, self._uses(found) if found and kind == CREDIT_NOTE else ()
			)
		]
		for linked in (found or {}).get("LinkedTxn") or []:
			if linked.get("TxnType") == "Payment":
				papers += self.read(PAYMENT, linked["TxnId"])
		return papers

	def bills(self, start: date, end: date) -> Iterable[TheirBill]:
		for kind in (INVOICE, CREDIT_NOTE):
			where = f"TxnDate >= '{start.isoformat()}' and TxnDate <= '{end.isoformat()}'"
			for found in self.client.query(mapping.NAMES[kind], where):
				bill = mapping.their_bill(kind, found)
				if bill.stands:
					yield bill

	# ---- webhooks

	@staticmethod
	def is_genuine(headers: Mapping[str, str], body: bytes, secret: str) -> bool:
		return is_signed(headers.get("intuit-signature", ""), body, secret)

	@staticmethod
	def told(body: bytes) -> list[Hint]:
		"""CloudEvents come as an array, several companies in one; the form before 2026 is read too."""
		found = json.loads(body)
		if isinstance(found, list):
			return [hint for event in found if (hint := _cloud_event(event))]
		return [
			hint
			for notification in found.get("eventNotifications") or []
			for entity in (notification.get("dataChangeEvent") or {}).get("entities") or []
			if (
				hint := _hint(
					entity["name"],
					str(entity["id"]),
					f"{entity.get('operation', '')} {entity.get('lastUpdated', '')}",
					str(notification.get("realmId", "")),
				)
			)
		]


def _cloud_event(event: dict) -> Hint | None:
	# qbo.invoice.updated.v1
	words = str(event["type"]).split(".")
	name = words[1] if len(words) > 1 else ""
	return _hint(name, str(event["intuitentityid"]), str(event["id"]), str(event.get("intuitaccountid", "")))


def _hint(name: str, ident: str, event: str, realm: str) -> Hint | None:
	told = {
		"invoice": (INVOICE, ident),
		"creditmemo": (CREDIT_NOTE, ident),
		"payment": (PAYMENT, ident),
		"purchase": (PAYMENT, f"{refund_mapping.PREFIX}{ident}"),
	}
	found = told.get(name.lower().replace("_", ""))
	return Hint(*found, event, tenant=realm) if found else None
