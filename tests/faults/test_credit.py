"""Two and eight processes at the rest of a credit limit: what fits goes, once; nobody waits in a circle."""

import os

import frappe
import pytest
from builders import (
	add_stock,
	make_customer,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	receive,
)
from credit_case import figures, make_account, set_limit

from tests.faults import checks
from tests.faults.crew import Crew
from tests.site.conftest import SITE, SITES
from wholesale_b2b.credit.service import judging
from wholesale_b2b.fulfilment.overrides import create_pick_list

TRIALS = int(os.environ.get("FAULT_TRIALS", 20))
DEEDS = "tests.faults.deeds"


@pytest.fixture(params=[2, 8])
def crew(request):
	with Crew(request.param, SITE, str(SITES)) as crew:
		yield crew


def orders_at_once(crew, over, **account):
	"""An account with room for one of the orders that every process places; the answers, the account, the item."""
	account = make_account(limit=100, over=over, **account)
	item = make_item().name
	add_stock(item, 100)
	answers = crew.together([(DEEDS, "order", ([(item, 6)], account.customer))] * len(crew.members))
	frappe.db.rollback()
	return answers, account, item


def test_refused_but_for_one(crew):
	for _trial in range(TRIALS):
		answers, account, item = orders_at_once(crew, "Refuse")

		assert [answer.ok for answer in answers].count(True) == 1, answers
		for answer in answers:
			assert answer.ok or (
				answer.error == "ValidationError" and "over its credit limit" in answer.message
			)
		assert figures(account)["exposure"] == 60
		checks.everything_holds([item])


def test_held_but_for_one(crew):
	for _trial in range(TRIALS):
		answers, account, item = orders_at_once(crew, "Hold")

		assert [answer.message for answer in answers if not answer.ok] == []
		orders = [answer.result for answer in answers]
		assert len(judging.orders_beyond(orders)) == len(orders) - 1
		assert figures(account)["exposure"] == 60 * len(orders)
		checks.everything_holds([item])


def test_accounts_that_share_a_total(crew):
	"""Each process orders on an account of its own, of one customer: all of them are locked, in one order."""
	size = len(crew.members)
	for _trial in range(TRIALS):
		customer = make_customer().name
		accounts = [
			make_account(customer, limit=100, over="Refuse", is_default=0, customer_limit=100)
			for _ in range(size)
		]
		item = make_item().name
		frappe.db.commit()
		answers = crew.together(
			[(DEEDS, "order_on", (item, 6, customer, account.name)) for account in accounts]
		)
		assert [answer.ok for answer in answers].count(True) == 1, answers
		assert {answer.error for answer in answers if not answer.ok} <= {"ValidationError"}
		checks.everything_holds([item])


def test_orders_deliveries_receipts_and_payments_of_one_account():
	"""All that locks the account, its orders and the same Bins, in one moment: nobody waits in a circle."""
	account = make_account(limit=10**6, over="Refuse")
	customer = account.customer
	with Crew(8, SITE, str(SITES)) as crew:
		for _trial in range(TRIALS):
			items = [make_item().name for _ in range(3)]
			for item in items:
				add_stock(item, 60, commit=False)
			rows = [{"item_code": item, "qty": 4} for item in items]
			delivered, changed, picked = (make_sales_order(rows, customer=customer) for _ in range(3))
			note = make_delivery_note(sales_order=delivered.name, qty=1, do_not_submit=True)
			free = make_delivery_note(items[1], 2, customer=customer, do_not_submit=True)
			bought = make_purchase_order([{"item_code": item, "qty": 5} for item in reversed(items)])
			receipt = receive(bought, do_not_submit=True)
			pick = create_pick_list(picked.name).insert()
			frappe.db.commit()
			backwards = [(item, 3) for item in reversed(items)]
			answers = crew.together(
				[
					(DEEDS, "order", ([(item, 3) for item in items], customer)),
					(DEEDS, "order", (backwards, customer)),
					(DEEDS, "submit", ("Delivery Note", note.name)),
					(DEEDS, "submit", ("Delivery Note", free.name)),
					(DEEDS, "submit", ("Purchase Receipt", receipt.name)),
					(DEEDS, "raise_quantity", ("Sales Order", changed.name)),
					(DEEDS, "submit", ("Pick List", pick.name)),
					(DEEDS, "pay", (customer, 5)),
				]
			)
			# a pick list waits for nobody
			busy = ("DocumentLockedError", "being changed by somebody else")
			faults = [answer for answer in answers if not answer.ok]
			assert all(answer.error == busy[0] and busy[1] in answer.message for answer in faults), faults
			assert answers.index(faults[0]) == 6 if faults else True
			checks.everything_holds(items)
	set_limit(account, 0)
