"""Stories: paid, then picked at once; a payment that goes stops the list; five customers and one receipt; lists that follow."""

import frappe
import pytest
from builders import (
	add_stock,
	make_delivery_note,
	make_purchase_order,
	make_sales_order,
	make_user,
	receive,
	update_items,
)
from dispatching import make_account
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from paying import pay, prepaying
from picking_case import AT_ONCE, lists_of, on_lists, pick_rules, scanned
from policies import make_policy

from wholesale_b2b.api.v1 import order_status
from wholesale_b2b.fulfilment.dispatch.service import shipping
from wholesale_b2b.fulfilment.holds import service as holds
from wholesale_b2b.fulfilment.release.service import following, making

pytestmark = pytest.mark.usefixtures("promises_hold")


def on_form(pick):
	"""What the form says that is not to be picked: order → why."""
	doc = frappe.get_doc("Pick List", pick.name)
	doc.run_method("onload")
	return {**doc.get_onload().get("b2b_stopped"), **doc.get_onload().get("b2b_ended")}


def told(doc, user=None):
	filters = {
		"document_type": doc.doctype,
		"document_name": doc.name,
		**({"for_user": user} if user else {}),
	}
	return frappe.get_all("Notification Log", filters, pluck="subject", order_by="creation")


def lines(pick):
	return [(row.sales_order, row.stock_qty) for row in pick.locations]


# ---- story 2: pro forma ----------------------------------------------------------------------------------------------


def test_paid_and_picked_at_once_and_stopped_when_the_payment_goes(item, worker):
	add_stock(item.name, 10)
	account = prepaying()
	with pick_rules(AT_ONCE):
		order = make_sales_order(item.name, 10, customer=account.customer)
		worker()
		assert lists_of(order) == []

		draft = pay(order, submit=False)
		worker()
		assert lists_of(order) == [], "a draft pays nothing"
		draft.submit()
		worker()
		(pick,) = lists_of(order)
		assert lines(pick) == [(order.name, 10)]
		assert on_form(pick) == {}

		picker = make_user("Stock User").name
		todo = {"reference_type": "Pick List", "reference_name": pick.name, "allocated_to": picker}
		frappe.get_doc({"doctype": "ToDo", "description": "Pick", **todo}).insert()
		frappe.db.commit()
		draft.reload()
		draft.cancel()
		worker()
		pick.reload()
		assert pick.b2b_hold_status == "Held"
		assert "not paid yet" in " ".join(on_form(pick)[order.name])
		assert any("Stop picking" in text and order.name in text for text in told(pick, picker))
		comments = frappe.get_all("Comment", {"reference_name": pick.name}, pluck="content")
		assert any("Stop picking" in text for text in comments)
		scanned(pick, 4)
		with pytest.raises(frappe.ValidationError, match="not paid yet"):
			pick.submit()
		frappe.db.rollback()

		pay(order)
		worker()
		pick.reload()
		assert (pick.b2b_hold_status, on_form(pick)) == ("", {})
		assert "may be picked again" in told(pick, picker)[-1]
		# the units that stand on it are not put on another
		assert len(lists_of(order)) == 1
		pick.locations[0].picked_qty = 10
		pick.submit()
		frappe.db.commit()
		assert len(shipping.dispatch(pick.name)["made"]) == 1


def test_per_shipment_a_list_takes_what_is_paid(item, worker):
	add_stock(item.name, 10)
	account = prepaying(pro_forma="Per Shipment")
	with pick_rules(AT_ONCE):
		order = make_sales_order(item.name, 10, rate=10, customer=account.customer)
		worker()
		assert lists_of(order) == []
		pay(order, 35)
		worker()
		(first,) = lists_of(order)
		assert lines(first) == [(order.name, 3)]
		pay(order, 20)
		worker()
		assert [lines(pick) for pick in lists_of(order)] == [[(order.name, 3)], [(order.name, 2)]]
		for pick in lists_of(order):
			pick.submit()
			frappe.db.commit()
			shipping.dispatch(pick.name)
			frappe.db.commit()
		worker()
		assert lists_of(order) == []
		pay(order, 45)
		worker()
		assert [lines(pick) for pick in lists_of(order)] == [[(order.name, 5)]]


# ---- story 7: backorders and one receipt -----------------------------------------------------------------------------


def test_five_customers_wait_for_one_receipt(item, worker):
	"""The most urgent first, each by its own policy: who waits until complete goes with all or not at all."""
	wait = make_policy(mode="Wait Until Complete")
	fill = make_policy(mode="Ship and Backorder", min_fill_percent=50)
	once = make_policy(mode="Ship and Cancel the Rest")
	asked = (
		# priority, units, policy, units on a list after 50 have come
		(1, 20, None, 20),
		(2, 15, wait, 15),
		(3, 10, fill, 10),
		(4, 20, wait, None),
		(5, 10, once, None),
	)
	with pick_rules(AT_ONCE):
		orders = []
		for priority, qty, policy, _goes in reversed(asked):
			account = make_account(fulfilment_policy=policy.name if policy else None)
			orders.insert(
				0, make_sales_order(item.name, qty, customer=account.customer, b2b_priority=priority)
			)
		worker()
		assert lists_of(*orders) == []
		receive(make_purchase_order(item.name, 50))
		worker()
		found = [
			sum(row.stock_qty for pick in lists_of(order) for row in pick.locations) or None
			for order in orders
		]
		assert found == [goes for *_, goes in asked]
		for order in orders:
			order.reload()
		assert [order.items[0].b2b_reserved_qty for order in orders] == [20, 15, 10, 5, 0]
		# in the order of the queue
		made = frappe.get_all(
			"Pick List Item",
			{"sales_order": ("in", [order.name for order in orders])},
			["parent", "sales_order"],
			order_by="parent",
		)
		assert [row.sales_order for row in made] == [order.name for order in orders[:3]]
		receive(make_purchase_order(item.name, 20))
		worker()
		assert [len(lists_of(order)) for order in orders] == [1, 1, 1, 1, 1]
		assert on_lists(item.name) == 70
		# the last takes what is left of the receipt, and waits for nothing
		(pick,) = lists_of(orders[-1])
		assert lines(pick) == [(orders[-1].name, 5)]
		pick.submit()
		frappe.db.commit()
		shipping.dispatch(pick.name, submit=True)
		frappe.db.commit()
		worker()
		add_stock(item.name, 10)
		worker()
		(last,) = order_status(orders[-1].name)["lines"]
		assert [last[key] for key in ("ordered_qty", "shipped_qty", "cancelled_qty")] == [10, 5, 5]
		orders[-1].reload()
		assert (orders[-1].status, orders[-1].items[0].b2b_reserved_qty) == ("Closed", 0)
		assert on_lists(item.name) == 65


# ---- story 10: four of ten come back ---------------------------------------------------------------------------------


def owed_by(customer):
	return frappe.db.sql(
		"select sum(debit - credit) from `tabGL Entry` where party = %s and is_cancelled = 0", customer
	)[0][0]


@pytest.mark.parametrize("replace", [False, True], ids=["credited", "replaced"])
def test_four_of_ten_come_back(item, worker, replace):
	"""Credited, and nothing more is picked; to be replaced, and four are, once."""
	add_stock(item.name, 10)
	account = make_account()
	with pick_rules(AT_ONCE):
		order = make_sales_order(item.name, 10, rate=10, customer=account.customer)
		worker()
		(pick,) = lists_of(order)
		pick.submit()
		(name,) = shipping.dispatch(pick.name)["made"]
		worker()
		((bill,),) = [row["invoices"] for row in order_status(order.name)["shipments"]]
		back = make_return_doc("Delivery Note", name)
		back.items[0].update({"qty": -4, "b2b_replace": replace})
		back.insert().submit()
		if not replace:
			credit = make_sales_return(bill)
			credit.items[0].qty = -4
			credit.insert().submit()
		worker()
		assert [lines(made) for made in lists_of(order)] == ([[(order.name, 4)]] if replace else [])
		(line,) = order_status(order.name)["lines"]
		assert line["outstanding_qty"] == (4 if replace else 0)
		assert owed_by(account.customer) == (100 if replace else 60)
		for made in lists_of(order):
			made.submit()
			shipping.dispatch(made.name)
		worker()
		assert lists_of(order) == []
		# what was replaced is not invoiced again
		assert owed_by(account.customer) == (100 if replace else 60)


def test_what_is_added_to_an_order_that_is_picked_is_picked_too(item, worker):
	"""And the return that was to be replaced is cancelled: its units count as picked again."""
	add_stock(item.name, 20)
	with pick_rules(AT_ONCE):
		order = make_sales_order(item.name, 10)
		worker()
		(first,) = lists_of(order)
		first.submit()
		update_items(order, {0: {"qty": 13}})
		worker()
		(second,) = lists_of(order)
		assert lines(second) == [(order.name, 3)]
		second.submit()
		(name,) = shipping.dispatch(first.name)["made"]
		frappe.db.commit()
		back = make_return_doc("Delivery Note", name)
		back.update({"b2b_replace": 1})
		back.items[0].qty = -4
		back.insert().submit()
		assert picked_of(order) == (9, pytest.approx(900 / 13))
		back.cancel()
		frappe.db.commit()
		assert picked_of(order) == (13, 100)


def test_what_was_delivered_without_a_list_is_not_picked_once_its_return_is_cancelled(item):
	add_stock(item.name, 20)
	order = make_sales_order(item.name, 10)
	note = make_delivery_note(sales_order=order.name)
	back = make_return_doc("Delivery Note", note.name)
	back.update({"b2b_replace": 1})
	back.items[0].qty = -4
	back.insert().submit()
	assert picked_of(order) == (0, 0)
	back.cancel()
	frappe.db.commit()
	assert picked_of(order) == (0, 0)


def picked_of(order):
	order.reload()
	return order.items[0].picked_qty, order.per_picked


# ---- held ------------------------------------------------------------------------------------------------------------


def test_a_list_of_several_goes_without_the_one_that_is_held(item, worker):
	add_stock(item.name, 10)
	held, free = make_sales_order(item.name, 5), make_sales_order(item.name, 5)
	(name,) = making.release([held.name, free.name], most=2).made
	holds.hold_order(held.name, "Wrong address")
	frappe.db.commit()
	pick = frappe.get_doc("Pick List", name)
	assert pick.b2b_hold_status == "Held"
	assert set(on_form(pick)) == {held.name}
	scanned(pick, 5, 5).submit()
	frappe.db.commit()
	assert lines(pick) == [(free.name, 5)]
	assert any(
		"Put back 5" in text for text in frappe.get_all("Comment", {"reference_name": name}, pluck="content")
	)
	hold = frappe.db.get_value("Order Hold", {"sales_order": held.name, "status": "Open"})
	holds.release(hold, "Right address")
	frappe.db.commit()
	assert len(making.release([held.name]).made) == 1


# ---- lists follow ----------------------------------------------------------------------------------------------------


@pytest.fixture
def order(item):
	add_stock(item.name, 10)
	return make_sales_order(item.name, 10)


def list_of(order):
	(name,) = making.release([order.name]).made
	return frappe.get_doc("Pick List", name)


def test_a_cancelled_order_takes_its_list_along(order, item, worker):
	pick = scanned(list_of(order), 4)
	frappe.db.commit()
	order.reload()
	order.cancel()
	worker()
	assert not frappe.db.exists("Pick List", pick.name)
	assert any("Put back 4" in text and pick.name in text for text in told(order))
	other = make_sales_order(item.name, 10)
	assert other.items[0].b2b_reserved_qty == 10


def test_of_a_list_of_several_the_others_stay(order, item, worker):
	add_stock(item.name, 5)
	other = make_sales_order(item.name, 5)
	(name,) = making.release([order.name, other.name], most=0).made
	order.reload()
	order.cancel()
	worker()
	pick = frappe.get_doc("Pick List", name)
	assert lines(pick) == [(other.name, 5)]
	assert pick.b2b_order_count == 1


@pytest.mark.parametrize("picked", [False, True])
def test_a_closed_order(order, item, worker, picked):
	pick = list_of(order)
	if picked:
		pick.submit()
		frappe.db.commit()
	order.reload()
	order.update_status("Closed")
	worker()
	if picked:
		assert any("cancel this list" in text for text in told(pick))
		assert on_form(pick) == {order.name: ["The order is closed."]}
	else:
		assert not frappe.db.exists("Pick List", pick.name)
	assert make_sales_order(item.name, 10).items[0].b2b_reserved_qty == 10


def test_a_smaller_order_has_a_smaller_list(order, item, worker):
	pick = scanned(list_of(order), 9)
	frappe.db.commit()
	update_items(order, {0: {"qty": 6}})
	worker()
	pick.reload()
	assert [(row.stock_qty, row.qty, row.picked_qty) for row in pick.locations] == [(6, 6, 6)]
	assert any("Put back 3" in text for text in told(pick))


def test_a_draft_that_is_deleted_gives_its_units_back(order, item):
	pick = list_of(order)
	frappe.delete_doc("Pick List", pick.name)
	frappe.db.commit()
	assert on_lists(item.name) == 0
	assert lines(list_of(order)) == [(order.name, 10)]


def test_a_list_that_is_cancelled_gives_its_units_back(order, item):
	pick = list_of(order)
	pick.submit()
	frappe.db.commit()
	pick.cancel()
	frappe.db.commit()
	assert lines(list_of(order)) == [(order.name, 10)]


def test_goods_that_leave_past_their_list(order, item, worker):
	pick = list_of(order)
	make_delivery_note(sales_order=order.name, qty=7)
	worker()
	pick.reload()
	assert lines(pick) == [(order.name, 3)]


def test_an_amended_order_has_a_list_of_its_own(order, worker):
	with pick_rules(AT_ONCE):
		list_of(order)
		order.reload()
		order.cancel()
		worker()
		amended = frappe.copy_doc(order)
		amended.update({"amended_from": order.name, "docstatus": 0})
		amended.insert().submit()
		worker()
		assert lists_of(order) == []
		assert [lines(pick) for pick in lists_of(amended)] == [[(amended.name, 10)]]


def test_the_sweep_finds_lists_of_orders_that_have_ended(order):
	pick = list_of(order)
	order.reload()
	order.update_status("Closed")
	frappe.db.commit()
	following.sweep()
	assert not frappe.db.exists("Pick List", pick.name)


def test_a_list_of_a_closed_order_cannot_be_submitted(order):
	pick = list_of(order)
	order.reload()
	order.update_status("Closed")
	frappe.db.commit()
	pick.reload()
	with pytest.raises(frappe.ValidationError, match="closed"):
		pick.submit()
