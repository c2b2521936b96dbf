"""Each step that raises exposure: refused, warned of or taken and held, by the account."""

import frappe
import pytest
from builders import add_stock, make_customer, make_delivery_note, make_sales_order, update_items
from credit_case import invoice_without_order, make_account, pay, set_limit

pytestmark = pytest.mark.usefixtures("promises_hold")
OVER = "over its credit limit"


@pytest.fixture
def strict():
	return make_account(limit=100, over="Refuse")


def place(item, account, qty, **fields):
	return make_sales_order(item.name, qty, customer=account.customer, **fields)


def is_refused(deed):
	with pytest.raises(frappe.ValidationError, match=OVER) as refusal:
		deed()
	frappe.db.rollback()
	return str(refusal.value)


def said():
	return [text for log in frappe.get_message_log() if OVER in (text := log.get("message"))]


def test_a_refusal_names_the_figures_and_the_next_step(item, strict):
	place(item, strict, 8)
	order = place(item, strict, 3, do_not_submit=True)
	text = is_refused(order.submit)
	for part in (
		"£ 10.00 over its credit limit of £ 100.00",
		"£ 80.00 ordered and not invoiced",
		"£ 30.00 this document",
		"payment of at least £ 10.00",
		strict.name,
	):
		assert part in text
	assert frappe.db.get_value("Sales Order", order.name, "docstatus") == 0
	pay(strict.customer, 10)
	order.reload()
	order.submit()


def test_every_step_that_raises_exposure(item, strict):
	add_stock(item.name, 100)
	order = place(item, strict, 10)
	is_refused(lambda: update_items(order, {0: {"qty": 11}}))
	is_refused(lambda: update_items(order, {0: {"rate": 10.5}}))
	# one row fewer, one row more
	update_items(order, {0: {"qty": 9}})
	is_refused(lambda: make_delivery_note(item.name, 2, customer=strict.customer))
	assert not frappe.db.exists("Stock Ledger Entry", {"item_code": item.name, "actual_qty": ("<", 0)})
	is_refused(lambda: invoice_without_order(item.name, 2, strict.customer))
	is_refused(lambda: invoice_without_order(item.name, 2, strict.customer, update_stock=1))
	make_delivery_note(item.name, 1, customer=strict.customer)

	order.reload()
	order.update_status("Closed")
	frappe.db.commit()
	other = place(item, strict, 9)
	order.reload()
	is_refused(lambda: order.update_status("Draft"))
	assert frappe.db.get_value("Sales Order", order.name, "status") == "Closed"
	other.reload()
	other.cancel()
	frappe.db.commit()
	amended = frappe.copy_doc(other)
	amended.amended_from = other.name
	amended.items[0].qty = 10
	amended.insert()
	frappe.db.commit()
	is_refused(amended.submit)
	amended.reload()
	amended.items[0].qty = 9
	amended.save()
	amended.submit()


def test_steps_that_lower_it_or_leave_it_pass_while_over(item, strict):
	add_stock(item.name, 20)
	order = place(item, strict, 10)
	set_limit(strict, 50)
	update_items(order, {0: {"qty": 9}})
	order.reload()
	order.update_status("Closed")
	assert said() == []


def test_warn(item):
	account = make_account(limit=100, over="Warn")
	frappe.clear_messages()
	order = place(item, account, 11)
	assert order.docstatus == 1
	(text,) = said()
	assert "goes ahead, but mind the limit" in text and "£ 10.00 over" in text


def test_a_company_that_is_not_switched_on_is_left_alone(item, strict):
	from tests.bench.data import switch_company

	switch_company(False)
	try:
		assert place(item, strict, 50).docstatus == 1
	finally:
		switch_company(True)
		frappe.db.commit()


def test_the_customers_total_binds_each_of_its_accounts(item):
	customer = make_customer()
	trade = make_account(customer.name, limit=1000, over="Refuse", customer_limit=150)
	staff = make_account(customer.name, limit=100, over="Refuse", is_default=0)
	place(item, trade, 10)
	with pytest.raises(frappe.ValidationError, match="for all of its accounts"):
		place(item, staff, 6, b2b_trade_account=staff.name)
	frappe.db.rollback()
	place(item, staff, 5, b2b_trade_account=staff.name)
