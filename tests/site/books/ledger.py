"""Books as any package keeps them, for stand-ins of packages whose vendors publish no contract: bills, payments, allocations."""

import itertools
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from frappe.utils import nowdate

from books.server import ServerWorld
from books.world import Booked


class Refused(Exception):
	"""What the package says no to; kind tells duplicates from the rest."""

	def __init__(self, message: str, kind: str = ""):
		super().__init__(message)
		self.message, self.kind = message, kind


class LedgerWorld(ServerWorld):
	"""Subclasses turn requests into `put_bill`, `put_payment`, `allocate`, `end_bill`, `end_payment`."""

	# of the amount of a refund, as the package shows it
	refund_sign = 1

	def begin(self):
		self.contacts: dict[str, dict] = {}
		self.bills: dict[str, dict] = {}
		self.money: dict[str, dict] = {}
		self.numbers = itertools.count(1)
		self.clock = datetime.now(timezone.utc)
		# Frappe is not bound to the threads that answer
		self.today = nowdate()

	def new_id(self) -> str:
		return uuid.uuid4().hex

	def stamp(self, row: dict) -> dict:
		"""Every change is later than the one before."""
		self.clock = max(datetime.now(timezone.utc), self.clock + timedelta(milliseconds=1))
		row["updated"] = self.clock
		return row

	def since(self, rows: dict[str, dict], moment: datetime) -> list[dict]:
		return sorted(
			(row for row in rows.values() if row["updated"] >= moment), key=lambda row: row["updated"]
		)

	# ---- contacts

	def put_contact(self, ident: str, **fields) -> dict:
		for other in self.contacts.values():
			if other["id"] != ident and fields.get("name") and other["name"] == fields["name"]:
				raise Refused(f"There is a contact {fields['name']} already", "duplicate")
		row = self.contacts.get(ident) or {"id": self.new_id()}
		row.update(fields)
		self.contacts[row["id"]] = self.stamp(row)
		return row

	# ---- bills

	def put_bill(self, kind: str, ident: str, number: str, contact: str, lines: list[dict], **fields) -> dict:
		"""lines: net, tax, account, tax_code, each an amount or code that must exist."""
		self._is_open()
		row = self.bills.get(ident)
		if ident and not row:
			raise Refused("not found", "missing")
		if row and row["used"]:
			raise Refused("It is paid or allocated and cannot be changed")
		for other in self.bills.values():
			if (
				other is not row
				and other["kind"] == kind
				and other["number"] == number
				and other["state"] == "Open"
			):
				raise Refused(f"The number {number} is in use", "duplicate")
		if contact not in self.contacts:
			raise Refused("The contact is not known")
		for line in lines:
			if line["account"] not in (self.sales_code, self.freight_code, self.rounding_code):
				raise Refused(f"The account {line['account']} is not known")
			if line["tax_code"] not in (self.tax_code, self.no_tax_code):
				raise Refused(f"The tax code {line['tax_code']} is not known")
		net, tax = (sum((Decimal(str(line[f])) for line in lines), Decimal(0)) for f in ("net", "tax"))
		row = row or {
			"id": self.new_id(), "used": Decimal(0), "uses": [], "seq": next(self.numbers), "currency": "GBP",
			"rate": Decimal(1), "day": self.today,
		}  # fmt: skip
		row.update(
			{
				"kind": kind, "number": number, "contact": contact, "net": net, "tax": tax, "total": net + tax, "state": "Open",
				"lines": lines, **fields,
			}
		)  # fmt: skip
		self.bills[row["id"]] = self.stamp(row)
		return row

	def _is_open(self) -> None:
		if self.closed:
			raise Refused("The accounting period is closed")

	def left(self, row: dict) -> Decimal:
		return row["total"] - row["used"] if row["state"] == "Open" else Decimal(0)

	def end_bill(self, ident: str, state: str = "Voided") -> dict:
		row = self.bills.get(ident)
		if not row or row["state"] == "Removed":
			raise Refused("not found", "missing")
		if row["used"]:
			raise Refused("It is paid or allocated and cannot be voided")
		row["state"] = state
		return self.stamp(row)

	def allocate(self, credit: str, uses: list[tuple[str, Decimal]]) -> dict:
		note = self.bills[credit]
		for ident, part in uses:
			self._use(ident, part)
			note["used"] += part
			note["uses"].append((ident, part))
		if note["used"] > note["total"]:
			raise Refused("More is allocated than the credit note has")
		return self.stamp(note)

	def take_back(self, credit: str) -> None:
		note = self.bills[credit]
		for ident, part in note["uses"]:
			self._use(ident, -part)
		note["used"], note["uses"] = note["used"] - sum(part for _ident, part in note["uses"]), []
		self.stamp(note)

	def _use(self, ident: str, part: Decimal) -> None:
		bill = self.bills.get(ident)
		if not bill or bill["state"] != "Open":
			raise Refused("The document is not open")
		if bill["kind"] == "Credit Note":
			# a refund takes from it what it has to give
			part = -part
		if part > self.left(bill):
			raise Refused("It is more than what is outstanding")
		bill["used"] += part
		self.stamp(bill)

	# ---- payments

	def put_payment(
		self, ident: str, contact: str, amount, account: str, uses: list[tuple[str, Decimal]], **fields
	) -> dict:
		self._is_open()
		if account != self.bank_code:
			raise Refused(f"The bank account {account} is not known")
		if contact not in self.contacts:
			raise Refused("The contact is not known")
		if sum((part for _ident, part in uses), Decimal(0)) > Decimal(str(amount)):
			raise Refused("More is allocated than was paid")
		row = self.money.get(ident)
		for used, part in row["uses"] if row else ():
			self._use(used, -part)
		row = row or {
			"id": self.new_id(), "seq": next(self.numbers), "day": self.today, "reference": "", "currency": "GBP",
			"rate": Decimal(1), "refund": False,
		}  # fmt: skip
		row.update(
			{
				"contact": contact, "amount": Decimal(str(amount)), "account": account, "uses": uses, "state": "Open", **fields,
			}
		)  # fmt: skip
		for used, _part in uses:
			if self.bills[used]["currency"] != row["currency"]:
				raise Refused("The document is in another currency")
		for used, part in uses:
			self._use(used, part)
		self.money[row["id"]] = self.stamp(row)
		return row

	def end_payment(self, ident: str) -> dict:
		row = self.money.get(ident)
		if not row or row["state"] == "Removed":
			raise Refused("not found", "missing")
		for used, part in row["uses"]:
			self._use(used, -part)
		row["state"] = "Removed"
		return self.stamp(row)

	# ---- what people do there

	def booked(self, number):
		return [
			Booked(
				number, row["kind"], row["net"], row["tax"], row["total"], self.left(row), row["state"], row["currency"],
				row["contact"], len(row["lines"]), row["rate"],
			)
			for row in self.bills.values() if row["number"] == number
		]  # fmt: skip

	def row_of(self, number: str) -> dict:
		return next(row for row in self.bills.values() if row["number"] == number and row["state"] == "Open")

	def pay(self, number, amount, rate=1, **fields):
		with self.lock:
			row = self.row_of(number)
			part = Decimal(str(amount))
			fields = {"currency": row["currency"], "rate": Decimal(str(rate)), **fields}
			if row["kind"] != "Credit Note":
				made = self.put_payment(
					"", row["contact"], part, self.bank_code, [(row["id"], part)], **fields
				)
			else:
				whole = part * self.refund_sign
				made = self.put_payment(
					"", row["contact"], whole, self.bank_code, [(row["id"], -part)], refund=True, **fields
				)
			return made["id"]

	def prepay(self, customer, amount, reference):
		with self.lock:
			return self.put_payment("", customer, amount, self.bank_code, [], reference=reference)["id"]

	def credit(self, note, number, amount):
		with self.lock:
			self.allocate(self.row_of(note)["id"], [(self.row_of(number)["id"], Decimal(str(amount)))])

	def allocate_money(self, payment, number, amount):
		with self.lock:
			row = self.money[payment]
			uses = [*row["uses"], (self.row_of(number)["id"], Decimal(str(amount)))]
			self.put_payment(
				payment, row["contact"], row["amount"], row["account"], uses, reference=row["reference"]
			)

	def change_payment(self, payment, amount):
		with self.lock:
			row, part = self.money[payment], Decimal(str(amount))
			uses = [(row["uses"][0][0], part)] if row["uses"] else []
			self.put_payment(payment, row["contact"], part, row["account"], uses, reference=row["reference"])

	def remove_payment(self, payment):
		with self.lock:
			self.end_payment(payment)

	def void(self, number):
		with self.lock:
			self.end_bill(self.row_of(number)["id"])

	def payments(self):
		return [
			{"number": row["reference"], "amount": row["amount"], "rate": row["rate"]}
			for row in self.money.values()
			if row["state"] == "Open" and row["amount"]
		]

	def take_number(self, number, like):
		with self.lock:
			row = self.row_of(like)
			self.put_bill(row["kind"], "", number, row["contact"], row["lines"])
