"""Submitting an order with everything on, against ERPNext alone, in the same run on the same machine."""

import cProfile
import os
import pstats

import frappe
import pytest
from builders import (
	COMPANY,
	make_customer,
	make_order_rule,
	make_protection,
	make_sales_order,
	make_trade_account,
	warehouse,
)
from policies import make_policy

from tests.bench.data import alternately, clear, items_with_stock
from wholesale_b2b.allocation.service import audit, marking

OURS = ("Order Rule", "Order Rule Warehouse", "Stock Protection")


@pytest.fixture(autouse=True)
def nothing_left():
	clear()
	marking.settle_marked()
	yield
	frappe.db.rollback()
	problems = audit.run()
	for doctype in OURS:
		frappe.db.delete(doctype)
	clear()
	assert problems == []


def served_with_everything(items):
	"""A customer whose orders pass all that there is: the account's limit, policy, pro forma, class and warehouses, five
	Order Rules of which the last matches, and protections of every fifth item."""
	policy = make_policy(min_fill_percent=50)
	customer = make_customer()
	second = warehouse("Second Stores")
	make_trade_account(
		customer.name,
		credit_limit=10**9,
		customer_limit=10**9,
		pro_forma="Deposit",
		deposit_percent=30,
		fulfilment_policy=policy.name,
		priority=20,
		sourcing_warehouses=[{"warehouse": warehouse()}, {"warehouse": second}],
		licence_required=1,
		licence_number="WL 4711",
	)
	for number in range(4):
		make_order_rule(channel=f"Nobody {number}", condition="len(doc.items) > 1000")
	make_order_rule(customer=customer.name, condition="doc.base_net_total > 10", priority=15, company=COMPANY)
	for item in items[::5]:
		make_protection(item_code=item, channel="Web Shop", floor=10)
	frappe.db.commit()
	return customer.name


def test_submitting_fifty_lines_with_everything_on(say):
	items = items_with_stock(50, 1000)
	customer = served_with_everything(items)
	rows = [{"item_code": item, "qty": 1} for item in items]

	def draft():
		return frappe.get_doc(
			"Sales Order", make_sales_order(rows, customer=customer, do_not_submit=True).name
		)

	with_app, without = alternately(12, draft)
	order = draft()
	if os.environ.get("PROFILE"):
		with cProfile.Profile() as profile:
			order.submit()
			frappe.db.commit()
		pstats.Stats(profile).sort_stats("cumulative").print_stats("wholesale_b2b", 70)
	else:
		order.submit()
		frappe.db.commit()
	order.reload()
	assert order.b2b_order_rule and order.b2b_rule_priority == 15
	assert frappe.db.get_value("Trade Pro Forma", {"sales_order": order.name}, "amount") == 150
	assert [row.b2b_reserved_qty for row in order.items] == [1] * 50
	say(
		f"submit 50 lines with everything on: {with_app:.2f} s, {without:.2f} s in ERPNext alone: "
		f"{with_app / without:.2f} times (limit 1.5)"
	)
