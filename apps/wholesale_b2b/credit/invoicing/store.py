"""The queue of shipments that wait for their invoice: one Dispatch Invoice for each Delivery Note."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import frappe
from frappe.utils import now

from wholesale_b2b.allocation.store.demand import OWED
from wholesale_b2b.allocation.store.locks import lock_documents
from wholesale_b2b.setwise import chunks

__all__ = [
	"account_of_note",
	"due",
	"facts",
	"lock",
	"mark_not_queued",
	"not_queued",
	"of_invoice",
	"of_notes",
	"put",
	"to_bill",
	"unfinished",
]

# What an invoice has once: notes that differ in one of these cannot share it.
HEADER = (
	"company",
	"customer",
	"b2b_trade_account",
	"currency",
	"conversion_rate",
	"customer_address",
	"selling_price_list",
	"taxes_and_charges",
	"tax_category",
	"apply_discount_on",
	"additional_discount_percentage",
)


def account_of_note(account: str) -> dict:
	"""invoicing, statement_day and payment_terms_template of a Trade Account."""
	return frappe.db.get_value(
		"Trade Account", account, ["invoicing", "statement_day", "payment_terms_template"], as_dict=True
	)


def due(today: date, at: Any) -> list[str]:
	"""Delivery Notes whose invoice may be made now, in the order in which they shipped.

	Queued and waiting ones, and failed ones whose next try has come; those that wait for a later statement day are left out.
	"""
	return frappe.db.sql_list(
		"""select delivery_note from `tabDispatch Invoice`
		where (status in ('Queued', 'Waiting') or (status = 'Failed' and ifnull(next_try, '2000-01-01') <= %(at)s))
			and (preference = 'Per Order' or due_on <= %(today)s)
		order by creation, name""",
		{"today": today, "at": at},
	)


def lock(notes: Iterable[str]) -> dict[str, dict]:
	"""Lock these Delivery Notes, then their Dispatch Invoices, and read these: name, status, preference, due_on, attempts.

	The notes first, as whoever submits or cancels one has them first.
	"""
	names = sorted(set(notes))
	lock_documents(("Delivery Note", name) for name in names)
	rows = frappe.db.sql(
		"""select name, delivery_note, status, preference, due_on, attempts, trade_account, sales_invoice
		from `tabDispatch Invoice` force index (primary) where name in %s order by name for update""",
		[tuple(names) or ("",)],
		as_dict=True,
	)
	return {row.delivery_note: row for row in rows}


def facts(notes: Sequence[str]) -> dict[str, dict]:
	"""Delivery Note → orders (sorted), account, preference, due_on, lump (whether it carries a charge or discount in money),
	and those of `HEADER` and its taxes as `terms`."""
	found: dict[str, dict] = {}
	for chunk in chunks(notes):
		header = ", ".join(f"dn.`{field}`" for field in HEADER)
		for row in frappe.db.sql(
			f"""select dn.name, di.preference, di.due_on, dn.discount_amount, dn.additional_discount_percentage as percentage,
				{header},
				(select group_concat(distinct dni.against_sales_order order by dni.against_sales_order separator '\n')
					from `tabDelivery Note Item` dni where dni.parent = dn.name) as orders,
				(select group_concat(concat_ws('|', charge_type, account_head, rate, included_in_print_rate)
					order by idx separator '\n') from `tabSales Taxes and Charges` where parent = dn.name) as taxes,
				exists(select 1 from `tabSales Taxes and Charges` where parent = dn.name and charge_type = 'Actual'
					and tax_amount != 0) as actual
			from `tabDelivery Note` dn join `tabDispatch Invoice` di on di.name = dn.name where dn.name in %s""",
			[tuple(chunk)],
			as_dict=True,
		):
			found[row.name] = {
				"orders": tuple(filter(None, (row.orders or "").split("\n"))),
				"preference": row.preference,
				"due_on": row.due_on,
				"account": row.b2b_trade_account,
				"lump": bool(row.actual or (row.discount_amount and not row.percentage)),
				"terms": (*(row[field] for field in HEADER), row.taxes),
			}
	return found


def unfinished(orders: Iterable[str]) -> set[str]:
	"""Of these Sales Orders, those of which something is still to ship."""
	names = tuple(set(orders)) or ("",)
	return set(
		frappe.db.sql_list(
			f"""select name from `tabSales Order` so where name in %s and docstatus = 1
			and status not in ('Closed', 'Completed') and per_delivered < 99.99 and exists(
				select 1 from `tabSales Order Item` soi where soi.parent = so.name and {OWED} > 0.000001)""",
			[names],
		)
	)


def to_bill(notes: Sequence[str]) -> dict[str, float]:
	"""Delivery Note → units that no submitted invoice and no return of it has, for submitted ones.

	ERPNext counts what was invoiced of the order before it shipped as billed too, in money.
	"""
	return dict(
		frappe.db.sql(
			"""select dn.name, sum(greatest(dni.qty - ifnull(dni.returned_qty, 0) - ifnull((
				select sum(sii.qty) from `tabSales Invoice Item` sii where sii.dn_detail = dni.name and sii.docstatus = 1), 0), 0)
				* (dni.amount = 0 or dni.billed_amt < dni.amount - 0.005))
			from `tabDelivery Note` dn join `tabDelivery Note Item` dni on dni.parent = dn.name
			where dn.name in %s and dn.docstatus = 1 group by dn.name""",
			[tuple(notes) or ("",)],
		)
	)


def unbilled(rows: Iterable[str]) -> dict[str, float]:
	"""Delivery Note Item → what is still to invoice of it in money, in the note's currency."""
	return dict(
		frappe.db.sql(
			"select name, amount - billed_amt from `tabDelivery Note Item` where name in %s",
			[tuple(rows) or ("",)],
		)
	)


def invoice_of(note: str) -> str | None:
	"""The last submitted invoice of a Delivery Note."""
	return (
		frappe.db.sql_list(
			"""select si.name from `tabSales Invoice Item` sii join `tabSales Invoice` si on si.name = sii.parent
			where sii.delivery_note = %s and si.docstatus = 1 order by si.creation desc limit 1""",
			[note],
		)
		or [None]
	)[0]


def drafts_of(notes: Sequence[str]) -> dict[str, str]:
	"""Delivery Note → a draft Sales Invoice that somebody has made of it by hand."""
	return dict(
		frappe.db.sql(
			"""select delivery_note, min(parent) from `tabSales Invoice Item`
			where delivery_note in %s and docstatus = 0 group by delivery_note""",
			[tuple(notes) or ("",)],
		)
	)


def not_queued() -> list[str]:
	"""Submitted Delivery Notes that are marked as left out of the queue."""
	return frappe.get_all(
		"Delivery Note", {"b2b_not_queued": 1, "docstatus": 1}, pluck="name", order_by="name"
	)


def mark_not_queued(note: str, value: bool) -> None:
	frappe.db.set_value("Delivery Note", note, "b2b_not_queued", int(value), update_modified=False)


def of_notes(notes: Iterable[str]) -> list[str]:
	"""Of these Delivery Notes, those that are in the queue."""
	return frappe.get_all("Dispatch Invoice", {"name": ("in", list(set(notes)) or [""])}, pluck="name")


def of_invoice(invoice: str) -> list[str]:
	"""Dispatch Invoices that this Sales Invoice settled."""
	return frappe.get_all("Dispatch Invoice", {"sales_invoice": invoice}, pluck="name")


def put(name: str, **values: Any) -> None:
	"""Write to one Dispatch Invoice, whose row the caller has locked."""
	frappe.db.set_value("Dispatch Invoice", name, {**values, "modified": now()}, update_modified=False)
