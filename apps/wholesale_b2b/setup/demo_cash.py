"""The demo's stories from order to cash: who pays first, who is held, who is in line, what comes back, what is amended.

docs/order-to-cash.md says what to look at in each. References are the customers' own order numbers. Every step looks before
it makes.
"""

from __future__ import annotations

import frappe
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.model.document import Document
from frappe.utils import add_days, getdate

from wholesale_b2b.fulfilment import overrides
from wholesale_b2b.fulfilment.release.service import triggers
from wholesale_b2b.fulfilment.rules.policy import CANCEL_REST, WAIT
from wholesale_b2b.setup.demo_steps import (
	account,
	customer,
	is_ordered,
	item,
	order,
	pay,
	pick,
	save,
	ship,
	submit,
)

JUG, TALL, BASKET = "JUG-STONE", "JUG-TALL", "BASKET-WILLOW"
PRICE = 10
PREPAYING = "Copper Kettle Cafes"
HELD = "Gorse Hill Stores"
LIMITED = "Pebble & Pine"
RETURNING = "Lighthouse Living"
AMENDING = "Saltmarsh Interiors"
# Who waits for the baskets: (reference, customer, priority class, policy, units). Fifty come.
QUEUE = (
	("BASKETS-5", "Fell & Dale Stores", 50, "", 10),
	("BASKETS-4", "Cairn & Co", 40, WAIT, 20),
	("BASKETS-3", "The Pantry & Home Co", 30, CANCEL_REST, 10),
	("BASKETS-2", "Harbour Gifts Ltd", 20, WAIT, 15),
	("BASKETS-1", RETURNING, 10, "", 20),
)


def create(company: str, leeds: str, reading: str, price_list: str) -> None:
	"""Make what is missing. leeds, reading: warehouses, of which the second makes pick lists at once. Call it once the company
	is switched on and the demo's other stories stand."""
	for name in (PREPAYING, HELD, LIMITED, AMENDING):
		customer(name, price_list)
	item(company, JUG, "Stoneware Jug", PRICE, price_list, {reading: 200, leeds: 60})
	_pays_first(company, reading)
	_on_hold(company, leeds)
	_over_limit(company, reading)
	_queue(company, reading, price_list)
	_comes_back(company, reading)
	_amended(company, leeds, price_list)


def _pays_first(company: str, warehouse: str) -> None:
	"""Three orders of an account that pays beforehand: not paid; paid, with a pick list; paid, and the payment cancelled."""
	account(PREPAYING, PREPAYING, company, status="Pro Forma Only", status_reason="New customer.")
	for reference in ("UNPAID", "PAID", "PAYMENT-GONE"):
		if is_ordered(reference):
			continue
		name = order(company, PREPAYING, reference, [_row(JUG, 10, 3, warehouse)])
		if reference != "UNPAID":
			payment = pay(name)
			# the worker of a bench that runs does the same a moment later
			triggers.make_at_once([name])
			if reference == "PAYMENT-GONE":
				_cancel(payment)


def _on_hold(company: str, warehouse: str) -> None:
	"""Stock is reserved, and nobody gets it out: a Delivery Note from before, and one without an order, cannot be submitted."""
	name = account(HELD, HELD, company)
	if is_ordered("ON-HOLD"):
		return
	placed = order(company, HELD, "ON-HOLD", [_row(JUG, 20, 5, warehouse)])
	save(overrides.make_delivery_note(placed), submit=False)
	row = {"item_code": JUG, "qty": 1, "rate": PRICE, "warehouse": warehouse}
	buyer = frappe.db.get_value("Sales Order", placed, "customer")
	without = {"doctype": "Delivery Note", "company": company, "customer": buyer, "items": [row]}
	save(frappe.get_doc(without), submit=False)
	doc = frappe.get_doc("Trade Account", name)
	doc.update({"status": "On Hold", "status_reason": "An invoice of last month is overdue."})
	doc.save()
	frappe.db.commit()  # nosemgrep


def _over_limit(company: str, warehouse: str) -> None:
	"""The first order fits the limit and is picked, the second does not."""
	account(LIMITED, LIMITED, company, credit_limit=500, over_limit="Hold")
	for reference, qty in (("LIMIT-FIRST", 40), ("LIMIT-SECOND", 20)):
		if not is_ordered(reference):
			triggers.make_at_once([order(company, LIMITED, reference, [_row(JUG, qty, 4, warehouse)])])


def _queue(company: str, warehouse: str, price_list: str) -> None:
	"""Five customers wait for one receipt; the least urgent ordered first."""
	item(company, BASKET, "Willow Basket", PRICE, price_list, {warehouse: 0})
	if is_ordered(QUEUE[-1][0]):
		return
	names = [
		order(
			company,
			buyer,
			reference,
			[_row(BASKET, qty, 6, warehouse)],
			b2b_priority=priority,
			b2b_fulfilment_policy=policy or None,
		)
		for reference, buyer, priority, policy, qty in QUEUE
	]
	save(make_purchase_receipt(_buy(company, BASKET, 50, 1, warehouse)))
	triggers.make_at_once(names[::-1])


def _comes_back(company: str, warehouse: str) -> None:
	"""Four of ten come back: credited, and nothing more is sent; to be replaced, and four are picked again."""
	for reference in ("CREDITED", "REPLACED"):
		if is_ordered(reference):
			continue
		name = order(company, RETURNING, reference, [_row(JUG, 10, 2, warehouse)])
		(note,) = ship(pick(name))
		back = make_return_doc("Delivery Note", note)
		back.items[0].update({"qty": -4, "b2b_condition": "Unopened", "b2b_replace": reference == "REPLACED"})
		save(back)
		if reference == "CREDITED":
			_credit(note)
		triggers.make_at_once([name])


def _credit(note: str) -> None:
	(bill,) = frappe.get_all(
		"Sales Invoice Item", {"delivery_note": note, "docstatus": 1}, pluck="parent", distinct=True
	)
	credit = make_sales_return(bill)
	credit.items[0].update({"qty": -4, "b2b_condition": "Unopened"})
	save(credit)


def _amended(company: str, warehouse: str, price_list: str) -> None:
	"""Twenty ordered with a deposit of half: paid, ten on the shelf and ten to come, six shipped and invoiced. Then amended to
	eighteen, while another order waits behind; and six ship again."""
	if is_ordered("AMENDED"):
		return
	item(company, TALL, "Stoneware Jug, Tall", PRICE, price_list, {warehouse: 10})
	account(AMENDING, AMENDING, company, pro_forma="Deposit", deposit_percent=50, invoicing="Weekly")
	_buy(company, TALL, 10, 9, warehouse)
	placed = order(company, AMENDING, "AMENDED", [_row(TALL, 20, 12, warehouse)])
	order(company, "Fell & Dale Stores", "BEHIND-AMENDED", [_row(TALL, 20, 12, warehouse)])
	pay(placed, 100)
	note, bill = _six(placed)
	for doc in (bill, note, frappe.get_doc("Sales Order", placed)):
		_cancel(doc)
	before = frappe.get_doc("Sales Order", placed)
	amended = frappe.copy_doc(before)
	amended.update({"amended_from": placed, "delivery_date": before.delivery_date})
	amended.items[0].update({"qty": 18, "delivery_date": before.delivery_date})
	_six(save(amended).name)


def _six(sales_order: str) -> tuple[Document, Document]:
	note = overrides.make_delivery_note(sales_order)
	note.items[0].qty = 6
	save(note)
	return note, save(make_sales_invoice(note.name))


def _cancel(doc: Document) -> None:
	doc.reload()
	doc.cancel()
	frappe.db.commit()  # nosemgrep


def _row(item_code: str, qty: float, days: int, warehouse: str) -> dict:
	day = add_days(getdate(), days)
	return {"item_code": item_code, "qty": qty, "delivery_date": day, "warehouse": warehouse}


def _buy(company: str, code: str, qty: float, days: int, warehouse: str) -> str:
	supplier = frappe.db.get_value("Supplier", {"is_transporter": 0}, order_by="name desc")
	due = add_days(getdate(), days)
	row = {"item_code": code, "qty": qty, "rate": PRICE / 2, "schedule_date": due, "warehouse": warehouse}
	return submit("Purchase Order", company=company, supplier=supplier, schedule_date=due, items=[row])
