"""What people are told of an order's policy: on its form, by its status, in the portal."""

from decimal import Decimal

import frappe
import pytest
from builders import add_stock, make_purchase_order, make_sales_order, make_user
from dispatching import make_account, pick
from frappe.utils import add_days, nowdate
from policies import make_policy

from wholesale_b2b.api.v1 import dispatch, order_status
from wholesale_b2b.fulfilment.policies.service.words import sentence
from wholesale_b2b.fulfilment.rules import decide as d
from wholesale_b2b.wholesale_b2b.doctype.fulfilment_policy.fulfilment_policy import of_order, ship_now

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def order(item):
	account = make_account(fulfilment_policy=make_policy("Ship and Backorder").name)
	add_stock(item.name, 300)
	made = make_sales_order(item.name, 500, customer=account.customer, b2b_trade_account=account.name)
	make_purchase_order(item.name, 120, days=9)
	made.account = account
	return made


def said(answer):
	return [(row["kind"], row["qty"], row["why"]) for row in answer["plan"]]


def test_the_form_says_what_ships_and_what_waits_for_what(order):
	answer = of_order(order.name)
	day = frappe.format(add_days(nowdate(), 9), "Date")
	assert said(answer) == [
		("ships", 300, ""),
		(
			"waits",
			200,
			f"120 are expected on {day}; 80 are not in stock, and no delivery of them is known yet",
		),
	]
	assert (answer["policy"], answer["where_from"]) == (
		order.account.fulfilment_policy,
		f"from Trade Account {order.account.name}",
	)
	picked = pick(order)
	assert [row["kind"] for row in of_order(order.name)["plan"]] == ["picking", "waits"]
	dispatch(picked.name, submit=True)
	frappe.db.commit()
	assert [row["kind"] for row in of_order(order.name)["plan"]] == ["waits"]


def test_it_says_what_is_cancelled_and_since_when_it_is_held(order):
	order.b2b_fulfilment_policy = make_policy("Ship and Cancel the Rest", min_shipment_value=99999).name
	order.save()
	frappe.db.commit()
	answer = of_order(order.name)
	assert answer["where_from"] == "set on the order"
	assert [(hold["kind"], bool(hold["since"])) for hold in answer["holds"]] == [("Shipment Too Small", True)]
	assert [kind for kind, _qty, _why in said(answer)] == ["waits"]
	ship_now(order.name, "They asked for it.")
	frappe.db.commit()
	answer = of_order(order.name)
	assert (answer["ship_now"], answer["holds"]) == ("They asked for it.", [])
	dispatch(pick(order).name, submit=True)
	frappe.db.commit()
	assert said(of_order(order.name)) == [("cancelled", 200, "")]


def test_who_may_see_and_who_may_decide(order):
	seller, manager, stranger = make_user("Sales User"), make_user("Sales Manager"), make_user("HR User")
	buyer = make_user("Wholesale Buyer", user_type="Website User")
	customer = frappe.get_doc("Customer", order.customer)
	customer.append("portal_users", {"user": buyer.name})
	customer.save()
	frappe.db.commit()
	frappe.set_user(seller.name)
	assert not of_order(order.name)["may_decide"]
	frappe.set_user(manager.name)
	assert of_order(order.name)["may_decide"]
	for user in ("Guest", buyer.name, stranger.name):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			of_order(order.name)
	frappe.set_user(buyer.name)
	status = order_status(order.name)
	assert [row["kind"] for row in status["plan"]] == ["ships", "waits"]
	assert "policy" not in status


def test_every_reason_has_its_words(order):
	figures = {
		d.NO_STOCK: {"qty": Decimal(5)},
		d.EXPECTED: {"qty": Decimal(5), "when": None},
		d.PART_CASE: {"qty": Decimal(5), "pack": Decimal(12)},
		d.TOO_EARLY: {"when": frappe.utils.getdate()},
		d.TOGETHER: {},
		d.INCOMPLETE: {"fill": Decimal("99.999")},
		d.LOW_FILL: {"fill": Decimal("79.99"), "least": Decimal(80)},
		d.LOW_VALUE: {"value": Decimal(5), "least": Decimal(100)},
		d.LAST_SHIPMENT: {"most": 2},
		d.REST_CANCELLED: {},
		d.TOO_LATE: {"when": frappe.utils.getdate()},
		d.NOT_COVERED: {"days": 5},
		d.HELD: {"holds": ("one", "two")},
	}
	words = {code: sentence(d.Reason(code, facts), order.company) for code, facts in figures.items()}
	assert len(set(words.values())) == len(figures)
	assert not any("{" in text or text.endswith(".") for text in words.values())
	assert "99.9 %" in words[d.INCOMPLETE] and "79.9 %" in words[d.LOW_FILL]
	assert "£ 100.00" in words[d.LOW_VALUE] and words[d.HELD].endswith("one; two")
