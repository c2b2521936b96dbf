"""Our documents as the rules want them."""

import json
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cstr, getdate

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.rules.amounts import rounded
from wholesale_b2b.accounting.rules.composing import OurCharge, OurLine, OurPaper
from wholesale_b2b.accounting.rules.papers import ZERO, Contact, Use

INVOICE, ORDER, PRO_FORMA, PAYMENT = "Sales Invoice", "Sales Order", "Trade Pro Forma", "Payment Entry"
# Money that was taken with an invoice itself, at a till: a row of it.
TILL = "Sales Invoice Payment"
# What was taken off a payment before it reached the bank: a row of it. A journal, and what pays an invoice in it.
DEDUCTION, JOURNAL, JOURNAL_ROW = "Payment Entry Deduction", "Journal Entry", "Journal Entry Account"
# Parts of documents, which people know by the document.
ROWS = (TILL, DEDUCTION, JOURNAL_ROW)


def amount(value: object) -> Decimal:
	"""ERPNext's amounts are floats of at most six decimal places worth."""
	return Decimal(str(round(float(value or 0), 6))).normalize() + ZERO


def smallest(currency: str) -> Decimal:
	"""A currency's smallest unit."""
	unit = frappe.get_cached_value("Currency", currency, "smallest_currency_fraction_value")
	places = frappe.get_precision("Sales Invoice", "grand_total", currency) or 2
	return Decimal(str(unit)) if unit else Decimal(1).scaleb(-places)


# What of an invoice `in_own_currency` asks for.
TOTALS = (
	"currency", "conversion_rate", "base_rounded_total", "base_grand_total", "rounded_total", "grand_total",
)  # fmt: skip


def in_own_currency(invoice: frappe._dict, booked: Decimal) -> Decimal:
	"""What was booked of an invoice on its customer's account in the company's currency, in the invoice's own."""
	base = abs(amount(invoice.base_rounded_total or invoice.base_grand_total))
	if booked == base:
		return abs(amount(invoice.rounded_total or invoice.grand_total))
	return rounded(booked / (amount(invoice.conversion_rate) or 1), smallest(invoice.currency))


def not_of_exchange(deduction: str) -> str:
	"""SQL: that a deduction is no difference of exchange. Early versions of ERPNext 15 do not say so of any."""
	known = frappe.db.has_column(DEDUCTION, "is_exchange_gain_loss")
	return f"{deduction}.is_exchange_gain_loss = 0" if known else "1 = 1"


def load(doctype: str, name: str) -> Document | None:
	return frappe.get_doc(doctype, name) if frappe.db.exists(doctype, name) else None


def order_of(pro_forma: str) -> str:
	"""The Sales Order of a pro forma; empty if it is gone."""
	return frappe.db.get_value(PRO_FORMA, pro_forma, "sales_order") or ""


def kind_of(doc: Document) -> str:
	"""What a document of ours is to the other side."""
	if doc.doctype == INVOICE:
		return papers.CREDIT_NOTE if doc.is_return else papers.INVOICE
	kinds = {
		PRO_FORMA: papers.PRO_FORMA,
		PAYMENT: papers.PAYMENT,
		JOURNAL: papers.PAYMENT,
		**dict.fromkeys(ROWS, papers.PAYMENT),
		"Customer": papers.CUSTOMER,
	}
	return kinds[doc.doctype]


def title_of(doc: Document) -> str:
	"""What people know it by: of a part, the document that it belongs to."""
	return doc.parent if doc.doctype in ROWS else doc.name


def title_at(doctype: str, name: str) -> str:
	"""The same of one that is not loaded, and may be gone."""
	return (frappe.db.get_value(doctype, name, "parent") if doctype in ROWS else None) or name


def is_withdrawn(doc: Document) -> bool:
	"""Whether a pro forma, which is never submitted, was cancelled or has lapsed: by its status."""
	return doc.doctype == PRO_FORMA and doc.status in ("Cancelled", "Expired")


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
	whole = not doc.get("disable_rounded_total") and amount(doc.get("rounded_total"))
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
		total=whole or amount(doc.grand_total),
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
			f""" union select p.account, min(si.name) from `tabSales Invoice Payment` p
			join `tabSales Invoice` si on si.name = p.parent and p.parenttype = 'Sales Invoice'
			where {invoices} and si.is_pos = 1 and p.amount <> 0 group by 1
			union select si.write_off_account, min(si.name) from `tabSales Invoice` si
			where {invoices} and si.is_pos = 1 and si.write_off_amount <> 0 group by 1
			union select si.loyalty_redemption_account, min(si.name) from `tabSales Invoice` si
			where {invoices} and si.redeem_loyalty_points = 1 and si.loyalty_amount <> 0 group by 1
			union select p.account, min(d.name) from `tabPayment Entry Deduction` p join `tabPayment Entry` d on d.name = p.parent
			where d.company = %(company)s and d.docstatus = 1 and d.payment_type = 'Receive' and d.party_type = 'Customer'
			and d.posting_date >= %(start)s and p.amount > 0 and """ + not_of_exchange("p") + " group by 1"
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
