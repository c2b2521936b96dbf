"""Reads of Return Policies, and of the sales that returns are of."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from wholesale_b2b.fulfilment.returns.rules import Condition, Policy

POLICY = "Return Policy"
CONDITIONS = ("Unopened", "Opened", "Damaged")
APPROVAL = (
	"b2b_return_approved_by",
	"b2b_return_approved_at",
	"b2b_return_approval_reason",
	"b2b_return_approved_for",
)
# Field that names the row of the sale, and the one that names its order.
SALE_ROW = {
	"Delivery Note": "dn_detail",
	"Sales Invoice": "sales_invoice_item",
	"POS Invoice": "pos_invoice_item",
}
ORDER = {"Delivery Note": "against_sales_order", "Sales Invoice": "sales_order", "POS Invoice": "sales_order"}


def make_conditions() -> None:
	"""The conditions that a new site begins with; ones that were renamed or deleted do not come back."""
	if not frappe.db.count("Return Condition"):
		for name in CONDITIONS:
			frappe.get_doc({"doctype": "Return Condition", "condition": name}).insert(ignore_permissions=True)


def policies(company: str) -> list[Policy]:
	"""The enabled Return Policies of a company. Two queries, one where there are none."""
	rows = frappe.get_all(
		POLICY,
		{"company": company, "enabled": 1},
		[
			"name",
			"channel",
			"is_default",
			"days_allowed",
			"carriage_paid_by",
			"restocking_fee_percent",
			"tax_restocking_fee",
			"default_condition",
		],
	)
	if not rows:
		return []
	conditions: dict[str, list[Condition]] = defaultdict(list)
	for row in frappe.get_all(
		"Return Policy Condition",
		{"parent": ("in", [row.name for row in rows]), "parenttype": POLICY},
		["parent", "condition", "accepted", "warehouse", "charge_fee"],
		order_by="parent, idx",
	):
		conditions[row.parent].append(
			Condition(row.condition, bool(row.accepted), row.warehouse or "", bool(row.charge_fee))
		)
	return [
		Policy(
			name=row.name,
			channel=row.channel or "",
			is_default=bool(row.is_default),
			days=cint(row.days_allowed),
			carriage=row.carriage_paid_by,
			fee_percent=Decimal(str(flt(row.restocking_fee_percent))),
			tax_fee=bool(row.tax_restocking_fee),
			default_condition=row.default_condition or "",
			conditions=tuple(conditions[row.name]),
		)
		for row in rows
	]


def others(policy: Document) -> list[frappe._dict]:
	"""name, channel, is_default of the other enabled policies of its company."""
	filters = {"company": policy.company, "enabled": 1, "name": ("!=", policy.name or "")}
	return frappe.get_all(POLICY, filters, ["name", "channel", "is_default"])


def fee_account(policy: str) -> frappe._dict:
	"""restocking_fee_account and approver_role of a policy."""
	return frappe.db.get_value(POLICY, policy, ["restocking_fee_account", "approver_role"], as_dict=True)


def channel_of(doc: Document) -> str:
	"""Through which channel the returned goods were ordered, else the channel of the account; empty where none is known."""
	orders = {row.get(ORDER[doc.doctype]) for row in doc.items} - {None, ""}
	if orders:
		found = frappe.get_all(
			"Sales Order",
			{"name": ("in", sorted(orders)), "b2b_channel": ("is", "set")},
			pluck="b2b_channel",
			order_by="name",
		)
		if found:
			return found[0]
	return (
		frappe.db.get_value("Trade Account", doc.b2b_trade_account, "channel") or ""
		if doc.get("b2b_trade_account")
		else ""
	)


def sold_on(doctype: str, name: str | None) -> date | None:
	"""When a sale was posted."""
	found = frappe.db.get_value(doctype, name, "posting_date") if name else None
	return getdate(found) if found else None


def sold_from(doc: Document) -> dict[str, str]:
	"""Row of the sale → the warehouse that it went out of."""
	rows = {row.get(SALE_ROW[doc.doctype]) for row in doc.items} - {None, ""}
	if not rows:
		return {}
	return dict(
		frappe.get_all(
			f"{doc.doctype} Item", {"name": ("in", sorted(rows))}, ["name", "warehouse"], as_list=True
		)
	)


def goods(items: Iterable[str]) -> set[str]:
	"""Of these items, those that come back as goods: stock items and Product Bundles."""
	items = tuple({item for item in items if item})
	if not items:
		return set()
	return set(
		frappe.db.sql_list(
			"""select name from `tabItem` where name in %(items)s and is_stock_item = 1
			union select new_item_code from `tabProduct Bundle` where new_item_code in %(items)s and disabled = 0""",
			{"items": items},
		)
	)


def came_back(delivered: Iterable[str], ordered: Iterable[str]) -> list[frappe._dict]:
	"""Rows of submitted returns by Delivery Note: these themselves, or of these rows of Delivery Notes or Sales Orders.

	name, dn_detail (the row of the sale), so_detail, qty (positive), b2b_condition, parent.
	"""
	return frappe.db.sql(
		"""select back.name, back.dn_detail, back.so_detail, -back.qty as qty, back.b2b_condition, back.parent
		from `tabDelivery Note Item` back join `tabDelivery Note` note on note.name = back.parent
		where note.docstatus = 1 and note.is_return = 1
			and (back.name in %(delivered)s or back.dn_detail in %(delivered)s or back.so_detail in %(ordered)s)
		order by back.name""",
		{"delivered": tuple(set(delivered)) or ("",), "ordered": tuple(set(ordered)) or ("",)},
		as_dict=True,
	)


def credit_rows(delivered: Iterable[str], ordered: Iterable[str], but: str) -> list[frappe._dict]:
	"""Rows of submitted credit notes without stock, of these rows of Delivery Notes or Sales Orders: dn_detail, so_detail,
	qty (positive). but: a credit note that is left out, and those for prices and services are."""
	return frappe.db.sql(
		"""select row.dn_detail, row.so_detail, -row.qty as qty
		from `tabSales Invoice Item` row join `tabSales Invoice` note on note.name = row.parent
		where note.docstatus = 1 and note.is_return = 1 and note.update_stock = 0 and note.b2b_no_goods = 0
			and note.name <> %(but)s and (row.dn_detail in %(delivered)s or row.so_detail in %(ordered)s)""",
		{
			"delivered": tuple(set(delivered)) or ("",),
			"ordered": tuple(set(ordered)) or ("",),
			"but": but or "",
		},
		as_dict=True,
	)


def approval(doctype: str, name: str | None) -> dict:
	"""What the database says of the approval of a return; empty values where there is none."""
	found = frappe.db.get_value(doctype, name, APPROVAL, as_dict=True) if name else None
	return found or dict.fromkeys(APPROVAL)


def is_waived(doctype: str, name: str | None) -> bool:
	"""Whether the restocking fee of a saved return is waived."""
	return bool(name and cint(frappe.db.get_value(doctype, name, "b2b_waive_restocking_fee")))


def credited(doc: Document) -> frappe._dict:
	"""What was given back of a sale by its other submitted returns.

	total: worth of their goods; discount; charges: (account, description) → amount; all positive where they lower what
	was sold.
	"""
	names = frappe.get_all(
		doc.doctype,
		{
			"return_against": doc.return_against,
			"docstatus": 1,
			"is_return": 1,
			"name": ("!=", doc.name or ""),
		},
		["name", "total", "discount_amount"],
	)
	found = frappe._dict(
		total=-sum(flt(row.total) for row in names),
		discount=-sum(flt(row.discount_amount) for row in names),
		charges=defaultdict(float),
	)
	if names:
		for row in frappe.get_all(
			"Sales Taxes and Charges",
			{
				"parent": ("in", [row.name for row in names]),
				"parenttype": doc.doctype,
				"charge_type": "Actual",
				"b2b_restocking_fee": 0,
			},
			["account_head", "description", "tax_amount"],
		):
			found.charges[row.account_head, row.description] -= flt(row.tax_amount)
	return found


def is_tax(account: str) -> bool:
	"""Whether what is charged to this account is a tax, rather than carriage or another service."""
	return frappe.get_cached_value("Account", account, "account_type") == "Tax"


# ---- what is picked again -----------------------------------------------------------------------------------------


def replaced(lines: Iterable[str]) -> dict[str, Decimal]:
	"""Sales Order Item → stock units that came back to be delivered again; rows without any are left out."""
	lines = tuple({line for line in lines if line}) or ("",)
	rows = frappe.db.sql(
		"""select so_detail, sum(qty) from (
			select back.so_detail, -back.stock_qty as qty from `tabDelivery Note Item` back
				join `tabDelivery Note` doc on doc.name = back.parent
				where back.so_detail in %(lines)s and doc.docstatus = 1 and doc.is_return = 1
					and (doc.b2b_replace = 1 or back.b2b_replace = 1)
			union all select back.so_detail, -back.stock_qty from `tabSales Invoice Item` back
				join `tabSales Invoice` doc on doc.name = back.parent
				where back.so_detail in %(lines)s and doc.docstatus = 1 and doc.is_return = 1 and doc.update_stock = 1
					and (doc.b2b_replace = 1 or back.b2b_replace = 1)
		) came group by so_detail having sum(qty) > 0""",
		{"lines": lines},
	)
	return {line: Decimal(str(qty)) for line, qty in rows}


def count_picked(lines: Iterable[str]) -> None:
	"""Set what ERPNext says is picked for these Sales Order Items, which are no bundles: what submitted lists have picked, less
	what came back to be picked again."""
	names = {line for line in lines if line}
	back = replaced(names)
	for name in sorted(names):
		frappe.db.sql(
			"""update `tabSales Order Item` set picked_qty = least(stock_qty, greatest(0, (
				select ifnull(sum(list.picked_qty), 0) from `tabPick List Item` list
				where list.sales_order_item = %(name)s and list.docstatus = 1) - %(back)s))
			where name = %(name)s""",
			{"name": name, "back": back.get(name, 0)},
		)


def shift_picked(bundle: str, qty: Decimal) -> None:
	"""Take so many off what is picked for a bundle's Sales Order Item, which ERPNext keeps by adding up (below zero: put them
	back); nothing is picked of one that no submitted list names."""
	frappe.db.sql(
		"""update `tabSales Order Item` set picked_qty = least(greatest(picked_qty - %(qty)s, 0), if(exists(
			select 1 from `tabPick List Item` list where list.sales_order_item = %(name)s and list.docstatus = 1),
			stock_qty, 0))
		where name = %(name)s""",
		{"name": bundle, "qty": qty},
	)


def bundles(lines: Iterable[str]) -> set[str]:
	"""Those of these Sales Order Items that are bundles."""
	return set(
		frappe.get_all(
			"Packed Item", {"parent_detail_docname": ("in", list(lines))}, pluck="parent_detail_docname"
		)
	)
