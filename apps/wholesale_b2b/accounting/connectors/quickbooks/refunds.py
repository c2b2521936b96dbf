"""Refunds at work: an expense and the payment of nothing that sets it off, as one. `refund_mapping` says why."""

from functools import cached_property

from wholesale_b2b.accounting.connectors.errors import Stop
from wholesale_b2b.accounting.connectors.quickbooks import mapping
from wholesale_b2b.accounting.connectors.quickbooks import refund_mapping as there
from wholesale_b2b.accounting.connectors.quickbooks.client import Client, quoted
from wholesale_b2b.accounting.connectors.reading import part_of, removed_money
from wholesale_b2b.accounting.rules.papers import CREDIT_NOTE, PAYMENT, Hint, Money, Taken


class Refunds:
	def __init__(self, client: Client):
		self.client = client

	@cached_property
	def receivables(self) -> list[dict]:
		"""Accounts for what customers owe: one for each currency."""
		return list(self.client.query("Account", "AccountType = 'Accounts Receivable'"))

	def of(self, purchase: dict) -> Money | None:
		"""An expense as the refund that it is; None for any other."""
		if (purchase.get("EntityRef") or {}).get("type") != "Customer":
			return None
		receivables = {one["Id"] for one in self.receivables}
		if not there.paid_to_customer(purchase, receivables):
			return None
		payments = self.client.payments_of(purchase["EntityRef"]["value"])
		return there.their_refund(purchase, payments, receivables)

	# ---- out

	def find(self, money: Money) -> Money | None:
		"""The refund that has our number; one that is not set off yet is no more than begun."""
		found = self._begun(money)
		return found if found and bool(found.uses) == bool(money.uses) else None

	def _begun(self, money: Money) -> Money | None:
		where = f"DocNumber = {quoted(money.number[: mapping.LONGEST_REFERENCE])}"
		found = (self.of(one) for one in self.client.query("Purchase", where))
		return next((one for one in found if one and one.contact == money.contact), None)

	def send(self, money: Money, key: str) -> Taken:
		"""Make or change it. What an attempt that was cut off has made is gone on with."""
		if any(use.kind != CREDIT_NOTE for use in money.uses):
			raise Stop(
				f"{money.number} takes invoices into account, which a refund in QuickBooks cannot.",
				"Enter it in QuickBooks by hand, then leave this message.",
			)
		begun = None if money.their_id else self._begun(money)
		if begun:
			purchase = there.purchase_of(begun.their_id)
		else:
			purchase = self._spend(money, key)
		if money.uses and not (begun and begun.uses):
			self.client.write("Payment", there.set_off_body(money, purchase), part_of(key, "set off"))
		found = self.client.current("Purchase", purchase)
		made = self.of(found)
		return Taken(there.ident_of(found), money.number, made.version if made else "", total=money.amount)

	def _spend(self, money: Money, key: str) -> str:
		token = ""
		if money.their_id:
			purchase = there.purchase_of(money.their_id)
			self._undo_set_offs(money.contact, purchase, key)
			token = self.client.current("Purchase", purchase)["SyncToken"]
		return self.client.write("Purchase", there.expense_body(money, self._receivable(money), token), key)[
			"Id"
		]

	def _receivable(self, money: Money) -> str:
		if not self.receivables:
			raise Stop(
				"QuickBooks has no account of the type Accounts Receivable.",
				"Make one there, then replay this.",
			)
		same = (
			one for one in self.receivables if (one.get("CurrencyRef") or {}).get("value") == money.currency
		)
		return next(same, self.receivables[0])["Id"]

	def cancel(self, their_id: str, key: str) -> None:
		purchase = there.purchase_of(their_id)
		found = self.client.current("Purchase", purchase)
		self._undo_set_offs((found.get("EntityRef") or {}).get("value", ""), purchase, key)
		self.client.delete("Purchase", self.client.current("Purchase", purchase), key)

	def _undo_set_offs(self, contact: str, purchase: str, key: str) -> None:
		self.client.delete_payments(there.set_offs(purchase, self.client.payments_of(contact)), key)

	# ---- in

	def read(self, their_id: str) -> Money:
		found = self.client.one("Purchase", there.purchase_of(their_id))
		return (self.of(found) if found else None) or removed_money(their_id)

	def hints(self, purchases: list[dict], payments: list[dict]) -> list[Hint]:
		"""Of expenses that have changed, and of those that the payments which have changed set off."""
		told = {one["Id"]: one for one in purchases}
		for payment in payments:
			for ident, _part in mapping.links(payment, *there.SPENT):
				if ident not in told and (found := self.client.one("Purchase", ident)):
					told[ident] = found
		hints = []
		for one in told.values():
			deleted = one.get("status") == "Deleted"
			money = removed_money(there.ident_of(one), mapping.version(one)) if deleted else self.of(one)
			if money:
				hints.append(Hint(PAYMENT, money.their_id, money.version, money))
		return hints
