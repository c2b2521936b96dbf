"""Changes of items, warehouses, customers and of reservations by hand: nothing is silently unprotected or left wrong."""

import frappe
import pytest
from builders import (
	COMPANY,
	add_stock,
	make_customer,
	make_item,
	make_purchase_order,
	make_sales_order,
	unique,
	warehouse,
)
from frappe.test_runner import get_dependencies

from wholesale_b2b.setup import preflight

pytestmark = pytest.mark.usefixtures("promises_hold")


def figures(order):
	order.reload()
	line = order.items[0]
	return line.b2b_reserved_qty, line.b2b_pre_allocated_qty, line.b2b_backorder_qty


def new_warehouse():
	name = warehouse(unique("Shed"))
	frappe.db.commit()
	return name


def test_a_disabled_warehouse_keeps_its_promises_and_gives_no_new_ones(item):
	from wholesale_b2b.allocation.service import answers

	shed = new_warehouse()
	add_stock(item.name, 10, into=shed)
	so = make_sales_order(item.name, 4, into=shed)
	later = make_sales_order(item.name, 4, into=shed, do_not_submit=True)
	place = frappe.get_doc("Warehouse", shed)
	place.disabled = 1
	place.save()
	frappe.db.commit()
	assert figures(so) == (4, 0, 0)
	assert answers.availability([item.name], [shed])[0]["ats_qty"] == 0
	# ERPNext takes the order; it is promised nothing from where nothing may be posted.
	later.submit()
	frappe.db.commit()
	assert figures(later) == (0, 0, 4)
	place.reload()
	place.disabled = 0
	place.save()
	frappe.db.commit()
	assert figures(later) == (4, 0, 0)


def test_a_warehouse_with_orders_stays_one(item):
	from wholesale_b2b.allocation.service import masters

	shed = new_warehouse()
	make_purchase_order(item.name, 9, into=shed)
	so = make_sales_order(item.name, 4, into=shed)
	assert figures(so) == (0, 4, 4)
	place = frappe.get_doc("Warehouse", shed)
	place.company = "Elsewhere Ltd"
	with pytest.raises(frappe.ValidationError, match=so.name):
		masters.refuse_unfit_warehouse(place)
	place.reload()
	place.is_group = 1
	with pytest.raises(frappe.ValidationError, match=so.name):
		place.save()
	frappe.db.rollback()
	so.reload()
	so.cancel()
	frappe.db.commit()
	place.reload()
	place.is_group = 1
	place.save()


def test_an_item_that_may_go_negative_says_what_that_does_not_mean(item):
	add_stock(item.name, 5)
	make_sales_order(item.name, 4)
	unused = make_item()
	for doc in (unused, item):
		frappe.clear_messages()
		doc.reload()
		doc.allow_negative_stock = 1
		doc.save()
		told = [message.get("message") or "" for message in frappe.get_message_log()]
		assert any("stay protected" in text for text in told) == (doc is item)
	finding = next(f for f in preflight.findings() if f.warning)
	assert finding.ok
	frappe.db.rollback()


def test_a_disabled_item_keeps_its_promises_and_gets_no_new_ones(item):
	add_stock(item.name, 10)
	so = make_sales_order(item.name, 4)
	later = make_sales_order(item.name, 3, do_not_submit=True)
	frappe.db.commit()
	item.reload()
	item.disabled = 1
	item.save()
	frappe.db.commit()
	assert figures(so) == (4, 0, 0)
	add_to = make_sales_order(item.name, 2, do_not_save=True)
	with pytest.raises(frappe.ValidationError):
		add_to.insert()
	frappe.db.rollback()
	item.reload()
	item.disabled = 0
	item.save()
	later.reload()
	later.submit()
	frappe.db.commit()
	assert figures(later) == (3, 0, 0)


def test_items_with_reservations_are_not_merged_and_others_are():
	old, new = make_item(), make_item()
	add_stock(new.name, 3)
	waiting, having = make_sales_order(old.name, 5), make_sales_order(new.name, 2)
	with pytest.raises(frappe.ValidationError, match=having.name):
		frappe.rename_doc("Item", old.name, new.name, merge=True)
	frappe.db.rollback()
	having.reload()
	having.cancel()
	frappe.db.commit()
	frappe.rename_doc("Item", old.name, new.name, merge=True)
	frappe.db.commit()
	# ERPNext counts the stock of merged items anew in the background.
	run_reposts(item_code=new.name)
	assert figures(waiting) == (3, 0, 2)


def run_reposts(**of):
	from erpnext.stock.doctype.repost_item_valuation.repost_item_valuation import repost

	names = frappe.get_all(
		"Repost Item Valuation", {"docstatus": 1, "status": "Queued", **of}, pluck="name", order_by="creation"
	)
	assert names
	for name in names:
		repost(frappe.get_doc("Repost Item Valuation", name))
		assert frappe.db.get_value("Repost Item Valuation", name, "status") == "Completed"


def test_a_reservation_edited_by_hand(item):
	add_stock(item.name, 10)
	so, waiting = make_sales_order(item.name, 10), make_sales_order(item.name, 5, b2b_priority=1)
	entry = frappe.get_doc("Stock Reservation Entry", {"voucher_no": so.name})
	entry.reserved_qty = 6
	entry.save()
	frappe.db.commit()
	# What a person has freed goes by the queue: the urgent order first.
	assert figures(so) == (6, 0, 4)
	assert figures(waiting) == (4, 0, 1)


def test_a_customer_that_changes_its_group(item):
	buyer = make_customer()
	add_stock(item.name, 4)
	so = make_sales_order(item.name, 4, customer=buyer.name)
	buyer.reload()
	buyer.customer_group = frappe.db.get_value(
		"Customer Group", {"is_group": 0, "name": ("!=", buyer.customer_group)}
	)
	buyer.save()
	assert frappe.get_all("Allocation Key", {"item_code": item.name}, pluck="cause") == [
		f"Customer {buyer.name}"
	]
	frappe.db.commit()
	assert figures(so) == (4, 0, 0)


def test_a_repost_of_a_backdated_entry(item):
	from frappe.utils import add_days, nowdate

	add_stock(item.name, 5)
	so = make_sales_order(item.name, 9)
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": COMPANY,
			"set_posting_time": 1,
			"posting_date": add_days(nowdate(), -3),
			"items": [{"item_code": item.name, "qty": 2, "t_warehouse": warehouse(), "basic_rate": 7}],
		}
	)
	entry.insert().submit()
	frappe.db.commit()
	assert figures(so) == (7, 0, 2)
	run_reposts(item_code=item.name)
	assert figures(so) == (7, 0, 2)


def test_a_backdated_receipt_is_not_held_against_a_reservation_that_has_grown_since(item):
	from time import sleep

	from frappe.utils import get_datetime, now_datetime

	add_stock(item.name, 3)
	so = make_sales_order(item.name, 10)
	sleep(1.1)
	then = now_datetime()
	sleep(1.1)
	add_stock(item.name, 4)
	assert figures(so) == (7, 0, 3)
	assert len(frappe.get_all("Stock Reservation Entry", {"voucher_no": so.name, "docstatus": 1})) == 1
	frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": COMPANY,
			"set_posting_time": 1,
			"posting_date": then.date(),
			"posting_time": get_datetime(then).strftime("%H:%M:%S.%f"),
			"items": [{"item_code": item.name, "qty": 1, "t_warehouse": warehouse(), "basic_rate": 5}],
		}
	).insert().submit()
	frappe.db.commit()
	assert figures(so) == (8, 0, 2)


def test_test_records_of_other_apps_stop_at_our_doctypes():
	"""Frappe makes test records of what a DocType links to; through ours it would reach Customer before Customer Group."""
	ours = set(frappe.get_all("DocType", {"module": "Wholesale B2B"}, pluck="name"))
	linked = set(
		frappe.get_all(
			"Custom Field",
			{"fieldname": ("like", "b2b_%"), "fieldtype": "Link", "options": ("in", list(ours))},
			pluck="options",
		)
	)
	assert {"Trade Account", "Trade Price Tier"} <= linked
	for doctype in linked:
		assert set(get_dependencies(doctype)) <= ours, doctype
