"""An amended order gets what the one it replaces had: on the shelf and to come, whoever is waiting."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_bundle,
	make_item,
	make_purchase_order,
	make_sales_order,
	make_user,
	receive,
	update_items,
	warehouse,
)
from frappe.utils import add_to_date

from wholesale_b2b.allocation import holds_jobs
from wholesale_b2b.allocation.service import answers, audit
from wholesale_b2b.wholesale_b2b.doctype.stock_hold import stock_hold

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture(autouse=True)
def keeping():
	"""The other tests cancel to free units; here they are kept, as on any new site."""
	_keep_minutes(15)
	yield
	frappe.db.rollback()
	_keep_minutes(0)


def _keep_minutes(minutes):
	frappe.db.set_single_value("Wholesale Settings", "keep_cancelled_minutes", minutes)
	frappe.db.commit()


def figures(order, row=0):
	"""reserved, pre-allocated, backordered."""
	return frappe.db.get_value(
		"Sales Order Item",
		{"parent": order.name, "idx": row + 1},
		["b2b_reserved_qty", "b2b_pre_allocated_qty", "b2b_backorder_qty"],
	)


def cancel(order):
	order.reload()
	order.cancel()
	frappe.db.commit()
	assert audit.run() == []


def amendment(order, **fields):
	"""The draft that Desk's *Amend* makes."""
	draft = frappe.copy_doc(order)
	draft.amended_from = order.name
	draft.update(fields)
	return draft


def amend(order, qty=None, **fields):
	draft = amendment(order, **fields)
	if qty is not None:
		draft.items[0].qty = qty
	draft.insert().submit()
	frappe.db.commit()
	return draft


def kept(order):
	return [(row["qty"], bool(row["supply_name"])) for row in stock_hold.of_order(order.name)]


def ats(item):
	return answers.availability([item.name], [warehouse()])[0]


def test_nobody_takes_what_a_cancelled_order_had_before_its_amendment(item):
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 10)
	waiting = make_sales_order(item.name, 10, b2b_priority=1)
	cancel(first)
	assert kept(first) == [(10, False)]
	assert figures(waiting) == (0, 0, 10)
	assert ats(item)["ats_qty"] == 0
	another = make_sales_order(item.name, 5, b2b_priority=1)
	amended = amend(first)
	assert figures(amended) == (10, 0, 0)
	assert figures(waiting) == (0, 0, 10)
	assert figures(another) == (0, 0, 5)
	assert kept(first) == []


def test_units_to_come_are_kept_too(item):
	add_stock(item.name, 4)
	po = make_purchase_order(item.name, 6)
	first = make_sales_order(item.name, 10)
	assert figures(first) == (4, 6, 6)
	waiting = make_sales_order(item.name, 10, b2b_priority=1)
	cancel(first)
	assert kept(first) == [(4, False), (6, True)]
	assert figures(waiting) == (0, 0, 10)
	figure = ats(item)
	assert (figure["ats_qty"], figure["atp_qty"], figure["pre_allocated_qty"]) == (0, 0, 0)
	amended = amend(first)
	assert figures(amended) == (4, 6, 6)
	assert figures(waiting) == (0, 0, 10)
	receive(po)
	assert figures(amended) == (10, 0, 0)


def test_units_that_arrive_in_the_meantime_are_kept_on_the_shelf(item):
	po = make_purchase_order(item.name, 10)
	other = make_sales_order(item.name, 4)
	first = make_sales_order(item.name, 6)
	waiting = make_sales_order(item.name, 10, b2b_priority=1)
	assert (figures(other), figures(first)) == ((0, 4, 4), (0, 6, 6))
	cancel(first)
	receive(po, 5)
	# first the order to which they were promised, then what is kept
	assert figures(other) == (4, 0, 0)
	assert sorted(kept(first)) == [(1, False), (5, True)]
	receive(po, 3)
	assert sorted(kept(first)) == [(1, False), (2, True), (3, False)]
	assert figures(waiting) == (0, 0, 10)
	amended = amend(first)
	assert figures(amended) == (4, 2, 2)
	receive(po)
	assert figures(amended) == (6, 0, 0)
	assert figures(waiting) == (0, 0, 10)


def test_what_the_amendment_does_not_need_goes_to_the_next_in_line(item):
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 10)
	waiting = make_sales_order(item.name, 10)
	cancel(first)
	amended = amend(first, qty=4)
	assert figures(amended) == (4, 0, 0)
	assert figures(waiting) == (6, 0, 4)
	assert frappe.get_all(
		"Stock Hold", {"for_name": first.name}, ["status", "qty"], order_by="status", as_list=True
	) == (("Consumed", 4), ("Released", 6))


def test_what_it_wants_more_it_waits_for_like_everybody(item):
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 6)
	waiting = make_sales_order(item.name, 10)
	assert figures(waiting) == (4, 0, 6)
	cancel(first)
	assert figures(waiting) == (4, 0, 6)
	amended = amend(first, qty=8)
	assert figures(amended) == (6, 0, 2)


def test_rows_of_the_same_item_each_keep_their_own(item):
	add_stock(item.name, 5)
	po = make_purchase_order(item.name, 5)
	first = make_sales_order([{"item_code": item.name, "qty": 5}, {"item_code": item.name, "qty": 5}])
	before = [figures(first, 0), figures(first, 1)]
	cancel(first)
	amended = amend(first)
	assert [figures(amended, 0), figures(amended, 1)] == before
	assert sorted(before) == [(0, 5, 5), (5, 0, 0)]
	receive(po)


def test_an_order_that_is_not_amended_lets_go_when_its_time_is_over(item):
	add_stock(item.name, 10)
	po = make_purchase_order(item.name, 5)
	first = make_sales_order(item.name, 15)
	waiting = make_sales_order(item.name, 15)
	cancel(first)
	frappe.db.set_value("Stock Hold", {"for_name": first.name}, "until", add_to_date(None, minutes=-1))
	frappe.db.commit()
	holds_jobs.expire()
	assert figures(waiting) == (10, 5, 5)
	late = amend(first)
	assert figures(late) == (0, 0, 15)
	receive(po)


def test_release_now(item):
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 10)
	waiting = make_sales_order(item.name, 10)
	cancel(first)
	for user in (make_user("Stock User").name, "Guest"):
		frappe.db.commit()
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			stock_hold.release_order(first.name)
		frappe.set_user("Administrator")
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		stock_hold.of_order(first.name)
	frappe.set_user("Administrator")
	manager = make_user("Sales Manager").name
	frappe.db.commit()
	frappe.set_user(manager)
	assert stock_hold.release_order(first.name) == 1
	frappe.db.commit()
	frappe.set_user("Administrator")
	assert figures(waiting) == (10, 0, 0)


def test_a_draft_that_is_saved_keeps_longer_and_one_that_is_deleted_lets_go(item):
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 10)
	waiting = make_sales_order(item.name, 10)
	cancel(first)
	soon = add_to_date(None, minutes=1, as_datetime=True)
	frappe.db.set_value("Stock Hold", {"for_name": first.name}, "until", soon)
	draft = amendment(first).insert()
	frappe.db.commit()
	assert stock_hold.of_order(first.name)[0]["until"] > add_to_date(soon, minutes=10)
	draft.delete()
	frappe.db.commit()
	assert kept(first) == []
	assert figures(waiting) == (10, 0, 0)


def test_amended_twice(item):
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 10)
	make_sales_order(item.name, 10, b2b_priority=1)
	cancel(first)
	second = amend(first)
	cancel(second)
	assert kept(second) == [(10, False)]
	assert figures(amend(second)) == (10, 0, 0)


def test_another_item_in_the_amendment_takes_nothing(item):
	add_stock(item.name, 10)
	other = make_item()
	add_stock(other.name, 10)
	first = make_sales_order(item.name, 10)
	waiting = make_sales_order(item.name, 10)
	cancel(first)
	draft = amendment(first)
	draft.items = []
	draft.append("items", {"item_code": other.name, "qty": 3, "rate": 1, "warehouse": warehouse()})
	draft.insert().submit()
	frappe.db.commit()
	assert figures(draft) == (3, 0, 0)
	assert figures(waiting) == (10, 0, 0)


def test_a_run_that_is_put_off_learns_what_was_taken_over(item, worker):
	add_stock(item.name, 4)
	po = make_purchase_order(item.name, 6)
	first = make_sales_order(item.name, 10)
	waiting = make_sales_order(item.name, 10, b2b_priority=1)
	cancel(first)
	_keys(0.5)
	try:
		amended = amend(first)
	finally:
		_keys(1000)
	assert figures(amended) == (0, 0, 0)
	worker()
	assert figures(amended) == (4, 6, 6)
	assert figures(waiting) == (0, 0, 10)
	receive(po)


def _keys(limit):
	"""Fewer keys per transaction than there are: the worker does it all. The settings know whole numbers from 1 on."""
	frappe.db.set_single_value("Wholesale Settings", "keys_per_transaction", -1 if limit < 1 else limit)
	frappe.db.commit()


def test_switched_off_or_for_no_time_nothing_is_kept(item):
	_keep_minutes(0)
	add_stock(item.name, 10)
	first = make_sales_order(item.name, 10)
	waiting = make_sales_order(item.name, 10)
	cancel(first)
	assert kept(first) == []
	assert figures(waiting) == (10, 0, 0)


def test_the_company_of_the_hold_is_that_of_the_order(item):
	add_stock(item.name, 3)
	first = make_sales_order(item.name, 3)
	cancel(first)
	(hold,) = frappe.get_all(
		"Stock Hold",
		{"for_doctype": "Sales Order", "for_name": first.name},
		["company", "customer", "stock_uom", "requested_by"],
	)
	assert (hold.company, hold.customer, hold.stock_uom, hold.requested_by) == (
		COMPANY,
		first.customer,
		"Nos",
		"Administrator",
	)


def test_components_of_a_bundle_stay_with_it():
	first, second = make_item(), make_item()
	kit = make_bundle({first.name: 2, second.name: 1})
	add_stock(first.name, 6)
	add_stock(second.name, 5)
	po = make_purchase_order(first.name, 4)
	order = make_sales_order(kit.name, 5)
	rivals = [make_sales_order(part.name, 10, b2b_priority=1) for part in (first, second)]
	cancel(order)
	assert sorted(kept(order)) == [(4, True), (5, False), (6, False)]
	amended = amend(order)
	assert [
		(row.b2b_reserved_qty, row.b2b_pre_allocated_qty)
		for row in frappe.get_all(
			"Packed Item",
			{"parent": amended.name},
			["b2b_reserved_qty", "b2b_pre_allocated_qty"],
			order_by="idx",
		)
	] == [(6, 4), (5, 0)]
	assert [figures(rival) for rival in rivals] == [(0, 0, 10), (0, 0, 10)]
	receive(po)


def test_components_made_anew_before_a_worker_has_come_keep_what_they_took_over(item, worker):
	kit = make_bundle({item.name: 2})
	add_stock(item.name, 6)
	order = make_sales_order(kit.name, 3)
	rival = make_sales_order(item.name, 10, b2b_priority=1)
	cancel(order)
	_keys(0.5)
	try:
		amended = amend(order)
		old = amended.packed_items[0].name
		update_items(amended, {0: {"rate": 12}})
	finally:
		_keys(1000)
	assert amended.packed_items[0].name != old
	worker()
	assert amended.reload().packed_items[0].b2b_reserved_qty == 6
	assert figures(rival) == (0, 0, 10)
