"""Returns at the till and their policy: judged when they are submitted, one by one."""

import frappe
import pytest
from builders import add_stock, make_user, warehouse
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import add_days, nowdate
from returning import make_policy, quarantine
from till import CASH, Till

from wholesale_b2b.api.v1 import approve_return

pytestmark = pytest.mark.usefixtures("promises_hold", "no_policies")


@pytest.fixture
def till():
	return Till()


def bring_back(till, sale, qty=1, condition=None):
	"""A draft."""
	back = make_return_doc("POS Invoice", sale.name)
	back.pos_profile = till.profile
	back.items[0].update({"qty": -qty, "b2b_condition": condition})
	amount = -qty * back.items[0].rate
	back.set("payments", [{"mode_of_payment": CASH, "amount": amount, "base_amount": amount}])
	back.paid_amount = back.base_paid_amount = amount
	back.insert()
	frappe.db.commit()
	return back


def on_hand(item, place):
	return frappe.db.get_value("Bin", {"item_code": item.name, "warehouse": place}, "actual_qty") or 0


def test_a_late_return_at_the_till_needs_approval(item, till):
	make_policy(days_allowed=14, default_condition="Unopened", approver_role="Sales Manager")
	add_stock(item.name, 5)
	sale = till.sell(item.name, 3)
	frappe.db.set_value("POS Invoice", sale.name, "posting_date", add_days(nowdate(), -20))
	frappe.db.commit()
	back = bring_back(till, sale)
	assert (back.b2b_return_status, back.items[0].b2b_condition) == ("Needs Approval", "Unopened")
	with pytest.raises(frappe.ValidationError, match="20 days after the sale; 14 are allowed.*Sales Manager"):
		back.submit()
	frappe.db.rollback()
	# whatever the document says of itself
	back.reload()
	back.b2b_return_status = "Approved"
	with pytest.raises(frappe.ValidationError, match="outside Return Policy"):
		back.submit()
	frappe.db.rollback()
	cashier = make_user("Sales User", "Accounts User").name
	manager = make_user("Sales Manager", "Accounts User").name
	frappe.db.commit()
	frappe.set_user(cashier)
	with pytest.raises(frappe.PermissionError):
		approve_return("POS Invoice", back.name, "They are regulars.")
	frappe.db.rollback()
	frappe.set_user(manager)
	assert approve_return("POS Invoice", back.name, "They are regulars.")["status"] == "Approved"
	frappe.set_user("Administrator")
	back.reload()
	back.submit()
	assert (back.docstatus, back.b2b_return_approved_by) == (1, manager)


def test_conditions_are_asked_for_at_the_till_and_send_goods_where_they_belong(item, till):
	aside = quarantine()
	make_policy(
		conditions=({"condition": "Unopened"}, {"condition": "Damaged", "warehouse": aside}),
	)
	add_stock(item.name, 5)
	sale = till.sell(item.name, 3)
	back = bring_back(till, sale)
	with pytest.raises(frappe.ValidationError, match="in which condition"):
		back.submit()
	frappe.db.rollback()
	back.reload()
	back.items[0].b2b_condition = "Opened"
	back.save()
	with pytest.raises(frappe.ValidationError, match="Opened is not accepted"):
		back.submit()
	frappe.db.rollback()
	back.reload()
	back.items[0].b2b_condition = "Damaged"
	back.save()
	back.submit()
	frappe.db.commit()
	assert (back.b2b_return_status, back.items[0].warehouse) == ("Within Policy", aside)
	before = on_hand(item, aside)
	assert till.close().docstatus == 1
	assert (on_hand(item, warehouse()), on_hand(item, aside) - before) == (2, 1)


def test_without_a_policy_a_till_takes_back_as_erpnext_does(item, till):
	add_stock(item.name, 5)
	back = bring_back(till, till.sell(item.name, 3), 2)
	back.submit()
	assert (back.docstatus, back.b2b_return_status) == (1, None)
