"""Invoices and credit notes of AccountsIQ: saved, looked at, and posted, after which there is no way back."""

from decimal import Decimal

from wholesale_b2b.accounting.connectors.accountsiq import mapping
from wholesale_b2b.accounting.connectors.accountsiq.client import Client
from wholesale_b2b.accounting.connectors.accountsiq.soap import Refused
from wholesale_b2b.accounting.connectors.errors import Retry, Stop, SyncError
from wholesale_b2b.accounting.connectors.http import missing
from wholesale_b2b.accounting.rules.amounts import differ
from wholesale_b2b.accounting.rules.papers import CREDIT_NOTE, INVOICE, PRO_FORMA, Bill

# What a kind of document is called in their operations: the verb's noun, its argument, its id's argument.
NOUNS = {
	INVOICE: ("Invoice", "invoice", "invoiceID"),
	PRO_FORMA: ("Invoice", "invoice", "invoiceID"),
	CREDIT_NOTE: ("CreditNote", "creditNote", "creditNoteID"),
}


class Documents:
	def __init__(self, client: Client):
		self.client = client
		# what AccountsIQ knows of the items that lines carry, by code
		self.items: dict[str, dict] = {}

	def saved(self, kind: str, reference: str) -> list[dict]:
		"""Documents of the sales ledger that carry a reference, cancelled ones left out."""
		rows = self.client.rows(f"Get{NOUNS[kind][0]}sByExternalReference", externalReference=reference)
		return [
			row for row in rows
			if row.get("ExternalReference") == reference and row.get("Status") != "Cancelled"
			and row.get("Ledger") != "Purchases"
		]  # fmt: skip

	def transaction(self, kind: str, found: dict) -> str:
		"""The id that a document has once it is posted, which it is now if it was not."""
		if found.get("Status") != "Posted":
			return self.post(kind, found["InvoiceID"])
		made = self.client.one("GetTransactionByInvoiceID", invoiceID=found["InvoiceID"]) or {}
		for row in made.get("Lines") or []:
			return row["TransactionID"]
		# taken for one that is not there, it would be made once more
		raise Retry(f"AccountsIQ does not tell the transaction of {found.get('ExternalReference')} yet.")

	def shell(self, noun: str, customer: str) -> dict:
		found = self.client.one(f"GetNewSales{noun}", customerCode=customer)
		if not found:
			raise missing("AccountsIQ", f"Customer {customer}")
		return found

	def learn(self, codes: set[str]) -> None:
		for code in codes - set(self.items):
			self.items[code] = self.client.one("GetStockItem", stockItemID=code) or {}

	def save(self, kind: str, body: dict) -> str:
		noun, argument, ident = NOUNS[kind]
		return self.client.tell(f"Save{noun}GetBack{noun}ID", **{argument: body, "create": True}).out[ident]

	def checked(self, bill: Bill, saved: str) -> tuple[Decimal, Decimal, Decimal]:
		"""(net, tax, total) as AccountsIQ reckons it. What it reckons otherwise is not posted: that cannot be undone."""
		noun, _argument, ident = NOUNS[bill.kind]
		found = self.client.one(f"Get{noun}", **{ident: saved})
		if not found:
			raise missing("AccountsIQ", f"{bill.number}, which we have just saved,")
		net, tax, total = mapping.sums_of(found)
		if differ(bill.net, net) or differ(bill.tax, tax):
			self.drop(saved, "Its totals are not those of the document that it was made from")
			raise Stop(
				f"AccountsIQ reckons {net} and {tax} tax for {bill.number}, which is {bill.net} and {bill.tax} here: it was not"
				" posted.",
				"Look at the decimals of prices and the rounding of tax there; then replay, or enter it there by hand.",
			)
		return net, tax, total

	def post(self, kind: str, saved: str) -> str:
		"""Post what is saved: the point of no return. What may not be posted is not left lying there either."""
		noun, _argument, ident = NOUNS[kind]
		try:
			return self.client.tell(f"Post{noun}GetBackTransactionID", **{ident: saved}).out["transactionID"]
		except Refused:
			self.drop(saved, "It could not be posted")
			raise

	def drop(self, saved: str, reason: str) -> None:
		"""Cancel what is saved and not posted. Where that fails it is found, and seen to, by whoever replays."""
		try:
			self.cancel(saved, reason)
		except SyncError:
			pass

	def cancel(self, saved: str, reason: str) -> None:
		"""Cancel what is saved and not posted."""
		self.client.tell("CancelInvoice", invoiceID=saved, reason=reason)
