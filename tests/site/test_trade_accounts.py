"""Trade Accounts: what is checked, and which one a document is on."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_quotation,
	make_sales_order,
	make_trade_account,
	make_user,
	order_quotation,
	unique,
)
from builders import make_delivery_note as deliver
from dispatching import make_address
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.selling.doctype.customer.customer import get_credit_limit
from erpnext.stock.doctype.delivery_note.delivery_note import make_sales_invoice
from frappe.desk.form.save import savedocs

from wholesale_b2b.ordering.trade_accounts.service import limits, making
from wholesale_b2b.wholesale_b2b.doctype.trade_account import trade_account


def test_it_is_carried_from_quotation_to_payment(item):
	customer = make_customer()
	make_trade_account(customer.name)
	staff = make_trade_account(customer.name, channel="Staff Shop")
	add_stock(item.name, 5)
	quotation = make_quotation(item.name, 2, customer=customer.name, b2b_channel="Staff Shop")
	assert quotation.b2b_trade_account == staff.name
	order = order_quotation(quotation)
	note = deliver(sales_order=order.name)
	invoice = make_sales_invoice(note.name).insert()
	invoice.submit()
	payment = get_payment_entry("Sales Invoice", invoice.name)
	payment.update({"reference_no": "1", "reference_date": payment.posting_date})
	payment.insert()
	assert {doc.b2b_trade_account for doc in (order, note, invoice, payment)} == {staff.name}


def test_the_default_account_is_taken_and_an_account_of_somebody_else_refused(item):
	customer = make_customer()
	first = make_trade_account(customer.name)
	assert first.is_default
	second = make_trade_account(customer.name)
	assert not second.is_default
	assert make_sales_order(item.name, customer=customer.name).b2b_trade_account == first.name
	second.is_default = 1
	second.save()
	first.reload()
	assert not first.is_default
	assert make_sales_order(item.name, customer=customer.name).b2b_trade_account == second.name
	with pytest.raises(frappe.ValidationError, match="Choose another"):
		make_sales_order(item.name, b2b_trade_account=first.name, do_not_submit=True)


def test_several_accounts_and_no_default(item):
	customer = make_customer()
	first, second = make_trade_account(customer.name), make_trade_account(customer.name)
	first.is_default = 0
	first.save()
	with pytest.raises(frappe.ValidationError, match="several accounts"):
		make_sales_order(item.name, customer=customer.name, do_not_submit=True)
	order = make_sales_order(
		item.name, customer=customer.name, b2b_trade_account=second.name, do_not_submit=True
	)
	assert order.b2b_trade_account == second.name


def test_customers_without_accounts_stay_as_they_are(item):
	assert not make_sales_order(item.name).b2b_trade_account


def test_a_closed_account_begins_nothing_new(item):
	account = make_trade_account(make_customer().name, status="Closed", status_reason="Moved away.")
	with pytest.raises(frappe.ValidationError, match="closed"):
		make_sales_order(
			item.name, customer=account.customer, b2b_trade_account=account.name, do_not_submit=True
		)


def test_terms_of_the_account_go_into_documents(item):
	price_list = frappe.get_doc(
		{"doctype": "Price List", "price_list_name": frappe.generate_hash(), "selling": 1, "currency": "GBP"}
	).insert()
	account = make_trade_account(make_customer().name, price_list=price_list.name)
	order = make_sales_order(item.name, customer=account.customer, do_not_submit=True)
	assert order.selling_price_list == price_list.name
	# chosen otherwise in a form
	data = frappe.copy_doc(order).as_dict()
	data.update(
		{
			"selling_price_list": "Standard Selling",
			"name": "new-sales-order-1",
			"__islocal": 1,
			"docstatus": 0,
		}
	)
	savedocs(frappe.as_json(data), "Save")
	saved = frappe.get_last_doc("Sales Order", {"customer": account.customer})
	assert (saved.name != order.name, saved.selling_price_list) == (True, "Standard Selling")


def test_the_default_address_of_the_account_goes_into_documents_that_name_none(item):
	customer = make_customer().name
	plain, other, default = (make_address(customer).name for _ in range(3))
	account = make_trade_account(
		customer, addresses=[{"address": other}, {"address": default, "is_default": 1}]
	)
	order = make_sales_order(item.name, customer=customer)
	assert (order.b2b_trade_account, order.shipping_address_name) == (account.name, default)
	assert frappe.db.get_value("Address", default, "city") in order.shipping_address
	chosen = make_sales_order(item.name, customer=customer, shipping_address_name=plain)
	add_stock(item.name, 2)
	assert chosen.shipping_address_name == plain
	assert deliver(sales_order=chosen.name, do_not_submit=True).shipping_address_name == plain


def test_an_account_is_made_with_the_tax_id_of_its_customer_where_it_is_a_vat_number():
	made = [
		making.make_account(make_customer(tax_id=number).name, COMPANY).vat_number
		for number in ("gb 980 7806 84", "12-3456789", "GB980780685", None)
	]
	assert made == ["GB980780684", None, None, None]


@pytest.mark.parametrize(
	("field", "value", "stored", "wrong"),
	[
		("vat_number", "gb 980 7806 84", "GB980780684", ""),
		("vat_number", "GB 980 7806 85", "", "checksum"),
		("vat_number", "DE136695976", "DE136695976", ""),
		("vat_number", "DE136695978", "", "checksum"),
		("vat_number", "980780684", "", "two letters"),
		("eori", "GB 980780684000", "GB980780684000", ""),
		("eori", "GB12345", "", "12 or 15 digits"),
		("eori", "fr12345678901234", "FR12345678901234", ""),
		("eori", "FR1234567890123456", "", "up to 15"),
		("eori", "GR123456789", "GR123456789", ""),
		("eori", "US123456789", "", "EU country"),
		("ioss", "IM3720000224", "IM3720000224", ""),
		("ioss", "EU372022452", "", "begins with IM"),
		("ioss", "IM37200002", "", "length"),
	],
)
def test_numbers_of_the_authorities(field, value, stored, wrong):
	account = make_trade_account(make_customer().name, do_not_save=True, **{field: value})
	if wrong:
		with pytest.raises(frappe.ValidationError, match=wrong):
			account.insert()
	else:
		assert account.insert().get(field) == stored


@pytest.mark.parametrize(
	("fields", "words"),
	[
		({"pro_forma": "Deposit", "deposit_percent": 120}, "up to 100"),
		({"invoicing": "Weekly", "statement_day": 8}, "from 1 to 7"),
		({"sourcing_warehouses": [{"warehouse": "All Warehouses - NW"}]}, "is a group|belongs to"),
		({"buyers": [{"spending_limit": 10}]}, "a contact, a user"),
		({"status": "On Hold"}, "the reason"),
	],
)
def test_what_cannot_be(fields, words):
	with pytest.raises((frappe.ValidationError, frappe.MandatoryError), match=words):
		make_trade_account(make_customer().name, **fields)


def test_strangers_are_no_buyers():
	other = frappe.get_doc({"doctype": "Contact", "first_name": "Stranger"}).insert()
	with pytest.raises(frappe.ValidationError, match="not linked"):
		make_trade_account(make_customer().name, buyers=[{"contact": other.name}])


def test_credit_and_status_are_for_those_who_may(item):
	account = make_trade_account(make_customer().name, credit_limit=100)
	frappe.set_user(make_user("Sales Manager").name)
	doc = frappe.get_doc("Trade Account", account.name)
	doc.update({"credit_limit": 9999, "notes": "Ask for Jo"})
	doc.save()
	doc.reload()
	assert (doc.credit_limit, doc.notes) == (100, "Ask for Jo")
	frappe.set_user(make_user("Stock User").name)
	with pytest.raises(frappe.PermissionError):
		doc.save()


# ---- credit limits of ERPNext ------------------------------------------------------------------------------------


def erpnext_limits(customer):
	fields = ["company", "credit_limit", "bypass_credit_limit_check"]
	return frappe.get_all("Customer Credit Limit", {"parent": customer}, fields, as_list=True)


def limited_customer(limit, **row):
	return make_customer(credit_limits=[{"company": COMPANY, "credit_limit": limit, **row}])


def test_a_limit_moves_to_the_account_and_back():
	customer = limited_customer(500)
	account = make_trade_account(customer.name)
	assert (account.reload().credit_limit, get_credit_limit(customer.name, COMPANY)) == (500, 0)
	account.credit_limit = 800
	account.save()
	limits.give_back([COMPANY], customer.name)
	assert erpnext_limits(customer.name) == ((COMPANY, 800, 0),)
	limits.take_over(account)
	assert get_credit_limit(customer.name, COMPANY) == 0
	frappe.delete_doc("Trade Account", account.name)
	assert erpnext_limits(customer.name) == ((COMPANY, 800, 0),)


@pytest.fixture
def limited_group():
	"""A customer group whose customers are limited to 40 each; not for longer than the test, since others use groups too."""
	group = frappe.get_doc(
		{
			"doctype": "Customer Group",
			"customer_group_name": unique("Group"),
			"parent_customer_group": "All Customer Groups",
			"credit_limits": [{"company": COMPANY, "credit_limit": 40}],
		}
	).insert()
	frappe.db.commit()
	yield group
	frappe.db.rollback()
	group.reload()
	group.credit_limits = []
	group.save()
	frappe.db.commit()


def test_the_limit_of_a_group_is_not_looked_at_by_erpnext_any_more(item, limited_group):
	group = limited_group
	customer, other = make_customer(customer_group=group.name), make_customer(customer_group=group.name)
	account = make_trade_account(customer.name, over_limit="Warn")
	assert account.reload().credit_limit == 40
	assert make_sales_order(item.name, 5, rate=10, customer=customer.name).docstatus == 1
	# who has no account stays with ERPNext
	with pytest.raises(frappe.ValidationError, match="[Cc]redit limit"):
		make_sales_order(item.name, 5, rate=10, customer=other.name)
	frappe.db.rollback()
	limits.give_back([COMPANY], customer.name)
	assert erpnext_limits(customer.name) == ()
	assert get_credit_limit(customer.name, COMPANY) == 40


def test_switching_on_moves_limits_and_makes_accounts():
	bare, with_account = limited_customer(300), limited_customer(200, bypass_credit_limit_check=1)
	account = make_trade_account(with_account.name, credit_limit=150)
	limits.give_back([COMPANY], with_account.name)
	limits.company_switched_on(COMPANY)
	made = frappe.get_last_doc("Trade Account", {"customer": bare.name})
	assert (made.account_name, made.credit_limit, made.is_default) == (bare.customer_name, 300, 1)
	assert account.reload().credit_limit == 150
	assert [get_credit_limit(name, COMPANY) for name in (bare.name, with_account.name)] == [0, 0]
	limits.give_back([COMPANY], bare.name)
	limits.give_back([COMPANY], with_account.name)
	assert erpnext_limits(with_account.name) == ((COMPANY, 150, 1),)


def test_accounts_for_customers_that_are_there(worker):
	customer = make_customer()
	frappe.db.commit()
	trade_account.create_for_existing(COMPANY)
	worker()
	assert frappe.get_all("Trade Account", {"customer": customer.name}, pluck="is_default") == [1]
	assert making.make_missing(COMPANY) == 0
	frappe.set_user(make_user("Sales User").name)
	with pytest.raises(frappe.PermissionError):
		trade_account.create_for_existing(COMPANY)
