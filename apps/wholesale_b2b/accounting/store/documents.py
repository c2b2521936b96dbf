"""Our documents as the rules want them."""

import json
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cstr, getdate

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.rules.composing import OurCharge, OurLine, OurPaper
from wholesale_b2b.accounting.rules.papers import ZERO, Contact, Money, Use

INVOICE, ORDER, PRO_FORMA, PAYMENT = "Sales Invoice", "Sales Order", "Trade Pro Forma", "Payment Entry"


def amount(value: object) -> Decimal:
	"""ERPNext's amounts are floats of at most six decimal places worth."""
	return Decimal(str(round(float(value or 0), 6))).normalize() + ZERO


def smallest(currency: str) -> Decimal:
	"""A currency's smallest unit."""
	unit = frappe.get_cached_value("Currency", currency, "smallest_currency_fraction_value")
	places = frappe.get_precision("Sales Invoice", "grand_total", currency) or 2
	return Decimal(str(unit)) if unit else Decimal(1).scaleb(-places)


def load(doctype: str, name: str) -> Document | None:
	return frappe.get_doc(doctype, name) if frappe.db.exists(doctype, name) else None


def kind_of(doc: Document) -> str:
	"""What a document of ours is to the other side."""
	if doc.doctype == INVOICE:
		return papers.CREDIT_NOTE if doc.is_return else papers.INVOICE
	return {PRO_FORMA: papers.PRO_FORMA, PAYMENT: papers.PAYMENT, "Customer": papers.CUSTOMER}[doc.doctype]


def paper_of(doc: Document) -> OurPaper:
	"""An invoice or return; of a pro forma its order, under the pro forma's number."""
	if doc.doctype == PRO_FORMA:
		order = frappe.get_doc(ORDER, doc.sales_order)
		return _paper(
			order, papers.PRO_FORMA, doc.name, doc.posting_date, doc.valid_until, order.po_no or order.name
		)
	kind = kind_of(doc)
	uses = credit_uses(doc) if doc.is_return else ()
	return _paper(doc, kind, doc.name, doc.posting_date, doc.due_date, doc.po_no or "", uses)


def _paper(doc, kind, number, day, due, reference, uses=()) -> OurPaper:
	lines = [
		OurLine(
			key=row.item_code or row.item_name,
			text=cstr(row.item_name or row.item_code),
			qty=amount(row.qty),
			net=amount(row.net_amount),
			account=row.get("income_account") or _order_account(row, doc.company),
			item=row.item_code or "",
			tax_template=row.item_tax_template or "",
			cost_center=row.get("cost_center") or "",
		)
		for row in doc.items
	]
	types = dict(
		frappe.get_all(
			"Account",
			{"name": ("in", [row.account_head for row in doc.taxes] or [""])},
			["name", "account_type"],
			as_list=True,
		)
	)
	charges = [
		OurCharge(
			account=row.account_head,
			text=cstr(row.description or row.account_head),
			amount=amount(row.tax_amount_after_discount_amount),
			is_tax=types.get(row.account_head) == "Tax",
			rates=_rates(row.item_wise_tax_detail),
			cost_center=row.cost_center or "",
		)
		for row in doc.taxes
	]
	rounded = not doc.get("disable_rounded_total") and amount(doc.get("rounded_total"))
	return OurPaper(
		kind=kind,
		number=number,
		customer=doc.customer,
		day=getdate(day),
		due=getdate(due) if due else None,
		currency=doc.currency,
		rate=amount(doc.conversion_rate),
		lines=lines,
		charges=charges,
		total=rounded or amount(doc.grand_total),
		template=doc.taxes_and_charges or "",
		reference=reference,
		uses=uses,
		unit=smallest(doc.currency),
	)


def _order_account(row, company: str) -> str:
	"""The income account that the invoice of an order's row will have."""
	from erpnext.stock.get_item_details import get_item_defaults, get_item_group_defaults

	item = get_item_defaults(row.item_code, company) if row.item_code else frappe._dict()
	group = get_item_group_defaults(row.item_code, company) if row.item_code else frappe._dict()
	return (
		item.get("income_account")
		or (group or {}).get("income_account")
		or frappe.get_cached_value("Company", company, "default_income_account")
		or ""
	)


def _rates(detail: str | dict | None) -> dict[str, Decimal]:
	found = json.loads(detail) if isinstance(detail, str) and detail else detail or {}
	return {key: amount(value[0] if isinstance(value, list) else value) for key, value in found.items()}


def credit_uses(doc: Document) -> tuple[Use, ...]:
	"""What of a return is taken off other invoices: by its own ledger entries, and by journals that allocate it."""
	taken: dict[str, Decimal] = {}
	rate = amount(doc.conversion_rate) or Decimal(1)
	for number, part, foreign in frappe.db.sql(
		"""select against_voucher_no, -sum(amount_in_account_currency), account_currency <> %(currency)s
		from `tabPayment Ledger Entry`
		where voucher_type = 'Sales Invoice' and voucher_no = %(name)s and against_voucher_no <> voucher_no and delinked = 0
			and against_voucher_type = 'Sales Invoice'
		group by against_voucher_no, account_currency
		union all
		select other.against_voucher_no, -sum(other.amount_in_account_currency), other.account_currency <> %(currency)s
		from `tabPayment Ledger Entry` mine join `tabPayment Ledger Entry` other on other.voucher_no = mine.voucher_no
			and other.voucher_type = 'Journal Entry' and other.delinked = 0 and other.against_voucher_type = 'Sales Invoice'
			and other.against_voucher_no <> mine.against_voucher_no
		where mine.voucher_type = 'Journal Entry' and mine.against_voucher_type = 'Sales Invoice'
			and mine.against_voucher_no = %(name)s and mine.delinked = 0
		group by other.against_voucher_no, other.account_currency""",
		{"currency": doc.currency, "name": doc.name},
	):
		taken[number] = taken.get(number, ZERO) + amount(part) / (rate if foreign else 1)
	return tuple(Use(papers.INVOICE, part, number) for number, part in sorted(taken.items()) if part > 0)


def returns_in(journal: Document) -> list[str]:
	"""Returns that a Journal Entry allocates."""
	named = {
		row.reference_name for row in journal.accounts if row.reference_type == INVOICE and row.reference_name
	}
	return frappe.get_all(
		INVOICE, {"name": ("in", list(named) or [""]), "is_return": 1, "docstatus": 1}, pluck="name"
	)


def contact_of(customer: Document, their_id: str = "") -> Contact:
	"""A customer with its primary address."""
	address = frappe._dict()
	if customer.customer_primary_address and frappe.db.exists("Address", customer.customer_primary_address):
		address = frappe.get_doc("Address", customer.customer_primary_address)
	street = "\n".join(filter(None, (address.get("address_line1"), address.get("address_line2"))))
	code = frappe.get_cached_value("Country", address.country, "code") if address.get("country") else ""
	return Contact(
		number=customer.name,
		title=customer.customer_name,
		email=customer.email_id or "",
		phone=customer.mobile_no or "",
		tax_id=customer.tax_id or "",
		currency=customer.default_currency or "",
		street=street,
		city=address.get("city") or "",
		region=address.get("state") or "",
		postcode=address.get("pincode") or "",
		country=(code or "").upper(),
		their_id=their_id,
	)


def money_of(entry: Document) -> tuple[Money, str]:
	"""(a Payment Entry from or to a customer as it is sent, our bank or cash account). The account is not in their code yet.

	ValueError where it is of a kind that no package takes, in plain words.
	"""
	receives = entry.payment_type == "Receive"
	bank = entry.paid_to if receives else entry.paid_from
	currency = entry.paid_from_account_currency if receives else entry.paid_to_account_currency
	total = amount(entry.paid_amount if receives else entry.received_amount)
	uses: dict[tuple[str, str], Decimal] = {}
	for row in entry.references:
		if row.reference_doctype == INVOICE and row.allocated_amount:
			returned = frappe.db.get_value(INVOICE, row.reference_name, "is_return")
			key = (papers.CREDIT_NOTE if returned else papers.INVOICE, row.reference_name)
			uses[key] = uses.get(key, ZERO) + abs(amount(row.allocated_amount))
		elif row.reference_doctype not in (INVOICE, ORDER) and row.allocated_amount:
			raise ValueError(f"it settles a {row.reference_doctype}")
	if any(
		amount(row.amount) for row in entry.get("deductions") or () if not row.get("is_exchange_gain_loss")
	):
		raise ValueError("it has deductions")
	money = Money(
		number=entry.name,
		contact=entry.party,
		day=getdate(entry.posting_date),
		currency=currency,
		amount=total,
		account=bank,
		uses=tuple(Use(kind, part, number) for (kind, number), part in uses.items()),
		direction=papers.RECEIVED if receives else papers.REFUNDED,
		reference=entry.reference_no or "",
		rate=amount(entry.source_exchange_rate if receives else entry.target_exchange_rate),
	)
	if money.on_account < 0:
		raise ValueError("more is allocated than was paid")
	return money, bank


def mapped(rows: list) -> dict[tuple[str, str], str]:
	return {(row.kind, row.document): row.code.strip() for row in rows if (row.code or "").strip()}


def in_use(connection: Document) -> dict[str, dict[str, str]]:
	"""What invoices of the company since going live, and its bank accounts, need mapped: kind → (our name → why)."""
	start = connection.go_live or "2000-01-01"
	by = {"company": connection.company, "start": start}
	invoices = "si.company = %(company)s and si.docstatus = 1 and si.posting_date >= %(start)s"

	def names(query: str) -> dict[str, str]:
		return {row[0]: row[1] or "" for row in frappe.db.sql(query, by) if row[0]}

	return {
		"Income Account": names(
			f"""select sii.income_account, min(si.name) from `tabSales Invoice Item` sii
			join `tabSales Invoice` si on si.name = sii.parent where {invoices} group by 1
			union select default_income_account, '' from `tabCompany` where name = %(company)s
			union select t.account_head, min(si.name) from `tabSales Taxes and Charges` t
			join `tabSales Invoice` si on si.name = t.parent and t.parenttype = 'Sales Invoice'
			join `tabAccount` a on a.name = t.account_head and ifnull(a.account_type, '') <> 'Tax' where {invoices} group by 1"""
		),
		"Tax Template": names(
			f"""select si.taxes_and_charges, min(si.name) from `tabSales Invoice` si where {invoices} group by 1
			union select name, '' from `tabSales Taxes and Charges Template`
			where company = %(company)s and disabled = 0 and is_default = 1"""
		),
		"Item Tax Template": names(
			f"""select sii.item_tax_template, min(si.name) from `tabSales Invoice Item` sii
			join `tabSales Invoice` si on si.name = sii.parent where {invoices} group by 1"""
		),
		"Tax Account": names(
			f"""select t.account_head, min(si.name) from `tabSales Taxes and Charges` t
			join `tabSales Invoice` si on si.name = t.parent and t.parenttype = 'Sales Invoice'
			join `tabAccount` a on a.name = t.account_head and a.account_type = 'Tax'
			where {invoices} and ifnull(si.taxes_and_charges, '') = '' group by 1"""
		),
		"Bank Account": names(
			"""select name, '' from `tabAccount` where company = %(company)s and account_type = 'Bank' and is_group = 0
			and disabled = 0 union select paid_to, min(name) from `tabPayment Entry` where company = %(company)s
			and docstatus = 1 and payment_type = 'Receive' and posting_date >= %(start)s group by 1"""
		),
	}


def customers_with_invoices(connection: Document) -> list[str]:
	return frappe.db.sql_list(
		"""select distinct customer from `tabSales Invoice` where company = %s and docstatus = 1 and posting_date >= %s""",
		[connection.company, connection.go_live or "2000-01-01"],
	)


def has_rounding(connection: Document) -> bool:
	return bool(
		frappe.db.sql(
			"""select 1 from `tabSales Invoice` where company = %s and docstatus = 1 and posting_date >= %s
			and disable_rounded_total = 0 and rounding_adjustment <> 0 limit 1""",
			[connection.company, connection.go_live or "2000-01-01"],
		)
	)


def unsent(connection: Document) -> list[tuple[str, str]]:
	"""(DocType, name) of invoices, returns and payments of customers since going live without a link or a message."""
	known = """and not exists(select 1 from `tabSync Link` l where l.accounting_connection = %(connection)s
			and l.reference_doctype = %(doctype)s and l.reference_name = d.name)
		and not exists(select 1 from `tabSync Message` m where m.accounting_connection = %(connection)s
			and m.reference_doctype = %(doctype)s and m.reference_name = d.name and m.status <> 'Superseded')
		order by d.posting_date, d.creation"""
	by = {
		"connection": connection.name,
		"company": connection.company,
		"start": connection.go_live or "2000-01-01",
	}
	since = "d.company = %(company)s and d.docstatus = 1 and d.posting_date >= %(start)s"
	found: list[tuple[str, str]] = []
	for wanted, is_return in ((connection.send_invoices, 0), (connection.send_credit_notes, 1)):
		if wanted:
			names = frappe.db.sql_list(
				f"select d.name from `tabSales Invoice` d where {since} and d.is_return = {is_return} {known}",
				{**by, "doctype": INVOICE},
			)
			found += [(INVOICE, name) for name in names]
	if connection.send_payments:
		names = frappe.db.sql_list(
			f"""select d.name from `tabPayment Entry` d where {since} and d.party_type = 'Customer'
			and d.payment_type in ('Receive', 'Pay') {known}""",
			{**by, "doctype": PAYMENT},
		)
		found += [(PAYMENT, name) for name in names]
	return found
