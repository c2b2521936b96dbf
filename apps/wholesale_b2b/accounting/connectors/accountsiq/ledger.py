"""What the ledger of AccountsIQ says: transactions, their allocations, and what has happened to them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from wholesale_b2b.accounting.connectors.accountsiq import mapping
from wholesale_b2b.accounting.connectors.accountsiq.client import Client
from wholesale_b2b.accounting.connectors.accountsiq.mapping import BILLS, MONEY, UNDOES, Pair
from wholesale_b2b.accounting.rules.papers import PAYMENT, Money, TheirBill

ALWAYS = (datetime(1900, 1, 1), datetime(2999, 12, 31))
# Allocations to a page.
LIMIT = 1000


class Ledger:
	def __init__(self, client: Client):
		self.client = client

	def pairs(self, their_id: str) -> tuple[Pair, ...]:
		"""What a transaction is allocated to."""
		found = self.client.rows("GetAllocationsByTransactionId", transactionId=their_id)
		return mapping.pairs_of(their_id, found)

	def by_reference(self, reference: str, kind: str) -> list[dict]:
		query = {
			"ExternalReference": reference, "FromDate": ALWAYS[0], "ToDate": ALWAYS[1], "TypesFilter": [("string", kind)],
		}  # fmt: skip
		rows = self.client.rows("GetTransactionsByExternalReference", query=query)
		return [
			row
			for row in rows
			if row.get("ExternalReference") == reference and row.get("TransactionType") == kind
		]

	def summary(self, their_id: str) -> dict | None:
		return self.summaries([their_id]).get(their_id) if their_id else None

	def summaries(self, idents: Iterable[str]) -> dict[str, dict]:
		rows = self.transactions(TransactionIDsFilter=[("int", ident) for ident in idents])
		return {row["TransactionID"]: row for row in rows}

	def transactions(
		self, dated: tuple = ALWAYS, created: tuple = ALWAYS, kinds: Iterable[str] = (), **filters: object
	) -> Iterator[dict]:
		"""Transactions dated and created within these moments, all pages."""
		if kinds:
			filters = {"TypesFilter": [("string", kind) for kind in kinds], **filters}
		head = {
			"FromDate": dated[0],
			"ToDate": dated[1],
			"FromCreationDate": created[0],
			"ToCreationDate": created[1],
		}
		tail = {"FromPeriodDate": None, "ToPeriodDate": None, "ExcludeReconciliationInformation": True}
		yield from self._pages(
			lambda skip: self.client.rows(
				"GetTransactionsBy", query={**head, "Skip": skip, **filters, **tail}
			)
		)

	@staticmethod
	def _pages(page) -> Iterator[dict]:
		"""Until one is empty: how many rows make a page is theirs to say."""
		skip = 0
		while rows := page(skip):
			yield from rows
			skip += len(rows)

	def bill(self, kind: str, their_id: str) -> TheirBill | None:
		summary = self.summary(their_id)
		if not summary:
			return None
		total, left = mapping.size_of(summary)
		return mapping.their_bill(kind, summary, self.pairs(their_id) if left != total else ())

	def money(self, summary: dict) -> Money | None:
		if not summary:
			return None
		total, left = mapping.size_of(summary)
		pairs = self.pairs(summary["TransactionID"]) if left != total else ()
		return mapping.their_money(summary, pairs)

	# ---- what has happened

	def events(self, since: datetime, until: datetime) -> dict[tuple[str, str], str]:
		"""(kind, id) → the latest that happened to it: made, changed, deleted or allocated. Each event has a text of its own."""
		told: dict[tuple[str, str], tuple[str, str]] = {}

		def tell(kind: str, ident: str, at: str, event: str) -> None:
			told[(kind, ident)] = max(told.get((kind, ident), ("", "")), (at, event))

		window = (since, until)
		for row in self.transactions(created=window, kinds=MONEY):
			tell(PAYMENT, row["TransactionID"], row.get("CreationDate") or "", "created")
		self._told_changes(window, tell)
		self._told_allocations(window, tell)
		return {key: f"{event} {at}" for key, (at, event) in told.items()}

	def _told_changes(self, window: tuple[datetime, datetime], tell) -> None:
		kinds = [("string", kind) for kind in (*BILLS, *MONEY)]
		head = {"FromDate": window[0], "ToDate": window[1], "TypesFilter": kinds}
		for row in self._pages(
			lambda skip: self.client.rows("GetTransactionChangesBetween", query={**head, "Skip": skip})
		):
			if (row.get("ExternalReference") or "").startswith(UNDOES):
				continue
			at = max((one.get("ModificationDate") or "" for one in row.get("LineDetails") or []), default="")
			kind = BILLS.get(row.get("TransactionType"), PAYMENT)
			tell(kind, row["TransactionID"], at, f"changed to {mapping.measure(row)}")

	def _told_allocations(self, window: tuple[datetime, datetime], tell) -> None:
		skip = 0
		while rows := self.client.rows(
			"GetAllocationsBetweenWithCreationDatePaged", ledger="Sales", fromCreationDate=window[0],
			toCreationDate=window[1], fromAccountCode="", toAccountCode="", skip=skip, limit=LIMIT,
		):  # fmt: skip
			for one in (one for row in rows for one in row.get("Allocations") or []):
				for entry in one.get("AllocationEntries") or []:
					at, event = (
						entry.get("AllocationCreationDate") or "",
						f"allocation {entry['AllocationId']}",
					)
					for ident, kind in (
						(one["TransactionID"], one.get("TransactionType")),
						(entry["AllocatedToTransactionID"], entry.get("AllocatedToTransactionType")),
					):
						if kind in MONEY or kind == "SN":
							tell(BILLS.get(kind, PAYMENT), ident, at, event)
			skip += LIMIT
