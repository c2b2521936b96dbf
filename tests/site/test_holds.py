"""Order Holds: they open and close by themselves as facts change, or by hand."""

import sys
import types

import frappe
import pytest
from builders import add_stock, make_customer, make_item, make_sales_order, make_trade_account, make_user
from erpnext.selling.doctype.sales_order.sales_order import update_status
from frappe.utils import add_days, nowdate

from wholesale_b2b.fulfilment import service as fulfilment
from wholesale_b2b.fulfilment.holds import service
from wholesale_b2b.fulfilment.holds.base import Hold, HoldRule
from wholesale_b2b.fulfilment.holds.service.veto import Held
from wholesale_b2b.wholesale_b2b.doctype.order_hold import order_hold

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def account():
	made = make_trade_account(make_customer().name)
	frappe.db.commit()
	return made


@pytest.fixture
def order(account):
	"""An order of five units that are on the shelf."""
	item = make_item()
	add_stock(item.name, 5)
	return make_sales_order(item.name, 5, customer=account.customer)


def kinds(order) -> list[str]:
	return sorted(frappe.get_all("Order Hold", {"sales_order": order.name, "status": "Open"}, pluck="kind"))


def timeline(order) -> list[str]:
	filters = {"reference_name": order.name, "comment_type": "Info"}
	return frappe.get_all("Comment", filters, pluck="content", order_by="creation")


def put(account, **fields):
	doc = frappe.get_doc("Trade Account", account.name)
	doc.update(fields)
	doc.save()
	frappe.db.commit()


def test_an_account_on_hold_and_released(account, order):
	"""Story 3: its stock stays reserved and visible, cannot be picked, and is released by the status."""
	assert kinds(order) == []
	before = frappe.db.get_value("Sales Order", order.name, "modified")
	put(account, status="On Hold", status_reason="Two invoices are overdue.")
	assert kinds(order) == ["Account Status"]
	order.reload()
	assert order.b2b_hold_status == "Held"
	assert order.modified == before
	assert order.items[0].b2b_reserved_qty == 5
	assert "Two invoices are overdue" in timeline(order)[-1]
	with pytest.raises(Held, match="Two invoices are overdue"):
		fulfilment.make_pick_list(order.name)
	put(account, status="Active")
	assert kinds(order) == []
	assert frappe.db.get_value("Sales Order", order.name, "b2b_hold_status") == ""
	assert "No longer held" in timeline(order)[-1]
	assert fulfilment.make_pick_list(order.name).locations[0].qty == 5


def test_an_order_that_is_placed_on_a_held_account(account):
	put(account, status="On Hold", status_reason="Overdue.")
	order = make_sales_order(make_item().name, customer=account.customer)
	assert kinds(order) == ["Account Status"]
	update_status("Closed", order.name)
	frappe.db.commit()
	assert kinds(order) == []
	update_status("Draft", order.name)
	frappe.db.commit()
	assert kinds(order) == ["Account Status"]
	order.reload()
	order.cancel()
	frappe.db.commit()
	assert kinds(order) == []


def test_a_licence_that_expires_and_is_renewed(account, order, worker):
	put(account, licence_required=1)
	assert kinds(order) == ["Licence"]
	put(account, licence_number="L-1", licence_expiry=nowdate())
	assert kinds(order) == []
	# as it stands the morning after
	frappe.db.set_value("Trade Account", account.name, "licence_expiry", add_days(nowdate(), -1))
	frappe.db.commit()
	assert service.judge([order.name])[order.name][0].reason.endswith(
		frappe.format(add_days(nowdate(), -1), "Date")
	)
	from wholesale_b2b.fulfilment.holds import jobs

	jobs.daily()
	worker()
	assert kinds(order) == ["Licence"]
	put(account, licence_expiry=add_days(nowdate(), 365))
	assert kinds(order) == []


def test_an_order_that_is_gone_is_not_looked_for_again_and_again(order, worker):
	worker()
	service.refresh([order.name, "SAL-ORD-GONE"], "test", wait=True)
	service.refresh(["SAL-ORD-GONE"], "test")
	# a job for it that was queued before it was deleted
	service.later(["SAL-ORD-GONE"], "test")
	assert worker() == 1


def test_hold_and_resume_of_erpnext(order):
	update_status("On Hold", order.name)
	frappe.db.commit()
	assert kinds(order) == ["On Hold"]
	update_status("Draft", order.name)
	frappe.db.commit()
	assert kinds(order) == []


def test_by_hand_with_a_reason_and_a_role(order):
	clerk, seller, manager = (
		make_user("Trade Desk User", "Sales User"),
		make_user("Sales User"),
		make_user("Wholesale Manager"),
	)
	frappe.db.commit()
	frappe.set_user(clerk.name)
	with pytest.raises(frappe.ValidationError, match="why it is held"):
		order_hold.hold(" ", order.name)
	name = order_hold.hold("The customer asked us to wait.", order.name)
	frappe.db.commit()
	assert kinds(order) == ["Set by Hand"]
	assert service.of_order(order.name)[0]["by"] == clerk.name
	frappe.set_user(seller.name)
	with pytest.raises(frappe.PermissionError):
		order_hold.hold("No.", order.name)
	with pytest.raises(frappe.PermissionError):
		order_hold.release(name, "Because.")
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		order_hold.of_order(order.name)
	frappe.set_user(manager.name)
	with pytest.raises(frappe.ValidationError, match="why it is released"):
		order_hold.release(name, "")
	order_hold.release(name, "They called.")
	frappe.db.commit()
	assert kinds(order) == []
	frappe.set_user("Administrator")
	row = frappe.db.get_value("Order Hold", name, ["released_by", "release_reason"])
	assert row == (manager.name, "They called.")


def test_everything_of_an_account_by_hand(account, order):
	name = order_hold.hold("Stocktaking at their end.", trade_account=account.name)
	frappe.db.commit()
	assert [hold.kind for hold in service.judge([order.name])[order.name]] == ["Set by Hand"]
	with pytest.raises(Held):
		service.refuse(accounts=[account.name])
	assert kinds(order) == ["Set by Hand"]
	assert order.get_db_value("b2b_hold_status") == "Held"
	order_hold.release(name, "Done.")
	assert service.judge([order.name]) == {}
	service.refuse([order.name], [account.name])
	assert kinds(order) == []
	assert order.get_db_value("b2b_hold_status") == ""


def test_a_hold_that_a_person_has_set_stays_the_only_one(order):
	name = order_hold.hold("The customer asked us to wait.", order.name)
	for _again in range(2):
		service.refresh([order.name], "A new day", wait=True)
	assert frappe.get_all("Order Hold", {"sales_order": order.name, "status": "Open"}, pluck="name") == [name]
	order_hold.release(name, "They called.")
	assert frappe.db.count("Order Hold", {"sales_order": order.name, "status": "Open"}) == 0


def test_what_ends_by_itself_is_not_released_by_hand(account, order):
	put(account, status="On Hold", status_reason="Overdue.")
	name = frappe.db.get_value("Order Hold", {"sales_order": order.name, "status": "Open"})
	with pytest.raises(frappe.ValidationError, match="ends by itself"):
		order_hold.release(name, "Please.")


class NoFridays(HoldRule):
	"""A rule as another app brings it."""

	kind = "No Fridays"
	held: frozenset[str] = frozenset()
	broken = False

	def orders(self, names, lock=False):
		if self.broken:
			raise RuntimeError("the calendar does not answer")
		return {
			name: Hold(self.kind, "nothing ships on Fridays", "Wait.") for name in names if name in self.held
		}


RELEASED: list[str] = []


@pytest.fixture
def plugged(monkeypatch):
	"""Another app with a hold rule and a function that is told of released orders."""
	module = types.ModuleType("fridays_app")
	module.NoFridays, module.released = NoFridays, RELEASED.extend
	monkeypatch.setitem(sys.modules, "fridays_app", module)
	hooks = frappe.get_hooks

	def with_ours(hook=None, *args, **kwargs):
		found = hooks(hook, *args, **kwargs)
		if hook == "b2b_hold_rules":
			return [*found, "fridays_app.NoFridays"]
		return [*found, "fridays_app.released"] if hook == "b2b_orders_released" else found

	installed = frappe.get_installed_apps
	monkeypatch.setattr(frappe, "get_hooks", with_ours)
	monkeypatch.setattr(frappe, "get_installed_apps", lambda **kw: [*installed(**kw), "fridays_app"])
	RELEASED.clear()
	yield
	NoFridays.held, NoFridays.broken = frozenset(), False


def test_another_app_brings_a_rule(order, plugged):
	NoFridays.held = frozenset({order.name})
	service.refresh([order.name], "It is Friday")
	frappe.db.commit()
	assert kinds(order) == ["No Fridays"]
	with pytest.raises(Held, match="Fridays"):
		fulfilment.make_pick_list(order.name)
	# a rule that fails leaves what is written as it is, and lets nothing through
	NoFridays.broken = True
	service.refresh([order.name], "It is Friday still")
	assert kinds(order) == ["No Fridays"]
	with pytest.raises(RuntimeError):
		service.refuse([order.name])
	NoFridays.broken, NoFridays.held = False, frozenset()
	assert RELEASED == []
	service.refresh([order.name], "It is Saturday")
	assert kinds(order) == []
	assert RELEASED == [order.name]


def test_companies_that_are_off_are_left_alone(account, order, monkeypatch):
	put(account, status="On Hold", status_reason="Overdue.")
	monkeypatch.setattr("wholesale_b2b.fulfilment.holds.service.judging.enabled_companies", frozenset)
	assert service.judge([order.name]) == {}
