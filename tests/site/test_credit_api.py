"""Who is told what about credit."""

import frappe
import pytest
from builders import make_customer, make_sales_order, make_user
from credit_case import make_account
from frappe.utils import nowdate
from test_api_portal import portal_user

from wholesale_b2b.api import v1


@pytest.fixture
def customer():
	return make_customer()


@pytest.fixture
def account(customer, item):
	account = make_account(customer.name, limit=100)
	make_sales_order(item.name, 6, customer=customer.name)
	return account


def ask(**args):
	return v1.credit(**args)["accounts"]


def test_staff_see_all_of_it(account, customer):
	other = make_account(customer.name, limit=0, is_default=0)
	frappe.set_user(make_user("Sales User").name)
	first, second = ask(customer=customer.name, amount=50)
	assert (first["trade_account"], second["trade_account"]) == (account.name, other.name)
	assert (first["limit"], first["exposure"], first["available"], first["over"]) == (100, 110, -10, 10)
	assert (first["state"], first["over_limit"], first["total"]) == ("red", "Hold", None)
	assert first["parts"] == {"ledger": 0, "ordered": 60, "out": 0, "delivered": 0, "till": 0, "this": 50}
	assert (second["state"], second["available"]) == ("none", None)
	unknown = ask(customer=customer.name, amount=50, currency="JPY", conversion_rate=0.005)
	assert unknown[0] == first
	rate = {"from_currency": "CHF", "to_currency": "GBP", "exchange_rate": 0.9, "for_selling": 1}
	frappe.get_doc({"doctype": "Currency Exchange", "date": nowdate(), **rate}).insert(
		ignore_permissions=True
	)
	dearer = ask(customer=customer.name, amount=50, currency="CHF", conversion_rate=0.75)
	assert dearer[0]["parts"]["this"] == 60
	assert ask(customer=customer.name, trade_account=account.name)[0]["state"] == "green"
	assert ask(customer=customer.name, company="No Such Company") == []
	with pytest.raises(frappe.DoesNotExistError):
		ask(customer="Nobody")
	with pytest.raises(frappe.ValidationError, match="which customer"):
		ask()
	for wrong in ({"amount": float("nan")}, {"amount": 1, "conversion_rate": float("inf")}):
		with pytest.raises(frappe.ValidationError, match="not an amount"):
			ask(customer=customer.name, **wrong)


def test_a_submitted_order_is_shown_apart(account, customer, item):
	order = make_sales_order(item.name, 3, customer=customer.name)
	(found,) = ask(customer=customer.name, sales_order=order.name)
	assert (found["parts"]["ordered"], found["parts"]["this"], found["exposure"]) == (60, 30, 90)
	(found,) = ask(customer=customer.name, sales_order="SOMEBODY-ELSES")
	assert (found["parts"]["ordered"], found["parts"]["this"], found["exposure"]) == (90, 0, 90)


def test_a_user_who_is_kept_to_some_accounts_sees_those(account, customer):
	other = make_account(customer.name, is_default=0)
	user = make_user("Sales User").name
	frappe.get_doc(
		{"doctype": "User Permission", "user": user, "allow": "Trade Account", "for_value": other.name}
	).insert()
	frappe.set_user(user)
	assert [row["trade_account"] for row in ask(customer=customer.name)] == [other.name]


def test_a_buyer_sees_their_own_and_less_of_it(account, customer):
	user = portal_user(customer)
	account.reload()
	account.append("buyers", {"user": user, "spending_limit": 25})
	account.save()
	make_account(customer.name, limit=0, is_default=0, status="Closed", status_reason="Moved")
	frappe.db.commit()
	frappe.set_user(user)
	expected = {
		"trade_account": account.name,
		"company": account.company,
		"currency": "GBP",
		"limit": 100,
		"used": 60,
		"available": 40,
		"spending_limit": 25,
	}
	assert ask() == ask(customer=customer.name, amount=50) == [expected]


def test_a_buyer_has_no_more_than_the_customers_total_leaves(account, customer):
	account.reload()
	account.customer_limit = 50
	account.save()
	user = portal_user(customer)
	frappe.set_user(user)
	assert ask()[0]["available"] == 0


def test_everybody_else_is_refused(account, customer):
	strangers = [portal_user(make_customer()), make_user("Employee").name, "Guest"]
	for user in strangers:
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			ask(customer=customer.name)
	frappe.set_user("Administrator")
	frappe.set_user(portal_user(customer, make_customer()))
	with pytest.raises(frappe.ValidationError, match="which customer"):
		ask()


def test_a_guest_does_not_reach_it_by_http():
	from frappe.handler import is_whitelisted

	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		is_whitelisted(v1.credit)
