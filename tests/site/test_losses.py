"""Losing stock: counts and entries marked *loss* cut into reservations, the last in line first; nothing else does."""

import frappe
import pytest
from builders import (
	add_stock,
	make_count,
	make_issue,
	make_item,
	make_loss_type,
	make_purchase_order,
	make_sales_order,
	make_user,
	warehouse,
)
from frappe.utils import add_days, getdate, nowdate

from wholesale_b2b.allocation.service import aside, marking

pytestmark = pytest.mark.usefixtures("promises_hold")
SRE = "Stock Reservation Entry"


def figures(order):
	order.reload()
	line = order.items[0]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty


def count(item, qty, **more):
	row = {"item_code": item.name, "warehouse": warehouse(), "qty": qty, "valuation_rate": 5}
	own = {name: more.pop(name) for name in ("items", "do_not_submit") if name in more}
	return make_count(item.name, qty, **{"items": [{**row, **more}], **own})


def issue(item, qty, kind=None, **more):
	return make_issue(item.name, qty, kind or make_loss_type().name, **more)


def entries(item):
	fields = ["name", "voucher_no", "reserved_qty", "status", "docstatus", "creation", "modified"]
	return frappe.get_all(SRE, {"item_code": item.name}, fields, order_by="name")


def change_of(order, cause):
	run = frappe.get_all("Allocation Run", {"cause": ("like", f"{cause}%")}, pluck="name")
	return frappe.get_all(
		"Allocation Change",
		{"sales_order": order.name, "parent": ("in", run)},
		["outcome", "reserved_before", "reserved_after"],
	)


@pytest.mark.parametrize("how", ["count", "issue"])
def test_the_last_in_line_loses_and_is_told(item, how):
	add_stock(item.name, 10)
	first, second = make_sales_order(item.name, 6), make_sales_order(item.name, 4)
	urgent = make_sales_order(item.name, 5, b2b_priority=1)
	doc = count(item, 5) if how == "count" else issue(item, 5)
	# The more urgent order, that got nothing, gets nothing of it: there is nothing left to deal out.
	assert figures(first) == (5, 0, 1)
	assert figures(second) == (0, 0, 4)
	assert figures(urgent) == (0, 0, 5)

	cause = f"{doc.doctype} {doc.name}"
	assert change_of(second, cause) == [{"outcome": "Lost", "reserved_before": 4, "reserved_after": 0}]
	assert change_of(first, cause) == [{"outcome": "Lost", "reserved_before": 6, "reserved_after": 5}]
	told = frappe.get_all("Comment", {"reference_name": second.name, "comment_type": "Info"}, pluck="content")
	assert any(doc.name in text for text in told)

	doc.reload()
	doc.cancel()
	frappe.db.commit()
	# What is there again goes by the queue: the urgent order first, then the older one.
	assert figures(first) == (5, 0, 1)
	assert figures(urgent) == (5, 0, 0)
	assert figures(second) == (0, 0, 4)


def test_who_loses_is_given_what_is_on_its_way(item):
	add_stock(item.name, 8)
	so = make_sales_order(item.name, 8)
	make_purchase_order(item.name, 20, days=9)
	doc = issue(item, 3)
	assert figures(so) == (5, 3, 3)
	assert so.items[0].b2b_promise_date == getdate(add_days(nowdate(), 9))
	assert change_of(so, f"Stock Entry {doc.name}")[0].outcome == "Later"


def test_a_count_that_leaves_enough_changes_no_promise(item):
	add_stock(item.name, 10)
	other = make_item()
	add_stock(other.name, 5, into=warehouse("Leeds"))
	so, elsewhere = make_sales_order(item.name, 6), make_sales_order(other.name, 2, into=warehouse("Leeds"))
	# ERPNext looks at every item in every warehouse of the document: this one is not even counted.
	add_stock(item.name, 4, into=warehouse("Leeds"))
	third = make_sales_order(item.name, 3, into=warehouse("Leeds"))
	before = entries(item) + entries(other)
	rows = [
		{"item_code": item.name, "warehouse": warehouse(), "qty": 6, "valuation_rate": 5},
		{"item_code": other.name, "warehouse": warehouse("Leeds"), "qty": 9, "valuation_rate": 5},
	]
	count(item, 0, items=rows)
	assert entries(item) + entries(other) == before
	assert figures(so) == (6, 0, 0)
	assert figures(elsewhere) == (2, 0, 0)
	assert figures(third) == (3, 0, 0)


def test_a_draft_releases_nothing_and_a_refused_posting_neither(item):
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 10)
	before = entries(item)
	doc = count(item, 4, do_not_submit=True)
	doc.items[0].qty = 3
	doc.save()
	frappe.db.commit()
	assert entries(item) == before

	doc.reload()
	doc.expense_account = None
	doc.items[0].valuation_rate = -1
	with pytest.raises(frappe.ValidationError):
		doc.submit()
	# Whoever swallows the refusal and commits has lost nothing either.
	frappe.db.commit()
	assert [dict(row) for row in entries(item)] == [dict(row) for row in before]
	assert figures(so) == (10, 0, 0)
	assert aside.bring_back() == set()


def test_a_large_count_is_right_before_the_worker_has_run(item):
	add_stock(item.name, 10)
	first, second = make_sales_order(item.name, 6), make_sales_order(item.name, 4)
	setting("keys_per_transaction", -1)
	try:
		count(item, 7)
	finally:
		setting("keys_per_transaction", 1000)
	open_entries = {row.voucher_no: row.reserved_qty for row in entries(item) if row.docstatus == 1}
	assert open_entries == {first.name: 6, second.name: 1}
	marking.settle_marked()
	assert figures(second) == (1, 0, 3)


def setting(name, value):
	frappe.db.set_single_value("Wholesale Settings", name, value)
	frappe.clear_document_cache("Wholesale Settings", "Wholesale Settings")
	frappe.db.commit()


def test_only_the_role_may_count_reserved_stock_down(item):
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 8)
	setting("role_to_cut_reserved_stock", "Wholesale Manager")
	clerk, boss = make_user("Stock Manager", "Stock User"), make_user("Stock Manager", "Wholesale Manager")
	frappe.db.commit()
	try:
		frappe.set_user(clerk.name)
		# What leaves enough is nobody's business but the stock clerk's.
		enough = count(item, 9)
		short = count(item, 5, do_not_submit=True)
		with pytest.raises(frappe.PermissionError) as refusal:
			short.submit()
		assert so.name in str(refusal.value)
		assert "Wholesale Manager" in str(refusal.value)
		frappe.db.rollback()
		frappe.set_user(boss.name)
		count(item, 5)
	finally:
		frappe.set_user("Administrator")
		setting("role_to_cut_reserved_stock", "Stock Manager")
	assert enough.docstatus == 1
	assert figures(so) == (5, 0, 3)


def test_cancelling_a_count_that_found_more_is_a_loss(item):
	add_stock(item.name, 4)
	found = count(item, 10)
	first, second = make_sales_order(item.name, 3), make_sales_order(item.name, 6)
	assert figures(second) == (6, 0, 0)
	found.cancel()
	frappe.db.commit()
	assert figures(first) == (3, 0, 0)
	assert figures(second) == (1, 0, 5)


@pytest.mark.parametrize("how", ["count", "issue"])
def test_what_is_being_picked_is_never_lost(item, how):
	from wholesale_b2b.fulfilment.overrides import create_pick_list

	add_stock(item.name, 10)
	first, last = make_sales_order(item.name, 5), make_sales_order(item.name, 5)
	pick_list = create_pick_list(last.name)
	pick_list.insert()
	frappe.db.commit()
	# The last in line is being picked, so the first loses.
	(count(item, 8) if how == "count" else issue(item, 2))
	assert figures(first) == (3, 0, 2)
	assert figures(last) == (5, 0, 0)
	with pytest.raises(frappe.ValidationError, match=pick_list.name):
		count(item, 3) if how == "count" else issue(item, 5)
	frappe.db.rollback()
	assert figures(first) == (3, 0, 2)
	pick_list.delete()
	frappe.db.commit()
	(count(item, 3) if how == "count" else issue(item, 5))
	assert figures(first) == (3, 0, 2)
	assert figures(last) == (0, 0, 5)


@pytest.mark.parametrize("purpose", ["Material Issue", "Material Transfer"])
def test_an_entry_that_is_no_loss_is_refused(item, purpose):
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 8)
	target = {"t_warehouse": warehouse("Broken")} if purpose == "Material Transfer" else {}
	with pytest.raises(frappe.ValidationError):
		issue(item, 5, kind=purpose, **target)
	frappe.db.rollback()
	assert figures(so) == (8, 0, 0)
	issue(item, 5, kind=make_loss_type(purpose).name, **target)
	assert figures(so) == (5, 0, 3)


def test_a_loss_of_free_units_takes_no_reservation_out_of_sight(item):
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 4)
	before = entries(item)
	issue(item, 6)
	assert entries(item) == before
	assert figures(so) == (4, 0, 0)


def batched(qty):
	item = make_item(has_batch_no=1, create_new_batch=1, batch_number_series="B-.#####.")
	add_stock(item.name, qty)
	return item, frappe.get_all("Batch", {"item": item.name}, pluck="name")[0]


def test_a_batch_is_counted_down(item):
	item, batch = batched(10)
	first, second = make_sales_order(item.name, 6), make_sales_order(item.name, 4)
	count(item, 5, batch_no=batch, use_serial_batch_fields=1)
	assert frappe.db.get_value("Bin", {"item_code": item.name}, "actual_qty") == 5
	assert figures(first) == (5, 0, 1)
	assert figures(second) == (0, 0, 4)


def test_a_batch_is_counted_and_enough_stays():
	item, batch = batched(10)
	so = make_sales_order(item.name, 6)
	before = entries(item)
	count(item, 7, batch_no=batch, use_serial_batch_fields=1)
	assert entries(item) == before
	assert figures(so) == (6, 0, 0)


def test_the_very_serial_number_that_an_order_has_is_lost():
	item = make_item(has_serial_no=1, serial_no_series="SN-.######")
	add_stock(item.name, 4)
	numbers = frappe.get_all("Serial No", {"item_code": item.name}, pluck="name", order_by="name")
	first, second = make_sales_order(item.name, 2), make_sales_order(item.name, 1)
	by_hand = frappe.get_doc(SRE, frappe.db.get_value(SRE, {"voucher_no": first.name}))
	by_hand.reservation_based_on = "Serial and Batch"
	for number in numbers[:2]:
		by_hand.append("sb_entries", {"serial_no": number, "qty": 1, "warehouse": warehouse()})
	by_hand.save()
	frappe.db.commit()
	assert figures(first) == (2, 0, 0)

	# One of its two goes, though one is free: the free one takes its place.
	issue(item, 1, serial_no=numbers[0], use_serial_batch_fields=1)
	assert figures(first) == (2, 0, 0)
	named = frappe.get_all("Serial and Batch Entry", {"parent": by_hand.name}, pluck="serial_no")
	assert named == [numbers[1]]

	# None is free any more: the last in line loses.
	issue(item, 1, serial_no=numbers[2], use_serial_batch_fields=1)
	assert figures(first) == (2, 0, 0)
	assert figures(second) == (0, 0, 1)


def test_the_very_batch_that_orders_have_is_lost():
	item, batch = batched(6)
	first, second = make_sales_order(item.name, 3), make_sales_order(item.name, 3)
	for order in (first, second):
		by_hand = frappe.get_doc(SRE, frappe.db.get_value(SRE, {"voucher_no": order.name}))
		by_hand.reservation_based_on = "Serial and Batch"
		by_hand.append("sb_entries", {"batch_no": batch, "qty": 3, "warehouse": warehouse()})
		by_hand.save()
	add_stock(item.name, 1)
	issue(item, 2, batch_no=batch, use_serial_batch_fields=1)
	# Four of the batch are left: the last in line has one of them, and the one of the other batch.
	assert figures(first) == (3, 0, 0)
	assert figures(second) == (2, 0, 1)
	named = frappe.get_all(
		"Serial and Batch Entry",
		{"parenttype": SRE, "batch_no": batch, "docstatus": 1},
		["qty"],
		order_by="qty desc",
		pluck="qty",
	)
	assert named == [3, 1]
