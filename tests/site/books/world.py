"""What every world can do, and the documents of ours that it is about."""

from dataclasses import dataclass
from decimal import Decimal

import frappe
from builders import COMPANY, make_customer, make_item, unique
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.accounting.rules import reconciling
from wholesale_b2b.accounting.rules.composing import MAPS
from wholesale_b2b.accounting.service import polling, reconciliation, worker

BANK_CODE = "090"
SALES_CODE = "200"
FREIGHT_CODE = "260"
ROUNDING_CODE = "860"
TAX_CODE = "OUTPUT2"
NO_TAX_CODE = "NONE"


@dataclass
class Booked:
	"""How a bill stands over there."""

	number: str
	kind: str
	net: Decimal
	tax: Decimal
	total: Decimal
	outstanding: Decimal
	state: str
	currency: str = "GBP"
	contact: str = ""
	lines: int = 0
	# of its currency in the company's
	rate: Decimal = Decimal(1)


class World:
	"""One accounting package. Subclasses say how it is reached and what happens in it."""

	provider = ""
	# codes that this package has for what we map
	tax_code, no_tax_code = TAX_CODE, NO_TAX_CODE
	bank_code, sales_code, freight_code, rounding_code = BANK_CODE, SALES_CODE, FREIGHT_CODE, ROUNDING_CODE

	def start(self) -> None:
		"""Begin to listen, where it does."""

	def stop(self) -> None: ...

	def connected(self, **fields):
		"""An Accounting Connection to it, on; what a run that broke off has left is switched off."""
		for name in frappe.get_all("Accounting Connection", {"company": COMPANY, "enabled": 1}, pluck="name"):
			frappe.db.set_value("Accounting Connection", name, "enabled", 0)
		self.connection = frappe.get_doc(
			{
				"doctype": "Accounting Connection",
				"title": unique(self.provider),
				"provider": self.provider,
				"company": COMPANY,
				"enabled": 1,
				"go_live": "2020-01-01",
				"send_pro_formas": 1,
				"no_tax_code": self.no_tax_code,
				"rounding_account": self.rounding_code,
				"mappings": self.mappings(),
				**self.access(),
				**fields,
			}
		).insert()
		frappe.db.commit()
		return self.connection

	def access(self) -> dict:
		return {}

	def mappings(self) -> list[dict]:
		rows = [
			("Income Account", account("Income"), self.sales_code),
			("Income Account", freight_account(), self.freight_code),
			("Tax Account", tax_account(), self.tax_code),
			("Bank Account", bank_account(), self.bank_code),
		]
		return [mapping(*row) for row in rows]

	def takes(self, *accounts: str) -> None:
		"""Payments into these accounts of ours go into the bank account that it knows."""
		self.connection.reload()
		known = {row.document for row in self.connection.mappings if row.kind == "Bank Account"}
		for name in sorted({*accounts} - known):
			self.connection.append("mappings", mapping("Bank Account", name, self.bank_code))
		self.connection.save()
		frappe.db.commit()

	def off(self) -> None:
		"""Nothing of the tests that follow goes to it."""
		frappe.db.rollback()
		frappe.db.set_value("Accounting Connection", self.connection.name, "enabled", 0)
		frappe.db.commit()

	# ---- what the sync does

	def drain(self) -> int:
		frappe.db.commit()
		done = worker.drain(self.connection.name)
		frappe.db.commit()
		return done

	def hurry(self) -> None:
		"""The time has come for everything that waits."""
		frappe.db.rollback()
		for name in frappe.get_all(
			"Sync Message", {"accounting_connection": self.connection.name, "status": "Waiting"}, pluck="name"
		):
			frappe.db.set_value("Sync Message", name, "next_try", None)
		frappe.db.set_value("Accounting Connection", self.connection.name, "wait_until", None)
		frappe.db.commit()

	def drain_all(self, rounds: int = 40) -> None:
		"""Work, and let time pass, until nothing waits for its next try."""
		for _round in range(rounds):
			self.drain()
			if not self.messages_left():
				return
			self.hurry()
		raise AssertionError([(m.status, m.error) for m in self.messages(status="Waiting")][:5])

	def messages_left(self) -> int:
		"""How many wait, or are in somebody's hands."""
		frappe.db.rollback()
		return frappe.db.count(
			"Sync Message",
			{
				"accounting_connection": self.connection.name,
				"status": ("in", ("Queued", "Sending", "Waiting")),
			},
		)

	def look(self) -> int:
		frappe.db.commit()
		new = polling.look(self.connection.name)
		frappe.db.commit()
		return new

	def messages(self, doc=None, **filters):
		"""Sync Messages of this connection, oldest first."""
		filters["accounting_connection"] = self.connection.name
		if doc is not None:
			filters["reference_name"] = doc.name
		return [
			frappe.get_doc("Sync Message", name)
			for name in frappe.get_all("Sync Message", filters, pluck="name", order_by="position")
		]

	def conflicts(self, **filters):
		filters = {"accounting_connection": self.connection.name, "status": "Open", **filters}
		return [
			frappe.get_doc("Sync Conflict", name)
			for name in frappe.get_all("Sync Conflict", filters, pluck="name")
		]

	def link(self, doc):
		name = frappe.db.exists(
			"Sync Link", {"accounting_connection": self.connection.name, "reference_name": doc.name}
		)
		return frappe.get_doc("Sync Link", name) if name else None

	# ---- what is, and what happens, over there

	def booked(self, number: str) -> list[Booked]:
		"""All that have this number, voided ones too."""
		raise NotImplementedError

	def pay(self, number: str, amount, rate=1, **fields) -> str:
		"""Somebody pays a bill over there, in its currency; the payment's id. rate: of that in the company's."""
		raise NotImplementedError

	def prepay(self, customer: str, amount, reference: str) -> str:
		raise NotImplementedError

	def change_payment(self, payment: str, amount) -> None:
		raise NotImplementedError

	def remove_payment(self, payment: str) -> None:
		raise NotImplementedError

	def void(self, number: str) -> None:
		raise NotImplementedError

	def payments(self) -> list[dict]:
		"""Those that stand: number, amount, rate."""
		raise NotImplementedError


def mapping(kind: str, name: str, code: str) -> dict:
	return {"kind": kind, "document_type": MAPS[kind], "document": name, "code": code}


def account(root_type: str, **filters) -> str:
	wanted = {"company": COMPANY, "root_type": root_type, "is_group": 0, **filters}
	if root_type == "Income":
		return frappe.db.get_value("Company", COMPANY, "default_income_account")
	return frappe.db.get_value("Account", wanted)


def tax_account() -> str:
	return frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Tax", "is_group": 0})


def freight_account() -> str:
	found = frappe.db.get_value("Account", {"company": COMPANY, "account_name": "Freight Charged"})
	if found:
		return found
	parent = frappe.db.get_value("Account", account("Income"), "parent_account")
	made = frappe.get_doc(
		{
			"doctype": "Account",
			"account_name": "Freight Charged",
			"parent_account": parent,
			"company": COMPANY,
		}
	).insert()
	return made.name


def bank_account() -> str:
	found = frappe.db.get_value("Account", {"company": COMPANY, "account_name": "Sync Bank"})
	if found:
		return found
	parent = frappe.db.get_value("Account", {"company": COMPANY, "account_type": "Bank", "is_group": 1})
	parent = parent or frappe.db.get_value(
		"Account", {"company": COMPANY, "root_type": "Asset", "is_group": 1, "parent_account": ("is", "set")}
	)
	made = frappe.get_doc(
		{
			"doctype": "Account",
			"account_name": "Sync Bank",
			"account_type": "Bank",
			"parent_account": parent,
			"company": COMPANY,
		}
	).insert()
	return made.name


def invoice(customer=None, rows=((3, 10.0),), vat=20, freight=0.0, submit=True, commit=True, **fields):
	"""A Sales Invoice without stock: rows of (qty, rate), VAT in percent of all, freight as a charge."""
	taxes = []
	if vat:
		taxes.append(
			{"charge_type": "On Net Total", "account_head": tax_account(), "rate": vat, "description": "VAT"}
		)
	if freight:
		taxes.append(
			{
				"charge_type": "Actual",
				"account_head": freight_account(),
				"tax_amount": freight,
				"description": "Freight",
			}
		)
	doc = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": COMPANY,
			"customer": customer or make_customer().name,
			"posting_date": nowdate(),
			"due_date": nowdate(),
			"disable_rounded_total": 1,
			"items": [{"item_code": service_item(rate), "qty": qty, "rate": rate} for qty, rate in rows],
			"taxes": taxes,
			**fields,
		}
	)
	doc.insert()
	if submit:
		doc.submit()
	if commit:
		frappe.db.commit()
	return doc


def service_item(rate: float) -> str:
	"""Something that is sold at this price and not kept in stock."""
	name = f"Sync Service at {rate:g}"
	found = frappe.db.get_value("Item", {"item_name": name})
	return found or make_item(item_name=name, item_code=unique("SERVICE"), is_stock_item=0).name


def credit_note(against, qty=1, commit=True, own=False):
	"""A return of so many of the invoice's first row; it takes them off the invoice unless it stands on its own."""
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	doc = make_sales_return(against.name)
	doc.items = doc.items[:1]
	doc.items[0].qty = -qty
	doc.update_outstanding_for_self = int(own)
	doc.insert()
	doc.submit()
	if commit:
		frappe.db.commit()
	return doc


def voided_there(world):
	"""An invoice that was sent, and voided over there since; the conflict about it."""
	doc = invoice()
	world.drain()
	world.look()
	world.void(doc.name)
	world.look()
	(conflict,) = world.conflicts()
	return doc, conflict


def paid_here(doc, amount, reference="", submit=True, **fields):
	"""A Payment Entry into the bank that the stand-ins know."""
	entry = get_payment_entry("Sales Invoice", doc.name, party_amount=amount, bank_account=bank_account())
	entry.update({"reference_no": reference or unique("TRN"), "reference_date": nowdate(), **fields})
	if submit:
		entry.insert()
		entry.submit()
		frappe.db.commit()
	return entry


def compared(world, docs):
	"""The reconciliation's rows of these invoices and their returns."""
	if hasattr(world, "balances"):
		world.balances()
	numbers = {doc.name for doc in docs}
	today = getdate(nowdate())
	found = reconciliation.compare(world.connection.name, add_days(today, -1), today)
	returns = set(frappe.get_all("Sales Invoice", {"return_against": ("in", list(numbers))}, pluck="name"))
	return [row for row in found if row.number in numbers | returns]


def agree(world, *docs):
	"""Nothing is left to do, nothing to decide, and nothing differs."""
	left = [
		(m.reference_name, m.status, m.error, m.todo)
		for m in world.messages()
		if m.status not in ("Done", "Superseded")
	]
	assert left == [] and not world.conflicts()
	rows = [row for row in compared(world, docs) if row.number in {doc.name for doc in docs}]
	assert len(rows) == len(docs)
	assert {row.problem for row in rows} == {reconciling.SAME}, rows


def write_off_account():
	return frappe.db.get_value("Company", COMPANY, "write_off_account") or frappe.db.get_value(
		"Account", {"company": COMPANY, "root_type": "Expense", "is_group": 0}
	)


def outstanding(doc) -> Decimal:
	return Decimal(str(round(frappe.db.get_value(doc.doctype, doc.name, "outstanding_amount"), 2)))
