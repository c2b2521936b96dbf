"""The demo's stories of Fulfilment Policies.

Vectis ordered 500 of three cars each, of which 300 were on hand: what was there has shipped and the rest follows
(VECTIS-BACKORDER), all of it waits to go together (VECTIS-COMPLETE), what was there has shipped and the rest is cancelled
(VECTIS-ONCE). Two orders wait for three receipts: one until all of it is there (WAITS-FOR-ALL), one until 80 % is
(WAITS-FOR-80), of which two receipts have come and 400 have shipped.
"""

from __future__ import annotations

import frappe
from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_receipt
from frappe.model.document import Document
from frappe.utils import add_days, getdate

from wholesale_b2b.fulfilment.policies.service import cancelling
from wholesale_b2b.fulfilment.rules.policy import BACKORDER, CANCEL_REST, WAIT
from wholesale_b2b.setup.demo_steps import (
	account,
	customer,
	ensure,
	is_ordered,
	item,
	order,
	pick,
	save,
	ship,
	submit,
)

VECTIS = "Vectis Models"
GROCER = "Thornfield Grocers"
NEARLY_ALL = "Wait for 80 %"
# (order, policy, item, name)
CARS = (
	("VECTIS-BACKORDER", BACKORDER, "CAR-RED", "Die-Cast Car, Red"),
	("VECTIS-COMPLETE", WAIT, "CAR-BLUE", "Die-Cast Car, Blue"),
	("VECTIS-ONCE", CANCEL_REST, "CAR-GREEN", "Die-Cast Car, Green"),
)
TINS = (
	("WAITS-FOR-ALL", WAIT, "TIN-ROUND", "Storage Tin, Round"),
	("WAITS-FOR-80", NEARLY_ALL, "TIN-SQUARE", "Storage Tin, Square"),
)
RECEIPTS = ((150, 2), (250, 5), (100, 9))
PRICE = 6.5


def create(company: str, warehouse: str, price_list: str) -> None:
	"""Make what is missing of the stories. warehouse: where their stock is. Call it once the company is switched on."""
	ensure("Fulfilment Policy", NEARLY_ALL, policy_name=NEARLY_ALL, mode=WAIT, min_fill_percent=80)
	for name in (VECTIS, GROCER):
		customer(name, price_list)
		account(name, name, company)
	for reference, policy, code, name in CARS:
		if not is_ordered(reference):
			item(company, code, name, PRICE, price_list, {warehouse: 300})
			_five_hundred_cars(_order(VECTIS, reference, policy, code, company, warehouse), policy, code)
	for reference, policy, code, name in TINS:
		if not is_ordered(reference):
			item(company, code, name, PRICE, price_list, {warehouse: 0})
			_three_receipts(_order(GROCER, reference, policy, code, company, warehouse), policy, code)


def _order(buyer: str, reference: str, policy: str, code: str, company: str, warehouse: str) -> Document:
	row = {"item_code": code, "qty": 500, "delivery_date": add_days(getdate(), 10), "warehouse": warehouse}
	name = order(company, buyer, reference, [row], b2b_fulfilment_policy=policy)
	return frappe.get_doc("Sales Order", name)


def _five_hundred_cars(placed: Document, policy: str, code: str) -> None:
	_buy(placed, code, 200, 9)
	if policy != WAIT:
		ship(pick(placed.name))
		cancelling.close_done([placed.name])


def _three_receipts(placed: Document, policy: str, code: str) -> None:
	bought = [_buy(placed, code, qty, days) for qty, days in RECEIPTS]
	for purchase in bought[:2]:
		save(make_purchase_receipt(purchase))
	if policy == NEARLY_ALL:
		ship(pick(placed.name))


def _buy(placed: Document, code: str, qty: float, days: int) -> str:
	"""A Purchase Order due in so many days, where the order is delivered from."""
	supplier = frappe.db.get_value("Supplier", {"is_transporter": 0}, order_by="name desc")
	due = add_days(getdate(), days)
	row = {"item_code": code, "qty": qty, "rate": PRICE / 2, "schedule_date": due}
	row["warehouse"] = placed.items[0].warehouse
	return submit("Purchase Order", company=placed.company, supplier=supplier, schedule_date=due, items=[row])
