"""Exposure: every pound once, whatever comes first."""

import frappe
import pytest
from builders import (
	add_stock,
	make_customer,
	make_delivery_note,
	make_sales_order,
	update_items,
)
from credit_case import (
	figures,
	invoice,
	invoice_without_order,
	make_account,
	make_euro_customer,
	parts,
	pay,
	set_limit,
)
from test_returns import send_back

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def account():
	return make_account(limit=0)


def place(item, account, qty, **fields):
	"""An order at 10 each."""
	return make_sales_order(item.name, qty, customer=account.customer, **fields)


def test_an_order_is_counted_once_whichever_comes_first(item, account):
	add_stock(item.name, 20)
	order = place(item, account, 10)
	assert parts(account) == (0, 100, 0)
	invoice(order, 6)
	assert parts(account) == (60, 40, 0)
	note = make_delivery_note(sales_order=order.name, qty=4)
	assert parts(account) == (60, 40, 0)
	invoice(order)
	assert parts(account) == (100, 0, 0)
	make_delivery_note(sales_order=order.name)
	assert parts(account) == (100, 0, 0)

	later = place(item, account, 8)
	note = make_delivery_note(sales_order=later.name, qty=5)
	found = figures(account)
	assert (found["parts"]["ordered"], found["parts"]["out"], found["exposure"]) == (80, 50, 180)
	invoice(None, note=note)
	assert parts(account) == (150, 30, 0)


def test_taxes_count_in_proportion(item, account):
	head = frappe.db.get_value("Account", {"account_type": "Tax", "is_group": 0, "company": account.company})
	taxes = [{"charge_type": "On Net Total", "account_head": head, "rate": 20, "description": "VAT"}]
	add_stock(item.name, 10)
	order = place(item, account, 7, rate=9.99, taxes=taxes, disable_rounded_total=1)
	assert figures(account)["exposure"] == order.base_grand_total == 83.92
	invoice(order, 3)
	assert sum(parts(account)) == pytest.approx(83.92, abs=0.011)
	invoice(order)
	assert sum(parts(account)) == pytest.approx(83.92, abs=0.011)
	assert parts(account)[1] == 0


def test_returns(item, account):
	add_stock(item.name, 100)
	# before the invoice
	order = place(item, account, 10)
	note = make_delivery_note(sales_order=order.name)
	send_back(note, 4)
	assert parts(account) == (0, 60, 0)
	invoice(None, note=note, qty=6)
	assert parts(account) == (60, 0, 0)
	# after it, credited without and with ERPNext's *Update Billed Amount in Sales Order*
	for update in (0, 1):
		account = make_account(limit=0)
		order = place(item, account, 10)
		bill = invoice(order, update_stock=1)
		assert parts(account) == (100, 0, 0)
		send_back(bill, 4, update_billed_amount_in_sales_order=update)
		assert parts(account) == (60, 0, 0)
	# a part was sent, came back and was credited: the rest of the order is still to come
	account = make_account(limit=0)
	order = place(item, account, 10)
	bill = invoice(order, 6, update_stock=1)
	send_back(bill, 4)
	assert parts(account) == (20, 40, 0)
	# replaced: owed again
	account = make_account(limit=0)
	order = place(item, account, 10)
	note = make_delivery_note(sales_order=order.name)
	send_back(note, 4, b2b_replace=1)
	found = figures(account)["parts"]
	assert (found["ordered"], found["out"]) == (100, 60)


def test_a_credit_for_a_price_leaves_the_order_invoiced(item, account):
	add_stock(item.name, 10)
	order = place(item, account, 10)
	make_delivery_note(sales_order=order.name)
	bill = invoice(order)
	send_back(bill, 2, update_billed_amount_in_sales_order=1)
	assert parts(account) == (80, 0, 0)


def test_a_closed_order_counts_for_what_went_out(item, account):
	add_stock(item.name, 10)
	order = place(item, account, 10)
	make_delivery_note(sales_order=order.name, qty=4)
	order.reload()
	order.update_status("Closed")
	assert parts(account) == (0, 40, 0)
	order.reload()
	order.update_status("Draft")
	assert parts(account) == (0, 100, 0)
	untouched = place(item, account, 5)
	untouched.update_status("Closed")
	assert parts(account) == (0, 100, 0)


def test_update_items_and_drafts(item, account):
	order = place(item, account, 10)
	place(item, account, 50, do_not_submit=True)
	update_items(order, {0: {"qty": 12, "rate": 11}})
	assert parts(account) == (0, 132, 0)


def test_deliveries_without_an_order(item, account):
	add_stock(item.name, 50)
	note = make_delivery_note(item.name, 10, customer=account.customer)
	assert parts(account) == (0, 0, 100)
	send_back(note, 3)
	assert parts(account) == (0, 0, 70)
	bill = invoice(None, note=note, qty=5)
	assert parts(account) == (50, 0, 20)
	bill.cancel()
	assert parts(account) == (0, 0, 70)
	note.reload()
	note.update_status("Closed")
	assert parts(account) == (0, 0, 0)
	invoice_without_order(item.name, 3, account.customer)
	assert parts(account) == (30, 0, 0)


def test_payments_in_advance_lower_the_ledger(item, account):
	order = place(item, account, 10)
	pay(account.customer, 30)
	advance = pay(account.customer, 50, against=order)
	assert parts(account) == (-80, 100, 0)
	assert figures(account)["exposure"] == 20
	advance.cancel()
	assert figures(account)["exposure"] == 70


def test_an_order_in_euro_counts_in_pounds(item):
	account = make_account(make_euro_customer().name, limit=0)
	add_stock(item.name, 10)
	euro = {"currency": "EUR", "conversion_rate": 0.85, "plc_conversion_rate": 1}
	order = place(item, account, 10, **euro)
	assert parts(account) == (0, 85, 0)
	invoice(order, 4)
	assert parts(account) == (34, 51, 0)
	make_delivery_note(sales_order=order.name, qty=10)
	assert figures(account)["parts"]["out"] == 51
	invoice(order)
	assert parts(account) == (85, 0, 0)


def test_two_accounts_of_one_customer(item):
	customer = make_customer()
	trade = make_account(customer.name, limit=1000)
	staff = make_account(customer.name, limit=200, is_default=0)
	make_sales_order(item.name, 10, customer=customer.name, b2b_trade_account=trade.name)
	order = make_sales_order(item.name, 5, customer=customer.name, b2b_trade_account=staff.name)
	# what names no account counts for the default one
	frappe.db.set_value(
		"Sales Order", make_sales_order(item.name, 1, customer=customer.name).name, "b2b_trade_account", None
	)
	assert parts(trade) == (0, 110, 0)
	assert parts(staff) == (0, 50, 0)
	bill = invoice(order, 2)
	pay(customer.name, 15, against=bill)
	pay(customer.name, 7, b2b_trade_account=trade.name)
	assert parts(staff) == (5, 30, 0)
	assert parts(trade) == (-7, 110, 0)
	assert figures(trade)["total"] is None

	set_limit(trade, 1000, customer_limit=140)
	total = figures(trade)["total"]
	assert (total["limit"], total["exposure"], total["available"], total["state"]) == (140, 138, 2, "amber")
	assert figures(staff)["total"] == total
	# ERPNext's own, where somebody sets it again, is a limit on all of them too
	customer.reload()
	customer.append("credit_limits", {"company": trade.company, "credit_limit": 139})
	customer.save()
	assert figures(staff)["total"]["limit"] == 139
