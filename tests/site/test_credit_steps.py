"""Each step that raises exposure: refused, warned of or taken and held, by the account."""

import frappe
import pytest
from builders import (
	add_stock,
	make_customer,
	make_delivery_note,
	make_item,
	make_sales_order,
	update_items,
)
from credit_case import (
	euro_comes_to,
	figures,
	invoice,
	invoice_without_order,
	make_account,
	make_euro_customer,
	pay,
	set_limit,
)
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_delivery_note as from_invoice

from wholesale_b2b.credit.service import steps

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


def test_an_order_that_is_invoiced_dearer_than_it_was_placed(item):
	"""At another exchange rate, or at another price: nothing leaves for more than the limit."""
	add_stock(item.name, 40)
	account = make_account(make_euro_customer().name, limit=100, over="Refuse")
	euro = {"currency": "EUR", "plc_conversion_rate": 1}
	order = place(item, account, 10, conversion_rate=0.85, **euro)
	is_refused(lambda: invoice(order, update_stock=1, conversion_rate=1.05))
	is_refused(lambda: invoice(order, conversion_rate=1.05))
	is_refused(lambda: dearer(order, 12, conversion_rate=0.85))
	assert not frappe.db.exists("Stock Ledger Entry", {"item_code": item.name, "actual_qty": ("<", 0)})
	invoice(order, update_stock=1, conversion_rate=0.95)


def test_an_order_counts_at_the_days_rate_from_its_submission_on(item):
	add_stock(item.name, 40)
	account = make_account(make_euro_customer().name, limit=100, over="Refuse")
	today = euro_comes_to(0.9)
	cheap = {"currency": "EUR", "plc_conversion_rate": 1, "conversion_rate": 0.5}
	draft = place(item, account, 12, do_not_submit=True, **cheap)
	assert draft.base_grand_total == 60
	assert "£ 108.00 this document" in is_refused(draft.submit)
	order = place(item, account, 10, **cheap)
	assert figures(account)["exposure"] == 90
	is_refused(lambda: update_items(order, {0: {"qty": 12}}))
	# what it counts for already is no rise
	bill = invoice(order, update_stock=1, conversion_rate=0.9)
	assert (bill.base_grand_total, figures(account)["exposure"]) == (90, 90)
	today.delete()
	frappe.db.commit()


def test_an_invoice_whose_rows_come_to_nothing_is_looked_at_like_any_other(item):
	add_stock(item.name, 40)
	account = make_account(limit=1000, over="Refuse")
	order = place(item, account, 10)
	bill = invoice(order, submit=False)
	bill.items[0].update({"rate": 12, "b2b_override_reason": "Freight went up."})
	bill.append("items", {"item_code": make_item(is_stock_item=0).name, "qty": 1, "rate": -120})
	bill.save()
	assert bill.net_total == 0
	# ERPNext refuses to bill so much of an order; what we look at comes before
	steps.invoiced(bill)
	assert said() == []


def test_what_was_delivered_is_invoiced_whatever_it_has_come_to(item):
	add_stock(item.name, 10)
	account = make_account(make_euro_customer().name, limit=100, over="Refuse")
	order = place(item, account, 10, currency="EUR", plc_conversion_rate=1, conversion_rate=0.85)
	note = make_delivery_note(sales_order=order.name)
	bill = invoice(order, note=note, conversion_rate=1.05)
	assert (bill.docstatus, bill.base_grand_total) == (1, 105)


def test_an_order_that_is_delivered_dearer_than_it_was_placed(item):
	"""What has left is invoiced whatever it comes to, so it is looked at as it leaves."""
	add_stock(item.name, 40)
	account = make_account(make_euro_customer().name, limit=100, over="Refuse")
	order = place(item, account, 10, currency="EUR", plc_conversion_rate=1, conversion_rate=0.85)

	def deliver(conversion_rate, rate=10):
		note = make_delivery_note(sales_order=order.name, do_not_submit=True)
		note.conversion_rate = conversion_rate
		note.items[0].update({"rate": rate, "b2b_override_reason": "Freight went up."})
		note.save()
		note.submit()
		frappe.db.commit()
		return note

	is_refused(lambda: deliver(1.05))
	is_refused(lambda: deliver(0.85, rate=12))
	assert not frappe.db.exists("Stock Ledger Entry", {"item_code": item.name, "actual_qty": ("<", 0)})
	assert invoice(order, note=deliver(0.95)).base_grand_total == 95


def test_what_was_invoiced_dearer_is_owed_already_and_leaves(item):
	add_stock(item.name, 10)
	account = make_account(make_euro_customer().name, limit=95, over="Refuse")
	order = place(item, account, 10, currency="EUR", plc_conversion_rate=1, conversion_rate=0.85)
	bill = invoice(order, conversion_rate=0.95)
	note = from_invoice(bill.name)
	note.insert().submit()
	frappe.db.commit()
	assert note.base_grand_total == 95


def dearer(order, rate, **fields):
	bill = invoice(order, submit=False, **fields)
	bill.update_stock = 1
	bill.items[0].update({"rate": rate, "b2b_override_reason": "Freight went up."})
	bill.save()
	bill.submit()


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
