"""*Why this price?* is told to staff who may see the document and its customer, and to nobody else."""

import frappe
import pytest
from builders import make_sales_order, make_user
from pricing_case import make_tier, priced_item, tier_row, trade_customer

from wholesale_b2b.api.v1 import explain_prices


@pytest.fixture
def order():
	"""An order whose price was raised to the floor, so that its reasons tell what the goods cost."""
	tier = make_tier(tier_row(90), floor_by="Cost", floor_percent=10)
	customer = trade_customer(tier.name)
	return make_sales_order(priced_item().name, 1, None, customer.name)


def portal_user(customer, *roles):
	user = make_user("Wholesale Buyer", *roles, user_type="Website User").name
	doc = frappe.get_doc("Customer", customer)
	doc.append("portal_users", {"user": user})
	doc.save()
	frappe.db.commit()
	return user


def texts(order):
	(row,) = explain_prices("Sales Order", order.name)["rows"].values()
	return [reason["text"] for reason in row["why"]]


def test_staff_are_told_why_and_costs_only_with_the_right_to_them(order):
	assert any("Raised to the floor: £ 5.50" in text for text in texts(order))
	frappe.set_user(make_user("Sales User").name)
	assert texts(order) and not any("floor" in text for text in texts(order))


@pytest.fixture
def readable():
	"""The site lets buyers read orders and customers, as some do for a portal of their own."""
	made = [
		frappe.get_doc(
			{
				"doctype": "Custom DocPerm",
				"parent": doctype,
				"role": "Wholesale Buyer",
				"read": 1,
				"permlevel": 0,
			}
		)
		for doctype in ("Sales Order",)
	]
	from frappe.permissions import setup_custom_perms

	for doc in made:
		setup_custom_perms(doc.parent)
		doc.insert()
	frappe.clear_cache()
	frappe.db.commit()
	yield
	frappe.set_user("Administrator")
	for doc in made:
		frappe.db.delete("Custom DocPerm", {"parent": doc.parent})
	frappe.clear_cache()
	frappe.db.commit()


@pytest.mark.parametrize("whose", ["own", "another"])
def test_buyers_are_not_told_even_where_they_may_read_orders(order, readable, whose):
	customer = order.customer if whose == "own" else trade_customer().name
	frappe.set_user(portal_user(customer))
	assert frappe.has_permission("Sales Order", "read")
	with pytest.raises(frappe.PermissionError):
		explain_prices("Sales Order", order.name)


@pytest.mark.parametrize("roles", [(), ("Wholesale Buyer",), ("HR User",), ("Customer",)])
def test_others_are_told_nothing(order, roles):
	frappe.set_user(make_user(*roles).name if roles else "Guest")
	with pytest.raises(frappe.PermissionError):
		explain_prices("Sales Order", order.name)


def test_staff_are_told_of_customers_that_they_may_see(order):
	from frappe.permissions import add_user_permission

	user = make_user("Sales User").name
	add_user_permission("Customer", trade_customer().name, user)
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		explain_prices("Sales Order", order.name)


def test_costs_in_reasons_are_of_companies_that_one_may_see(order):
	from frappe.permissions import add_user_permission
	from pricing_case import other_company

	user = make_user("Sales Manager").name
	add_user_permission("Company", other_company(), user)
	frappe.set_user(user)
	with pytest.raises(frappe.PermissionError):
		explain_prices("Sales Order", order.name)


def test_what_has_no_trade_prices_and_what_does_not_exist(order):
	with pytest.raises(frappe.ValidationError, match="has no trade prices"):
		explain_prices("Purchase Order", order.name)
	with pytest.raises(frappe.DoesNotExistError):
		explain_prices("Sales Order", "Nowhere")
