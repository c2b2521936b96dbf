"""What Sage Accounting can do."""

from collections.abc import Iterable
from datetime import date, datetime

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.base import Access, Connector
from wholesale_b2b.accounting.connectors.errors import Duplicate, in_use, map_customer, not_the_one
from wholesale_b2b.accounting.connectors.http import missing
from wholesale_b2b.accounting.connectors.reading import OVERLAP, moment, removed_bill, removed_money
from wholesale_b2b.accounting.connectors.sage import mapping
from wholesale_b2b.accounting.connectors.sage.client import TOKENS, Client
from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	INVOICE,
	PAYMENT,
	ZERO,
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

PAYMENTS = "/contact_payments"


class SageConnector(Connector):
	provider = "Sage"
	auth = base.OAUTH
	can = frozenset(
		(
			base.CONTACTS, base.INVOICES, base.CREDIT_NOTES, base.ALLOCATIONS, base.PRO_FORMAS, base.PAYMENTS_OUT,
			base.PAYMENTS_IN, base.REFUNDS_OUT, base.REFUNDS_IN, base.UPDATES, base.RECONCILING,
		)
	)  # fmt: skip
	# 100 a minute and 2,500 a day for each business
	limit = Limit(90, 60, 5)
	token_url = TOKENS
	limits = (
		"No webhooks: payments arrive with the next look.",
		"Sage counts its own invoice numbers; ours is the reference there.",
		"2,500 calls a day for each business.",
	)

	def __init__(self, access: Access):
		super().__init__(access)
		self.client = Client(access)

	def look(self) -> Tenant:
		businesses = list(self.client.rows("/businesses"))
		wanted = self.access.settings.get("tenant_id", "")
		found = [one for one in businesses if not wanted or one["id"] == wanted]
		if len(found) != 1:
			raise not_the_one(
				"businesses",
				[(one.get("name") or one.get("displayed_as", ""), one["id"]) for one in businesses],
			)
		self.access.choose(found[0]["id"])
		finance = self.client.one("/financial_settings") or {}
		currency = (finance.get("base_currency") or {}).get("id", "")
		return Tenant(
			found[0]["id"],
			found[0].get("name") or found[0].get("displayed_as", ""),
			currency,
			self._choices(),
		)

	def _choices(self) -> dict[str, tuple[Choice, ...]]:
		def listed(path: str, **params: str) -> tuple[Choice, ...]:
			return tuple(
				Choice(one["id"], one.get("displayed_as", "")) for one in self.client.rows(path, params)
			)

		return {
			"Income Account": listed("/ledger_accounts", visible_in="sales"),
			"Tax Template": listed("/tax_rates"),
			"Bank Account": listed("/bank_accounts"),
		}

	# ---- out

	def find_contact(self, contact: Contact) -> Taken | None:
		for found in self.client.rows("/contacts", {"search": contact.title[:50]}):
			if found.get("reference") == contact.number[:50]:
				return Taken(found["id"], contact.number, found.get("updated_at", ""))
		return None

	def send_contact(self, contact: Contact, version: str, key: str) -> Taken:
		body = mapping.contact_body(contact)
		try:
			if contact.their_id:
				found = self.client.write("PUT", f"/contacts/{contact.their_id}", "contact", body)
			else:
				found = self.client.write("POST", "/contacts", "contact", body, key)
		except Duplicate as error:
			raise Duplicate(error.message, map_customer(contact.number)) from error
		return Taken(found["id"], contact.number, found.get("updated_at", ""))

	def find_bill(self, kind: str, number: str, bill: Bill | None = None) -> TheirBill | None:
		for found in self.client.rows(mapping.PATHS[kind], {"search": number}):
			there = mapping.their_bill(kind, found)
			if there.number == number and there.stands:
				return there
		return None

	def send_bill(self, bill: Bill, their_id: str, version: str, key: str) -> Taken:
		path, entity = mapping.PATHS[bill.kind], mapping.ENTITIES[bill.kind]
		if not their_id:
			# Sage does not mind two of the same reference: we do
			if other := self.find_bill(bill.kind, bill.number):
				raise in_use(other.number, self.provider)
			return mapping.taken(self.client.write("POST", path, entity, mapping.bill_body(bill), key))
		return mapping.taken(self.client.write("PUT", f"{path}/{their_id}", entity, mapping.bill_body(bill)))

	def cancel_bill(self, kind: str, their_id: str, version: str, key: str) -> Taken:
		if kind == CREDIT_NOTE:
			for allocation in self._allocations(their_id):
				self.client.call("DELETE", f"/contact_allocations/{allocation['id']}")
		reason = {"void_reason": "Cancelled"} if kind in (INVOICE, CREDIT_NOTE) else None
		self.client.call("DELETE", f"{mapping.PATHS[kind]}/{their_id}", params=reason)
		return Taken(their_id)

	def _allocations(self, credit: str) -> list[dict]:
		note = self.client.one(f"{mapping.PATHS[CREDIT_NOTE]}/{credit}")
		if not note:
			raise missing("Sage", "The credit note")
		contact = (note.get("contact") or {}).get("id", "")
		return [
			one
			for one in self.client.rows("/contact_allocations", {"contact_id": contact})
			if any(
				(part.get("artefact") or {}).get("id") == credit
				for part in one.get("allocated_artefacts") or []
			)
		]

	def allocate(self, their_id: str, uses: tuple[Use, ...], bill: Bill, key: str) -> Taken | None:
		left = left_of(uses, self._uses(their_id))
		if left:
			total = sum((use.amount for use in left), ZERO)
			parts = [{"artefact_id": use.their_id, "amount": float(use.amount)} for use in left]
			body = {
				"transaction_type_id": "CUSTOMER_ALLOCATION",
				"contact_id": bill.contact,
				"date": bill.day.isoformat(),
				"allocated_artefacts": [*parts, {"artefact_id": their_id, "amount": float(-total)}],
			}
			self.client.write("POST", "/contact_allocations", "contact_allocation", body, key)
		return None

	def _uses(self, credit: str) -> tuple[Use, ...]:
		return tuple(
			Use(INVOICE, mapping.amount(part["amount"]) or ZERO, "", part["artefact"]["id"])
			for one in self._allocations(credit)
			for part in one.get("allocated_artefacts") or []
			if part["artefact"]["id"] != credit
		)

	def find_money(self, money: Money) -> Money | None:
		for found in self.client.rows(PAYMENTS, {"contact_id": money.contact}):
			made = mapping.their_money(found)
			if made and found.get("reference") == money.number:
				return made
		return None

	def send_money(self, money: Money, key: str) -> Taken:
		body = mapping.money_body(money)
		if money.their_id:
			found = self.client.write("PUT", f"{PAYMENTS}/{money.their_id}", "contact_payment", body)
		else:
			found = self.client.write("POST", PAYMENTS, "contact_payment", body, key)
		return Taken(found["id"], money.number, found.get("updated_at", ""))

	def cancel_money(self, their_id: str, version: str, key: str) -> Taken:
		self.client.call("DELETE", f"{PAYMENTS}/{their_id}")
		return Taken(their_id)

	# ---- in

	def changes(self, cursor: str) -> Page:
		since = moment(cursor or self.go_live())
		stamp = since.strftime("%Y-%m-%dT%H:%M:%SZ")
		hints: list[Hint] = []
		times: list[datetime] = []
		for kind in (INVOICE, CREDIT_NOTE):
			params = {"updated_or_created_since": stamp, "show_payments_allocations": "true"}
			for found in self.client.rows(mapping.PATHS[kind], params):
				times.append(moment(found["updated_at"]))
				bill = mapping.their_bill(kind, found)
				hints.append(Hint(kind, bill.their_id, bill.version, bill))
		for found in self.client.rows(PAYMENTS, {"updated_or_created_since": stamp}):
			times.append(moment(found["updated_at"]))
			money = mapping.their_money(found)
			if money:
				hints.append(Hint(PAYMENT, money.their_id, money.version, money))
		for found in self.client.rows(PAYMENTS, {"deleted_since": stamp}):
			event = f"deleted {found.get('deleted_at', '')}"
			hints.append(Hint(PAYMENT, found["id"], event, removed_money(found["id"], event)))
			if found.get("deleted_at"):
				times.append(moment(found["deleted_at"]))
		last = max([since, *(moment - OVERLAP for moment in times)])
		return Page(tuple(hints), last.isoformat())

	def read(self, kind: str, their_id: str) -> list[Money | TheirBill]:
		if kind == PAYMENT:
			found = self.client.one(f"{PAYMENTS}/{their_id}")
			money = mapping.their_money(found) if found else removed_money(their_id, "gone")
			return [money] if money else []
		if kind not in mapping.PATHS:
			return []
		found = self.client.one(f"{mapping.PATHS[kind]}/{their_id}")
		return [mapping.their_bill(kind, found) if found else removed_bill(kind, their_id)]

	def bills(self, start: date, end: date) -> Iterable[TheirBill]:
		for kind in (INVOICE, CREDIT_NOTE):
			params = {"from_date": start.isoformat(), "to_date": end.isoformat()}
			for found in self.client.rows(mapping.PATHS[kind], params):
				bill = mapping.their_bill(kind, found)
				if bill.stands:
					yield bill
