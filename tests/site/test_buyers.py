"""Buyers of a Trade Account: contacts and users of its customer, their limits, and who approves more."""

import frappe
import pytest
from builders import make_customer, make_trade_account, make_user

from wholesale_b2b.api.v1 import availability, credit


def website_user():
	return make_user("Wholesale Buyer", user_type="Website User").name


def contact_of(customer, user=None):
	return (
		frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Jo",
				"user": user,
				"links": [{"link_doctype": "Customer", "link_name": customer}],
			}
		)
		.insert()
		.name
	)


def portal_users(customer):
	return set(frappe.get_all("Portal User", {"parent": customer}, pluck="user"))


def test_a_user_becomes_a_portal_user_of_the_customer_and_can_order():
	customer, user = make_customer().name, website_user()
	account = make_trade_account(customer, buyers=[{"user": user, "spending_limit": 250}])
	assert portal_users(customer) == {user}
	assert any("can log in" in str(message) for message in frappe.get_message_log())
	frappe.clear_messages()
	# once
	account.save()
	assert portal_users(customer) == {user}
	assert not any("can log in" in str(message) for message in frappe.get_message_log())
	frappe.set_user(user)
	assert credit()["accounts"][0]["spending_limit"] == 250
	assert "items" in availability()
	frappe.set_user("Administrator")
	# another customer's user stays a stranger there
	other = make_trade_account(make_customer().name)
	frappe.db.commit()
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		credit(customer=other.customer)


def test_only_who_may_change_the_customer_lets_users_in():
	customer, user = make_customer().name, website_user()
	account = make_trade_account(customer)
	clerk = make_user("Wholesale Manager").name
	frappe.db.commit()
	frappe.set_user(clerk)
	account = frappe.get_doc("Trade Account", account.name)
	account.append("buyers", {"user": user})
	with pytest.raises(frappe.ValidationError, match="cannot log in for"):
		account.save()
	frappe.db.rollback()
	frappe.set_user("Administrator")
	assert portal_users(customer) == set()
	master = frappe.get_doc("Customer", customer)
	master.append("portal_users", {"user": user})
	master.save()
	frappe.db.commit()
	frappe.set_user(clerk)
	account = frappe.get_doc("Trade Account", account.name)
	account.append("buyers", {"user": user})
	assert account.save().buyers[0].user == user


def test_disabled_users_buy_nothing():
	user = website_user()
	frappe.db.set_value("User", user, "enabled", 0)
	with pytest.raises(frappe.ValidationError, match="disabled"):
		make_trade_account(make_customer().name, buyers=[{"user": user}])


def test_a_contact_comes_with_its_own_user():
	customer, user = make_customer().name, website_user()
	contact = contact_of(customer, user)
	with pytest.raises(frappe.ValidationError, match="logs in as"):
		make_trade_account(customer, buyers=[{"contact": contact, "user": website_user()}])
	assert make_trade_account(customer, buyers=[{"contact": contact, "user": user}]).name


def test_approvals_end_with_somebody():
	customer = make_customer().name
	ann, bob, cat = (website_user() for _ in range(3))
	rows = [
		{"user": ann, "spending_limit": 100, "needs_approval_from": bob},
		{"user": bob, "spending_limit": 500, "needs_approval_from": cat},
		{"user": cat},
	]
	account = make_trade_account(customer, buyers=[dict(row) for row in rows])
	account.buyers[2].update({"spending_limit": 900, "needs_approval_from": ann})
	with pytest.raises(frappe.ValidationError, match="circle"):
		account.save()
	account.reload()
	account.remove(account.buyers[1])
	with pytest.raises(frappe.ValidationError, match="another buyer"):
		account.save()


@pytest.mark.parametrize(
	("rows", "words"),
	[
		([{"spending_limit": 1}], "a contact, a user"),
		([{"user": "Administrator"}, {"user": "Administrator"}], "already"),
		([{"user": "Administrator", "spending_limit": -1}], "negative"),
		([{"user": "Administrator", "needs_approval_from": "Guest"}], "above the spending limit"),
		([{"user": "Administrator", "spending_limit": 5, "needs_approval_from": "Guest"}], "another buyer"),
	],
)
def test_buyers_that_cannot_be(rows, words):
	with pytest.raises(frappe.ValidationError, match=words):
		make_trade_account(make_customer().name, buyers=rows)
