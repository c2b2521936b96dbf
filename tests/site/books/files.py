"""A package without an API: what it knows are the files that it was given."""

import csv
import glob
from decimal import Decimal

from frappe.utils import nowdate

from books.world import BANK_CODE, Booked, World
from wholesale_b2b.accounting.connectors.file import mapping
from wholesale_b2b.accounting.service.access import folder_of


class FileWorld(World):
	provider = "File"

	def connected(self, **fields):
		super().connected(**fields)
		self.folder = folder_of(self.connection.name)
		(self.folder / "in").mkdir(parents=True, exist_ok=True)
		self.count = 0
		self.paid: dict[str, dict] = {}
		return self.connection

	def _bills(self, number: str = "") -> list[Booked]:
		found = []
		for path in sorted((self.folder / "out").glob(f"*-{glob.escape(number)}.csv" if number else "*.csv")):
			if path.name.startswith(("invoice-", "credit-note-", "pro-forma-")):
				with path.open(newline="") as file:
					rows = list(csv.DictReader(file))
				bill = mapping.bill_from(rows)
				paid = sum(
					Decimal(p["allocated"]) for p in self.paid.values()
					if p["document"] == bill.number and p["state"] == "Open"
				)  # fmt: skip
				state = bill.state
				paid += self._paid_from_here(bill.kind, bill.number)
				left = bill.total - paid - self._credited(bill.number)
				if bill.kind == "Credit Note":
					left = bill.total - paid - self._used(bill.number)
				found.append(
					Booked(
						bill.number, bill.kind, bill.net, bill.tax, bill.total, left, state, bill.currency, bill.contact,
						len(rows), Decimal(rows[0]["rate"]),
					)
				)  # fmt: skip
		return found

	def _paid_from_here(self, kind, number):
		"""What payments that were sent to it, and not removed, pay of a bill."""
		return sum(
			use.amount
			for path in (self.folder / "out").glob("payment-*.csv")
			for money in [money_in(path)]
			for use in money.uses
			if money.state == "Open" and (use.kind, use.number) == (kind, number)
		)

	def _allocations(self):
		for path in (self.folder / "out").glob("allocation-*.csv"):
			with path.open(newline="") as file:
				yield from csv.DictReader(file)

	def _credited(self, number):
		return sum(Decimal(row["allocated"]) for row in self._allocations() if row["document"] == number)

	def _used(self, number):
		return sum(Decimal(row["allocated"]) for row in self._allocations() if row["credit_note"] == number)

	def booked(self, number):
		return [bill for bill in self._bills(number) if bill.number == number]

	def pay(self, number, amount, rate=1, **fields):
		(bill,) = self.booked(number)
		return self._enter(
			customer=bill.contact, currency=bill.currency, amount=amount, document_kind=bill.kind, document=number,
			allocated=amount, rate="" if rate == 1 else rate, **fields,
		)  # fmt: skip

	def prepay(self, customer, amount, reference):
		return self._enter(customer=customer, currency="GBP", amount=amount, reference=reference)

	def change_payment(self, payment, amount):
		self.paid[payment] |= {
			"amount": amount,
			"allocated": amount if self.paid[payment]["document"] else "",
		}
		self._write(payment)

	def remove_payment(self, payment):
		self.paid[payment]["state"] = "Removed"
		self._write(payment)

	def _enter(self, **fields):
		self.count += 1
		payment = f"BANK-{self.connection.name}-{self.count}"
		self.paid[payment] = {
			"id": payment, "date": nowdate(), "account": BANK_CODE, "direction": "Received", "reference": "", "rate": "",
			"state": "Open", "document_kind": "", "document": "", "allocated": "", **fields,
		}  # fmt: skip
		self._write(payment)
		return payment

	def _write(self, payment):
		self.count += 1
		text = mapping.written(mapping.MONEY, [self.paid[payment]])
		(self.folder / "in" / f"payments-{self.count:05}.csv").write_text(text)

	def balances(self):
		"""The package's list of balances, for the reconciliation."""
		rows = [
			{
				"kind": bill.kind, "number": bill.number, "customer": bill.contact, "date": nowdate(), "currency": bill.currency,
				"net": bill.net, "tax": bill.tax, "total": bill.total, "outstanding": bill.outstanding,
				"state": "Voided" if bill.state == "Voided" else "",
			}
			for bill in self._bills()
		]  # fmt: skip
		(self.folder / "in" / "balances.csv").write_text(mapping.written(mapping.BALANCE, rows))

	def void(self, number):
		raise NotImplementedError("a file cannot say so")

	def payments(self):
		found = []
		for path in (self.folder / "out").glob("payment-*.csv"):
			money = money_in(path)
			if money.state == "Open":
				found.append({"number": money.number, "amount": money.amount, "rate": money.rate})
		return found


def money_in(path):
	with path.open(newline="") as file:
		return mapping.money_from(list(csv.DictReader(file)), "")
