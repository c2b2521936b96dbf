"""Every way by which goods of an order, or of a customer, can leave: a case to play it on, and the ways, each for real."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field

import frappe
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_delivery_note,
	make_item,
	make_sales_order,
	make_supplier,
	make_trade_account,
	update_items_request,
	warehouse,
)
from dispatching import make_address
from erpnext.selling.doctype.sales_order import sales_order
from frappe.core.doctype.data_import.data_import import start_import
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.desk.form.save import savedocs
from rest import Door

from wholesale_b2b.api import v1
from wholesale_b2b.fulfilment import overrides

PLENTY = 400
# A route is also tried as each of these.
ROLES = (
	"Administrator",
	"System Manager",
	"Wholesale Manager",
	"Trade Desk User",
	"Stock User",
	"Stock Manager",
	"Sales User",
	"Sales Manager",
	"Accounts User",
	"Accounts Manager",
	"Purchase User",
	"Wholesale Buyer",
	"Guest",
)


@dataclass
class Case:
	"""A customer with plenty on the shelf, and all that was made ready before anybody held anything."""

	item: str = ""
	account: str = ""
	customer: str = ""
	address: str = ""
	internal: str = ""
	internal_account: str = ""
	orders: dict[str, str] = field(default_factory=dict)
	drafts: dict[str, tuple[str, str]] = field(default_factory=dict)
	picked: str = ""
	till: str = ""

	@property
	def accounts(self) -> list[str]:
		return [self.account, self.internal_account]

	def draft(self, name: str):
		return frappe.get_doc(*self.drafts[name])


def make_case(till: str) -> Case:
	"""till: a POS Profile that is open."""
	case = Case(till=till, item=make_item().name, customer=make_customer().name)
	case.account = make_trade_account(case.customer).name
	# not everybody who moves goods may make a warehouse
	warehouse("Transit Shelf")
	case.address = make_address(case.customer).name
	add_stock(case.item, PLENTY)
	whose = {"customer": case.customer, "shipping_address_name": case.address}
	for name in ("open", "picked", "begun", "shipped"):
		case.orders[name] = make_sales_order(case.item, 5, **whose).name
	straight = {"item_code": make_item().name, "qty": 5, "delivered_by_supplier": 1}
	straight["supplier"] = make_supplier().name
	case.orders["straight"] = make_sales_order([straight], **whose).name
	case.internal, case.internal_account = _internal_customer()
	pick = overrides.create_pick_list(case.orders["picked"]).insert()
	pick.submit()
	case.picked = pick.name
	shipped = sales_order.make_delivery_note(case.orders["shipped"]).insert()
	shipped.submit()
	shipped.cancel()
	begun = overrides.create_pick_list(case.orders["begun"]).insert()
	note = sales_order.make_delivery_note(case.orders["open"]).insert()
	listed, queued = (
		make_delivery_note(case.item, 1, customer=case.customer, do_not_submit=True, commit=False)
		for _ in range(2)
	)
	bill = sales_order.make_sales_invoice(case.orders["open"])
	bill.update_stock = 1
	bill.insert()
	for name, doc in (
		("shipped", shipped),
		("begun", begun),
		("note", note),
		("listed", listed),
		("queued", queued),
		("bill", bill),
	):
		case.drafts[name] = (doc.doctype, doc.name)
	frappe.db.commit()
	return case


def _internal_customer() -> tuple[str, str]:
	"""ERPNext knows one customer that is the company itself."""
	found = frappe.db.get_value("Customer", {"is_internal_customer": 1, "represents_company": COMPANY})
	if not found:
		found = make_customer(
			is_internal_customer=1, represents_company=COMPANY, companies=[{"company": COMPANY}]
		).name
	account = frappe.db.get_value("Trade Account", {"customer": found, "company": COMPANY})
	return found, account or make_trade_account(found, commit=False).name


# ---- the ways --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Route:
	"""A way by which goods leave.

	act: takes it; what it returns is what whoever took it is told, besides messages and errors. of_order: of an order that
	stands behind them; else for an account. at_once: it is paid for on the spot. commits: it is a request or a job of its
	own, which commits or rolls back by itself.
	"""

	act: Callable[[Case], object]
	of_order: bool = True
	at_once: bool = False
	commits: bool = False

	@property
	def name(self) -> str:
		return self.act.__name__


ROUTES: dict[str, Route] = {}


def route(**how):
	def keep(act):
		ROUTES[act.__name__] = Route(act, **how)
		return act

	return keep


def post(doc):
	"""Save and submit, as far as it goes."""
	doc.insert() if doc.is_new() else doc.save()
	doc.submit()
	return doc


def _rows(case, qty=1, **row):
	return [{"item_code": case.item, "qty": qty, "rate": 10, "warehouse": warehouse(), **row}]


def invoice_of(case, doctype="Sales Invoice", **fields):
	return frappe.get_doc(
		{
			"doctype": doctype,
			"company": COMPANY,
			"customer": case.customer,
			"update_stock": 1,
			"items": _rows(case),
			**fields,
		}
	)


def note_of(case, **fields):
	return frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": COMPANY,
			"customer": case.customer,
			"items": _rows(case),
			**fields,
		}
	)


@route()
def the_draft_that_was_there(case):
	post(case.draft("note"))


@route()
def the_form_submits_it(case):
	savedocs(frappe.as_json(case.draft("note").as_dict()), "Submit")


@route(of_order=False, commits=True)
def submitted_from_the_list(case):
	submit_cancel_or_update_docs("Delivery Note", frappe.as_json([case.drafts["listed"][1]]), "submit")


@route()
def a_note_of_the_order(case):
	post(overrides.make_delivery_note(case.orders["open"]))


@route()
def a_note_of_what_is_reserved(case):
	post(overrides.make_delivery_note(case.orders["open"], kwargs={"for_reserved_stock": True}))


@route(of_order=False)
def a_note_without_an_order(case):
	post(note_of(case))


@route()
def an_amended_note(case):
	amended = frappe.copy_doc(case.draft("shipped"))
	amended.amended_from = case.drafts["shipped"][1]
	post(amended)


@route()
def an_invoice_that_was_there(case):
	post(case.draft("bill"))


@route()
def an_invoice_with_stock(case):
	bill = sales_order.make_sales_invoice(case.orders["open"])
	bill.update_stock = 1
	post(bill)


@route(of_order=False)
def an_invoice_without_an_order(case):
	post(invoice_of(case))


@route(of_order=False)
def an_invoice_that_says_it_is_consolidated(case):
	amounts = dict.fromkeys(("amount", "base_amount", "net_amount", "base_net_amount"), 10)
	post(
		invoice_of(
			case,
			is_consolidated=1,
			items=_rows(case, **amounts),
			**dict.fromkeys(("rounding_adjustment", "base_rounding_adjustment"), 0),
			**dict.fromkeys(("rounded_total", "base_rounded_total"), 10),
		)
	)


@route(of_order=False, at_once=True)
def a_sale_at_a_till(case):
	payments = [{"mode_of_payment": "Cash", "amount": 10, "base_amount": 10}]
	post(invoice_of(case, "POS Invoice", pos_profile=case.till, is_pos=1, payments=payments, paid_amount=10))


@route(of_order=False, at_once=True)
def an_invoice_that_is_paid_at_once(case):
	payments = [{"mode_of_payment": "Cash", "amount": 10, "base_amount": 10}]
	post(invoice_of(case, is_pos=1, pos_profile=case.till, payments=payments))


@route(of_order=False)
def a_transfer_to_ourselves(case):
	row = {"target_warehouse": warehouse("Transit Shelf")}
	post(note_of(case, customer=case.internal, items=_rows(case, **row)))


@route()
def a_pick_list(case):
	post(overrides.create_pick_list(case.orders["open"]))


@route()
def a_pick_list_that_was_begun(case):
	post(case.draft("begun"))


@route()
def a_pick_list_by_hand(case):
	order = frappe.get_doc("Sales Order", case.orders["open"])
	row = {
		"item_code": case.item,
		"warehouse": warehouse(),
		"qty": 1,
		"stock_qty": 1,
		"picked_qty": 1,
		"uom": "Nos",
		"conversion_factor": 1,
		"sales_order": order.name,
		"sales_order_item": order.items[0].name,
	}
	doc = {"doctype": "Pick List", "purpose": "Delivery", "company": COMPANY, "pick_manually": 1}
	post(frappe.get_doc({**doc, "customer": case.customer, "locations": [row]}))


@route()
def a_note_of_a_pick_list(case):
	made = overrides.create_delivery_note(case.picked)
	if made.docstatus == 0:
		post(frappe.get_doc("Delivery Note", made.name))


@route()
def dispatched(case):
	v1.dispatch(case.picked, submit=True)


def _stock_entry(case, purpose, **row):
	rows = [{"item_code": case.item, "qty": 5, "s_warehouse": warehouse(), **row}]
	return frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": purpose,
			"company": COMPANY,
			"pick_list": case.picked,
			"items": rows,
		}
	)


@route()
def issued_from_a_pick_list(case):
	post(_stock_entry(case, "Material Issue"))


@route()
def transferred_from_a_pick_list(case):
	post(_stock_entry(case, "Material Transfer", t_warehouse=warehouse("Transit Shelf")))


@route()
def straight_from_the_supplier(case):
	post(drop_ship(frappe.get_doc("Sales Order", case.orders["straight"]), 1))


def drop_ship(order, qty):
	"""A Purchase Order of an order's first row, from its supplier straight to the customer."""
	supplier = order.items[0].supplier
	return frappe.get_doc(
		{
			"doctype": "Purchase Order",
			"company": COMPANY,
			"supplier": supplier,
			"customer": order.customer,
			"schedule_date": order.delivery_date,
			"items": [
				{
					"item_code": order.items[0].item_code,
					"qty": qty,
					"rate": 5,
					"warehouse": warehouse(),
					"schedule_date": order.delivery_date,
					"sales_order": order.name,
					"sales_order_item": order.items[0].name,
					"delivered_by_supplier": 1,
				}
			],
		}
	)


@route()
def after_update_items(case):
	update_items_request(frappe.get_doc("Sales Order", case.orders["open"]), {0: {"qty": 6}})
	post(overrides.make_delivery_note(case.orders["open"]))


@route()
def after_hold_and_resume(case):
	method = frappe.override_whitelisted_method(
		"erpnext.selling.doctype.sales_order.sales_order.update_status"
	)
	for status in ("On Hold", "Draft"):
		frappe.get_attr(method)(status=status, name=case.orders["open"])
	post(overrides.make_delivery_note(case.orders["open"]))


@route()
def after_packing(case):
	"""A Packing Slip is of a draft, which is submitted then."""
	note = case.draft("note")
	slip = {"doctype": "Packing Slip", "delivery_note": note.name, "from_case_no": 1, "to_case_no": 1}
	row = {"item_code": case.item, "qty": 5, "dn_detail": note.items[0].name}
	post(frappe.get_doc({**slip, "items": [row]}))
	note.reload()
	post(note)


@route(of_order=False, commits=True)
def by_rest(case):
	return _door().post("/api/resource/Delivery Note", _plain(note_of(case, docstatus=1)))


@route(commits=True)
def by_rest_the_draft(case):
	return _door().post(f"/api/resource/Delivery Note/{case.drafts['note'][1]}?run_method=submit")


@route(of_order=False, commits=True)
def by_rest_an_invoice(case):
	return _door().post("/api/resource/Sales Invoice", _plain(invoice_of(case, docstatus=1)))


@route(of_order=False, commits=True)
def by_a_background_job(case):
	"""As ERPNext queues the submitting of long documents."""
	frappe.enqueue(
		"frappe.model.document.execute_action",
		__doctype=case.drafts["queued"][0],
		__name=case.drafts["queued"][1],
		__action="submit",
	)
	from tests.site.conftest import drain

	user = frappe.session.user
	drain()
	frappe.set_user(user)
	# Frappe tells whoever queued it by a comment on the document
	comments = {"reference_name": case.drafts["queued"][1], "comment_type": "Comment"}
	return frappe.get_all("Comment", comments, pluck="content", order_by="creation desc", limit=1)


@route(of_order=False, commits=True)
def by_data_import(case):
	frappe.has_permission("Data Import", "create", throw=True)
	row = {
		"customer": case.customer,
		"company": COMPANY,
		"items.item_code": case.item,
		"items.qty": 1,
		"items.rate": 10,
		"items.warehouse": warehouse(),
	}
	table = io.StringIO()
	csv.writer(table).writerows([list(row), list(row.values())])
	file = {"doctype": "File", "file_name": "notes.csv", "content": table.getvalue(), "is_private": 1}
	doc = frappe.get_doc(
		{
			"doctype": "Data Import",
			"reference_doctype": "Delivery Note",
			"import_type": "Insert New Records",
			"submit_after_import": 1,
			"import_file": frappe.get_doc(file).insert().file_url,
			"mute_emails": 1,
		}
	).insert()
	frappe.db.commit()
	start_import(doc.name)
	return frappe.get_all("Data Import Log", {"data_import": doc.name}, ["messages", "exception"])


def _plain(doc) -> dict:
	return frappe.parse_json(frappe.as_json(doc.as_dict(no_nulls=True)))


_doors: dict[str, Door] = {}


def _door() -> Door:
	user = frappe.session.user
	if user not in _doors:
		frappe.set_user("Administrator")
		_doors[user] = Door(user)
		frappe.set_user(user)
	return _doors[user]


# ---- what came of it -------------------------------------------------------------------------------------------------


def traces(case: Case) -> dict:
	"""What can be seen of goods that have left or are picked; the same before and after for what was refused."""
	items = [
		case.item,
		frappe.db.get_value("Sales Order Item", {"parent": case.orders["straight"]}, "item_code"),
	]
	rows = {"item_code": ("in", items), "docstatus": 1}
	return {
		"ledger": frappe.db.count("Stock Ledger Entry", {"item_code": ("in", items)}),
		"stock": frappe.db.get_value("Bin", {"item_code": case.item, "warehouse": warehouse()}, "actual_qty"),
		"picked": frappe.db.count("Pick List Item", rows),
		"sold": frappe.db.count("POS Invoice Item", rows),
		"bought": frappe.db.count("Purchase Order Item", rows),
	}
