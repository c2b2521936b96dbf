"""Goods leave and a hold is set at the same moment: once the hold is committed nothing more leaves.

Whoever sets a hold says, as the last thing before the commit, what has shipped by then. A shipment keeps the account's lock
from the veto to its own commit, as the hold does from its first write; so what that list does not have would have come after.
"""

import os
import random

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_delivery_note,
	make_item,
	make_sales_order,
	make_trade_account,
	warehouse,
)

from tests.faults import checks
from tests.faults.crew import Crew
from tests.site.conftest import SITE, SITES

TRIALS = int(os.environ.get("FAULT_TRIALS", 10))
SEED = int(os.environ.get("FAULT_SEED", 0)) or random.randrange(10**6)
DEEDS = "tests.faults.deeds"


def invoice(item, customer):
	"""A draft of a Sales Invoice with stock, without an order."""
	row = {"item_code": item, "qty": 2, "rate": 10, "warehouse": warehouse()}
	doc = {"doctype": "Sales Invoice", "company": COMPANY, "customer": customer, "update_stock": 1}
	return frappe.get_doc({**doc, "items": [row]}).insert()


def shipments(item, customer, count, of_orders):
	"""So many drafts, and the orders that some of them are of."""
	drafts, orders = [], []
	for number in range(count):
		if of_orders or number % 3 == 0:
			orders.append(make_sales_order(item, 2, customer=customer))
			drafts.append(make_delivery_note(sales_order=orders[-1].name, do_not_submit=True))
		elif number % 3 == 1:
			drafts.append(make_delivery_note(item, 2, customer=customer, do_not_submit=True))
		else:
			drafts.append(invoice(item, customer))
	frappe.db.commit()
	return drafts, [order.name for order in orders]


@pytest.mark.parametrize("size", [2, 6])
@pytest.mark.parametrize("deed", ["stop_account", "stop_account_by_hand", "stop_orders_by_hand"])
def test_nothing_leaves_after_a_hold(deed, size):
	rng, outcomes = random.Random(SEED), set()
	with Crew(size, SITE, str(SITES)) as crew:
		for _trial in range(TRIALS):
			item, customer = make_item().name, make_customer().name
			account = make_trade_account(customer).name
			add_stock(item, 40)
			drafts, orders = shipments(item, customer, size - 1, deed == "stop_orders_by_hand")
			held = orders if deed == "stop_orders_by_hand" else account
			tasks = [(DEEDS, "submit", (doc.doctype, doc.name)) for doc in drafts]
			answers = crew.together([(DEEDS, deed, (held, rng.uniform(0, 0.5), customer)), *tasks])

			frappe.db.rollback()
			told, *shipped = answers
			assert told.ok, (SEED, told)
			left = {doc.name for doc, answer in zip(drafts, shipped, strict=True) if answer.ok}
			assert left == set(told.result), (SEED, left, told.result)
			assert {answer.error for answer in shipped if not answer.ok} <= {"Held"}, (SEED, shipped)
			for doc in drafts:
				whole = {"docstatus": 1, "entries": 1} if doc.name in left else {"docstatus": 0, "entries": 0}
				entries = frappe.db.count("Stock Ledger Entry", {"voucher_no": doc.name})
				assert {"docstatus": doc.get_db_value("docstatus"), "entries": entries} == whole
			checks.everything_holds([item])
			outcomes.add(len(left))
	print(f"seed {SEED}: of {size - 1} shipments {sorted(outcomes)} left before the hold")
