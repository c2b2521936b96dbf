"""What the processes of a crew do. Each deed makes itself ready first, then waits for the others, then acts."""

import random
import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import credit_case
import frappe
import pymysql
from builders import (
	add_stock,
	make_bundle,
	make_count,
	make_customer,
	make_delivery_note,
	make_issue,
	make_item,
	make_loss_type,
	make_purchase_order,
	make_sales_order,
	make_supplier,
	make_trade_account,
	make_user,
	update_items_request,
)

from tests.faults.crew import fresh_request
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.overrides import create_pick_list
from wholesale_b2b.fulfilment.release.service import making
from wholesale_b2b.wholesale_b2b.doctype.order_hold import order_hold

# What a user sees while the database is away.
AWAY = ("OperationalError", "InterfaceError")
CONNECTION_ERRORS = (pymysql.err.OperationalError, pymysql.err.InterfaceError)

# ---- one deed a process ------------------------------------------------------------------------------------------


def submit(doc):
	doc.submit()
	return doc.name


submit.prepare = frappe.get_doc


def cancel(doc):
	doc.cancel()
	return doc.name


cancel.prepare = frappe.get_doc


def make_default(account):
	account.is_default = 1
	account.save()
	return account.name


make_default.prepare = lambda name: frappe.get_doc("Trade Account", name)


def open_account(account):
	account.insert()
	return account.name


open_account.prepare = lambda customer: make_trade_account(customer, do_not_save=True, is_default=1)


def order(draft):
	draft.submit()
	return draft.name


def _draft(rows, customer):
	"""A draft of its own: (item, quantity) for each row."""
	rows = [{"item_code": item, "qty": qty} for item, qty in rows]
	return make_sales_order(rows, customer=customer, do_not_submit=True)


order.prepare = _draft


def order_on(draft):
	draft.submit()
	return draft.name


order_on.prepare = lambda item, qty, customer, account: make_sales_order(
	item, qty, customer=customer, b2b_trade_account=account, do_not_submit=True
)


def pay(customer, amount):
	return credit_case.pay(customer, amount).name


def raise_quantity(doc):
	update_items_request(doc, {0: {"qty": doc.items[0].qty + 2}})
	return doc.name


raise_quantity.prepare = frappe.get_doc


def stop_account(account, delay, customer):
	"""Put an account on hold after `delay` seconds; what has shipped to its customer by then."""
	time.sleep(delay)
	doc = frappe.get_doc("Trade Account", account)
	doc.update({"status": "On Hold", "status_reason": "Overdue."})
	doc.save()
	return shipped_to(customer)


def stop_account_by_hand(account, delay, customer):
	time.sleep(delay)
	order_hold.hold("Stocktaking at their end.", trade_account=account)
	return shipped_to(customer)


def stop_orders_by_hand(orders, delay, customer):
	time.sleep(delay)
	for order in sorted(orders):
		order_hold.hold("They asked us to wait.", sales_order=order)
	return shipped_to(customer)


def shipped_to(customer):
	"""Submitted documents that have taken goods to a customer."""
	return sorted(
		name
		for doctype in ("Delivery Note", "Sales Invoice")
		for name in frappe.get_all(doctype, {"customer": customer, "docstatus": 1}, pluck="name")
	)


# ---- several deeds a process, drawn by chance --------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
	"""A deed of a script: a function of this module, the document it is about, the seed of what it decides itself."""

	deed: str
	target: str | None
	seed: int


@dataclass(frozen=True)
class Done:
	"""How a step went. error: the exception's name, empty where it went well; message: its text; made: the document."""

	step: Step
	error: str = ""
	message: str = ""
	trace: str = ""
	made: str = ""


@dataclass(frozen=True)
class Stage:
	"""What the deeds of a trial play on: item codes, a bundle of them, who trades, who reserves by hand, a type of loss."""

	items: tuple[str, ...]
	bundle: str
	customer: str
	supplier: str
	clerk: str
	loss_type: str


def play(ready: list[tuple[Step, Callable | Done]]) -> list[Done]:
	"""Do one step after the other, each as a request of its own."""
	return [act if isinstance(act, Done) else _request(step, act) for step, act in ready]


def keep_busy(stage: Stage, seed: int, folder: str, site: str, sites: str) -> list[Done]:
	"""One deed after the other until `folder`/stop is there, a line in `folder`/progress for each.

	When the connection is gone a new one is made, as a web worker gets it.
	"""
	rng, done = random.Random(seed), []
	while not Path(folder, "stop").exists():
		try:
			some = play(_prepare(stage, draw_script(rng, stage)))
		except CONNECTION_ERRORS as error:
			some = [Done(Step("connect", None, 0), type(error).__name__, str(error))]
		done += some
		with Path(folder, "progress").open("a") as file:
			file.write("\n" * sum(not d.error for d in some))
		if some and some[-1].error in AWAY:
			_connect_again(site, sites)
	return done


def ready() -> None:
	"""Nothing: whoever does it has started and is connected."""


def _connect_again(site: str, sites: str) -> None:
	for _ in range(300):
		try:
			fresh_request(site, sites)
			frappe.db.sql("select 1")
			return
		except CONNECTION_ERRORS:
			time.sleep(0.2)


def _prepare(stage: Stage, script: list[Step]) -> list[tuple[Step, Callable | Done]]:
	"""What each step will do; a step that cannot even be made ready is done already."""
	ready = []
	for step in script:
		made: list[Callable] = []
		done = _request(step, lambda step=step, made=made: made.append(_ready(step, stage)))
		ready.append((step, done if done.error else (made[0] or (lambda: None))))
	return ready


play.prepare = _prepare


def _ready(step: Step, stage: Stage) -> Callable | None:
	return DEEDS[step.deed](step.target, random.Random(step.seed), stage)


def _request(step: Step, act: Callable) -> Done:
	try:
		result = act()
		frappe.db.commit()
		return Done(step, made=getattr(result, "name", ""))
	except Exception as error:
		try:
			frappe.db.rollback()
		except CONNECTION_ERRORS:
			pass
		text = re.sub(r"<[^>]+>", "", str(error))
		return Done(step, type(error).__name__, text, traceback.format_exc()[-2500:])
	finally:
		frappe.set_user("Administrator")
		frappe.clear_messages()
		frappe.flags.currently_saving = []


def place(_target, rng, stage):
	"""A new order of one to three items, in any order, sometimes with a bundle of them."""
	items = rng.sample(stage.items, rng.randint(1, len(stage.items)))
	rows = [{"item_code": item, "qty": rng.randint(1, 8)} for item in items]
	if rng.random() < 0.3:
		rows.insert(rng.randint(0, len(rows)), {"item_code": stage.bundle, "qty": rng.randint(1, 3)})
	return make_sales_order(rows, customer=stage.customer, do_not_submit=True).submit


def cancel_order(order, _rng, _stage):
	return frappe.get_doc("Sales Order", order).cancel


def change_items(order, rng, _stage):
	"""*Update Items*: other quantities, sometimes a row less or a row more."""
	return _change_items(frappe.get_doc("Sales Order", order), rng)


def change_purchase(order, rng, _stage):
	return _change_items(frappe.get_doc("Purchase Order", order), rng)


def _change_items(doc, rng):
	changes = {index: {"qty": rng.randint(1, 12)} for index in range(len(doc.items))}
	removed = [rng.randrange(len(doc.items))] if len(doc.items) > 1 and rng.random() < 0.3 else []
	return lambda: update_items_request(doc, changes, removed)


def close_order(order, rng, _stage):
	"""Close, hold, or open again."""
	from erpnext.selling.doctype.sales_order.sales_order import update_status

	status = rng.choice(["Closed", "On Hold", "Draft", "Draft"])
	return lambda: update_status(status, order)


def receive_goods(order, rng, _stage):
	"""All that is open of a purchase order, or a part of it."""
	from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt

	doc = make_purchase_receipt(order)
	if not doc.items:
		return None
	if rng.random() < 0.5:
		for row in doc.items:
			row.qty = row.received_qty = rng.randint(1, max(int(row.qty), 1))
	return doc.insert().submit


def cancel_receipt(receipt, _rng, _stage):
	return frappe.get_doc("Purchase Receipt", receipt).cancel


def deliver(order, rng, _stage):
	"""What is reserved for an order, or a part of it."""
	from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note as from_order

	reserved = dict(
		frappe.get_all(
			"Sales Order Item", {"parent": order}, ["name", "b2b_reserved_qty"], as_list=True, limit=0
		)
	)
	doc = from_order(order)
	doc.items = [row for row in doc.items if reserved.get(row.so_detail, 0) >= 1]
	for row in doc.items:
		row.qty = rng.randint(1, int(reserved[row.so_detail]))
	return doc.insert().submit if doc.items else None


def pick(order, _rng, _stage):
	from wholesale_b2b.fulfilment.overrides import create_pick_list

	doc = create_pick_list(order)
	return doc.insert().submit if doc.locations else None


def cancel_pick(pick_list, _rng, _stage):
	return frappe.get_doc("Pick List", pick_list).cancel


def deliver_without_order(_target, rng, stage):
	item = rng.choice(stage.items)
	return make_delivery_note(item, rng.randint(1, 3), customer=stage.customer, do_not_submit=True).submit


def cancel_note(note, _rng, _stage):
	return frappe.get_doc("Delivery Note", note).cancel


def count(_target, rng, stage):
	"""A stock count that finds more or fewer than there are, reserved ones included."""
	item = rng.choice(stage.items)
	return make_count(item, rng.randint(1, 14), rate=rng.randint(3, 9), do_not_submit=True).submit


def cancel_count(name, _rng, _stage):
	return frappe.get_doc("Stock Reconciliation", name).cancel


def break_goods(_target, rng, stage):
	"""A Stock Entry of a type that is marked *loss*."""
	item = rng.choice(stage.items)
	return make_issue(item, rng.randint(1, 5), stage.loss_type, do_not_submit=True).submit


def reserve_by_hand(order, _rng, stage):
	"""ERPNext's *Reserve* button on the order, by a user."""

	def act():
		frappe.set_user(stage.clerk)
		doc = frappe.get_doc("Sales Order", order)
		doc.create_stock_reservation_entries(
			[
				{
					"sales_order_item": row.name,
					"item_code": row.item_code,
					"warehouse": row.warehouse,
					"qty_to_reserve": row.qty,
				}
				for row in doc.items
			]
		)

	return act


def unreserve_by_hand(order, _rng, stage):
	"""ERPNext's *Unreserve* button on the order, by a user: all that it has."""

	def act():
		frappe.set_user(stage.clerk)
		names = frappe.get_all(
			"Stock Reservation Entry",
			{"voucher_no": order, "docstatus": 1},
			order_by="creation desc",
			pluck="name",
		)
		if names:
			frappe.get_doc("Sales Order", order).cancel_stock_reservation_entries(names)

	return act


def settle(_target, _rng, _stage):
	"""The worker."""
	from wholesale_b2b.allocation.jobs import settle_marked

	return settle_marked


DEEDS = {
	deed.__name__: deed
	for deed in (
		place,
		cancel_order,
		change_items,
		change_purchase,
		close_order,
		receive_goods,
		cancel_receipt,
		deliver,
		pick,
		cancel_pick,
		deliver_without_order,
		cancel_note,
		count,
		cancel_count,
		break_goods,
		reserve_by_hand,
		unreserve_by_hand,
		settle,
	)
}


# ---- drawing -----------------------------------------------------------------------------------------------------

STEPS = 2
CHANCES = {
	"place": 4,
	"deliver": 4,
	"receive_goods": 4,
	"deliver_without_order": 3,
	"change_items": 3,
	"cancel_order": 2,
	"pick": 2,
	"cancel_pick": 1,
	"reserve_by_hand": 2,
	"unreserve_by_hand": 2,
	"cancel_note": 2,
	"count": 2,
	"break_goods": 2,
	"cancel_count": 1,
	"cancel_receipt": 2,
	"change_purchase": 2,
	"close_order": 2,
	"settle": 2,
}


def make_stage() -> Stage:
	items = tuple(make_item().name for _ in range(3))
	bundle = make_bundle({items[0]: 1, items[1]: 2}).name
	customer, supplier = make_customer().name, make_supplier().name
	clerk = make_user("Sales User", "Sales Manager", "Stock User", "Stock Manager").name
	loss = make_loss_type().name
	rows = [{"item_code": item, "qty": 12} for item in items]
	for item in items:
		add_stock(item, 10, commit=False)
	for _ in range(2):
		make_purchase_order(rows, supplier=supplier, commit=False)
		make_sales_order(rows, customer=customer, commit=False)
	frappe.db.commit()
	return Stage(items, bundle, customer, supplier, clerk, loss)


def draw_script(rng: random.Random, stage: Stage) -> list[Step]:
	steps = []
	for deed in rng.choices(list(CHANCES), list(CHANCES.values()), k=STEPS):
		targets = targets_of(deed, stage)
		if targets is None:
			steps.append(Step(deed, None, rng.randrange(10**9)))
		elif targets:
			steps.append(Step(deed, rng.choice(targets), rng.randrange(10**9)))
	return steps


def targets_of(deed: str, stage: Stage) -> list[str] | None:
	"""Documents that a deed may be about; None where it needs none."""
	doctype = {
		"deliver": "Sales Order",
		"pick": "Sales Order",
		"cancel_pick": "Pick List",
		"change_items": "Sales Order",
		"cancel_order": "Sales Order",
		"reserve_by_hand": "Sales Order",
		"unreserve_by_hand": "Sales Order",
		"close_order": "Sales Order",
		"receive_goods": "Purchase Order",
		"change_purchase": "Purchase Order",
		"cancel_note": "Delivery Note",
		"cancel_receipt": "Purchase Receipt",
		"cancel_count": "Stock Reconciliation",
	}.get(deed)
	if not doctype:
		return None
	if doctype == "Stock Reconciliation":
		rows = {"item_code": ("in", stage.items), "docstatus": 1}
		return sorted(set(frappe.get_all("Stock Reconciliation Item", rows, pluck="parent")))
	party = "supplier" if doctype.startswith("Purchase") else "customer"
	return frappe.get_all(
		doctype, {party: getattr(stage, party), "docstatus": 1}, order_by="creation, name", pluck="name"
	)


def reallocate(*values):
	"""Move units by hand, as a request to the API; the Allocation Run that did it."""
	from wholesale_b2b.api import v1

	run = v1.reallocate(*values)["run"]
	frappe.db.commit()
	return run


# ---- pick lists --------------------------------------------------------------------------------------------------


def release(orders, most=1):
	"""A worker that makes the lists of these orders; the names of those it made."""
	return making.release(orders, most=most).made


def save_list(pick):
	"""A person's list, mapped from the order before the others begin."""
	pick.insert()
	return pick.name


save_list.prepare = lambda order: create_pick_list(order)


def scan_and_submit(pick):
	"""A picker who found all but one."""
	pick.scan_mode = 1
	for row in pick.locations:
		row.picked_qty = row.stock_qty
	pick.locations[0].picked_qty -= 1
	pick.locations[0].b2b_short_reason = "Missing"
	pick.save()
	pick.submit()
	return pick.name


scan_and_submit.prepare = lambda name: frappe.get_doc("Pick List", name)


def hold_by_hand(order):
	holds.hold_order(order, "Somebody called")
	return order
