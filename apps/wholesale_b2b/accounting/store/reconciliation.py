"""Our side of the reconciliation."""

from datetime import date

import frappe
from frappe.model.document import Document

from wholesale_b2b.accounting.rules import papers
from wholesale_b2b.accounting.rules.reconciling import Side
from wholesale_b2b.accounting.store.documents import amount
from wholesale_b2b.accounting.store.payments import own_outstanding


def ours(connection: Document, start: date, end: date) -> tuple[dict[tuple[str, str], str], dict[str, Side]]:
	"""((kind, their id) → our number, of what is linked; "kind number" → how it stands here), of submitted ones since going live."""
	links = {
		(row.kind, row.their_id): row.reference_name
		for row in frappe.get_all(
			"Sync Link",
			{"accounting_connection": connection.name, "reference_doctype": "Sales Invoice", "state": "Open"},
			["kind", "their_id", "reference_name"],
		)
	}
	rows = frappe.db.sql(
		"""select si.name, si.is_return, si.currency, si.party_account_currency, si.outstanding_amount, si.conversion_rate,
			si.grand_total, si.rounded_total, si.disable_rounded_total, si.base_grand_total, si.base_rounded_total,
			(select sum(t.tax_amount_after_discount_amount) from `tabSales Taxes and Charges` t
				join `tabAccount` a on a.name = t.account_head and a.account_type = 'Tax'
				where t.parent = si.name and t.parenttype = 'Sales Invoice') as tax
		from `tabSales Invoice` si where si.company = %s and si.docstatus = 1 and si.posting_date between %s and %s
			and si.posting_date >= %s""",
		[connection.company, start, end, connection.go_live or "2000-01-01"],
		as_dict=True,
	)
	found = {}
	for row in rows:
		kind = papers.CREDIT_NOTE if row.is_return else papers.INVOICE
		total = (not row.disable_rounded_total and row.rounded_total) or row.grand_total
		found[f"{kind} {row.name}"] = Side(
			row.name,
			kind,
			row.currency,
			abs(amount(total)),
			abs(amount(row.tax)),
			own_outstanding(row),
			row.name,
		)
	return links, found


def contacts(connection: str) -> set[str]:
	return set(
		frappe.get_all(
			"Sync Link",
			{"accounting_connection": connection, "reference_doctype": "Customer", "state": "Open"},
			pluck="their_id",
		)
	)
