"""What is shipped to a Trade Account is invoiced once, as the account prefers, and advances are used up."""

import multiprocessing
from datetime import timedelta

import frappe
import pytest
from builders import COMPANY, add_stock, make_customer, make_sales_order, make_user
from dispatching import make_account, pick
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.utils import flt, getdate, nowdate

from wholesale_b2b.api.v1 import dispatch, order_status
from wholesale_b2b.credit.invoicing import rules, service
from wholesale_b2b.credit.invoicing.jobs import sweep
from wholesale_b2b.wholesale_b2b.doctype.dispatch_invoice.dispatch_invoice import retry

pytestmark = pytest.mark.usefixtures("promises_hold")


def ship(*orders):
	"""Pick all that is reserved for these orders and dispatch it; the notes."""
	made = dispatch(pick(*orders).name, submit=True)["made"]
	frappe.db.commit()
	return made


def queued(note):
	return frappe.get_doc("Dispatch Invoice", note)


def invoices_of(note):
	return frappe.get_all(
		"Sales Invoice",
		[["Sales Invoice Item", "delivery_note", "=", note], ["docstatus", "=", 1]],
		pluck="name",
	)


def trade_order(item, qty, account, rate=10, **fields):
	return make_sales_order(
		item.name, qty, rate=rate, customer=account.customer, b2b_trade_account=account.name, **fields
	)


def euro_account():
	"""A customer who is billed in euros."""
	parent = frappe.db.get_value(
		"Account", {"company": COMPANY, "account_type": "Receivable", "is_group": 0}, "parent_account"
	)
	name = frappe.db.get_value("Account", {"company": COMPANY, "account_name": "Debtors EUR"})
	if not name:
		name = (
			frappe.get_doc(
				{
					"doctype": "Account",
					"company": COMPANY,
					"account_name": "Debtors EUR",
					"parent_account": parent,
					"account_type": "Receivable",
					"account_currency": "EUR",
				}
			)
			.insert()
			.name
		)
	return name


def bank():
	"""A bank account of the company, and the one for exchange differences."""
	for field, kind in (("exchange_gain_loss_account", "Expense"),):
		if not frappe.db.get_value("Company", COMPANY, field):
			account = frappe.db.get_value("Account", {"company": COMPANY, "root_type": kind, "is_group": 0})
			frappe.db.set_value("Company", COMPANY, field, account)
	found = frappe.db.get_value(
		"Account", {"company": COMPANY, "account_type": ("in", ("Bank", "Cash")), "is_group": 0}
	)
	assert found
	return found


def pay(doctype, name, amount, rate=1):
	"""A Payment Entry against an order or an invoice, of so much in its currency."""
	entry = get_payment_entry(doctype, name, party_amount=amount, bank_account=bank())
	entry.update({"reference_no": "BACS", "reference_date": nowdate()})
	if rate != 1:
		entry.update(
			{"source_exchange_rate": rate, "paid_amount": amount, "received_amount": flt(amount * rate, 2)}
		)
		entry.references[0].allocated_amount = amount
		entry.references[0].exchange_rate = rate
	entry.insert()
	entry.submit()
	frappe.db.commit()
	return entry


@pytest.mark.parametrize("currency, rate", [("GBP", 1), ("EUR", 0.8637)])
def test_three_shipments_three_invoices_and_the_advance_is_used_up(item, worker, currency, rate):
	"""Story 6, right to the penny: 100 at 3.33, paid 150.01 in advance, shipped 33, 34 and 33."""
	fields = {}
	customer = make_customer()
	if currency == "EUR":
		customer.default_currency = "EUR"
		customer.append("accounts", {"company": COMPANY, "account": euro_account()})
		customer.save()
		fields = {"currency": "EUR", "conversion_rate": rate, "plc_conversion_rate": 1}
	account = make_account(customer.name, currency=currency)
	order = trade_order(item, 100, account, rate=3.33, **fields)
	pay("Sales Order", order.name, 150.01, rate)
	order.reload()
	assert order.advance_paid == 150.01
	made = []
	for qty in (33, 34, 33):
		add_stock(item.name, qty)
		order.reload()
		(note,) = ship(order)
		worker()
		row = queued(note)
		assert (row.status, row.attempts) == ("Done", 1), row.reason
		made.append(frappe.get_doc("Sales Invoice", row.sales_invoice))
	assert [invoice.grand_total for invoice in made] == [109.89, 113.22, 109.89]
	assert [invoice.total_advance for invoice in made] == [109.89, 40.12, 0]
	assert [flt(invoice.outstanding_amount, 2) for invoice in made] == [0, 73.1, 109.89]
	assert {invoice.currency for invoice in made} == {currency}
	order.reload()
	assert (order.status, order.per_billed, order.per_delivered) == ("Completed", 100, 100)
	money = order_status(order.name)["money"]
	assert (money["invoiced"], money["owed"], money["advance"], money["to_invoice"]) == (333, 182.99, 0, 0)
	# what the ledger says is owed, in the customer's currency: the order less what was paid, nothing left of the advance
	owed = frappe.db.sql(
		"""select sum(debit_in_account_currency - credit_in_account_currency) from `tabGL Entry`
		where party = %s and is_cancelled = 0""",
		[customer.name],
	)[0][0]
	assert flt(owed, 2) == flt(333 - 150.01, 2) == flt(sum(i.outstanding_amount for i in made), 2)
	for invoice in made[1:]:
		pay("Sales Invoice", invoice.name, flt(invoice.outstanding_amount, 2), rate)
	owed, base = frappe.db.sql(
		"""select sum(debit_in_account_currency - credit_in_account_currency), sum(debit - credit) from `tabGL Entry`
		where party = %s and is_cancelled = 0""",
		[customer.name],
	)[0]
	assert (flt(owed, 2), flt(base, 2)) == (0, 0)


def test_freight_and_a_discount_in_money_are_charged_once_over_all_parts(item, worker):
	"""100 at 3.33, 10.00 off, 7.50 freight: 330.50, however it is cut."""
	income = frappe.db.get_value("Account", {"company": COMPANY, "root_type": "Income", "is_group": 0})
	account = make_account()
	order = trade_order(
		item,
		100,
		account,
		rate=3.33,
		apply_discount_on="Net Total",
		discount_amount=10,
		taxes=[
			{"charge_type": "Actual", "account_head": income, "description": "Freight", "tax_amount": 7.5}
		],
	)
	assert order.grand_total == 330.5
	totals, freight = [], []
	for qty in (33, 34, 33):
		add_stock(item.name, qty)
		order.reload()
		(note,) = ship(order)
		worker()
		invoice = frappe.get_doc("Sales Invoice", queued(note).sales_invoice)
		totals.append(invoice.grand_total)
		freight.append(sum(tax.tax_amount for tax in invoice.taxes))
	assert freight == [7.5, 0, 0]
	assert totals == [114.09, 109.82, 106.59]
	assert flt(sum(totals), 2) == 330.5


def test_an_invoice_is_made_once_however_often_it_is_tried(item, worker):
	add_stock(item.name, 10)
	(note,) = ship(trade_order(item, 10, make_account()))
	service.work([note])
	service.work([note])
	worker()
	service.work()
	assert len(invoices_of(note)) == 1
	assert queued(note).status == "Done"
	assert retry([note]) == 0


def _work(note, barrier, answers):
	import os

	from conftest import SITE, SITES

	os.chdir(SITES)
	frappe.init(site=SITE, sites_path=str(SITES), force=True)
	frappe.connect()
	frappe.set_user("Administrator")
	barrier.wait(30)
	try:
		answers.put(service.work([note]))
	except BaseException as error:
		answers.put(repr(error))
	finally:
		frappe.destroy()


def test_two_workers_at_once_make_one_invoice(item):
	add_stock(item.name, 10)
	(note,) = ship(trade_order(item, 10, make_account()))
	context = multiprocessing.get_context("fork")
	barrier, answers = context.Barrier(3), context.Queue()
	frappe.db.close()
	workers = [context.Process(target=_work, args=(note, barrier, answers), daemon=True) for _ in range(3)]
	for process in workers:
		process.start()
	got = [answers.get(timeout=90) for _ in workers]
	for process in workers:
		process.join(30)
	frappe.connect()
	frappe.set_user("Administrator")
	assert sorted(map(len, got)) == [0, 0, 1], got
	assert len(invoices_of(note)) == 1


def test_a_failing_invoice_stops_no_dispatch_and_is_retried(item, worker):
	account = make_account()
	add_stock(item.name, 10)
	order = trade_order(item, 10, account)
	# the ledger is closed for today: stock may leave, an invoice may not be posted
	frappe.db.set_value("Customer", account.customer, "disabled", 0)
	debtors = frappe.db.get_value("Company", COMPANY, "default_receivable_account")
	frappe.db.set_value("Account", debtors, "freeze_account", "Yes")
	frappe.db.set_single_value("Accounts Settings", "frozen_accounts_modifier", "")
	frappe.db.set_value("Account", debtors, "disabled", 1)
	frappe.db.commit()
	try:
		(note,) = ship(order)
		worker()
		assert frappe.db.get_value("Delivery Note", note, "docstatus") == 1
		row = queued(note)
		assert (row.status, row.attempts, row.sales_invoice) == ("Failed", 1, None)
		assert "disabled" in row.reason or "frozen" in row.reason
		assert row.next_try > frappe.utils.now_datetime()
		# not before its time
		assert service.work([note]) == []
	finally:
		frappe.db.rollback()
		frappe.db.set_value("Account", debtors, {"freeze_account": "No", "disabled": 0})
		frappe.db.commit()
	assert retry([note]) == 1
	worker()
	row = queued(note)
	assert (row.status, row.reason) == ("Done", "")
	assert invoices_of(note) == [row.sales_invoice]


def test_a_shipment_that_could_not_be_queued_is_queued_by_the_sweep(item, worker):
	account = make_account()
	add_stock(item.name, 10)
	order = trade_order(item, 10, account)
	picked = pick(order)
	# no Dispatch Invoice takes this
	frappe.db.set_value("Trade Account", account.name, "invoicing", "Every Full Moon")
	frappe.db.commit()
	(note,) = dispatch(picked.name, submit=True)["made"]
	frappe.db.commit()
	sweep()
	assert frappe.db.get_value("Delivery Note", note, "docstatus") == 1
	assert not frappe.db.exists("Dispatch Invoice", note)
	assert frappe.db.count("Error Log", {"reference_name": note}) == 1
	frappe.db.set_value("Trade Account", account.name, "invoicing", "At Dispatch")
	frappe.db.commit()
	sweep()
	worker()
	assert queued(note).status == "Done" and len(invoices_of(note)) == 1
	sweep()
	assert len(invoices_of(note)) == 1 and not frappe.db.get_value("Delivery Note", note, "b2b_not_queued")


def test_per_order_waits_for_the_rest(item, worker):
	account = make_account(invoicing="Per Order")
	add_stock(item.name, 4)
	order = trade_order(item, 10, account)
	(first,) = ship(order)
	worker()
	service.work()
	assert queued(first).status == "Waiting"
	add_stock(item.name, 6)
	(second,) = ship(order)
	worker()
	assert queued(first).sales_invoice == queued(second).sales_invoice
	invoice = frappe.get_doc("Sales Invoice", queued(first).sales_invoice)
	assert [(row.delivery_note, row.qty) for row in invoice.items] == [(first, 4), (second, 6)]
	assert invoice.grand_total == 100


def test_per_order_a_rest_that_is_closed_waits_no_more(item, worker):
	account = make_account(invoicing="Per Order")
	add_stock(item.name, 4)
	order = trade_order(item, 10, account)
	(note,) = ship(order)
	worker()
	order.reload()
	order.update_status("Closed")
	frappe.db.commit()
	service.work()
	assert queued(note).status == "Done"


def test_statements_take_all_shipments_of_the_account_together(item, worker):
	account = make_account(invoicing="Weekly", statement_day=getdate().isoweekday())
	add_stock(item.name, 30)
	notes = [ship(trade_order(item, qty, account))[0] for qty in (10, 20)]
	worker()
	service.work()
	due = rules.statement_date("Weekly", account.statement_day, getdate())
	assert [(queued(note).status, queued(note).due_on) for note in notes] == [("Waiting", due)] * 2
	# the day comes
	frappe.db.set_value("Dispatch Invoice", {"name": ("in", notes)}, "due_on", getdate() - timedelta(days=1))
	frappe.db.commit()
	service.work()
	made = {queued(note).sales_invoice for note in notes}
	assert len(made) == 1
	assert frappe.db.get_value("Sales Invoice", made.pop(), "grand_total") == 300


def test_the_accounts_payment_terms_set_the_due_date(item, worker):
	if not frappe.db.exists("Payment Terms Template", "Test 45"):
		if not frappe.db.exists("Payment Term", "Test 45"):
			frappe.get_doc(
				{
					"doctype": "Payment Term",
					"payment_term_name": "Test 45",
					"invoice_portion": 100,
					"due_date_based_on": "Day(s) after invoice date",
					"credit_days": 45,
				}
			).insert()
		frappe.get_doc(
			{
				"doctype": "Payment Terms Template",
				"template_name": "Test 45",
				"terms": [
					{
						"payment_term": "Test 45",
						"invoice_portion": 100,
						"due_date_based_on": "Day(s) after invoice date",
						"credit_days": 45,
					}
				],
			}
		).insert()
	add_stock(item.name, 1)
	(note,) = ship(trade_order(item, 1, make_account(payment_terms_template="Test 45")))
	worker()
	invoice = frappe.get_doc("Sales Invoice", queued(note).sales_invoice)
	assert (invoice.due_date - invoice.posting_date).days == 45


def test_what_was_invoiced_before_is_not_invoiced_again(item, worker):
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice as of_order

	account = make_account()
	add_stock(item.name, 20)
	whole, half = trade_order(item, 10, account), trade_order(item, 10, account)
	for order, qty in ((whole, 10), (half, 4)):
		invoice = of_order(order.name)
		invoice.items[0].qty = qty
		invoice.insert()
		invoice.submit()
		frappe.db.commit()
	(note,) = ship(whole)
	worker()
	assert (queued(note).status, invoices_of(note)) == ("Done", [])
	(note,) = ship(half)
	worker()
	invoice = frappe.get_doc("Sales Invoice", queued(note).sales_invoice)
	assert [row.qty for row in invoice.items] == [6]
	half.reload()
	assert half.per_billed == 100


def test_by_hand_by_draft_and_cancelled(item, worker):
	account = make_account(invoicing="Monthly")
	add_stock(item.name, 20)
	(note,) = ship(trade_order(item, 10, account))
	by_hand = make_sales_invoice(note)
	by_hand.insert()
	frappe.db.commit()
	assert retry([note]) == 1
	worker()
	row = queued(note)
	assert row.status == "Failed" and by_hand.name in row.reason
	by_hand.reload()
	by_hand.submit()
	frappe.db.commit()
	assert (queued(note).status, queued(note).sales_invoice) == ("Done", by_hand.name)
	by_hand.cancel()
	frappe.db.commit()
	service.work()
	row = queued(note)
	assert row.status == "Stopped" and by_hand.name in row.reason
	assert invoices_of(note) == []
	assert retry([note]) == 1
	worker()
	assert len(invoices_of(note)) == 1
	(other,) = ship(trade_order(item, 10, account))
	frappe.get_doc("Delivery Note", other).cancel()
	frappe.db.commit()
	service.work()
	assert queued(other).status == "Stopped"
	assert retry([other]) == 0


def test_only_trade_accounts_only_when_switched_on_and_only_who_may(item, worker):
	add_stock(item.name, 30)
	(plain,) = ship(make_sales_order(item.name, 5))
	assert not frappe.db.exists("Dispatch Invoice", plain)
	frappe.db.set_single_value("Wholesale Settings", "invoice_at_dispatch", 0)
	frappe.db.commit()
	try:
		(off,) = ship(trade_order(item, 5, make_account()))
		assert not frappe.db.exists("Dispatch Invoice", off)
	finally:
		frappe.db.set_single_value("Wholesale Settings", "invoice_at_dispatch", 1)
		frappe.db.commit()
	# the packer, who may not invoice, ships: the worker invoices
	picked = pick(trade_order(item, 5, make_account()))
	packer = make_user("Stock User").name
	frappe.db.commit()
	frappe.set_user(packer)
	(note,) = dispatch(picked.name, submit=True)["made"]
	worker()
	assert queued(note).status == "Done"
	frappe.set_user(packer)
	with pytest.raises(frappe.PermissionError):
		retry([note])
