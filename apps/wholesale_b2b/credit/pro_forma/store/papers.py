"""Trade Pro Formas, the orders they ask payment for, and who is told."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe.model.document import Document

from wholesale_b2b.allocation.store.demand import ENDED_ORDER

PAPER = "Trade Pro Forma"
ORDER = "Sales Order"


def of_orders(orders: Iterable[str]) -> dict[str, str]:
	"""Sales Order → its pro forma, the latest where there are several."""
	orders = tuple(set(orders))
	if not orders:
		return {}
	rows = frappe.db.sql(
		f"select sales_order, name from `tab{PAPER}` where sales_order in %s order by creation, name",
		[orders],
	)
	return dict(rows)


def load(name: str, lock: bool = False) -> Document:
	return frappe.get_doc(PAPER, name, for_update=lock)


def new(order: str) -> Document:
	"""The unsaved pro forma of an order."""
	return frappe.get_doc({"doctype": PAPER, "sales_order": order})


def hand_on(old: str, new: str) -> bool:
	"""The pro formas of a cancelled order become those of the order that amends it; whether there were any."""
	names = frappe.get_all(PAPER, {"sales_order": old}, pluck="name", order_by="creation")
	for name in names:
		frappe.db.set_value(PAPER, name, "sales_order", new)
	return bool(names)


def lapsing(today: date, companies: Iterable[str]) -> list[str]:
	"""Orders whose pro forma has a last day before `today` and is neither paid, cancelled nor expired."""
	return frappe.get_all(
		PAPER,
		{
			"status": ("in", ("Unpaid", "Partly Paid")),
			"valid_until": ("<", today),
			"company": ("in", tuple(companies) or ("",)),
		},
		pluck="sales_order",
		order_by="name",
	)


def standing(companies: Iterable[str]) -> list[str]:
	"""Orders with a pro forma that is not done with: what the nightly check looks at."""
	return frappe.db.sql_list(
		f"""select paper.sales_order from `tab{PAPER}` paper join `tabSales Order` so on so.name = paper.sales_order
		where so.docstatus = 1 and so.status not in %s and so.per_delivered < 100 and paper.company in %s
		order by paper.name""",
		[(*ENDED_ORDER, "Completed"), tuple(companies) or ("",)],
	)


def set_released(order: str, released: bool) -> None:
	"""Whether the order's stock is let go; its `modified` stays."""
	frappe.db.set_value(ORDER, order, "b2b_stock_released", int(released), update_modified=False)


def assigned_to(doctype: str, name: str) -> list[str]:
	return frappe.get_all(
		"ToDo",
		{"reference_type": doctype, "reference_name": name, "status": "Open"},
		pluck="allocated_to",
	)


def orders_behind(references: Iterable[tuple[str, str]]) -> set[str]:
	"""Sales Orders named by these (DocType, name) pairs: orders themselves, and those of invoices."""
	references = list(references)
	orders = {ref for kind, ref in references if kind == ORDER and ref}
	invoices = tuple(ref for kind, ref in references if kind == "Sales Invoice" and ref)
	if invoices:
		orders |= set(
			frappe.db.sql_list(
				"""select distinct sales_order from `tabSales Invoice Item`
				where parent in %s and ifnull(sales_order, '') <> ''""",
				[invoices],
			)
		)
	return orders


def bank_account(company: str, currency: str) -> dict | None:
	"""The company's Bank Account to pay to: its default one in this currency, else its default."""
	rows = frappe.db.sql(
		"""select ba.account_name, ba.bank, ba.bank_account_no, ba.iban, ba.branch_code, bank.swift_number
		from `tabBank Account` ba left join `tabAccount` account on account.name = ba.account
		left join `tabBank` bank on bank.name = ba.bank
		where ba.is_company_account = 1 and ba.company = %s and ifnull(ba.disabled, 0) = 0
		order by account.account_currency = %s desc, ba.is_default desc, ba.creation limit 1""",
		[company, currency],
		as_dict=True,
	)
	return rows[0] if rows else None
