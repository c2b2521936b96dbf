"""An Order Rule that holds its orders until somebody has looked at each."""

import frappe
import pytest
from builders import add_stock, make_customer, make_order_rule, make_sales_order, make_user
from policies import holds_of, make_policy, timeline

from wholesale_b2b.fulfilment.holds.service.veto import Held
from wholesale_b2b.fulfilment.overrides import create_pick_list
from wholesale_b2b.wholesale_b2b.doctype.order_rule.order_rule import release
from wholesale_b2b.wholesale_b2b.doctype.order_rule.order_rule import test as try_rule

pytestmark = pytest.mark.usefixtures("promises_hold")
WHY = "we check orders of this size by hand"


@pytest.fixture
def customer():
	return make_customer().name


@pytest.fixture
def rule(customer):
	made = make_order_rule(
		customer=customer, min_value=100, hold_reason=WHY, hold_role="Sales Manager", priority_order=1
	)
	yield made
	frappe.db.rollback()
	frappe.delete_doc("Order Rule", made.name)
	frappe.db.commit()


def test_its_orders_are_held_and_released_one_by_one(item, customer, rule):
	add_stock(item.name, 50)
	small = make_sales_order(item.name, 1, customer=customer)
	order, other = (make_sales_order(item.name, 20, customer=customer) for _ in range(2))
	assert [holds_of(one) for one in (small,)] == [[]]
	(hold,) = holds_of(order)
	assert (hold.kind, hold.reason, hold.release_role) == ("Order Rule", WHY, "Sales Manager")
	with pytest.raises(Held, match=WHY):
		create_pick_list(order.name)
	seller, manager = make_user("Sales User"), make_user("Sales Manager", "Stock User")
	frappe.db.commit()
	for user in (seller.name, "Guest"):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			release(order.name, "It is fine.")
	frappe.set_user(manager.name)
	with pytest.raises(frappe.ValidationError, match="Say why"):
		release(order.name, " ")
	release(order.name, "It is fine.")
	frappe.db.commit()
	assert create_pick_list(order.name).locations[0].stock_qty == 20
	frappe.set_user("Administrator")
	assert holds_of(order) == [] and len(holds_of(other)) == 1
	assert any("Released from Order Rule" in said and "It is fine." in said for said in timeline(order))
	# saving it again changes nothing
	order.reload()
	order.po_no = "PO-1"
	order.save()
	frappe.db.commit()
	assert holds_of(order) == []
	with pytest.raises(frappe.ValidationError, match="No Order Rule holds"):
		release(order.name, "Again.")


def test_orders_follow_what_becomes_of_the_rule(item, customer, rule, worker):
	add_stock(item.name, 50)
	order = make_sales_order(item.name, 20, customer=customer)
	rule.hold_reason = ""
	rule.save()
	worker()
	assert holds_of(order) == []
	rule.reload()
	rule.hold_reason = "look at it again"
	rule.save()
	worker()
	assert [hold.reason for hold in holds_of(order)] == ["look at it again"]
	rule.reload()
	rule.min_value = 500
	rule.save()
	worker()
	assert holds_of(order) == []
	rule.reload()
	rule.min_value = 100
	rule.save()
	worker()
	assert len(holds_of(order)) == 1


def test_trying_a_rule_tells_its_policy_and_its_hold(item, customer, rule):
	rule.fulfilment_policy = make_policy().name
	rule.save()
	order = make_sales_order(item.name, 20, customer=customer)
	outcome = try_rule(rule.name, order.name)["outcome"]
	assert (outcome["policy"], outcome["hold"]) == (rule.fulfilment_policy, WHY)
	small = make_sales_order(item.name, 1, customer=customer)
	assert try_rule(rule.name, small.name)["outcome"]["hold"] == ""
