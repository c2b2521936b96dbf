"""What iplicit can do."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.base import Access, Connector
from wholesale_b2b.accounting.connectors.errors import Stop, in_use
from wholesale_b2b.accounting.connectors.http import missing
from wholesale_b2b.accounting.connectors.iplicit import mapping
from wholesale_b2b.accounting.connectors.iplicit.client import Client
from wholesale_b2b.accounting.connectors.reading import OVERLAP, moment, removed_bill
from wholesale_b2b.accounting.rules.conflicts import is_same
from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	INVOICE,
	PAYMENT,
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


class IplicitConnector(Connector):
	provider = "iplicit"
	auth = base.SESSION
	can = frozenset(
		(
			base.CONTACTS, base.INVOICES, base.CREDIT_NOTES, base.ALLOCATIONS, base.PRO_FORMAS, base.PAYMENTS_OUT,
			base.PAYMENTS_IN, base.REFUNDS_OUT, base.REFUNDS_IN, base.RECONCILING,
		)
	)  # fmt: skip
	limit = Limit(120, 60, 5)
	needs = (
		("tenant_id", "Organisation"),
		("login", "User Name"),
		("api_key", "API Key"),
		("legal_entity", "Legal Entity"),
		("customer_group", "Customer Group"),
		("invoice_type", "Document Type of Invoices"),
		("credit_note_type", "Document Type of Credit Notes"),
		("receipt_type", "Document Type of Receipts"),
	)
	limits = (
		"No webhooks: payments arrive with the next look.",
		"What has been submitted cannot be changed from outside: cancel it here and make a new one.",
	)

	def __init__(self, access: Access):
		super().__init__(access)
		self.client = Client(access)

	def login(self) -> tuple[str, float]:
		return self.client.session()

	def look(self) -> Tenant:
		entities = list(self.client.rows("/api/LegalEntity"))
		wanted = self.settings.get("legal_entity", "")
		found = [one for one in entities if wanted in (one.get("code"), one.get("id"))]
		if not found:
			names = ", ".join(f"{one.get('description')} ({one.get('code')})" for one in entities)
			raise Stop(
				f"Legal entity {wanted or '(none)'} is not there; there are: {names or 'none'}.",
				"Fill in Legal Entity.",
			)
		domain = self.settings.get("tenant_id", "")
		return Tenant(
			domain, found[0].get("description", ""), found[0].get("currency") or "", self._choices()
		)

	def _choices(self) -> dict[str, tuple[Choice, ...]]:
		entities = self.client.rows("/api/LegalEntity")
		return {
			"Legal Entity": tuple(Choice(one.get("code", ""), one.get("description", "")) for one in entities)
		}

	# ---- out

	def find_contact(self, contact: Contact) -> Taken | None:
		for found in self.client.rows("/api/ContactAccount", {"IntRef": contact.number}):
			if found.get("intRef") == contact.number:
				return Taken(found["id"], contact.number, found.get("lastModified", ""))
		return None

	def send_contact(self, contact: Contact, version: str, key: str) -> Taken:
		body = mapping.contact_body(contact, self.settings.get("customer_group", ""))
		if contact.their_id:
			body.pop("customer")
			self.client.call("PATCH", f"/api/ContactAccount/{contact.their_id}", json=body)
			return Taken(contact.their_id, contact.number)
		return Taken(self.client.make("/api/ContactAccount", body), contact.number)

	def find_bill(self, kind: str, number: str, bill: Bill | None = None) -> TheirBill | None:
		"""One that was made and not submitted, since we were cut off in between, is submitted first."""
		path = mapping.PATHS[kind]
		for found in self.client.rows(path, {"IntRef": number}):
			there = mapping.their_bill(found, self.settings, "" if kind in (INVOICE, CREDIT_NOTE) else kind)
			if there.number != number or there.kind != kind or not there.stands:
				continue
			if bill and mapping.is_draft(found) and is_same(bill, there):
				self.client.call("POST", f"{path}/{there.their_id}/submit")
			return there
		return None

	def send_bill(self, bill: Bill, their_id: str, version: str, key: str) -> Taken:
		path = mapping.PATHS[bill.kind]
		# it keeps no number from being used twice: we do
		if other := self.find_bill(bill.kind, bill.number, bill):
			raise in_use(other.number, self.provider)
		ident = self.client.make(path, mapping.bill_body(bill, self.settings))
		self.client.call("POST", f"{path}/{ident}/submit")
		return self._taken(path, ident)

	def _taken(self, path: str, ident: str) -> Taken:
		found = self.client.one(f"{path}/{ident}") or {}
		return Taken(
			ident,
			found.get("intRef") or "",
			found.get("lastModified") or "",
			abs(mapping.amount(found.get("netCurrencyAmount"))) if found else None,
			abs(mapping.amount(found.get("taxCurrencyAmount"))) if found else None,
			abs(mapping.amount(found.get("grossCurrencyAmount"))) if found else None,
		)

	def cancel_bill(self, kind: str, their_id: str, version: str, key: str) -> Taken:
		return self._end(mapping.PATHS[kind], their_id)

	def _end(self, path: str, ident: str) -> Taken:
		"""Back to a draft, then abandoned; whichever of the two was done before."""
		found = self.client.one(f"{path}/{ident}")
		if not found:
			raise missing("iplicit", "The document")
		now = mapping.states(found)
		if now & mapping.GONE:
			return Taken(ident)
		if "draft" not in now:
			self.client.call("POST", f"/api/Document/{ident}/unpost")
		self.client.call("POST", f"/api/Document/{ident}/abandon")
		return Taken(ident)

	def allocate(self, their_id: str, uses: tuple[Use, ...], bill: Bill, key: str) -> Taken | None:
		there = self._uses(mapping.PATHS[CREDIT_NOTE], their_id)
		self._use(f"/api/Document/{their_id}", left_of(uses, there))
		return None

	def _use(self, path: str, uses: tuple[Use, ...]) -> None:
		for use in uses:
			body = {"docId": use.their_id, "allocAmountCurrency": float(use.amount)}
			self.client.call("POST", f"{path}/allocation", json=body)

	def _uses(self, path: str, ident: str) -> tuple[Use, ...]:
		found = self.client.one(f"{path}/{ident}", include="allocations") or {}
		return mapping.uses_of(found, INVOICE)

	def find_money(self, money: Money) -> Money | None:
		for found in self.client.rows(mapping.RECEIPTS, {"IntRef": money.number}):
			if found.get("intRef") != money.number or mapping.states(found) & mapping.GONE:
				continue
			# one that is about to be cancelled does not say what it pays over there
			if mapping.is_draft(found) and all(use.their_id for use in money.uses):
				self.client.call("POST", f"{mapping.RECEIPTS}/{found['id']}/submit")
			return self._money(found["id"])
		return None

	def _money(self, ident: str) -> Money | None:
		found = self.client.one(f"{mapping.RECEIPTS}/{ident}", include="allocations")
		return mapping.their_money(found) if found else None

	def send_money(self, money: Money, key: str) -> Taken:
		if money.their_id:
			there = self._money(money.their_id)
			same = there and there.amount == money.amount and there.account == money.account
			if same and not left_of(there.uses, money.uses):
				return self._allocate_more(money, there)
			self.cancel_money(money.their_id, "", key)
		ident = self.client.make(mapping.RECEIPTS, mapping.money_body(money, self.settings))
		self.client.call("POST", f"{mapping.RECEIPTS}/{ident}/submit")
		return Taken(
			ident,
			money.number,
			(self.client.one(f"{mapping.RECEIPTS}/{ident}") or {}).get("lastModified", ""),
		)

	def _allocate_more(self, money: Money, there: Money) -> Taken:
		self._use(f"{mapping.RECEIPTS}/{money.their_id}", left_of(money.uses, there.uses))
		return Taken(money.their_id, money.number, there.version)

	def cancel_money(self, their_id: str, version: str, key: str) -> Taken:
		return self._end(mapping.RECEIPTS, their_id)

	# ---- in

	def changes(self, cursor: str) -> Page:
		since = moment(cursor or self.go_live())
		params = {"LastModifiedFrom": since.isoformat()}
		hints: list[Hint] = []
		times: list[datetime] = []
		for found in self.client.rows(mapping.PATHS[INVOICE], params):
			times.append(moment(found["lastModified"]))
			if mapping.is_draft(found):
				continue
			bill = self._bill(found)
			hints.append(Hint(bill.kind, bill.their_id, bill.version, bill))
		for found in self.client.rows(mapping.RECEIPTS, params):
			times.append(moment(found["lastModified"]))
			if mapping.is_draft(found):
				continue
			money = self._money(found["id"])
			if money:
				hints.append(Hint(PAYMENT, money.their_id, money.version, money))
		last = max([since, *(moment - OVERLAP for moment in times)])
		return Page(tuple(hints), last.isoformat())

	def _bill(self, found: dict) -> TheirBill:
		bill = mapping.their_bill(found, self.settings)
		if bill.kind == CREDIT_NOTE and bill.outstanding != bill.total:
			bill = mapping.their_bill(
				found, self.settings, uses=self._uses(mapping.PATHS[CREDIT_NOTE], bill.their_id)
			)
		return bill

	def read(self, kind: str, their_id: str) -> list[Money | TheirBill]:
		if kind == PAYMENT:
			money = self._money(their_id)
			return [money] if money else []
		if kind not in mapping.PATHS:
			return []
		found = self.client.one(f"{mapping.PATHS[kind]}/{their_id}")
		return [self._bill(found) if found else removed_bill(kind, their_id)]

	def bills(self, start: date, end: date) -> Iterable[TheirBill]:
		for found in self._dated(start, end):
			bill = mapping.their_bill(found, self.settings)
			if bill.stands and not mapping.is_draft(found):
				yield bill

	def _dated(self, start: date, end: date) -> Iterator[dict]:
		params = {"DocDateFrom": start.isoformat(), "DocDateTo": end.isoformat()}
		yield from self.client.rows(mapping.PATHS[INVOICE], params)
