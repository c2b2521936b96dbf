"""The demo's returns: a Return Policy, a quarantine, goods that came back, and one return that waits for approval.

Of ten lamps that shipped (LAMPS), two came back damaged and lie in quarantine, one came back opened, less the restocking
fee; one more lacks its shade, which the policy does not accept.
"""

from __future__ import annotations

import frappe
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import add_days, getdate

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
)

CUSTOMER = "Lighthouse Living"
LAMP = "LAMP-DESK"
POLICY = "Trade Returns"
QUARANTINE = "Quarantine"


def create(company: str, warehouse: str, price_list: str) -> None:
	"""Make what is missing. warehouse: where the stock is. Call it once the company is switched on."""
	place = _quarantine(company, warehouse)
	_policy(company, place)
	if is_ordered("LAMPS"):
		return
	customer(CUSTOMER, price_list)
	account(CUSTOMER, CUSTOMER, company)
	item(company, LAMP, "Desk Lamp, Green", 32.00, price_list, {warehouse: 14})
	row = {"item_code": LAMP, "qty": 10, "delivery_date": add_days(getdate(), 2), "warehouse": warehouse}
	(note,) = ship(pick(order(company, CUSTOMER, "LAMPS", [row])))
	_back(note, 2, "Damaged")
	_back(note, 1, "Opened")
	_back(note, 1, "Incomplete", submit=False)


def _quarantine(company: str, warehouse: str) -> str:
	key = {"company": company, "warehouse_name": QUARANTINE}
	parent = frappe.db.get_value("Warehouse", warehouse, "parent_warehouse")
	made = ensure("Warehouse", key, **key, parent_warehouse=parent, is_rejected_warehouse=1)
	# ERPNext keeps the accounts of warehouses for the life of a process
	frappe.flags.pop("warehouse_account_map", None)
	return made


def _policy(company: str, place: str) -> None:
	ensure("Return Condition", "Incomplete", condition="Incomplete")
	parent = frappe.db.get_value(
		"Account", {"company": company, "root_type": "Income", "is_group": 1}, order_by="lft desc"
	)
	fees = ensure(
		"Account",
		{"company": company, "account_name": "Restocking Fees"},
		company=company,
		account_name="Restocking Fees",
		account_type="Income Account",
		parent_account=parent,
	)
	ensure(
		"Return Policy",
		POLICY,
		policy_name=POLICY,
		company=company,
		is_default=1,
		days_allowed=30,
		restocking_fee_percent=15,
		restocking_fee_account=fees,
		conditions=[
			{"condition": "Unopened", "charge_fee": 0},
			{"condition": "Opened"},
			{"condition": "Damaged", "warehouse": place, "charge_fee": 0},
			{"condition": "Incomplete", "warehouse": place, "accepted": 0},
		],
	)


def _back(note: str, qty: float, condition: str, submit: bool = True) -> None:
	back = make_return_doc("Delivery Note", note)
	back.items[0].update({"qty": -qty, "b2b_condition": condition})
	save(back, submit=submit)
