"""What AccountsIQ can do."""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from wholesale_b2b.accounting.connectors import base
from wholesale_b2b.accounting.connectors.accountsiq import mapping
from wholesale_b2b.accounting.connectors.accountsiq.client import Client
from wholesale_b2b.accounting.connectors.accountsiq.documents import NOUNS, Documents
from wholesale_b2b.accounting.connectors.accountsiq.ledger import Ledger
from wholesale_b2b.accounting.connectors.accountsiq.mapping import BILLS, UNDOES
from wholesale_b2b.accounting.connectors.base import Access, Connector
from wholesale_b2b.accounting.connectors.errors import (
	MEND,
	Duplicate,
	Stop,
	in_use,
	map_customer,
	not_the_one,
)
from wholesale_b2b.accounting.connectors.http import missing
from wholesale_b2b.accounting.connectors.reading import amount, moment, removed_bill, removed_money
from wholesale_b2b.accounting.rules.pace import Limit
from wholesale_b2b.accounting.rules.papers import (
	CREDIT_NOTE,
	INVOICE,
	PAYMENT,
	PRO_FORMA,
	REMOVED,
	VOIDED,
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

# Their moments do not say in which time zone they are: what is told twice is known by its event.
ANY_ZONE = timedelta(days=1)
SWEEP = timedelta(hours=1)
# Payments that one look asks about in one call.
AT_ONCE = 500


class AccountsIQConnector(Connector):
	provider = "AccountsIQ"
	auth = base.SESSION
	can = frozenset(
		(
			base.CONTACTS, base.INVOICES, base.CREDIT_NOTES, base.ALLOCATIONS, base.PRO_FORMAS, base.PAYMENTS_OUT,
			base.PAYMENTS_IN, base.REFUNDS_IN, base.RECONCILING,
		)
	)  # fmt: skip
	# they state no limit, and ask for fair use; an invoice takes six or seven calls
	limit = Limit(300, 60, 10)
	# of an external reference
	number_length = 50
	needs = (
		("tenant_id", "Organisation"),
		("login", "User Name"),
		("api_key", "API Key"),
		("region", "Region"),
		("default_item", "Item of Lines Without One"),
	)
	limits = (
		"No webhooks: payments arrive with the next look; an allocation of a receipt that is taken back, within an hour.",
		"What is posted cannot be changed or deleted: what is cancelled here is credited there.",
		"Refunds are not sent: enter them there; they come in.",
		"Lines of a negative amount are refused.",
	)
	# between two looks at whether what we have still stands there as it did
	sweep = SWEEP

	def __init__(self, access: Access):
		super().__init__(access)
		self.client = Client(access)
		self.ledger = Ledger(self.client)
		self.documents = Documents(self.client)
		self.banks: list[dict] = []

	def login(self) -> tuple[str, float]:
		return self.client.session()

	def look(self) -> Tenant:
		wanted = self.settings.get("tenant_id", "")
		entities = self.client.entities()
		found = [one for one in entities if not wanted or one.get("EntityID") == wanted]
		if len(found) != 1:
			raise not_the_one(
				"entities", [(one.get("EntityName") or "", one.get("EntityID") or "") for one in entities]
			)
		entity = found[0]
		self.access.choose(entity["EntityID"])
		return Tenant(
			entity["EntityID"],
			entity.get("EntityName") or "",
			entity.get("BaseCurrency") or "",
			self._choices(),
		)

	def _choices(self) -> dict[str, tuple[Choice, ...]]:
		def listed(operation: str, code: str, label: str, detail: str = "") -> tuple[Choice, ...]:
			return tuple(
				Choice(row[code], row.get(label) or "", row.get(detail) or "")
				for row in self.client.rows(operation)
				if row.get(code) and row.get("IsActive") != "false"
			)

		return {
			"Income Account": listed("GetChartOfAccounts", "Code", "Description", "AccountType"),
			"Tax Template": listed("GetTaxCodeList", "Code", "Description", "Rate"),
			"Bank Account": listed("GetBankList", "Code", "Name", "CurrencyCode"),
			"Cost Center": listed("GetDepartmentList", "DepartmentID", "Description"),
		}

	# ---- customers

	def find_contact(self, contact: Contact) -> Taken | None:
		code = mapping.code_of(contact.number)
		found = self.client.one("GetCustomer", customerCode=code)
		if not found:
			return None
		if (found.get("Name") or "") != contact.title[:50]:
			raise Duplicate(
				f"Customer {code} in AccountsIQ is {found.get('Name')}, not {contact.title}.",
				map_customer(contact.number),
			)
		return Taken(code, contact.number)

	def send_contact(self, contact: Contact, version: str, key: str) -> Taken:
		shell: dict = {}
		if contact.their_id:
			shell = self.client.one("GetCustomer", customerCode=contact.their_id) or {}
			if not shell:
				raise missing("AccountsIQ", f"Customer {contact.their_id}")
		elif not self.access.dry_run:
			shell = self.client.one("GetNewCustomerFromDefaults") or {}
		body = mapping.customer(contact, shell)
		if self.client.tell("UpdateCustomer", customer=body, create=not contact.their_id).result == "false":
			raise Stop(f"AccountsIQ did not take customer {contact.number}, and gave no reason.", MEND)
		return Taken(contact.their_id or str(body["Code"]), contact.number)

	# ---- invoices, credit notes, pro formas: saved, looked at, posted

	def find_bill(self, kind: str, number: str, bill: Bill | None = None) -> TheirBill | None:
		"""One that was saved and not posted, since we were cut off in between, is posted first if it is as it should be; if nobody
		wants it any more it is cancelled."""
		for found in self.documents.saved(kind, number):
			there = replace(mapping.their_draft(found), kind=kind)
			if kind == PRO_FORMA:
				return there
			if found.get("Status") != "Posted":
				if not bill:
					self.documents.cancel(there.their_id, "Cancelled where it was made")
					continue
				if there.contact not in ("", bill.contact):
					return there
				self.documents.checked(bill, there.their_id)
			posted = self.ledger.bill(kind, self.documents.transaction(kind, found))
			if posted and posted.stands:
				return posted
		return None

	def send_bill(self, bill: Bill, their_id: str, version: str, key: str) -> Taken:
		if any(line.net < 0 for line in bill.lines):
			raise Stop(
				f"{bill.number} has a line of a negative amount, which AccountsIQ does not take.", MEND
			)
		noun = NOUNS[bill.kind][0]
		shell: dict = {}
		if not self.access.dry_run:
			# it keeps no reference from being used twice: we do
			if other := self.find_bill(bill.kind, bill.number, bill):
				raise in_use(other.number, self.provider)
			shell = self.documents.shell(noun, bill.contact)
			self.documents.learn({line.item or self.settings.get("default_item", "") for line in bill.lines})
		body = mapping.document(bill, shell, self.documents.items, self.settings.get("default_item", ""))
		saved = self.documents.save(bill.kind, body)
		net, tax, total = self.documents.checked(bill, saved)
		if bill.kind == PRO_FORMA:
			return Taken(saved, bill.number, "", net, tax, total)
		ident = self.documents.post(bill.kind, saved)
		return Taken(ident, bill.number, "", net, tax, total)

	def cancel_bill(self, kind: str, their_id: str, version: str, key: str) -> Taken:
		if kind == PRO_FORMA:
			return self._cancel_draft(their_id)
		summary = self.ledger.summary(their_id)
		if not summary:
			raise missing("AccountsIQ", "The document")
		pairs = self.ledger.pairs(their_id)
		bill = mapping.their_bill(kind, summary, pairs)
		undone = [pair for pair in pairs if pair.undoes]
		if bill.state == VOIDED and (not undone or not bill.outstanding):
			return Taken(their_id, bill.number)
		if kind == INVOICE and len(undone) < len(pairs):
			raise Stop(
				f"{bill.number} is paid or allocated in AccountsIQ, and what is posted there cannot be cancelled.",
				"Take its receipts and credit notes off it there; then replay.",
			)
		if kind == CREDIT_NOTE and len(undone) < len(pairs):
			self._unallocate(their_id)
		self._undo(kind, summary)
		return Taken(their_id, bill.number)

	def _cancel_draft(self, saved: str) -> Taken:
		found = self.client.one("GetInvoice", invoiceID=saved)
		if not found:
			raise missing("AccountsIQ", "The pro forma")
		if found.get("Status") == "Posted":
			raise Stop(
				f"Pro forma {found.get('ExternalReference')} was posted in AccountsIQ, where it is owed as an invoice now.",
				"Credit it there, then leave this message.",
			)
		if found.get("Status") != "Cancelled":
			self.documents.cancel(saved, "Cancelled where it was made")
		return Taken(saved)

	def _undo(self, kind: str, summary: dict) -> None:
		"""A document of the other kind with the same lines and date, allocated to it: their way to take back what is posted."""
		their_id, other = summary["TransactionID"], CREDIT_NOTE if kind == INVOICE else INVOICE
		reference = f"{UNDOES}{their_id}"
		made = next(
			(self.documents.transaction(other, found) for found in self.documents.saved(other, reference)), ""
		)
		if not made:
			noun, _argument, ident = NOUNS[kind]
			original = self.client.one(f"Get{noun}", **{ident: summary["InvoiceID"]})
			if not original:
				raise missing("AccountsIQ", f"{summary.get('ExternalReference')}, as it was saved,")
			shell = self.documents.shell(NOUNS[other][0], summary.get("AccountCode") or "")
			made = self.documents.post(
				other, self.documents.save(other, mapping.mirror(original, shell, reference))
			)
		total, _left = mapping.size_of(summary)
		self._use(
			their_id, (Use(other, total, "", made),), reference, mapping.day_of(summary["TransactionDate"])
		)

	# ---- allocations

	def allocate(self, their_id: str, uses: tuple[Use, ...], bill: Bill, key: str) -> Taken | None:
		self._use(their_id, uses, bill.number, bill.day)
		return None

	def _use(self, their_id: str, uses: tuple[Use, ...], reference: str, day: date) -> None:
		"""Allocate what is not allocated yet."""
		there = tuple(Use("", pair.amount, "", pair.other) for pair in self.ledger.pairs(their_id))
		for use in left_of(uses, there):
			self.client.tell(
				"AllocateTransactions",
				transactionID_1=their_id,
				transactionID_2=use.their_id,
				allocationReference=reference,
				allocationAmount=use.amount,
				allocationDate=day,
			)

	def _unallocate(self, their_id: str) -> None:
		self.client.tell_each("UnallocateTransactions", transactionIDs=[("int", their_id)])

	# ---- payments taken here

	def find_money(self, money: Money) -> Money | None:
		"""One that was not allocated, since we were cut off before, is allocated first."""
		for summary in self.ledger.by_reference(money.number, "SR"):
			there = self.ledger.money(summary)
			if there and there.state != REMOVED and there.contact == money.contact:
				return self._allocated(money, there.their_id)
		return None

	def _allocated(self, money: Money, their_id: str) -> Money | None:
		"""To what is over there, as far as the payment says so: one that is about to be cancelled does not."""
		uses = tuple(use for use in money.uses if use.their_id)
		self._use(their_id, uses, money.number, money.day)
		return self.ledger.money(self.ledger.summary(their_id) or {})

	def send_money(self, money: Money, key: str) -> Taken:
		if money.their_id and (done := self._changed(money)):
			return done
		if not self.access.dry_run:
			for summary in self.ledger.by_reference(money.number, "SR"):
				there = self.ledger.money(summary)
				if not there or there.state == REMOVED:
					continue
				if money.their_id and is_like(there, money) and there.contact == money.contact:
					# it was changed, and the answer got lost: the one before is undone, this one stands for it
					now = self._allocated(money, there.their_id)
					return Taken(there.their_id, money.number, now.version if now else "")
				raise Duplicate(
					f"Receipt {money.number} is in AccountsIQ already.",
					"Replay, if it is this one: it is taken as sent.",
				)
		rate, bank, bank_rate = self._rates(money)
		told = self.client.tell(
			"SaveSalesReceiptGetBackTransactionID", salesReceipt=mapping.receipt(money, bank, rate, bank_rate)
		)
		there = self._allocated(money, told.out["transactionID"])
		return Taken(told.out["transactionID"], money.number, there.version if there else "")

	def _changed(self, money: Money) -> Taken | None:
		"""A receipt that stands is allocated anew; one of another amount, day or bank account is undone, for another."""
		there = self.ledger.money(self.ledger.summary(money.their_id) or {})
		if not there or there.state == REMOVED:
			return None
		if not is_like(there, money):
			self.cancel_money(money.their_id, "", "")
			return None
		if left_of(there.uses, money.uses):
			self._unallocate(money.their_id)
		now = self._allocated(money, money.their_id)
		return Taken(money.their_id, money.number, now.version if now else "")

	def _rates(self, money: Money) -> tuple[Decimal, str, Decimal]:
		"""(exchange rate, code of the account at the bank, its exchange rate): 1 for the company's own currency."""
		own = self.settings.get("currency") or money.currency
		rate = Decimal(1)
		if money.currency != own and not self.access.dry_run:
			theirs = self.client.ask("GetCurrencyExchangeRate", currencyCode=money.currency).result
			rate = mapping.quoted(money.rate, amount(theirs))
		self.banks = self.banks or self.client.rows("GetBankList")
		bank = next((one for one in self.banks if one.get("Code") == money.account), None)
		if not bank:
			raise Stop(f"AccountsIQ refused it: it has no bank account {money.account}.", MEND)
		same = (bank.get("CurrencyCode") or own) == money.currency
		return rate, bank.get("BankAccountCode") or money.account, rate if same else Decimal(1)

	def cancel_money(self, their_id: str, version: str, key: str) -> Taken:
		"""A receipt cannot be deleted from outside: it is taken off its invoices, and a debit journal takes it back."""
		summary = self.ledger.summary(their_id)
		if not summary:
			raise missing("AccountsIQ", "The receipt")
		pairs = self.ledger.pairs(their_id)
		there = mapping.their_money(summary, pairs)
		if not there or there.state == REMOVED:
			return Taken(their_id)
		if any(not pair.undoes for pair in pairs):
			self._unallocate(their_id)
		reference = f"{UNDOES}{their_id}"
		made = next((row["TransactionID"] for row in self.ledger.by_reference(reference, "SD")), "")
		if not made:
			shell = self.client.one("GetNewSalesDebitJournal", customerCode=there.contact) or {}
			body = mapping.refunding(summary, shell, there.account)
			made = self.client.tell("PostSalesDebitJournalGetBackTransactionID", journal=body).out[
				"transactionID"
			]
		total, _left = mapping.size_of(summary)
		self._use(their_id, (Use("", total, "", made),), reference, there.day)
		return Taken(their_id)

	# ---- in

	def changes(self, cursor: str) -> Page:
		"""New receipts, transactions that were changed or deleted, new allocations; and hourly, whether what we have stands."""
		now = self.access.now()
		kept = json.loads(cursor) if cursor else {}
		since = moment(kept.get("since") or self.go_live()).replace(tzinfo=None)
		swept = moment(kept["swept"]).replace(tzinfo=None) if kept.get("swept") else since
		window = (since - ANY_ZONE, now + ANY_ZONE)
		hints = [Hint(kind, ident, event) for (kind, ident), event in self.ledger.events(*window).items()]
		if now - swept >= self.sweep:
			hints += self._swept()
			swept = now
		return Page(tuple(hints), json.dumps({"since": now.isoformat(), "swept": swept.isoformat()}))

	def _swept(self) -> list[Hint]:
		"""Payments that stand here and do not stand there as they did: no list of theirs tells of an allocation taken back."""
		known = self.access.known(PAYMENT)
		hints, idents = [], list(known)
		for start in range(0, len(idents), AT_ONCE):
			part = idents[start : start + AT_ONCE]
			found = self.ledger.summaries(part)
			for ident in part:
				now = mapping.measure(found[ident]) if ident in found else "gone"
				if now != known[ident].partition(" ")[0]:
					hints.append(Hint(PAYMENT, ident, f"{known[ident]}, now {now}"))
		return hints

	def read(self, kind: str, their_id: str) -> list[Money | TheirBill]:
		if kind == PAYMENT:
			summary = self.ledger.summary(their_id)
			money = self.ledger.money(summary) if summary else removed_money(their_id, "gone")
			return [money] if money else []
		if kind not in (INVOICE, CREDIT_NOTE):
			return []
		bill = self.ledger.bill(kind, their_id)
		return [bill or removed_bill(kind, their_id)]

	def bills(self, start: date, end: date) -> Iterable[TheirBill]:
		dated = (datetime.combine(start, time.min), datetime.combine(end, time(23, 59, 59)))
		rows = list(self.ledger.transactions(dated, kinds=BILLS))
		references = {row.get("ExternalReference") or "" for row in rows}
		for row in rows:
			undone = f"{UNDOES}{row['TransactionID']}" in references
			if undone or (row.get("ExternalReference") or "").startswith(UNDOES):
				continue
			bill = mapping.their_bill(BILLS[row["TransactionType"]], row)
			if bill.stands:
				yield bill


def is_like(there: Money, money: Money) -> bool:
	"""Whether a receipt is of the same amount, bank account and day."""
	return (there.amount, there.account, there.day) == (money.amount, money.account, money.day)
