"""Which orders a credit limit holds, and what releases them."""

from contextlib import contextmanager

import frappe
import pytest
from builders import add_stock, make_customer, make_delivery_note, make_sales_order, make_user, update_items
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
from frappe.utils import add_days, nowdate
from test_returns import send_back
from till import Till

from wholesale_b2b.credit.hold_rule import OverCreditLimit
from wholesale_b2b.fulfilment.holds.service import judge
from wholesale_b2b.fulfilment.overrides import create_pick_list

KIND = OverCreditLimit.kind
pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def account():
	return make_account(limit=100)


def place(item, account, qty, **fields):
	return make_sales_order(item.name, qty, customer=account.customer, **fields)


def held(*orders):
	"""Which of these orders are held, by their place in the list; the Order Holds and the live judgement say the same."""
	frappe.db.commit()
	names = [order.name for order in orders]
	written = frappe.get_all(
		"Order Hold",
		{"sales_order": ("in", names), "kind": KIND, "status": "Open"},
		pluck="sales_order",
	)
	judged = [name for name, found in judge(names).items() if any(hold.kind == KIND for hold in found)]
	assert sorted(written) == sorted(judged)
	return [names.index(name) for name in sorted(judged, key=names.index)]


def is_refused(deed, match="over its credit limit"):
	with pytest.raises(frappe.ValidationError, match=match):
		deed()
	frappe.db.rollback()


def nothing_left(item):
	return not frappe.db.exists("Stock Ledger Entry", {"item_code": item.name, "actual_qty": ("<", 0)})


def test_orders_beyond_the_limit_wait_and_say_what_releases_them(item, account):
	first, second, third = (place(item, account, qty) for qty in (8, 3, 1))
	found = OverCreditLimit().orders([first.name, second.name, third.name], lock=True)
	assert set(found) == {second.name, third.name}
	hold = found[second.name]
	assert hold.kind == "Over Credit Limit" and hold.role == "Accounts Manager"
	assert hold.reason == f"with this order {account.name} is £ 10.00 over its credit limit of £ 100.00"
	assert hold.release == "A payment of £ 10.00, a higher credit limit, or less on order."
	assert held(first, second, third) == [1, 2]


def test_story_over_the_limit_by_the_second_of_two_orders(item, account):
	"""The first is picked and shipped, the second by no route, until a payment arrives: then at once."""
	add_stock(item.name, 50)
	first, second = place(item, account, 8), place(item, account, 5)
	assert (second.docstatus, held(first, second)) == (1, [1])
	is_refused(lambda: create_pick_list(second.name).insert().submit())
	is_refused(lambda: make_delivery_note(sales_order=second.name))
	is_refused(lambda: invoice(second, update_stock=1))
	assert nothing_left(item)
	make_delivery_note(sales_order=first.name)
	assert held(first, second) == [1]
	payment = pay(account.customer, 30)
	assert held(second) == []
	payment.cancel()
	assert held(second) == [0]
	is_refused(lambda: make_delivery_note(sales_order=second.name))
	pay(account.customer, 30)
	make_delivery_note(sales_order=second.name)


def test_goods_without_an_order_are_refused_what_is_paid_at_once_is_not(item, account):
	add_stock(item.name, 50)
	place(item, account, 11)
	is_refused(lambda: make_delivery_note(item.name, 1, customer=account.customer))
	is_refused(lambda: invoice_without_order(item.name, 1, account.customer, update_stock=1))
	assert nothing_left(item)
	till = Till()
	till.customer = account.customer
	till.sell(item.name)
	note = make_delivery_note(item.name, 1, customer=account.customer, do_not_submit=True)
	# by code that leaves validation out: the ledger entry asks
	note.flags.ignore_validate = True
	is_refused(note.submit)
	assert nothing_left(item)
	invoice_without_order(item.name, 1, account.customer)
	assert any("goes ahead" in log["message"] for log in frappe.get_message_log())


def test_a_journal_entry_counts(item, account):
	order = place(item, account, 11)
	assert held(order) == [0]
	receivable = frappe.db.get_value("Company", account.company, "default_receivable_account")
	bank = frappe.db.get_value("Account", {"company": account.company, "account_type": "Cash", "is_group": 0})
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"company": account.company,
			"posting_date": frappe.utils.nowdate(),
			"accounts": [
				{
					"account": receivable,
					"party_type": "Customer",
					"party": account.customer,
					"credit_in_account_currency": 10,
				},
				{"account": bank, "debit_in_account_currency": 10},
			],
		}
	).insert()
	entry.submit()
	assert held(order) == []
	entry.cancel()
	assert held(order) == [0]


def test_what_releases_them(item, account):
	add_stock(item.name, 50)
	orders = first, second = place(item, account, 8), place(item, account, 5)
	assert held(*orders) == [1]
	advance = pay(account.customer, 30)
	assert held(*orders) == []
	advance.cancel()
	assert held(*orders) == [1]
	set_limit(account, 130)
	assert held(*orders) == []
	set_limit(account, 100)
	assert held(*orders) == [1]
	update_items(first, {0: {"qty": 5}})
	assert held(*orders) == []
	update_items(first, {0: {"qty": 8}})
	assert held(*orders) == [1]
	first.reload()
	first.update_status("Closed")
	assert held(*orders) == []
	first.reload()
	first.update_status("Draft")
	assert held(*orders) == [1]
	set_limit(account, 100, over_limit="Warn")
	assert held(*orders) == []
	# an account that refuses holds what a lower limit has caught up with
	set_limit(account, 100, over_limit="Refuse")
	assert held(*orders) == [1]
	first.reload()
	first.cancel()
	assert held(second) == []


def test_a_cancelled_invoice_and_a_credit_note_count_at_once(item, account):
	add_stock(item.name, 50)
	sent = place(item, account, 8)
	bill = invoice(sent, update_stock=1)
	waiting = place(item, account, 5)
	assert held(waiting) == [0]
	back = send_back(bill, 3)
	assert held(waiting) == []
	back.cancel()
	assert held(waiting) == [0]
	bill.reload()
	bill.cancel()
	sent.reload()
	sent.cancel()
	assert held(waiting) == []


def test_shipping_what_is_released_holds_nobody(item, account):
	add_stock(item.name, 50)
	orders = place(item, account, 5), place(item, account, 5), place(item, account, 5)
	assert held(*orders) == [2]
	note = make_delivery_note(sales_order=orders[1].name)
	assert held(*orders) == [2]
	invoice(None, note=note)
	assert held(*orders) == [2]


def test_an_amended_order_keeps_its_place_before_those_that_came_after(item, account):
	orders = first, second = place(item, account, 8), place(item, account, 2)
	assert held(*orders) == []
	first.reload()
	first.cancel()
	amended = frappe.copy_doc(first)
	amended.amended_from = first.name
	amended.items[0].qty = 9
	amended.insert().submit()
	assert held(amended, second) == [1]


def test_orders_in_euro_are_held_at_what_they_come_to_in_pounds(item):
	account = make_account(make_euro_customer().name, limit=100)
	euro = {"currency": "EUR", "plc_conversion_rate": 1}
	orders = (
		place(item, account, 10, conversion_rate=0.85, **euro),
		place(item, account, 2, conversion_rate=0.75, **euro),
	)
	assert held(*orders) == []
	third = place(item, account, 1, conversion_rate=0.85, **euro)
	assert held(*orders, third) == [2]


def test_a_currency_that_rises_holds_and_one_that_falls_again_releases(item, worker):
	account = make_account(make_euro_customer().name, limit=100)
	euro = {"currency": "EUR", "plc_conversion_rate": 1, "conversion_rate": 0.8}
	orders = place(item, account, 10, **euro), place(item, account, 2, **euro)
	coming = euro_comes_to(2, add_days(nowdate(), 1))
	old = euro_comes_to(0.82, add_days(nowdate(), -1))
	worker()
	assert held(*orders) == []
	risen = euro_comes_to(0.9)
	worker()
	assert held(*orders) == [1]
	assert figures(account)["exposure"] == 108
	for rate in (coming, risen):
		rate.reload()
		rate.delete()
	worker()
	assert (held(*orders), figures(account)["exposure"]) == ([], 98.4)
	old.reload()
	old.exchange_rate = 0.7
	old.save()
	worker()
	# it is invoiced at its own rate
	assert (held(*orders), figures(account)["exposure"]) == ([], 96)
	frappe.delete_doc("Currency Exchange", old.name)
	frappe.db.commit()


def test_an_accounts_manager_enters_a_rate_and_no_other_right_is_asked_for(item, worker):
	account = make_account(make_euro_customer().name, limit=100)
	order = place(item, account, 11, currency="EUR", plc_conversion_rate=1, conversion_rate=0.8)
	assert held(order) == []
	frappe.set_user(make_user("Accounts Manager").name)
	risen = euro_comes_to(0.95)
	worker()
	assert held(order) == [0]
	risen.delete()
	worker()
	assert held(order) == []


def test_a_rate_that_erpnext_would_not_take_any_more_does_not_count(item, worker):
	account = make_account(make_euro_customer().name, limit=100)
	order = place(item, account, 10, currency="EUR", plc_conversion_rate=1, conversion_rate=0.8)
	frappe.db.set_single_value("Accounts Settings", {"allow_stale": 0, "stale_days": 1})
	frappe.clear_document_cache("Accounts Settings", "Accounts Settings")
	try:
		old = euro_comes_to(2, add_days(nowdate(), -3))
		worker()
		assert held(order) == []
	finally:
		frappe.db.set_single_value("Accounts Settings", {"allow_stale": 1, "stale_days": 1})
		frappe.clear_document_cache("Accounts Settings", "Accounts Settings")
		old.delete()
		frappe.db.commit()


def test_one_accounts_orders_do_not_hold_anothers_unless_a_total_binds_them(item):
	customer = make_customer().name
	trade = make_account(customer, limit=100)
	staff = make_account(customer, limit=100, is_default=0)
	over = place(item, trade, 20)
	fits = place(item, staff, 5, b2b_trade_account=staff.name)
	assert held(over, fits) == [0]
	set_limit(trade, 100, customer_limit=150)
	assert held(over, fits) == [0, 1]
	(hold,) = OverCreditLimit().orders([fits.name]).values()
	assert "for all of its accounts" in hold.reason


def test_no_limit_holds_nothing_and_costs_two_statements(item, account):
	set_limit(account, 0)
	order = place(item, account, 1000)
	with statements() as count:
		assert OverCreditLimit().orders([order.name]) == {}
	assert len(count) == 2


def test_a_judgement_takes_as_many_statements_for_many_orders_as_for_one(item, account):
	first = place(item, account, 8)
	with statements() as for_one:
		OverCreditLimit().orders([first.name])
	orders = [first, *(place(item, account, 1) for _ in range(5))]
	make_account(limit=100)
	with statements() as for_six:
		assert len(OverCreditLimit().orders([order.name for order in orders])) == 3
	assert len(for_one) == len(for_six) <= 10


@contextmanager
def statements():
	"""The statements that the database is asked meanwhile."""
	asked, plain = [], frappe.db.sql

	def count(query, *args, **kwargs):
		asked.append(query)
		return plain(query, *args, **kwargs)

	frappe.db.sql = count
	try:
		yield asked
	finally:
		del frappe.db.sql


def test_a_payment_that_is_un_reconciled_is_owed_again_at_once(item):
	"""One account's payment had settled another's invoice."""
	customer = make_customer()
	trade = make_account(customer.name, limit=100)
	staff = make_account(customer.name, limit=1000, is_default=0)
	bill = invoice_without_order(item.name, 8, customer.name, b2b_trade_account=trade.name)
	payment = pay(customer.name, 80, against=bill, b2b_trade_account=staff.name)
	order = place(item, trade, 5, b2b_trade_account=trade.name)
	assert held(order) == []
	undo = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": bill.company,
			"voucher_type": payment.doctype,
			"voucher_no": payment.name,
		}
	)
	undo.add_references()
	undo.insert().submit()
	assert held(order) == [0]
