"""What stands on the paper and in the mail of a pro forma."""

import frappe
from frappe.model.document import Document
from frappe.utils import flt, formatdate

from wholesale_b2b.credit.pro_forma.service import messages
from wholesale_b2b.credit.pro_forma.store import papers
from wholesale_b2b.figures import plain


def b2b_pro_forma_paper(paper: Document) -> dict:
	"""What the print format and the mail say beyond the pro forma's own fields.

	order: the Sales Order. amount, paid, outstanding, percent: formatted. lines: item_code, item_name, qty, uom, rate and amount,
	formatted. taxes: (description, amount). bank: fields of the company's default Bank Account, or None. valid_until and
	posting_date: in words. address: of the customer, as HTML.
	"""
	order = frappe.get_doc("Sales Order", paper.sales_order)

	def money(value: float) -> str:
		return messages.amount(flt(value), paper.currency)

	return {
		"order": order,
		"amount": money(paper.amount),
		"paid": money(paper.paid_amount) if flt(paper.paid_amount) else "",
		"outstanding": money(paper.outstanding_amount),
		"total": money(paper.order_total),
		"percent": plain(flt(paper.deposit_percent, 3)),
		"net_total": money(order.net_total),
		"lines": [
			{
				"item_code": row.item_code,
				"item_name": row.item_name,
				"qty": plain(flt(row.qty)),
				"uom": row.uom,
				"rate": money(row.net_rate),
				"amount": money(row.net_amount),
			}
			for row in order.items
		],
		"taxes": [
			(row.description, money(row.tax_amount_after_discount_amount))
			for row in order.taxes
			if row.tax_amount
		],
		"bank": papers.bank_account(paper.company, paper.currency),
		"valid_until": formatdate(paper.valid_until) if paper.valid_until else "",
		"posting_date": formatdate(paper.posting_date),
		"address": order.address_display or "",
	}
