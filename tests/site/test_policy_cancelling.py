"""What is cancelled of an order stays on it, is owed to nobody any more, and can be brought back."""

import frappe
import pytest
from builders import (
	add_stock,
	make_bundle,
	make_delivery_note,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_user,
	receive,
	update_items,
)
from credit_case import make_account as make_limited
from credit_case import parts
from dispatching import make_account, pick
from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice
from frappe.utils import add_days, nowdate
from paying import paper_of, pay, prepaying
from policies import decided, make_policy, timeline

from wholesale_b2b.api.v1 import dispatch, order_status
from wholesale_b2b.fulfilment.holds.service.veto import Held
from wholesale_b2b.fulfilment.policies import jobs
from wholesale_b2b.fulfilment.policies.service import decisions
from wholesale_b2b.fulfilment.rules import decide as d
from wholesale_b2b.wholesale_b2b.doctype.fulfilment_policy.fulfilment_policy import (
	cancel_rest,
	restore_cancelled,
)

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def policy():
	return make_policy("Ship and Cancel the Rest").name


@pytest.fixture
def shipped(item, policy, worker):
	"""Ten ordered, four on the shelf and dispatched, three of the rest promised: the rest is cancelled."""
	account = make_limited(limit=1000, mail_order=0)
	add_stock(item.name, 4)
	order = make_sales_order(
		item.name, 10, customer=account.customer, b2b_trade_account=account.name, b2b_fulfilment_policy=policy
	)
	order.purchase = make_purchase_order(item.name, 3)
	dispatch(pick(order).name, submit=True)
	frappe.db.commit()
	order.account = account
	order.reload()
	return order


def cancelled(order):
	return [
		row.b2b_cancelled_qty
		for row in frappe.get_all(
			"Sales Order Item", {"parent": order.name}, ["b2b_cancelled_qty"], order_by="idx"
		)
	]


def promised(order):
	return frappe.get_all("Stock Pre Allocation", {"sales_order": order.name, "status": "Open"}, pluck="qty")


def status_of(order):
	return frappe.db.get_value("Sales Order", order.name, "status")


def test_the_rest_is_cancelled_when_the_order_ships(shipped):
	(row,) = shipped.items
	assert (row.qty, row.delivered_qty, row.b2b_cancelled_qty) == (10, 4, 6)
	assert (row.b2b_reserved_qty, row.b2b_pre_allocated_qty, row.b2b_backorder_qty) == (0, 0, 0)
	assert promised(shipped) == []
	assert decided(shipped) == (0, None, 0)
	assert (
		f"Cancelled: 6 Nos of {row.item_code} (what is not in stock when the order ships is cancelled)"
		in (timeline(shipped)[-1])
	)
	status = order_status(shipped.name)
	(line,) = status["lines"]
	assert (line["ordered_qty"], line["shipped_qty"], line["cancelled_qty"], line["outstanding_qty"]) == (
		10,
		4,
		6,
		0,
	)
	assert (status["next"], status["money"]["to_invoice"]) == (None, 40)
	# 4 at 10 are delivered and not invoiced; the rest is on order no more
	assert parts(shipped.account)[1] == 40


def test_it_is_closed_once_what_has_gone_out_is_invoiced(shipped, worker):
	worker()
	invoices = {
		row.parent: row.qty
		for row in frappe.get_all(
			"Sales Invoice Item", {"sales_order": shipped.name, "docstatus": 1}, ["parent", "qty"]
		)
	}
	assert list(invoices.values()) == [4]
	assert status_of(shipped) == "Closed"
	assert timeline(shipped)[-1] == "Closed: all that was not delivered is cancelled."
	assert order_status(shipped.name)["lines"][0]["cancelled_qty"] == 6
	assert parts(shipped.account) == (40, 0, 0)


def test_an_invoice_per_order_waits_for_no_cancelled_units(item, policy, worker):
	account = make_account(invoicing="Per Order")
	add_stock(item.name, 4)
	order = make_sales_order(
		item.name, 10, customer=account.customer, b2b_trade_account=account.name, b2b_fulfilment_policy=policy
	)
	dispatch(pick(order).name, submit=True)
	worker()
	from wholesale_b2b.credit.invoicing import jobs as invoicing

	invoicing.sweep()
	worker()
	assert frappe.get_all("Sales Invoice Item", {"sales_order": order.name, "docstatus": 1}, pluck="qty") == [
		4
	]
	assert status_of(order) == "Closed"


def test_nothing_is_cancelled_before_something_has_shipped(item, policy):
	add_stock(item.name, 4)
	order = make_sales_order(item.name, 10, b2b_fulfilment_policy=policy)
	assert decided(order) == (4, None, 6)
	jobs.daily()
	picked = pick(order)
	jobs.daily()
	assert cancelled(order) == [0]
	# what comes before it leaves goes with it
	add_stock(item.name, 3)
	dispatch(picked.name, submit=True)
	frappe.db.commit()
	assert cancelled(order) == [3]
	assert decided(order) == (3, None, 0)


def test_cancelled_units_are_neither_shipped_nor_invoiced(shipped):
	add_stock(shipped.items[0].item_code, 6)
	note = make_delivery_note(sales_order=shipped.name, do_not_save=True)
	assert note.items[0].qty == 6
	with pytest.raises(Held, match="6 units of a line were cancelled"):
		note.insert().submit()
	frappe.db.rollback()
	invoice = make_sales_invoice(shipped.name)
	with pytest.raises(frappe.ValidationError, match="4 are left to invoice, this takes 10"):
		invoice.insert().submit()
	frappe.db.rollback()
	invoice = make_sales_invoice(shipped.name)
	invoice.items[0].qty = 4
	invoice.insert().submit()
	frappe.db.rollback()


def test_units_are_brought_back(shipped, worker):
	worker()
	assert status_of(shipped) == "Closed"
	seller, manager = make_user("Sales User", "Accounts User"), make_user("Wholesale Manager", "Sales User")
	frappe.db.commit()
	for user in (seller.name, "Guest"):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			restore_cancelled(shipped.name, "They want it.")
	frappe.set_user(manager.name)
	with pytest.raises(frappe.ValidationError, match="Say why"):
		restore_cancelled(shipped.name, "")
	assert restore_cancelled(shipped.name, "They want it after all.") == 6
	frappe.set_user("Administrator")
	frappe.db.commit()
	# the policy does not take it away again
	jobs.daily()
	assert status_of(shipped) == "To Deliver and Bill"
	assert cancelled(shipped) == [0]
	assert promised(shipped) == [3]
	assert parts(shipped.account) == (40, 60, 0)
	assert (
		"Brought back: 6 Nos" in timeline(shipped)[-1] and "They want it after all." in timeline(shipped)[-1]
	)
	with pytest.raises(frappe.ValidationError, match="Nothing of .* was cancelled"):
		restore_cancelled(shipped.name, "Again.")
	receive(shipped.purchase)
	dispatch(pick(shipped).name, submit=True)
	frappe.db.commit()
	assert cancelled(shipped) == [0]
	assert cancel_rest(shipped.name, "Not after all.") == 3
	worker()
	assert status_of(shipped) == "Closed"


def test_what_is_brought_back_must_fit_the_limit(shipped):
	shipped.account.reload()
	shipped.account.update({"credit_limit": 80, "over_limit": "Refuse"})
	shipped.account.save()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="cannot go ahead"):
		restore_cancelled(shipped.name, "They want it after all.")
	frappe.db.rollback()
	assert cancelled(shipped) == [6]


def test_by_hand_line_by_line(item, worker):
	other = make_item()
	add_stock(item.name, 3)
	order = make_sales_order([{"item_code": item.name, "qty": 5}, {"item_code": other.name, "qty": 7}])
	pick(order)
	seller = make_user("Sales User", "Stock User")
	frappe.db.commit()
	frappe.set_user(seller.name)
	with pytest.raises(frappe.PermissionError):
		cancel_rest(order.name, "Out of season.")
	frappe.set_user("Administrator")
	with pytest.raises(frappe.ValidationError, match="no such line"):
		cancel_rest(order.name, "Out of season.", ["somebody else's"])
	# three of the first line are being picked
	assert cancel_rest(order.name, "Out of season.", [order.items[0].name]) == 2
	assert cancelled(order) == [2, 0]
	assert cancel_rest(order.name, "Out of season.") == 7
	assert cancelled(order) == [2, 7]
	with pytest.raises(frappe.ValidationError, match="left to cancel"):
		cancel_rest(order.name, "Out of season.")
	worker()
	assert status_of(order) == "To Deliver and Bill"


def test_an_order_that_is_cancelled_whole_by_its_units_is_closed(item, worker):
	order = make_sales_order(item.name, 5)
	cancel_rest(order.name, "They changed their mind.")
	worker()
	assert status_of(order) == "Closed"


def test_too_late_is_cancelled_by_the_day(item, worker):
	policy = make_policy(cancel_after_days=3)
	add_stock(item.name, 2)
	order = make_sales_order(
		item.name,
		10,
		transaction_date=add_days(nowdate(), -20),
		delivery_date=add_days(nowdate(), -3),
		b2b_fulfilment_policy=policy.name,
	)
	jobs.daily()
	assert cancelled(order) == [0]
	frappe.db.set_value("Sales Order Item", order.items[0].name, "delivery_date", add_days(nowdate(), -4))
	frappe.db.commit()
	jobs.daily()
	assert cancelled(order) == [8]
	assert "it was not to be delivered after" in timeline(order)[-1]
	jobs.daily()
	assert cancelled(order) == [8]
	assert decided(order)[0] == 2


def test_boxes_and_bundles_are_cancelled_in_stock_units(policy, worker):
	boxed = make_item(uoms=[{"uom": "Box", "conversion_factor": 12}])
	one, other = make_item().name, make_item().name
	kit = make_bundle({one: 1, other: 2})
	add_stock(boxed.name, 30)
	add_stock(one, 3)
	add_stock(other, 5)
	order = make_sales_order(
		[
			{"item_code": boxed.name, "qty": 5, "uom": "Box", "conversion_factor": 12},
			{"item_code": kit.name, "qty": 4},
		],
		b2b_fulfilment_policy=policy,
	)
	dispatch(pick(order).name, submit=True)
	frappe.db.commit()
	order.reload()
	# the picker takes whole boxes: six of the thirty that are reserved are still to go
	assert [row.delivered_qty for row in order.items] == [2, 2]
	assert cancelled(order) == [30, 2]
	assert [row.b2b_reserved_qty for row in order.packed_items] == [0, 0]
	assert decided(order) == (6, None, 0)


def test_an_open_form_takes_nothing_back(shipped, policy):
	stale = frappe.get_doc("Sales Order", shipped.name)
	stale.items[0].b2b_cancelled_qty = 0
	stale.po_no = "PO-1"
	stale.save()
	frappe.db.commit()
	assert cancelled(shipped) == [6]


def test_more_is_ordered_of_a_cancelled_line(shipped):
	"""*Update Items* adds to what is owed; what was cancelled stays cancelled."""
	frappe.db.set_value("Sales Order", shipped.name, "b2b_fulfilment_policy", make_policy().name)
	frappe.db.commit()
	update_items(frappe.get_doc("Sales Order", shipped.name), {0: {"qty": 12}})
	assert cancelled(shipped) == [6]
	assert decided(shipped)[1][0] == 2
	assert promised(shipped) == [2]


def test_held_orders_cancel_nothing(item, policy):
	add_stock(item.name, 4)
	order = make_sales_order(item.name, 10, b2b_fulfilment_policy=policy)
	dispatch(pick(order).name, submit=True)
	frappe.db.commit()
	assert cancelled(order) == [6]
	other = make_sales_order(
		item.name, 10, delivery_date=nowdate(), b2b_fulfilment_policy=make_policy(cancel_after_days=1).name
	)
	frappe.db.set_value("Sales Order Item", other.items[0].name, "delivery_date", add_days(nowdate(), -9))
	other.update_status("On Hold")
	frappe.db.commit()
	jobs.daily()
	assert cancelled(other) == [0]
	assert decided(other)[1][1] == [d.HELD]


OURS = {"b2b_ship_now": "Because I say so.", "b2b_rule_released": "Any Rule", "b2b_stock_given_up": 1}


def test_nobody_decides_by_saving_the_order(item):
	"""What a form, an import or the REST door puts in our fields is not taken."""
	order = make_sales_order(item.name, 10, do_not_submit=True, **OURS)
	for save in (order.save, order.submit, order.save):
		order.update(OURS)
		order.items[0].update({"b2b_cancelled_qty": 5, "b2b_restored": 1})
		save()
		frappe.db.commit()
		order.reload()
		assert [order.get(field) or 0 for field in OURS] == [0, 0, 0]
		assert (order.items[0].b2b_cancelled_qty, order.items[0].b2b_restored) == (0, 0)
	row = frappe.get_doc("Sales Order Item", order.items[0].name)
	row.b2b_cancelled_qty = 5
	row.save()
	frappe.db.commit()
	assert cancelled(order) == [0]


def test_an_amended_order_keeps_what_was_cancelled(item):
	other = make_item()
	add_stock(item.name, 10)
	add_stock(other.name, 10)
	order = make_sales_order([{"item_code": item.name, "qty": 10}, {"item_code": other.name, "qty": 10}])
	cancel_rest(order.name, "Out of season.", [order.items[1].name])
	frappe.db.commit()
	order.reload()
	order.cancel()
	frappe.db.commit()
	# as Desk's *Amend* copies it, with what is kept in no copy otherwise
	amended = frappe.copy_doc(order, ignore_no_copy=False)
	amended.update({"amended_from": order.name, "docstatus": 0, "delivery_date": order.delivery_date})
	for row, old in zip(amended.items, order.items, strict=True):
		row.update({"b2b_cancelled_qty": old.b2b_cancelled_qty, "delivery_date": old.delivery_date})
	amended.insert().submit()
	frappe.db.commit()
	assert cancelled(amended) == [0, 10]
	ship = decisions([amended.name])[amended.name].ship
	assert ship == {amended.items[0].name: 10}


def test_nothing_is_paid_beforehand_for_what_is_cancelled(item):
	other = make_item()
	add_stock(item.name, 10)
	order = make_sales_order(
		[{"item_code": item.name, "qty": 10, "rate": 10}, {"item_code": other.name, "qty": 5, "rate": 10}],
		customer=prepaying().customer,
	)
	paper = paper_of(order)
	assert (paper.amount, paper.outstanding_amount) == (150, 150)
	cancel_rest(order.name, "Out of season.", [order.items[1].name])
	frappe.db.commit()
	paper.reload()
	assert (paper.amount, paper.outstanding_amount, paper.status) == (100, 100, "Unpaid")
	pay(order, 100)
	paper.reload()
	assert (paper.status, paper.may_be_picked) == ("Paid", 1)
	restore_cancelled(order.name, "They want it after all.")
	frappe.db.commit()
	paper.reload()
	assert (paper.amount, paper.outstanding_amount, paper.may_be_picked) == (150, 50, 0)
