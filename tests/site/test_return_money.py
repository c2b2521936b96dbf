"""What of a sale is given back with its goods, to the penny: VAT, carriage, discounts, less the restocking fee."""

import frappe
import pytest
from builders import COMPANY, add_stock, make_user, warehouse
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.utils import flt
from returning import (
	by_invoice,
	by_note,
	carriage_account,
	fee_account,
	make_policy,
	sell,
	send_back,
	vat_account,
	with_vat,
)

pytestmark = pytest.mark.usefixtures("promises_hold", "no_policies")


@pytest.fixture(params=[by_note, by_invoice])
def deliver(request):
	return request.param


def charges(doc):
	"""Description → amount of the tax rows that are not zero."""
	return {row.description: row.tax_amount for row in doc.taxes if row.tax_amount}


def ledger(doc):
	"""Account → debit less credit."""
	rows = frappe.get_all(
		"GL Entry", {"voucher_no": doc.name, "is_cancelled": 0}, ["account", "debit", "credit"]
	)
	sums = {}
	for row in rows:
		sums[row.account] = flt(sums.get(row.account, 0) + row.debit - row.credit, 2)
	return sums


def invoice_of(note, commit=True):
	made = make_sales_invoice(note.name)
	made.insert().submit()
	if commit:
		frappe.db.commit()
	return made


def test_the_restocking_fee_is_a_line_of_the_credit_with_its_vat(item, deliver):
	make_policy(restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver, taxes=with_vat())
	back = send_back(out, 4, "Opened")
	assert back.b2b_restocking_fee == 6
	assert charges(back) == {"VAT 20 %": -8, "Restocking Fee 15 %": 6, "VAT 20 % on Restocking Fee": 1.2}
	assert (back.net_total, back.grand_total) == (-40, -40.8)
	if back.doctype == "Sales Invoice":
		books = ledger(back)
		assert books[fee_account()] == -6
		assert books[vat_account()] == 6.8
		assert books[back.debit_to] == -40.8
		assert back.outstanding_amount == 0 or back.outstanding_amount == -40.8


def test_saved_again_the_fee_stands_once_and_follows_the_goods(item):
	make_policy(restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, taxes=with_vat())
	back = send_back(out, 4, "Opened", submit=False)
	back.save()
	assert back.grand_total == -40.8
	back.items[0].qty = -2
	back.save()
	assert (back.b2b_restocking_fee, back.grand_total) == (3, -20.4)
	back.items[0].b2b_condition = "Damaged"
	back.save()
	assert (back.b2b_restocking_fee, back.grand_total, len(back.taxes)) == (0, -24, 1)
	assert "Twenty Four" in back.in_words


def test_damaged_goods_are_credited_in_full_beside_opened_ones(item):
	make_policy(restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(
		[{"item_code": item.name, "qty": 5}, {"item_code": item.name, "qty": 5}], 1, taxes=with_vat()
	)
	back = make_return_doc(out.doctype, out.name)
	for row, condition in zip(back.items, ("Opened", "Damaged"), strict=True):
		row.b2b_condition = condition
	back.insert().submit()
	assert back.b2b_restocking_fee == 7.5
	assert back.grand_total == -120 + 9


def test_a_fee_that_is_not_taxed(item):
	make_policy(restocking_fee_percent=15, tax_restocking_fee=0)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, taxes=with_vat())
	assert send_back(out, 4, "Opened").grand_total == -48 + 6


@pytest.mark.parametrize(("rate", "qty", "total"), [(3.33, 1, -3.4), (33.33, 3, -101.99), (0.01, 1, -0.01)])
def test_odd_amounts_come_out_in_whole_pennies(item, rate, qty, total):
	"""3.33 + 0.67 less 0.50 + 0.10; 99.99 + 20.00 less 15.00 + 3.00; a fee below half a penny is none."""
	make_policy(restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, by_invoice, rate=rate, taxes=with_vat())
	back = send_back(out, qty, "Opened")
	assert back.grand_total == total
	assert sum(ledger(back).values()) == pytest.approx(0, abs=0.001)


def test_vat_that_is_in_the_price_is_kept_on_the_fee_too(item):
	make_policy(restocking_fee_percent=15)
	add_stock(item.name, 10)
	taxes = with_vat()
	taxes[0]["included_in_print_rate"] = 1
	_order, out = sell(item.name, 10, by_invoice, rate=12, taxes=taxes)
	back = send_back(out, 4, "Opened")
	assert (back.net_total, back.b2b_restocking_fee, back.grand_total) == (-40, 6, -48 + 7.2)


def test_a_tax_on_a_tax_is_kept_on_the_fee_too(item):
	make_policy(restocking_fee_percent=10)
	add_stock(item.name, 10)
	levy = {
		"charge_type": "On Previous Row Amount",
		"row_id": 1,
		"rate": 10,
		"description": "Levy",
		"account_head": vat_account(),
	}
	_order, out = sell(item.name, 10, by_invoice, taxes=[*with_vat(), levy])
	back = send_back(out, 5, "Opened")
	assert charges(back) == {
		"VAT 20 %": -10,
		"Levy": -1,
		"Restocking Fee 10 %": 5,
		"VAT 20 % on Restocking Fee": 1,
		"Levy on Restocking Fee": 0.1,
	}


# ---- carriage and discounts in money ----------------------------------------------------------------------------


@pytest.mark.parametrize(
	("paid_by", "parts"),
	[("Us", [-40 * 1.2 - 3, -20 * 1.2 - 1.5, -40 * 1.2 - 3]), ("Customer", [-48, -24, -48])],
)
def test_carriage_goes_back_in_proportion_where_we_pay_it(item, deliver, paid_by, parts):
	make_policy(carriage_paid_by=paid_by)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, deliver, taxes=with_vat(Carriage=7.5))
	totals = [send_back(out, qty, "Unopened").grand_total for qty in (4, 2, 4)]
	assert totals == [pytest.approx(part, abs=0.001) for part in parts]
	if paid_by == "Us":
		assert flt(sum(totals), 2) == -out.grand_total


def test_an_amount_that_somebody_entered_stays(item):
	make_policy()
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, taxes=with_vat(Carriage=7.5))
	back = send_back(out, 4, "Unopened", submit=False)
	assert charges(back) == {"VAT 20 %": -8}
	row = next(row for row in back.taxes if row.description == "Carriage")
	row.tax_amount = -7.5
	back.save()
	assert charges(back) == {"VAT 20 %": -8, "Carriage": -7.5}
	back.save().submit()
	assert back.grand_total == -55.5


def test_a_tax_in_money_goes_back_with_its_goods_whoever_pays_the_carriage(item):
	make_policy(carriage_paid_by="Customer")
	add_stock(item.name, 10)
	duty = {
		"charge_type": "Actual",
		"account_head": vat_account(),
		"description": "Duty",
		"tax_amount": 10,
	}
	_order, out = sell(item.name, 10, by_invoice, taxes=[duty])
	assert charges(send_back(out, 4, "Unopened")) == {"Duty": -4}
	assert charges(send_back(out, 6, "Unopened")) == {"Duty": -6}


def test_a_discount_in_money_is_taken_back_in_proportion(item, deliver):
	make_policy()
	add_stock(item.name, 9)
	_order, out = sell(
		item.name, 9, deliver, rate=10, discount_amount=10, apply_discount_on="Net Total", taxes=with_vat()
	)
	assert (out.net_total, out.grand_total) == (80, 96)
	parts = [send_back(out, 3, "Unopened") for _ in range(3)]
	assert [part.discount_amount for part in parts] == [-3.33, -3.34, -3.33]
	assert flt(sum(part.net_total for part in parts), 2) == -80


def test_a_discount_in_percent_is_erpnexts(item):
	make_policy(restocking_fee_percent=10)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, by_invoice, additional_discount_percentage=10, taxes=with_vat())
	back = send_back(out, 5, "Opened")
	assert (back.net_total, back.b2b_restocking_fee) == (-45, 4.5)
	assert back.grand_total == -54 + 5.4


# ---- the credit note after the goods ---------------------------------------------------------------------------


def test_the_credit_note_of_a_returned_delivery_is_not_asked_again(item):
	make_policy(days_allowed=30, restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, taxes=with_vat(), days_ago=40)
	back = send_back(out, 4, "Opened", submit=False)
	from wholesale_b2b.api.v1 import approve_return

	approve_return(back.doctype, back.name, "Agreed.")
	back.reload()
	back.submit()
	frappe.db.commit()
	credit = make_sales_invoice(back.name)
	credit.insert()
	assert (credit.b2b_return_status, credit.items[0].b2b_condition) == ("Within Policy", "Opened")
	credit.submit()
	assert (credit.b2b_restocking_fee, credit.grand_total) == (6, -40.8)
	assert ledger(credit)[fee_account()] == -6


def test_erpnexts_own_credit_note_at_the_return_has_the_fee(item):
	make_policy(restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, taxes=with_vat())
	invoice_of(out)
	back = send_back(out, 4, "Opened", issue_credit_note=1)
	credit = frappe.get_doc(
		"Sales Invoice", frappe.db.get_value("Sales Invoice Item", {"delivery_note": back.name}, "parent")
	)
	assert (credit.docstatus, credit.is_return, credit.grand_total) == (1, 1, -40.8)


def test_a_credit_note_of_the_invoice_follows_what_came_back(item):
	make_policy(days_allowed=30, restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, taxes=with_vat())
	invoice = invoice_of(out)
	send_back(out, 4, "Opened")
	frappe.db.set_value("Sales Invoice", invoice.name, "posting_date", "2020-06-01")
	frappe.clear_document_cache("Sales Invoice", invoice.name)
	credit = send_back(invoice, 4)
	assert (credit.items[0].b2b_condition, credit.b2b_return_status) == ("Opened", "Within Policy")
	assert credit.grand_total == -40.8
	# what has not come back is a late return
	with pytest.raises(frappe.ValidationError, match="outside"):
		send_back(invoice, 2, "Opened")


def test_a_credit_for_a_price_falls_under_no_policy(item):
	make_policy(days_allowed=30, restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, taxes=with_vat())
	credit = send_back(
		invoice_of(out), 10, b2b_no_goods=1, row={"rate": 1, "b2b_override_reason": "Scratched"}
	)
	assert (credit.b2b_return_policy, credit.grand_total) == (None, -12)


def test_goods_that_come_back_cannot_be_called_none(item):
	make_policy()
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, by_invoice)
	with pytest.raises(frappe.ValidationError, match="which condition"):
		send_back(out, 4, b2b_no_goods=1)


# ---- without the fee --------------------------------------------------------------------------------------------


def test_only_who_may_approve_waives_the_fee(item):
	make_policy(restocking_fee_percent=15, approver_role="Accounts Manager")
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, taxes=with_vat())
	clerk = make_user("Stock User", "Stock Manager", "Sales User")
	boss = make_user("Stock User", "Stock Manager", "Accounts Manager", "Accounts User")
	frappe.db.commit()
	frappe.set_user(clerk.name)
	with pytest.raises(frappe.PermissionError, match="waive"):
		send_back(out, 4, "Opened", b2b_waive_restocking_fee=1)
	frappe.db.rollback()
	frappe.set_user(boss.name)
	back = send_back(out, 4, "Opened", b2b_waive_restocking_fee=1)
	assert (back.b2b_restocking_fee, back.grand_total) == (0, -48)
	frappe.set_user("Administrator")
	# whoever writes the credit note follows it
	assert make_sales_invoice(back.name).insert().grand_total == -48


# ---- other currencies, cancelling -------------------------------------------------------------------------------


def test_in_euros_the_fee_is_kept_in_euros(item):
	from paying import debtors

	make_policy(restocking_fee_percent=15)
	add_stock(item.name, 10)
	_order, out = sell(
		item.name, 10, by_note, rate=9.99, currency="EUR", conversion_rate=0.86, taxes=with_vat()
	)
	invoice = make_sales_invoice(out.name)
	invoice.debit_to = debtors("EUR")
	invoice.insert().submit()
	frappe.db.commit()
	back = send_back(out, 4, "Opened")
	credit = make_sales_invoice(back.name)
	credit.debit_to = debtors("EUR")
	credit.insert().submit()
	# 39.96 and 7.99, less 5.99 and 1.20
	assert (credit.currency, credit.b2b_restocking_fee, credit.grand_total) == ("EUR", 5.99, -40.76)
	books = ledger(credit)
	assert books[fee_account()] == -flt(5.99 * 0.86, 2)
	assert flt(sum(books.values()), 2) == 0


def test_cancelled_and_amended_the_books_say_what_the_paper_says(item):
	make_policy(restocking_fee_percent=15, carriage_paid_by="Us")
	add_stock(item.name, 10)
	_order, out = sell(item.name, 10, by_invoice, taxes=with_vat(Carriage=7.5))
	back = send_back(out, 4, "Opened")
	total = back.grand_total
	assert total == -40.8 - 3
	back.cancel()
	frappe.db.commit()
	assert frappe.db.get_value("Bin", {"item_code": item.name, "warehouse": warehouse()}, "actual_qty") == 0
	assert ledger(back) == {}
	again = frappe.copy_doc(back)
	again.amended_from = back.name
	again.insert().submit()
	frappe.db.commit()
	assert again.grand_total == total
	assert ledger(again)[fee_account()] == -6
	assert ledger(again)[carriage_account()] == 3
	assert again.company == COMPANY
