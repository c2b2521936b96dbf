"""Pro formas: raised by themselves, paid in part and in whole, and the gate that follows the money."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_delivery_note,
	make_sales_order,
	update_items,
)
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.utils import flt, nowdate
from paying import bank, debtors, paper_of, pay, prepaying

from wholesale_b2b.credit.pro_forma.service import gate

pytestmark = pytest.mark.usefixtures("promises_hold")


def is_open(order):
	frappe.db.rollback()
	return gate.gates([order.name])[order.name].gate.open


def order_of(account, item, qty=10, **fields):
	return make_sales_order(item.name, qty, rate=10, customer=account.customer, **fields)


def test_a_pro_forma_only_account_is_asked_for_the_whole_order_and_its_gate_follows_the_payment(item):
	add_stock(item.name, 10)
	order = order_of(prepaying(), item)
	paper = paper_of(order)
	assert (paper.kind, paper.amount, paper.status, paper.may_be_picked) == ("Whole Order", 100, "Unpaid", 0)
	assert paper.payment_reference == paper.name and paper.name.startswith("PF-")
	assert not is_open(order)

	part = pay(order, 40)
	paper.reload()
	assert (paper.status, paper.paid_amount, paper.outstanding_amount) == ("Partly Paid", 40, 60)
	assert not is_open(order)

	rest = pay(order, 60)
	paper.reload()
	assert (paper.status, paper.outstanding_amount, paper.may_be_picked) == ("Paid", 0, 1)
	assert is_open(order)

	rest.reload()
	rest.cancel()
	frappe.db.commit()
	paper.reload()
	assert (paper.status, paper.paid_amount, paper.may_be_picked) == ("Partly Paid", 40, 0)
	assert not is_open(order)
	assert part.docstatus == 1


# ---- what counts as paid ---------------------------------------------------------------------------------------------


def test_an_un_reconciled_payment_closes_the_gate_and_the_order_can_be_paid_again(item):
	order = order_of(prepaying(), item)
	payment = pay(order)
	assert is_open(order)
	undo = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": order.company,
			"voucher_type": "Payment Entry",
			"voucher_no": payment.name,
		}
	)
	undo.add_references()
	undo.insert().submit()
	frappe.db.commit()
	assert not is_open(order)
	assert (paper_of(order).status, paper_of(order).paid_amount) == ("Unpaid", 0)
	order.reload()
	assert order.advance_paid == 0
	pay(order)
	assert is_open(order) and paper_of(order).status == "Paid"


def test_a_journal_entry_counts_until_it_is_cancelled(item):
	order = order_of(prepaying(), item)
	journal = journal_for(order, 100)
	assert is_open(order) and paper_of(order).status == "Paid"
	journal.reload()
	journal.cancel()
	frappe.db.commit()
	assert not is_open(order) and paper_of(order).status == "Unpaid"


def journal_for(order, amount):
	cost_center = frappe.db.get_value("Company", order.company, "cost_center")
	doc = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Bank Entry",
			"company": order.company,
			"posting_date": nowdate(),
			"cheque_no": "1",
			"cheque_date": nowdate(),
			"accounts": [
				{"account": bank(), "debit_in_account_currency": amount, "cost_center": cost_center},
				{
					"account": debtors("GBP"),
					"party_type": "Customer",
					"party": order.customer,
					"credit_in_account_currency": amount,
					"is_advance": "Yes",
					"reference_type": "Sales Order",
					"reference_name": order.name,
					"cost_center": cost_center,
				},
			],
		}
	)
	doc.insert().submit()
	frappe.db.commit()
	return doc


def test_a_deposit_opens_the_gate_for_all_and_update_items_asks_for_its_share(item):
	order = order_of(prepaying("Deposit", deposit_percent=30), item)
	assert paper_of(order).amount == 30
	pay(order, 30)
	assert is_open(order) and paper_of(order).status == "Paid"
	update_items(order, {0: {"qty": 20}})
	paper = paper_of(order)
	assert (paper.order_total, paper.amount, paper.status, paper.outstanding_amount) == (
		200,
		60,
		"Partly Paid",
		30,
	)
	assert not is_open(order)
	update_items(order, {0: {"qty": 9}})
	assert is_open(order) and paper_of(order).amount == 27


def test_a_cancelled_order_cancels_its_pro_forma_and_a_closed_one_too_until_it_is_opened_again(item):
	order = order_of(prepaying(), item)
	order.update_status("Closed")
	frappe.db.commit()
	assert paper_of(order).status == "Cancelled"
	order.reload()
	order.update_status("Submitted")
	frappe.db.commit()
	assert paper_of(order).status == "Unpaid"
	order.reload()
	order.cancel()
	frappe.db.commit()
	assert (paper_of(order).status, paper_of(order).may_be_picked) == ("Cancelled", 0)
	order.reload()
	frappe.delete_doc("Sales Order", order.name)
	frappe.db.commit()


# ---- advances --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("currency", ["GBP", "EUR"])
def test_three_part_shipments_use_the_deposit_up_and_the_balance_is_right_to_the_penny(item, currency):
	rate = 1 if currency == "GBP" else 0.8567
	account = prepaying("Deposit", deposit_percent=35, customer=customer_in(currency), currency=currency)
	add_stock(item.name, 9)
	order = make_sales_order(
		item.name,
		9,
		rate=33.37,
		customer=account.customer,
		currency=currency,
		conversion_rate=rate,
		taxes=[vat()],
		disable_rounded_total=1,
	)
	paper = paper_of(order)
	assert (order.grand_total, paper.amount) == (360.4, 126.14)
	pay(order, 126.14, rate=rate)
	assert is_open(order) and paper_of(order).status == "Paid"

	invoices = []
	for qty in (3, 3, 3):
		note = make_delivery_note(sales_order=order.name, qty=qty)
		invoice = make_sales_invoice(note.name)
		invoice.insert().submit()
		frappe.db.commit()
		invoices.append(invoice.reload())
	taken = [flt(invoice.total_advance, 2) for invoice in invoices]
	assert taken == [120.13, 6.01, 0] and sum(taken) == 126.14
	assert [row.b2b_sales_order for row in invoices[0].advances] == [order.name]
	assert flt(sum(i.grand_total for i in invoices), 2) == 360.39
	assert is_open(order) and paper_of(order).paid_amount == 126.14
	for invoice in invoices:
		if flt(invoice.outstanding_amount):
			pay(invoice.reload(), rate=rate)
	assert [flt(frappe.db.get_value("Sales Invoice", i.name, "outstanding_amount")) for i in invoices] == [
		0
	] * 3
	own, company = balance(account.customer)
	# ERPNext rounds each payment of another currency into the company's by itself
	assert own == 0 and abs(company) <= (0 if currency == "GBP" else 0.01)


def balance(customer):
	"""What a customer owes by the ledger: in its account's currency, and in the company's."""
	own, company = frappe.db.sql(
		"""select sum(debit_in_account_currency - credit_in_account_currency), sum(debit - credit)
		from `tabGL Entry` where party = %s and is_cancelled = 0""",
		[customer],
	)[0]
	return flt(own, 2), flt(company, 2)


def customer_in(currency):
	customer = make_customer(default_currency=currency)
	if currency != "GBP":
		customer.append("accounts", {"company": COMPANY, "account": debtors(currency)})
		customer.save()
	return customer.name


def vat():
	account = frappe.db.get_value(
		"Account", {"company": COMPANY, "account_type": "Tax", "is_group": 0}, order_by="creation"
	)
	return {"charge_type": "On Net Total", "account_head": account, "description": "VAT", "rate": 20}


def test_a_cancelled_invoice_gives_the_advance_back_to_its_order(item):
	add_stock(item.name, 10)
	order = order_of(prepaying(), item)
	payment = pay(order)
	note = make_delivery_note(sales_order=order.name, qty=4)
	invoice = make_sales_invoice(note.name).insert()
	invoice.submit()
	frappe.db.commit()
	assert invoice.reload().outstanding_amount == 0 and is_open(order)
	invoice.cancel()
	frappe.db.commit()
	assert is_open(order) and paper_of(order).paid_amount == 100
	payment.reload()
	assert payment.unallocated_amount == 0
	again = make_sales_invoice(note.name).insert()
	again.submit()
	frappe.db.commit()
	assert again.reload().outstanding_amount == 0 and is_open(order)


def test_an_order_on_the_same_invoice_pays_for_itself_alone(item):
	add_stock(item.name, 20)
	account = prepaying()
	one, two = (order_of(account, item) for _ in range(2))
	pay(one)
	pay(two)
	notes = [make_delivery_note(sales_order=order.name, qty=qty) for order, qty in ((one, 4), (two, 6))]
	invoice = make_sales_invoice(notes[0].name)
	invoice = make_sales_invoice(notes[1].name, invoice)
	invoice.insert().submit()
	frappe.db.commit()
	assert {row.b2b_sales_order: row.allocated_amount for row in invoice.advances} == {
		one.name: 40,
		two.name: 60,
	}
	assert is_open(one) and is_open(two)


def test_amending_keeps_place_pegs_pro_forma_and_advance(item, kept_minutes):
	add_stock(item.name, 10)
	order = order_of(prepaying(), item)
	other = make_sales_order(item.name, 10)
	paper = paper_of(order)
	payment = pay(order, 50)
	order.reload()
	order.cancel()
	frappe.db.commit()
	assert paper_of(order).status == "Cancelled"
	assert frappe.db.get_value("Payment Entry", payment.name, "unallocated_amount") == 50

	amended = frappe.copy_doc(order)
	amended.amended_from = order.name
	amended.docstatus = 0
	amended.items[0].qty = 8
	amended.insert().submit()
	frappe.db.commit()
	amended.reload()
	assert amended.advance_paid == 50
	assert frappe.db.get_value("Payment Entry", payment.name, "unallocated_amount") == 0
	moved = paper_of(amended)
	assert (moved.name, moved.payment_reference) == (paper.name, paper.name)
	assert (moved.amount, moved.paid_amount, moved.status) == (80, 50, "Partly Paid")
	assert paper_of(order) is None
	assert (amended.b2b_placed_at, amended.items[0].b2b_reserved_qty) == (order.b2b_placed_at, 8)
	other.reload()
	assert other.items[0].b2b_reserved_qty == 2

	pay(amended)
	assert is_open(amended)
	payment.reload()
	payment.cancel()
	frappe.db.commit()
	amended.reload()
	assert not is_open(amended) and amended.advance_paid == 30


def test_a_half_shipped_half_paid_order_is_changed_in_place_or_amended_by_the_chain(item, kept_minutes):
	"""Story 11. ERPNext cancels no order that has shipped: *Update Items* changes it, or what has shipped is cancelled first."""
	add_stock(item.name, 10)
	order = order_of(prepaying("Deposit", deposit_percent=50), item)
	paper, payment = paper_of(order), pay(order, 50)
	note = make_delivery_note(sales_order=order.name, qty=4)
	invoice = make_sales_invoice(note.name).insert()
	invoice.submit()
	frappe.db.commit()

	update_items(order, {0: {"qty": 9}})
	kept = paper_of(order)
	assert (kept.name, kept.amount, kept.paid_amount, kept.status) == (paper.name, 45, 50, "Paid")
	assert frappe.db.get_value("Sales Order Item", order.items[0].name, "b2b_reserved_qty") == 5

	with pytest.raises(frappe.LinkExistsError):
		frappe.get_doc("Sales Order", order.name).cancel()
	frappe.db.rollback()
	for doc in (invoice, note, order):
		doc.reload()
		doc.cancel()
		frappe.db.commit()
	amended = frappe.copy_doc(order)
	amended.amended_from = order.name
	amended.docstatus = 0
	amended.insert().submit()
	frappe.db.commit()
	moved = paper_of(amended.reload())
	assert (moved.name, moved.amount, moved.paid_amount, moved.status) == (paper.name, 45, 50, "Paid")
	assert frappe.db.get_value("Payment Entry", payment.name, "unallocated_amount") == 0
	assert (amended.advance_paid, amended.items[0].b2b_reserved_qty) == (50, 9)
	assert is_open(amended)


def test_an_order_on_a_plain_company_is_left_alone(item):
	"""Nothing happens where Wholesale B2B is not switched on: no pro forma, no advance taken in by itself."""
	order = order_of(prepaying(), item)
	name = frappe.db.get_value("Wholesale Company", {"company": COMPANY})
	frappe.db.set_value("Wholesale Company", name, "enabled", 0)
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")
	try:
		assert gate.gates([order.name]) == {}
		plain = make_sales_order(item.name, 1, customer=order.customer, commit=False)
		assert not frappe.db.exists("Trade Pro Forma", {"sales_order": plain.name})
	finally:
		frappe.db.rollback()
		frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")
	assert not is_open(order)
