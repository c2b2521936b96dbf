"""Batches: expired ones are no supply; whoever had units of them is told."""

import frappe
import pytest
from builders import (
	COMPANY,
	make_delivery_note,
	make_item,
	make_sales_order,
	make_stock_hold,
	settle_everything,
	unique,
	warehouse,
)
from frappe.utils import add_days, nowdate

from wholesale_b2b.allocation import jobs
from wholesale_b2b.allocation.service import answers, audit, marking
from wholesale_b2b.api import v1

pytestmark = pytest.mark.usefixtures("promises_hold")


@pytest.fixture
def item():
	"""A batch item; stock comes batch by batch."""
	made = make_item(has_batch_no=1, create_new_batch=0)
	frappe.db.commit()
	return made


def stock(item, qty, days=None, into=None):
	"""A new batch of so many units that expires in so many days; returns its name."""
	batch = frappe.get_doc(
		{
			"doctype": "Batch",
			"batch_id": unique("B"),
			"item": item.name,
			"expiry_date": add_days(nowdate(), days) if days is not None else None,
		}
	).insert()
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": COMPANY,
			"items": [
				{
					"item_code": item.name,
					"qty": qty,
					"t_warehouse": into or warehouse(),
					"basic_rate": 5,
					"use_serial_batch_fields": 1,
					"batch_no": batch.name,
				}
			],
		}
	).insert()
	entry.submit()
	frappe.db.commit()
	return batch.name


def expire(batch, day=-1):
	"""What a day that passes does: no event, the date is simply over."""
	frappe.db.set_value("Batch", batch, "expiry_date", add_days(nowdate(), day), update_modified=False)
	frappe.db.commit()


def figures(order):
	order.reload()
	return order.items[0].b2b_reserved_qty, order.items[0].b2b_backorder_qty


def test_expired_units_are_neither_sold_nor_reserved(item):
	stock(item, 10, days=30)
	expire(stock(item, 4, days=5))
	total = v1.availability([item.name])["items"][0]
	assert (total["actual_qty"], total["expired_qty"], total["ats_qty"]) == (14, 4, 10)
	assert v1.promise([{"item_code": item.name, "qty": 12}])["lines"][0]["now_qty"] == 10
	so = make_sales_order(item.name, 12)
	assert figures(so) == (10, 2)
	with pytest.raises(frappe.ValidationError, match="Nothing of"):
		make_stock_hold(item.name, 1)


def test_a_batch_is_good_on_its_last_day(item):
	stock(item, 10, days=0)
	so = make_sales_order(item.name, 12)
	assert figures(so) == (10, 2)
	# nothing is left behind that expires at midnight
	so.cancel()
	frappe.db.commit()


def test_the_first_sweep_of_a_day_looks_for_what_has_expired(item):
	old = stock(item, 4, days=5)
	so = make_sales_order(item.name, 4)
	jobs.sweep()
	expire(old)
	jobs.sweep()
	assert figures(so) == (4, 0)
	frappe.cache.set_value(marking.EXPIRED_KEY, add_days(nowdate(), -1))
	jobs.sweep()
	assert figures(so) == (0, 4)


def test_units_that_expire_overnight_go_from_the_last_in_line_who_is_told(item):
	stock(item, 6, days=30)
	old = stock(item, 4, days=5)
	first = make_sales_order(item.name, 5)
	second = make_sales_order(item.name, 5)
	assert (figures(first), figures(second)) == ((5, 0), (5, 0))
	expire(old)
	assert any("batches that can be sold" in breach for breach in audit.run())
	jobs.nightly()
	settle_everything()
	assert (figures(first), figures(second)) == ((5, 0), (1, 4))
	told = frappe.get_all("Comment", {"reference_name": second.name, "comment_type": "Info"}, pluck="content")
	assert any("Expired batches" in content and "reserved 1 (was 5)" in content for content in told)
	assert audit.run() == []


@pytest.mark.parametrize("change", [{"expiry_date": -1}, {"disabled": 1}])
def test_an_edited_batch_is_looked_at_at_once_and_comes_back(item, change):
	batch = frappe.get_doc("Batch", stock(item, 10, days=30))
	so = make_sales_order(item.name, 8)
	before = {field: batch.get(field) for field in change}
	batch.update({k: add_days(nowdate(), v) if k == "expiry_date" else v for k, v in change.items()})
	batch.save()
	frappe.db.commit()
	assert figures(so) == (0, 8)
	batch.update(before)
	batch.save()
	frappe.db.commit()
	assert figures(so) == (8, 0)


def test_nobody_ships_what_the_others_have_left_of_a_batch_that_expired(item):
	fresh = stock(item, 6, days=30)
	expire(stock(item, 4, days=5))
	so = make_sales_order(item.name, 6)
	assert figures(so) == (6, 0)
	note = make_delivery_note(item.name, 4, do_not_save=True)
	note.items[0].update({"batch_no": fresh, "use_serial_batch_fields": 1})
	with pytest.raises(frappe.ValidationError, match="reserved for other orders"):
		note.insert().submit()
	frappe.db.rollback()
	# expired units may be thrown away
	old = frappe.get_all("Batch", {"item": item.name, "name": ("!=", fresh)}, pluck="name")[0]
	frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"company": COMPANY,
			"items": [
				{
					"item_code": item.name,
					"qty": 4,
					"s_warehouse": warehouse(),
					"use_serial_batch_fields": 1,
					"batch_no": old,
				}
			],
		}
	).insert().submit()
	frappe.db.commit()
	assert figures(so) == (6, 0)


def test_before_the_night_has_been_looked_at_the_first_in_line_still_ships(item):
	fresh = stock(item, 5, days=30)
	old = stock(item, 5, days=5)
	first, second = make_sales_order(item.name, 5), make_sales_order(item.name, 5)
	expire(old)
	late = make_delivery_note(sales_order=second.name, do_not_save=True)
	late.items[0].update({"batch_no": fresh, "use_serial_batch_fields": 1})
	with pytest.raises(frappe.ValidationError, match="reserved"):
		late.insert().submit()
	frappe.db.rollback()
	note = make_delivery_note(sales_order=first.name, do_not_save=True)
	note.items[0].update({"batch_no": fresh, "use_serial_batch_fields": 1})
	note.insert().submit()
	frappe.db.commit()
	assert (figures(first), figures(second)) == ((0, 0), (0, 5))


def test_a_reservation_that_somebody_made_for_a_batch_by_hand(item):
	from erpnext.stock.doctype.stock_reservation_entry.stock_reservation_entry import (
		create_stock_reservation_entries_for_so_items,
	)

	old = stock(item, 5, days=5)
	so = make_sales_order(item.name, 5, commit=False)
	create_stock_reservation_entries_for_so_items(so, notify=False)
	frappe.db.commit()
	bound = frappe.get_all(
		"Stock Reservation Entry",
		{"voucher_no": so.name, "docstatus": 1},
		["name", "reservation_based_on"],
	)
	assert [row.reservation_based_on for row in bound] == ["Serial and Batch"]
	stock(item, 5, days=30)
	expire(old)
	jobs.nightly()
	settle_everything()
	assert figures(so) == (5, 0)
	now = frappe.get_all(
		"Stock Reservation Entry",
		{"voucher_no": so.name, "docstatus": 1},
		["name", "reservation_based_on"],
	)
	assert [row.reservation_based_on for row in now] == ["Qty"]


def test_the_report_shows_what_expired(item):
	stock(item, 10, days=30)
	expire(stock(item, 4, days=5))
	row = answers.availability([item.name], [warehouse()])[0]["warehouses"][0]
	assert (row["expired_qty"], row["ats_qty"]) == (4, 10)
