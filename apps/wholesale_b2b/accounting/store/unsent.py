"""What has happened since going live and is not over there, nor on its way."""

import frappe
from frappe.model.document import Document

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.store import links, messages, moneys
from wholesale_b2b.accounting.store.documents import (
	DEDUCTION,
	INVOICE,
	JOURNAL,
	JOURNAL_ROW,
	PAYMENT,
	TILL,
	not_of_exchange,
)

# What payments over there are here, by where it is written.
BESIDE = {
	PAYMENT: "Payment Entry",
	DEDUCTION: "Deduction from a Payment Entry",
	TILL: "Payment at a Till",
	INVOICE: "Write-off or Points of an Invoice",
	JOURNAL: "Journal Entry",
	JOURNAL_ROW: "Journal Entry",
}
SORTS = (papers.INVOICE, papers.CREDIT_NOTE, *dict.fromkeys(BESIDE.values()))


def unsent(connection: Document) -> list[tuple[str, str, str]]:
	"""(DocType, name, kind) of invoices, returns and payments of customers since going live without a link or a message, parts of
	them too, and what journals pay of invoices."""

	def known(name: str, kind: str) -> str:
		return f"""and not exists(select 1 from `tabSync Link` l where l.accounting_connection = %(connection)s
				and l.reference_doctype = %(doctype)s and l.reference_name = {name} and l.kind {kind})
			and not exists(select 1 from `tabSync Message` m where m.accounting_connection = %(connection)s
				and m.reference_doctype = %(doctype)s and m.reference_name = {name} and m.kind {kind}
				and m.status <> 'Superseded')
			order by d.posting_date, d.creation"""

	payment, bill = f"= '{papers.PAYMENT}'", f"<> '{papers.PAYMENT}'"
	by = {
		"connection": connection.name,
		"company": connection.company,
		"start": connection.go_live or "2000-01-01",
	}
	of_entry = """m.accounting_connection = %(connection)s and m.reference_doctype = 'Payment Entry' and m.reference_name = d.name"""
	# whoever left a payment has entered all of it over there
	left = f"""exists(select 1 from `tabSync Message` m where {of_entry})
		and not exists(select 1 from `tabSync Message` m where {of_entry} and m.status <> 'Superseded')
		and not exists(select 1 from `tabSync Link` m where {of_entry})"""
	since = "d.company = %(company)s and d.docstatus = 1 and d.posting_date >= %(start)s"
	found: list[tuple[str, str, str]] = []
	sends = (
		(connection.send_invoices, 0, papers.INVOICE),
		(connection.send_credit_notes, 1, papers.CREDIT_NOTE),
	)
	for wanted, is_return, kind in sends:
		if wanted:
			names = frappe.db.sql_list(
				f"select d.name from `tabSales Invoice` d where {since} and d.is_return = {is_return}"
				f" {known('d.name', bill)}",
				{**by, "doctype": INVOICE},
			)
			found += [(INVOICE, name, kind) for name in names]
	if connection.send_payments:
		at_till = f"{since} and d.is_pos = 1"
		for doctype, query in (
			(
				PAYMENT,
				f"""select d.name from `tabPayment Entry` d where {since} and d.party_type = 'Customer'
				and d.payment_type in ('Receive', 'Pay') {known("d.name", payment)}""",
			),
			(
				DEDUCTION,
				f"""select p.name from `tabPayment Entry Deduction` p join `tabPayment Entry` d on d.name = p.parent
				where {since} and d.party_type = 'Customer' and d.payment_type in ('Receive', 'Pay') and p.amount <> 0
				and {not_of_exchange("p")} and not ({left}) {known("p.name", payment)}""",
			),
			(
				TILL,
				f"""select p.name from `tabSales Invoice Payment` p join `tabSales Invoice` d on d.name = p.parent
				and p.parenttype = 'Sales Invoice' where {at_till} and p.amount <> 0 {known("p.name", payment)}""",
			),
			(
				INVOICE,
				f"""select d.name from `tabSales Invoice` d where {since} and (d.is_pos = 1 and d.write_off_amount <> 0
				or d.redeem_loyalty_points = 1 and d.loyalty_amount <> 0) {known("d.name", payment)}""",
			),
		):
			names = frappe.db.sql_list(query, {**by, "doctype": doctype})
			found += [(doctype, name, papers.PAYMENT) for name in names]
		found += [(doctype, name, papers.PAYMENT) for doctype, name in _of_journals(connection)]
	return found


def counted(found: list[tuple[str, str, str]]) -> dict[str, int]:
	"""How many of each sort, in the order of `SORTS`."""
	sorts = [BESIDE[doctype] if kind == papers.PAYMENT else kind for doctype, _name, kind in found]
	return {sort: sorts.count(sort) for sort in SORTS if sort in sorts}


def _of_journals(connection: Document) -> list[tuple[str, str]]:
	"""What journals since going live pay of invoices, without a link or a message."""
	names = frappe.db.sql_list(
		"""select distinct d.name from `tabJournal Entry` d join `tabJournal Entry Account` r on r.parent = d.name
		where d.company = %s and d.docstatus = 1 and d.posting_date >= %s and r.reference_type = 'Sales Invoice'
			and d.voucher_type not in %s and exists(select 1 from `tabJournal Entry Account` o where o.parent = d.name
				and ifnull(o.reference_type, '') <> 'Sales Invoice')
		order by d.posting_date, d.creation""",
		[connection.company, connection.go_live or "2000-01-01", moneys.OWN_JOURNALS],
	)
	parts = [part for name in names for part in moneys.parts_of(frappe.get_doc(JOURNAL, name))]
	return [
		(doctype, name)
		for doctype, name in parts
		if not links.of(connection.name, doctype, name, papers.PAYMENT)
		and not messages.is_known_of(connection.name, messages.subject_of(doctype, name, papers.PAYMENT))
	]
